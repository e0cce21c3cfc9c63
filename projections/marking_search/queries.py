# SPDX-License-Identifier: Apache-2.0
"""Which firearms may bear a text that was read, the most alike first.

Implements rules 10 and 11 of the domain facts, section 9: every candidate says why it is
one, another make does not rule a firearm out, and nothing is ever merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from audit.link import Row
from domain.markings import canonical, embedded_fold, latin_fold, lookalike_fold
from projections.marking_search.store import MARKING_SEARCH
from projections.marking_search.tiers import (
    EDIT_CHARS_MIN,
    Likeness,
    Reading,
    likeness,
    restored_likeness,
)
from projections.view import View

CANDIDATES_MAX: Final = 20
ROWS_MAX: Final = 500
"""Texts that one search looks at; more of one likeness ask for a narrower search."""

MAKE_CHARS_MIN: Final = 3
"""Length from which on the beginning of a make counts as the same make."""

MakeAgreement = Literal["not asked", "agrees", "not on record", "differs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A firearm that may be the one that is looked for.

    Attributes:
        stream: The firearm.
        text: The text on record that is alike; of a restored mark its pattern.
        role: Whether it is on record as the serial, a marking, another number or a mark that
            was restored in part.
        kind: Kind of that marking, or scheme of that number.
        index: Log index of the entry that states it.
        likeness: How alike it is.
        make: Whether the make that was asked for is on record.
        makes: Every make on record.
    """

    stream: UUID
    text: str
    role: str
    kind: str
    index: int
    likeness: Likeness
    make: MakeAgreement
    makes: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say why it is a candidate, and what speaks against it."""
        likeness_told = f"{_ROLES[self.role]} {self.text} {self.likeness.reason}"
        if self.make == "not asked":
            return (likeness_told,)
        return (likeness_told, _MAKES[self.make].format(", ".join(self.makes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The answer to a search.

    Attributes:
        size: Size of the log that it is about.
        found: The candidates, the most alike first.
        more: Whether there are more than these.
    """

    size: int
    found: tuple[Candidate, ...]
    more: bool


class MarkingSearch:
    """The search by marking as it can be asked."""

    def __init__(self, view: View) -> None:
        """Bind the view that keeps answers current."""
        self._view = view

    def search(self, text: str, make: str | None = None) -> Candidates:
        """Find the firearms that may bear a text.

        Args:
            text: The text as read; ``?`` stands for one unknown character, ``*`` for several,
                ``[5S]`` for one of those.
            make: The make as read, if it could be.

        Raises:
            InvalidValueError: There are too few characters to search for.
        """
        reading = Reading(text)
        reading.check()
        terms = _terms(reading, make)
        size, rows = self._view.ask(
            MARKING_SEARCH, _PATTERN if reading.is_pattern else _EQUAL, terms
        )
        if not reading.is_pattern:
            rows = [*rows, *self._view.ask(MARKING_SEARCH, _RESTORED, terms)[1]]
        found = _candidates(reading, rows, make)
        if _may_be_misread(reading, found, terms["make"]):
            size, others = self._view.ask(MARKING_SEARCH, _ONE_OFF, terms)
            found = _candidates(reading, [*rows, *others], make)
        return Candidates(
            size=size,
            found=tuple(found[:CANDIDATES_MAX]),
            more=len(found) > CANDIDATES_MAX or len(rows) >= ROWS_MAX,
        )


def _terms(reading: Reading, make: str | None) -> dict[str, Any]:
    return {
        "canonical": reading.key,
        "latin": latin_fold(reading.text),
        "upper": reading.text.upper(),
        "embedded": embedded_fold(reading.text),
        "lookalike": lookalike_fold(reading.text),
        "like": reading.like(),
        "like_latin": reading.like(latin_fold),
        "like_lookalike": reading.like(lookalike_fold),
        "one_off": list(reading.one_off()),
        "make": (canonical(make) if make else None) or None,
        "limit": ROWS_MAX,
    }


def _may_be_misread(reading: Reading, found: Iterable[Candidate], make: str | None) -> bool:
    """One other character says something only where the make agrees and nothing nearer does."""
    if make is None or reading.is_pattern or len(reading.key) < EDIT_CHARS_MIN:
        return False
    return not any(each.make == "agrees" for each in found)


def _candidates(reading: Reading, rows: Sequence[Row], make: str | None) -> list[Candidate]:
    """Give one candidate a firearm, by the text that is most alike, and order them."""
    nearest: dict[UUID, Candidate] = {}
    for stream, role, kind, text, index, makes in rows:
        alike = (restored_likeness if role == "restored" else likeness)(reading, text)
        if alike is None:
            continue
        candidate = Candidate(
            stream=stream,
            text=text,
            role=role,
            kind=kind,
            index=index,
            likeness=alike,
            make=_agreement(makes or (), make),
            makes=tuple(makes or ()),
        )
        if stream not in nearest or _rank(candidate) < _rank(nearest[stream]):
            nearest[stream] = candidate
    return sorted(nearest.values(), key=_rank)


def _rank(candidate: Candidate) -> tuple[int, ...]:
    return (
        candidate.make == "differs",
        candidate.likeness.tier,
        candidate.likeness.differences,
        candidate.make == "not on record",
        list(_ROLES).index(candidate.role),
        candidate.index,
    )


def _agreement(makes: Sequence[str], make: str | None) -> MakeAgreement:
    if make is None or not canonical(make):
        return "not asked"
    if not makes:
        return "not on record"
    return "agrees" if any(_same_make(each, make) for each in makes) else "differs"


def _same_make(one: str, other: str) -> bool:
    return any(_begins_as(fold(one), fold(other)) for fold in (canonical, latin_fold))


def _begins_as(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= MAKE_CHARS_MIN and long.startswith(short)


_ROLES: Final = {
    "serial": "serial",
    "marking": "marking",
    "number": "number",
    "restored": "damaged mark",
}
_MAKES: Final[dict[str, str]] = {
    "agrees": "the make agrees: {}",
    "not on record": "no make is on record",
    "differs": "another make is on record: {}",
}

_MAKERS: Final = """
cross join lateral (
    select array_agg(distinct make) as makes, %(make)b::text = any(array_agg(canonical)) as agrees
    from projection.maker where stream = m.stream
) k
"""
_TEXTS: Final = """
select m.stream, m.role, m.kind, m.text, m.idx, k.makes
from projection.marking m
"""
_DAMAGED: Final = """
select m.stream, 'restored', m.kind, m.text, m.idx, k.makes
from projection.restored m
"""
_HEAD: Final = f"{_TEXTS}{_MAKERS}"
_TAIL: Final = """
order by k.agrees desc nulls last, m.canonical = %(canonical)b desc,
         m.lookalike = %(lookalike)b desc, m.idx
limit %(limit)b
"""
_EQUAL: Final = f"""{_HEAD}
    where m.lookalike = %(lookalike)b or m.embedded = %(embedded)b
       or m.latin = %(latin)b or m.canonical = %(latin)b
{_TAIL}"""
_PATTERN: Final = f"""{_HEAD}
    where m.canonical like %(like)b or m.lookalike like %(like_lookalike)b
       or m.latin like %(like_latin)b or m.canonical = %(canonical)b
{_TAIL}"""
_RESTORED: Final = f"""{_DAMAGED}{_MAKERS}
where %(canonical)b::text like m.form or %(upper)b::text like m.form
order by k.agrees desc nulls last, m.idx
limit %(limit)b
"""
_ONE_OFF: Final = f"""{_HEAD}
    join unnest(%(one_off)b::text[]) o (pattern) on m.canonical like o.pattern
    where exists (
        select from projection.maker
        where stream = m.stream and (starts_with(canonical, %(make)b)
                                     or starts_with(%(make)b, canonical))
    )
{_TAIL}"""
