# SPDX-License-Identifier: Apache-2.0
"""What is looked for: a text and whatever else was seen, and whether a record agrees with it.

Implements the fields of tier T5 of the domain facts, section 6. Another make, model or calibre
never rules a firearm out: makes are misread, importers are taken for makers, and barrels are
changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, get_args

from domain.codes import GunKind
from domain.errors import InvalidValueError
from domain.markings import canonical, latin_fold
from projections.marking_search.reading import Reading

NAME_CHARS_MIN: Final = 3
"""Length from which on the beginning of a make, model or calibre counts as the same one."""

Field = Literal["make", "model", "calibre", "kind", "year", "country"]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)

Agreement = Literal["agrees", "not on record", "differs"]

OnRecord: TypeAlias = Mapping[Field, Sequence[Any]]
"""Every value that a record states of a field, in log order; of most fields there is one."""

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

    def agreements(self, record: OnRecord) -> dict[Field, Agreement]:
        """Compare every field that was asked for with what is on record."""
        asked = self.asked.items()
        return {field: _agreement(field, value, record[field]) for field, value in asked}

    @property
    def can_be_misread(self) -> bool:
        """Whether enough was seen beside the text to try texts with another character."""
        return len(self.asked.keys() & CORROBORATING) >= CORROBORATING_MIN


def corroborated(agreements: Mapping[Field, Agreement]) -> bool:
    """Tell whether two of the fields agree, as a misread text needs (T5)."""
    agreeing = [field for field in agreements if agreements[field] == "agrees"]
    return len(CORROBORATING.intersection(agreeing)) >= CORROBORATING_MIN


def _agreement(field: Field, asked: str | int, known: Sequence[Any]) -> Agreement:
    if not known:
        return "not on record"
    same = _SAME.get(field, _equal)
    return "agrees" if any(same(each, asked) for each in known) else "differs"


def _is_asked(value: str | int | None) -> bool:
    return bool(canonical(value)) if isinstance(value, str) else value is not None


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def _same_name(one: str, other: str) -> bool:
    return any(_begins_as(fold(one), fold(other)) for fold in (canonical, latin_fold))


def _same_calibre(one: str, other: str) -> bool:
    return _same_name(one.translate(_TIMES), other.translate(_TIMES))


def _begins_as(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= NAME_CHARS_MIN and long.startswith(short)


_TIMES: Final = str.maketrans(dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MULTIPLICATION X}*", "x"))
_SAME: Final[Mapping[Field, Callable[[Any, Any], bool]]] = {
    "make": _same_name,
    "model": _same_name,
    "calibre": _same_calibre,
}
