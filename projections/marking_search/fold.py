# SPDX-License-Identifier: Apache-2.0
"""Every text that was ever seen on a firearm, under the keys by which it is found again.

Implements sections 6 and 9 (rules 8, 10, 11 and 12) of the domain facts. A corrected
reading is added beside the first one: whoever holds the gun may misread it the same way.
Nothing is merged; two firearms with one number are two rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from domain.event import Event
from domain.firearm.events.common import Description, Observation
from domain.firearm.events.correcting import Change, Corrected
from domain.firearm.events.identifying import ObliterationDiscovered
from domain.firearm.events.making import Marked
from domain.firearm.events.seizing import CustodyMoved
from domain.markings import Marking, canonical, embedded_fold, lookalike_fold
from domain.schema import Closed, Known, Stated, value_of
from projections.projection import Fact, Rows

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
    """Give the texts and the makers that the entries state."""
    texts: list[tuple[Any, ...]] = []
    makers: list[tuple[Any, ...]] = []
    for fact in facts:
        if fact.event is None or fact.event.sub.kind != FIREARM:
            continue  # parts and lots bear marks too, but are searched as what they are
        for place, seen in enumerate(dict.fromkeys(texts_of(fact.event))):
            keys = (canonical(seen.text), embedded_fold(seen.text), lookalike_fold(seen.text))
            row = (fact.index, place, fact.stream, seen.role, seen.kind, seen.text, *keys)
            texts.append(row)
        for place, make in enumerate(dict.fromkeys(makers_of(fact.event))):
            makers.append((fact.index, place, fact.stream, make, canonical(make)))
    return {"marking": texts, "maker": makers}


def texts_of(event: Event) -> Iterator[Text]:
    """Give the texts by which the firearm of an event could be found."""
    dat = event.dat
    for schema, texts in _TEXTS.items():
        if isinstance(dat, schema):
            yield from texts(dat)
    described = getattr(dat, "described", None)
    if isinstance(described, Observation) and described.serial:
        yield from _stated("serial", "as described", described.serial)
    for mark in getattr(dat, "markings", ()):
        yield from _marking(mark)


def makers_of(event: Event) -> Iterator[str]:
    """Give the makers that an event names for its firearm."""
    dat = event.dat
    if isinstance(dat, Description):
        yield from _known(dat.make)
    if isinstance(dat, Marked) and dat.mark.maker:
        yield dat.mark.maker
    described = getattr(dat, "described", None)
    if isinstance(described, Observation) and described.make:
        yield from _known(described.make)
    for mark in getattr(dat, "markings", ()):
        yield from (mark.maker,) if mark.maker else ()
    if isinstance(dat, Corrected):
        for change in dat.changes:
            if _MAKER_FIELD.fullmatch(change.field):
                yield from _new_value(change)


def _of_description(dat: Description) -> Iterator[Text]:
    yield from _stated("serial", "frame", dat.serial)
    for number in dat.numbers:
        yield from _stated("number", number.scheme, number.value)


def _of_custody(dat: CustodyMoved) -> Iterator[Text]:
    yield from (Text("number", "seal", seal) for seal in dat.seals)
    if dat.deposit_no:
        yield Text("number", "deposit", dat.deposit_no)


def _of_correction(dat: Corrected) -> Iterator[Text]:
    for change in dat.changes:
        yield from _corrected(change)


def _marking(mark: Marking) -> Iterator[Text]:
    yield from _stated("marking", mark.kind, mark.text)


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
    Marked: lambda dat: _marking(dat.mark),
    ObliterationDiscovered: lambda dat: _marking(dat.mark),
    CustodyMoved: _of_custody,
    Corrected: _of_correction,
}
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
