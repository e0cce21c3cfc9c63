# SPDX-License-Identifier: Apache-2.0
"""What is looked for: a text and whatever else was seen, and whether a record agrees with it.

Implements the fields of tier T5 of the domain facts, section 6. Another make, model or calibre
never rules a firearm out: makes are misread, importers are taken for makers, and barrels are
changed. One calibre has many names; which of them mean the same, a list of names tells that is
given from outside, since a registry adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, Literal, TypeAlias, get_args

from domain.codes import GunKind
from domain.errors import InvalidValueError
from domain.markings import canonical, latin_fold
from projections.marking_search.reading import Reading

NAME_CHARS_MIN: Final = 3
"""Length from which on the beginning of a make, model or calibre counts as the same one."""

Field = Literal["make", "model", "calibre", "kind", "year", "country"]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)

Agreement = Literal["agrees", "may agree", "not on record", "alike", "differs"]
"""Two of them only calibres have: ``may agree`` where a name means several calibres, and ``alike``
where two are taken for each other and are not the same."""

AGREEING: Final[frozenset[Agreement]] = frozenset({"agrees", "may agree"})

OnRecord: TypeAlias = Mapping[Field, Sequence[Any]]
"""Every value that a record states of a field, in log order; of most fields there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a calibre as written means.

    Attributes:
        keys: The calibres that it may mean; none where the name is not known.
        name: What the one is called that it means and no other; nothing where it may mean several.
        alike: Calibres that are taken for one of those and are not the same; told of both.
    """

    keys: frozenset[str] = frozenset()
    name: str | None = None
    alike: frozenset[str] = frozenset()


Calibres: TypeAlias = Callable[[str], Meaning]
"""Tells what a calibre as written means; the same for the same text."""


def as_written(_: str) -> Meaning:
    """Know no name: calibres agree where they are written alike."""
    return Meaning()


CORROBORATING: Final[frozenset[Field]] = frozenset({"make", "model", "calibre", "kind", "year"})
"""The fields of which two must agree where a character may be misread (T5)."""

CORROBORATING_MIN: Final = 2


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for; all but the text may be left away.

    Attributes:
        text: A serial, marking or number as read, with ``?``, ``*`` and ``[5S]`` where unsure.
        make: The make as read.
        model: The model as read.
        calibre: The calibre as read.
        kind: The kind of gun, as the ledger codes it.
        year: The year of manufacture.
        country: ISO code of the country of manufacture.
    """

    text: str
    make: str | None = None
    model: str | None = None
    calibre: str | None = None
    kind: str | None = None
    year: int | None = None
    country: str | None = None

    @cached_property
    def reading(self) -> Reading:
        """The text with its keys."""
        return Reading(self.text)

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            InvalidValueError: The text as in ``Reading.check``; or ``kind_unknown``.
        """
        self.reading.check()
        if self.kind is not None and self.kind not in get_args(GunKind):
            raise InvalidValueError(
                "There is no such kind of gun.",
                slug="kind_unknown",
                next_step=f"Choose one of {', '.join(get_args(GunKind))}.",
            )

    @property
    def make_key(self) -> str | None:
        """The make as keys hold it; none where none was read."""
        return canonical(self.make or "") or None

    @cached_property
    def asked(self) -> Mapping[Field, str | int]:
        """The fields that say something."""
        stated = ((field, getattr(self, field)) for field in FIELDS)
        return {field: value for field, value in stated if _is_asked(value)}

    def agreements(
        self, record: OnRecord, calibres: Calibres = as_written
    ) -> dict[Field, Agreement]:
        """Compare every field that was asked for with what is on record."""
        compare: Mapping[Field, Compare] = {**_COMPARE, "calibre": partial(_calibre, calibres)}
        return {
            field: _agreement(compare.get(field, _equal), value, record[field])
            for field, value in self.asked.items()
        }

    @property
    def can_be_misread(self) -> bool:
        """Whether enough was seen beside the text to try texts with another character."""
        return len(self.asked.keys() & CORROBORATING) >= CORROBORATING_MIN


def corroborated(agreements: Mapping[Field, Agreement]) -> bool:
    """Tell whether two of the fields agree, as a misread text needs (T5)."""
    agreeing = [field for field in agreements if agreements[field] in AGREEING]
    return len(CORROBORATING.intersection(agreeing)) >= CORROBORATING_MIN


def _agreement(compare: Compare, asked: str | int, known: Sequence[Any]) -> Agreement:
    found = {compare(each, asked) for each in known}
    return next((each for each in _NEAREST if each in found), "not on record")


def _is_asked(value: str | int | None) -> bool:
    return bool(canonical(value)) if isinstance(value, str) else value is not None


def _equal(one: Any, other: Any) -> Agreement:
    return "agrees" if one == other else "differs"


def _name(one: str, other: str) -> Agreement:
    same = any(_begins_as(fold(one), fold(other)) for fold in (canonical, latin_fold))
    return "agrees" if same else "differs"


def _calibre(calibres: Calibres, one: str, other: str) -> Agreement:
    """Compare by what the names mean and, where one is not known, by how they are written."""
    mean, meant = calibres(one), calibres(other)
    texts = {canonical(each.translate(_TIMES)) for each in (one, other)}
    if len(texts) == 1:
        return "agrees"
    if not (mean.keys and meant.keys):
        return _name(one.translate(_TIMES), other.translate(_TIMES))
    if mean.keys & meant.keys:
        return "agrees" if mean.name and meant.name else "may agree"
    return "alike" if mean.keys & meant.alike else "differs"


def _begins_as(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= NAME_CHARS_MIN and long.startswith(short)


_TIMES: Final = str.maketrans(dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MULTIPLICATION X}*", "x"))
Compare: TypeAlias = Callable[[Any, Any], Agreement]

_COMPARE: Final[Mapping[Field, Compare]] = {"make": _name, "model": _name}
_NEAREST: Final[tuple[Agreement, ...]] = ("agrees", "may agree", "alike", "differs")
