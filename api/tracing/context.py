# SPDX-License-Identifier: Apache-2.0
"""What the records that an entry of a firearm names were worth when it happened.

A transfer names a licence and an export its authorization (domain facts, section 5); whoever
traces the firearm is told what they were then, by those records as they are known by now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from domain.aggregate.naming import linked
from domain.authorization.shipment.state import Shipment
from domain.authorization.state import Authorization
from domain.catalogue import AGGREGATES
from domain.component.state import Component
from domain.firearm.history import Moment
from domain.identifiers import StreamId
from domain.licence.state import Licence
from domain.lot.state import Lot
from domain.occurrence import Occurrence
from domain.schema import value_of
from projections.timeline.queries import Named, Timeline


@dataclass(frozen=True, slots=True)
class Context:
    """One record that an entry names.

    Attributes:
        record: The record.
        told: What it was when the entry happened, in words.
    """

    record: StreamId
    told: str


def context_of(
    timeline: Timeline, moments: Iterable[Moment], known: int | None
) -> Mapping[int, tuple[Context, ...]]:
    """Tell the records that entries name, by log index of the entry.

    Args:
        timeline: Where their entries are read.
        moments: The entries, as they count.
        known: Newest log index that is known, if not the newest.

    Raises:
        UnreachableError: The database does not answer.
    """
    named = {each.entry.index: (each.event.occ, _records(each)) for each in moments}
    streams = {record.uuid for _, records in named.values() for record in records}
    entries = timeline.named(sorted(streams)) if streams else {}
    states = {stream: _state(entries.get(stream, ()), known) for stream in streams}
    return {
        index: tuple(Context(each, _told(each, states[each.uuid], occ)) for each in records)
        for index, (occ, records) in named.items()
        if records
    }


def _records(moment: Moment) -> tuple[StreamId, ...]:
    return tuple(each for each in linked(moment.event) if each.kind in _WORDS)


def _state(entries: Iterable[Named], known: int | None) -> Any:
    """Fold a record as far as it is known; nothing where none of it can be read."""
    readable = [each for each in entries if known is None or each.index <= known]
    return reduce(
        lambda state, each: AGGREGATES[each.event.sub.kind].evolve(state, each.event, each.index),
        readable,
        None,
    )


def _told(record: StreamId, state: object, occ: Occurrence) -> str:
    return "not on record here" if state is None else _WORDS[record.kind](state, occ)


def _licence(state: Licence, occ: Occurrence) -> str:
    return f"licence ({_plain(state.kind)}), {_plain(state.standing_on(occ))} {_when(occ)}"


def _authorization(state: Authorization, occ: Occurrence) -> str:
    number = f" {state.document.number}" if state.document else ""
    standing = _plain(state.standing_on(occ))
    return f"authorization{number} ({_plain(state.kind)}), {standing} {_when(occ)}"


def _component(state: Component, _: Occurrence) -> str:
    serial = value_of(state.serial)
    return f"{_plain(state.part)}, {f'serial {serial}' if serial else 'no serial known'}"


def _when(occ: Occurrence) -> str:
    return "at a time that is not known" if occ.precision == "unknown" else f"on {occ.text}"


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _shipment(state: Shipment, _: Occurrence) -> str:
    return f"shipment, {_plain(state.status)} by now"


def _lot(state: Lot, _: Occurrence) -> str:
    return f"lot for {_plain(state.purpose)}, {_plain(state.status)} by now"


_WORDS: Final[Mapping[str, Callable[[Any, Occurrence], str]]] = {
    "lic": _licence,
    "aut": _authorization,
    "cmp": _component,
    "shp": _shipment,
    "lot": _lot,
}
