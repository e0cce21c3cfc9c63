# SPDX-License-Identifier: Apache-2.0
"""Every text that was ever seen on a firearm, under the keys by which it is found again.

Implements sections 6 and 9 (rules 8, 10, 11 and 12) of the domain facts, and the numbers of
components and lots of ammunition with records of their own. A corrected reading is added
beside the first one: whoever holds the gun may misread it the same way. What is left of a
damaged number, or was made visible again, is kept as a pattern beside the texts. Which entry
corrected a text, or reversed the one that states it, stands beside them too. Nothing is merged;
two firearms with one number are two rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from audit.proof.encoding import decode
from domain.aggregate.correcting import named_anew
from domain.component.whereabouts import placed
from domain.event import Event
from domain.firearm.candidates import Damaged
from domain.firearm.events.common import Description, Observation
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.events.identifying import MarkRestored, ObliterationDiscovered
from domain.firearm.events.seizing import CustodyMoved
from domain.identifiers import parse_stream_id
from domain.lot.ammunition import AmmunitionRegistered
from domain.markings import canonical, embedded_fold, latin_fold, lookalike_fold
from domain.schema import Closed, Stated, value_of
from projections.fact import Fact
from projections.marking_search.describing import marks_of, particulars_of
from projections.marking_search.patterns import anchor_of
from projections.marking_search.reading import Reading
from projections.marking_search.righting.numbers import Role, righted
from projections.projection import Rows


@dataclass(frozen=True, slots=True)
class Text:
    """A text as somebody saw it.

    Attributes:
        role: Whether it was taken for the serial, a marking or another number of a firearm, or
            stands on a component or a lot with a record of its own.
        kind: Kind of marking or component, or scheme of the number.
        text: The text as seen.
    """

    role: Role
    kind: str
    text: str


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the texts, the damaged numbers and what else the entries state."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _ROWS}
    for fact in facts:
        if fact.event is None:
            continue
        for name, rows_of in _ROWS.items():
            distinct = enumerate(dict.fromkeys(rows_of(fact.event)))
            rows[name].extend((fact.index, place, *row) for place, row in distinct)
    return rows


def marking_row(stream: UUID, seen: Text) -> tuple[Any, ...]:
    """Give the row of a text; the key in Latin letters only where it is another one."""
    text = seen.text
    key = canonical(text)
    latin = key if text.isascii() else latin_fold(text)
    keys = (key, latin if latin != key else None, embedded_fold(text), lookalike_fold(text))
    return (stream, seen.role, seen.kind, text, *keys)


def restored_row(stream: UUID, kind: str, pattern: str) -> tuple[Any, ...]:
    """Give the row of what can be read of a damaged number."""
    form = Reading(pattern).like(_signs_open)
    return (stream, kind, pattern, form, anchor_of(form))


def texts_of(event: Event) -> Iterator[Text]:
    """Give the texts by which what an event is about could be found."""
    role = _BEARERS.get(event.sub.kind)
    for seen in _texts(event.dat):
        yield Text(role, seen.kind, seen.text) if role else seen


def _texts(dat: Closed) -> Iterator[Text]:
    yield from _stated("serial", getattr(dat, "part", "frame"), getattr(dat, "serial", None))
    for schema, texts in _TEXTS.items():
        if isinstance(dat, schema):
            yield from texts(dat)
    for name in _PARTS:
        yield from _stated("number", "component", getattr(dat, name, None))
    described = getattr(dat, "described", None)
    if isinstance(described, Observation):
        yield from _stated("serial", "as described", described.serial)
    for mark in marks_of(dat):
        yield from _stated("marking", mark.kind, mark.text)


def damaged_of(event: Event) -> Iterator[tuple[str, Damaged]]:
    """Give what an event tells of numbers that can be read only in part, with their kind."""
    dat = event.dat
    if isinstance(dat, MarkRestored):
        yield dat.kind, dat.restored
    if isinstance(dat, ObliterationDiscovered) and dat.residual:
        yield dat.mark.kind, dat.residual


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
    for each in righted(dat):
        if each.new is not None:
            yield Text(each.role, each.kind, each.new)


def _of_ammunition(dat: AmmunitionRegistered) -> Iterator[Text]:
    yield from _stated("number", "lot mark", dat.lot_mark)


def _stated(role: Role, kind: str, stated: Stated | None) -> Iterator[Text]:
    text = value_of(stated) if stated else None
    if text is not None:
        yield Text(role, kind, text)


_TEXTS: Final[Mapping[type[Closed], Callable[[Any], Iterator[Text]]]] = {
    Description: _of_description,
    CustodyMoved: _of_custody,
    AmmunitionRegistered: _of_ammunition,
    Corrected: _of_correction,
}
_PARTS: Final = ("serial_out", "serial_in")
"""Members of any event that hold the number of a part that was changed."""

_BEARERS: Final[Mapping[str, Role]] = {"cmp": "component", "lot": "lot"}
"""Records of other things than firearms, by which role their texts are known."""


def _markings(event: Event) -> Iterator[tuple[Any, ...]]:
    stream = event.sub.uuid
    return (marking_row(stream, seen) for seen in texts_of(event))


def _restored(event: Event) -> Iterator[tuple[Any, ...]]:
    stream = event.sub.uuid
    return (restored_row(stream, kind, found.pattern) for kind, found in damaged_of(event))


def _particulars(event: Event) -> Iterator[tuple[Any, ...]]:
    return ((event.sub.uuid, *each.row) for each in particulars_of(event))


def _fittings(event: Event) -> Iterator[tuple[UUID, UUID | None]]:
    for component, firearm in placed(event):
        yield parse_stream_id(component).uuid, parse_stream_id(firearm).uuid if firearm else None
    if isinstance(event.dat, Corrected):  # where that leaves a part, its records as wholes tell
        yield from ((named.uuid, None) for named in named_anew(event.dat) if named.kind == "cmp")


def _rightings(event: Event) -> Iterator[tuple[Any, ...]]:
    """Give what an event says of texts that its target states: of each, or of all at once."""
    dat, stream = event.dat, event.sub.uuid
    if isinstance(dat, Reversed):
        yield stream, decode(dat.target.encode()), None, None, None, None
    if isinstance(dat, Corrected):
        target, bearer = decode(dat.target.encode()), _BEARERS.get(event.sub.kind)
        for each in righted(dat):
            yield stream, target, each.field, bearer or each.role, each.old, each.new


RowsOf: TypeAlias = Callable[[Event], Iterator[tuple[Any, ...]]]

_ROWS: Final[Mapping[str, RowsOf]] = {
    "marking": _markings,
    "restored": _restored,
    "particulars": _particulars,
    "fitting": _fittings,
    "righting": _rightings,
}
"""What gives the rows of each table, without index and place."""
