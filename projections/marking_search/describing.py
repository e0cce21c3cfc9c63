# SPDX-License-Identifier: Apache-2.0
"""What an event says of its firearm, component or lot beside texts: make, model and the like.

Implements the fields of tier T5 of the domain facts, section 6, under every name that a
schema gives them. What was corrected stands beside what was said first: either may be what
somebody reads off the metal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any, Final

from domain.component.events import PartDescription
from domain.event import Event
from domain.firearm.events.altering import Converted
from domain.firearm.events.common import Description, Observation
from domain.firearm.events.correcting import Change, Corrected
from domain.firearm.events.making import ProductionPlanned
from domain.lot.ammunition import AmmunitionRegistered
from domain.markings import Marking, canonical
from domain.schema import Closed, Known
from projections.marking_search.question import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What one event says; nothing where it says nothing or does not know.

    Attributes:
        make: Maker, brand or importer as written.
        model: Model as written.
        calibre: Calibre as written.
        kind: Kind of gun; none for components and lots.
        year: Year of manufacture.
        country: Country of manufacture.
    """

    make: str | None = None
    model: str | None = None
    calibre: str | None = None
    kind: str | None = None
    year: int | None = None
    country: str | None = None

    @property
    def row(self) -> tuple[Any, ...]:
        """The values in the order of the table, with the key of the make."""
        return (*astuple(self), canonical(self.make) if self.make else None)


def particulars_of(event: Event) -> Iterator[Particulars]:
    """Give what an event says of what its record is about."""
    yield from (each for each in dict.fromkeys(_said(event.dat)) if each != NOTHING)


def marks_of(dat: Closed) -> Iterator[Marking]:
    """Give the marks that an event applies, finds or describes."""
    single = (getattr(dat, name, None) for name in _MARKS)
    yield from (mark for mark in single if isinstance(mark, Marking))
    yield from getattr(dat, "markings", ())
    yield from getattr(dat, "marks", ())


def _said(dat: Closed) -> Iterator[Particulars]:
    described = getattr(dat, "described", None)
    if isinstance(dat, _DESCRIBING):
        yield _read(dat)
    if isinstance(described, Observation):
        yield _read(described)
    if isinstance(dat, Converted):
        yield from (_read(dat.before), _read(dat.after))
    for mark in marks_of(dat):
        yield _of_mark(mark)
    for change in dat.changes if isinstance(dat, Corrected) else ():
        yield _of_change(change)


def _read(dat: Closed) -> Particulars:
    told = {
        field: _value(getattr(dat, name))
        for name, field in _FIELDS.items()
        if name in type(dat).model_fields
    }
    return Particulars(**told)


def _of_mark(mark: Marking) -> Particulars:
    """Read a mark: any names a make, and that of the maker also when and where it was made."""
    if mark.kind != "manufacture":
        return Particulars(make=mark.maker)
    return Particulars(make=mark.maker, year=mark.year, country=mark.country)


def _of_change(change: Change) -> Particulars:
    found = _CHANGED.fullmatch(change.field)
    if found is None:
        return NOTHING
    field = _FIELDS[found["name"] or "maker"]
    value = _value(change.new)
    is_fit = isinstance(value, int if field == "year" else str)
    return Particulars(**{field: value}) if is_fit else NOTHING


def _value(stated: Any) -> Any:
    """Give what is known; nothing where it is unknown or does not exist."""
    if isinstance(stated, Known):
        return stated.known
    return None if stated in ("unknown", "none") else stated


NOTHING: Final = Particulars()

_DESCRIBING: Final = (Description, ProductionPlanned, PartDescription, AmmunitionRegistered)
_FIELDS: Final[Mapping[str, Field]] = {
    "make": "make",
    "maker": "make",
    "model": "model",
    "designation": "model",
    "calibre": "calibre",
    "kind": "kind",
    "year": "year",
    "country": "country",
}
_MARKS: Final = ("mark", "struck")
"""Members of any event that hold one mark."""

_CHANGED: Final = re.compile(
    r"(?:(?:described|after)\.)?(?P<name>make|maker|model|designation|calibre|kind|year|country)"
    r"(?:\.known)?|(?:mark|struck|mark(?:ing)?s\.\d+)\.maker",
    re.ASCII,
)
