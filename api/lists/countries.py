# SPDX-License-Identifier: Apache-2.0
"""Countries now and former, and which of them a code of a year may mean.

Implements the trap of the domain facts, section 6: codes died and were given away again. CS
was two States, AI, BQ, GE and SK name other territories today, BY kept its letters, and
Kosovo has no code of ISO. ``resolve`` gives every State that a code ever named, each with
whether it can be meant and why; a person chooses. Data: ISO 3166-1 and 3166-3 by pycountry,
which gives no first day of a code; user codes and successors by our own lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pycountry

from api.lists.files import DATA, read_list
from api.lists.model import CodeList, Entry

SOURCE: Final = "ISO 3166-1 and ISO 3166-3, by the library pycountry; user codes our own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A State that a code named at some time.

    Attributes:
        code: Two letters.
        key: Two letters of a State that exists, four (ISO 3166-3) of one that ended.
        name: Its name.
        possible: Whether it can be meant in the year that was asked for.
        reason: Why it can or cannot be meant.
        withdrawn: When its code ended, a day or a bare year; nothing while it counts.
        successors: Codes of the States that may answer for it today.
    """

    code: str
    key: str
    name: str
    possible: bool
    reason: str
    withdrawn: str | None = None
    successors: tuple[str, ...] = ()


def resolve(code: str, year: int | None = None) -> tuple[Candidate, ...]:
    """Give every State that a code of two, three or four letters ever named.

    Args:
        code: The code as in the record; case does not matter.
        year: Year of what the record tells, for example of manufacture, if it is known.
    """
    wanted = code.strip().upper()
    former = sorted(_former(wanted), key=lambda each: str(each.withdrawal_date))
    found = [_as_former(each, year, first=_first_year(each)) for each in former]
    given_on = max((_year(each.withdrawal_date) for each in former), default=None)
    found += [_as_current(each, year, given_on=given_on) for each in _current(wanted)]
    found += [_as_user_code(each) for each in _user_codes() if wanted in (each.key, each.code)]
    return tuple(sorted(found, key=lambda each: not each.possible))


@lru_cache(maxsize=1)
def country_list() -> CodeList:
    """Give all countries, now and former, as a code list."""
    entries = [*map(_current_entry, pycountry.countries), *_user_codes()]
    entries += map(_former_entry, pycountry.historic_countries)
    return CodeList(
        name="countries",
        title="Countries, now and former",
        source=SOURCE,
        version=f"pycountry {pycountry.__version__}",
        licence="pycountry: LGPL 2.1; codes are facts",
        note="A code of a former State may name another one today: give the year.",
        entries=tuple(_without_shared_names(entries)),
    )


def _former(wanted: str) -> Iterator[Any]:
    return (
        each
        for each in pycountry.historic_countries
        if wanted in (each.alpha_2, each.alpha_3, each.alpha_4)
    )


def _current(wanted: str) -> Iterator[Any]:
    return (each for each in pycountry.countries if wanted in (each.alpha_2, each.alpha_3))


def _as_former(state: Any, year: int | None, *, first: int | None) -> Candidate:
    ended = str(state.withdrawal_date)
    reason = f"the code was withdrawn in {ended}"
    possible = True
    if year is not None:
        possible = year <= _year(ended) and (first is None or year >= first)
    if first is not None:
        reason = f"the code was given to it in {first} and withdrawn in {ended}"
    if comment := getattr(state, "comment", ""):
        reason += f"; {comment}"
    return Candidate(
        code=state.alpha_2,
        key=state.alpha_4,
        name=state.name,
        possible=possible,
        reason=reason,
        withdrawn=ended,
        successors=_successors(state),
    )


def _as_current(state: Any, year: int | None, *, given_on: int | None) -> Candidate:
    reason = "the code counts today; ISO states no first day for it"
    if given_on is not None:
        reason = (
            f"the code counts today; until {given_on} it named another State,"
            " and ISO states no first day for this one"
        )
    return Candidate(
        code=state.alpha_2,
        key=state.alpha_2,
        name=state.name,
        possible=year is None or given_on is None or year >= given_on,
        reason=reason,
    )


def _as_user_code(entry: Entry) -> Candidate:
    return Candidate(
        code=entry.key,
        key=entry.key,
        name=entry.label,
        possible=True,
        reason="a user-assigned code; ISO has none for it",
    )


def _first_year(state: Any) -> int | None:
    """First year of a former State's code, where our own list knows it."""
    own = _own_facts().get(state.alpha_4)
    return _year(own.valid_from) if own and own.valid_from else None


def _year(date: object) -> int:
    """The withdrawal date is sometimes a bare year."""
    return int(str(date)[:4])


@lru_cache(maxsize=1)
def _own_facts() -> dict[str, Entry]:
    """What our own list adds on States that ended: successors, and the first day of CS."""
    return {each.key: each for each in read_list(DATA / "former-countries.toml").entries}


def _successors(state: Any) -> tuple[str, ...]:
    own = _own_facts().get(state.alpha_4)
    return own.related if own else ()


@lru_cache(maxsize=1)
def _user_codes() -> tuple[Entry, ...]:
    return read_list(DATA / "user-countries.toml").entries


def _current_entry(state: Any) -> Entry:
    names = (getattr(state, "common_name", ""), getattr(state, "official_name", ""))
    return Entry(
        key=state.alpha_2,
        label=state.name,
        code=state.alpha_3,
        synonyms=tuple(name for name in names if name),
    )


def _former_entry(state: Any) -> Entry:
    ended, own = str(state.withdrawal_date), _own_facts().get(state.alpha_4)
    return Entry(
        key=state.alpha_4,
        label=state.name,
        code=state.alpha_3,
        vague=(state.alpha_2,),
        valid_from=own.valid_from if own else None,
        valid_until=ended if len(ended) > len("1977") else f"{ended}-12-31",
        related=_successors(state),
    )


def _without_shared_names(entries: list[Entry]) -> Iterator[Entry]:
    """A code of two letters that a former State had too means neither of them for certain."""
    shared = Counter(name for entry in entries for name in entry.vague)
    for entry in entries:
        yield (
            entry.model_copy(update={"vague": (*entry.vague, entry.key)})
            if (entry.key in shared)
            else entry
        )
