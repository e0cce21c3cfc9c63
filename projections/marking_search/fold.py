# SPDX-License-Identifier: Apache-2.0
"""Every text that was ever seen on a firearm, under the keys by which it is found again.

Implements sections 6 and 9 (rules 8, 10, 11 and 12) of the domain facts. A corrected
reading is added beside the first one: whoever holds the gun may misread it the same way.
What is left of a damaged number, or was made visible again, is kept as a pattern beside the
texts. Nothing is merged; two firearms with one number are two rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from domain.event import Event
from domain.firearm.candidates import Damaged
from domain.firearm.events.common import Description, Observation
from domain.firearm.events.correcting import Change, Corrected
from domain.firearm.events.identifying import MarkRestored, ObliterationDiscovered
from domain.firearm.events.making import ProductionPlanned
from domain.firearm.events.seizing import CustodyMoved
from domain.markings import Marking, canonical, embedded_fold, latin_fold, lookalike_fold
from domain.schema import Closed, Known, Stated, value_of
from projections.fact import Fact
from projections.marking_search.tiers import Reading
from projections.projection import Rows

Role = Literal["serial", "marking", "number"]

FIREARM: Final = "arm"


@dataclass(frozen=True, slots=True)
class Text:
    """A text as somebody saw it.

    Attributes:
        role: Whether it was taken for the serial, a marking or another number.
        kind: Kind of marking, or scheme of the number.
        text: The text as seen.
    """

    role: Role
    kind: str
    text: str


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the texts, the damaged numbers and the makers that the entries state."""
    rows: dict[str, list[tuple[Any, ...]]] = {"marking": [], "restored": [], "maker": []}
    for fact in facts:
        if fact.event is None or fact.event.sub.kind != FIREARM:
            continue  # parts and lots bear marks too, but are searched as what they are
        for place, seen in enumerate(dict.fromkeys(texts_of(fact.event))):
            row = (fact.index, place, fact.stream, seen.role, seen.kind, seen.text)
            rows["marking"].append((*row, *_keys(seen.text)))
        for place, (kind, damaged) in enumerate(damaged_of(fact.event)):
            form = Reading(damaged.pattern).like(_signs_open)
            rows["restored"].append((fact.index, place, fact.stream, kind, damaged.pattern, form))
        for place, make in enumerate(dict.fromkeys(makers_of(fact.event))):
            rows["maker"].append((fact.index, place, fact.stream, make, canonical(make)))
    return rows


def texts_of(event: Event) -> Iterator[Text]:
    """Give the texts by which the firearm of an event could be found."""
    dat = event.dat
    yield from _stated("serial", "frame", getattr(dat, "serial", None) or "none")
    for schema, texts in _TEXTS.items():
        if isinstance(dat, schema):
            yield from texts(dat)
    for name in _PARTS:
        yield from _stated("number", "component", getattr(dat, name, None) or "none")
    described = getattr(dat, "described", None)
    if isinstance(described, Observation) and described.serial:
        yield from _stated("serial", "as described", described.serial)
    for mark in marks_of(dat):
        yield from _stated("marking", mark.kind, mark.text)


def marks_of(dat: Closed) -> Iterator[Marking]:
    """Give the marks that an event applies, finds or describes."""
    single = (getattr(dat, name, None) for name in _MARKS)
    yield from (mark for mark in single if isinstance(mark, Marking))
    yield from getattr(dat, "markings", ())


def damaged_of(event: Event) -> Iterator[tuple[str, Damaged]]:
    """Give what an event tells of numbers that can be read only in part, with their kind."""
    dat = event.dat
    if isinstance(dat, MarkRestored):
        yield dat.kind, dat.restored
    if isinstance(dat, ObliterationDiscovered) and dat.residual:
        yield dat.mark.kind, dat.residual


def makers_of(event: Event) -> Iterator[str]:
    """Give the makers that an event names for its firearm."""
    dat = event.dat
    if isinstance(dat, Description | ProductionPlanned):
        yield from _known(dat.make)
    described = getattr(dat, "described", None)
    if isinstance(described, Observation) and described.make:
        yield from _known(described.make)
    for mark in marks_of(dat):
        yield from (mark.maker,) if mark.maker else ()
    if isinstance(dat, Corrected):
        for change in dat.changes:
            if _MAKER_FIELD.fullmatch(change.field):
                yield from _new_value(change)


def _keys(text: str) -> tuple[str | None, ...]:
    """Give the keys of a text; that in Latin letters only where it is another one."""
    key = canonical(text)
    latin = key if text.isascii() else latin_fold(text)
    return (key, latin if latin != key else None, embedded_fold(text), lookalike_fold(text))


def _signs_open(text: str) -> str:
    """Fold, and let a sign stand for itself or for nothing: either may have been counted."""
    return "".join(canonical(character) or "%" for character in text)


def _of_description(dat: Description) -> Iterator[Text]:
    for number in dat.numbers:
        yield from _stated("number", number.scheme, number.value)


def _of_custody(dat: CustodyMoved) -> Iterator[Text]:
    yield from (Text("number", "seal", seal) for seal in dat.seals)
    if dat.deposit_no:
        yield Text("number", "deposit", dat.deposit_no)


def _of_correction(dat: Corrected) -> Iterator[Text]:
    for change in dat.changes:
        yield from _corrected(change)


def _stated(role: Role, kind: str, stated: Stated) -> Iterator[Text]:
    yield from (Text(role, kind, text) for text in _known(stated))


def _known(stated: Stated) -> Iterator[str]:
    text = value_of(stated)
    if text is not None:
        yield text


def _corrected(change: Change) -> Iterator[Text]:
    for form, role, kind in _TEXT_FIELDS:
        if form.fullmatch(change.field):
            yield from (Text(role, kind, text) for text in _new_value(change))


def _new_value(change: Change) -> Iterator[str]:
    if isinstance(change.new, Known):
        yield change.new.known
    elif isinstance(change.new, str) and (
        change.field.endswith(".known") or change.new not in ("unknown", "none")
    ):
        yield change.new


_TEXTS: Final[Mapping[type[Closed], Callable[[Any], Iterator[Text]]]] = {
    Description: _of_description,
    CustodyMoved: _of_custody,
    Corrected: _of_correction,
}
_PARTS: Final = ("serial_out", "serial_in")
"""Members of any event that hold the number of a part that was changed."""

_MARKS: Final = ("mark", "struck")
"""Members of any event that hold one mark."""

_MAKER_FIELD: Final = re.compile(
    r"(described\.)?make(\.known)?|(mark|markings\.\d+)\.maker", re.ASCII
)
_TEXT_FIELDS: Final[tuple[tuple[re.Pattern[str], Role, str], ...]] = (
    (re.compile(r"(described\.)?serial(\.known)?"), "serial", "as corrected"),
    (re.compile(r"(mark|markings\.\d+)\.text(\.known)?"), "marking", "as corrected"),
    (re.compile(r"numbers\.\d+\.value(\.known)?"), "number", "as corrected"),
    (re.compile(r"seals\.\d+"), "number", "seal"),
    (re.compile(r"deposit_no"), "number", "deposit"),
)
