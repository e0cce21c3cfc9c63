# SPDX-License-Identifier: Apache-2.0
"""Streams as they were once the log had a number of entries, many at a time.

An officer is read like a record: the stream has the holds, and the registry has the keys. Every
change of a key keeps the index of its event, so that today's registry answers for earlier sizes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from domain.aggregate.recorded import Contradiction, Entry
from domain.catalogue import AGGREGATES
from domain.erasure.officers import NOT_HELD, Officer
from domain.identifiers import StreamId, parse_stream_id
from domain.occurrence import Occurrence
from domain.registry.state import KeyRecord, Registry
from projections.asking.snapshot import Snapshot
from projections.fact import Fact
from projections.versions import entries_of

T = TypeVar("T")

STREAMS_AT_ONCE: Final = 500
OFFICER: Final = "off"


@dataclass(frozen=True, slots=True)
class Folded:
    """One stream.

    Attributes:
        stream: Which one.
        state: What it is by its entries, whatever it is a stream of.
    """

    stream: StreamId
    state: Any

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Its entries in the order in which they count, corrections applied."""
        found: tuple[Entry, ...] = self.state.entries
        return found

    @property
    def notes(self) -> tuple[Contradiction, ...]:
        """What does not fit in it."""
        found: tuple[Contradiction, ...] = self.state.contradictions
        return found


def fold_streams(snapshot: Snapshot, streams: Sequence[UUID]) -> dict[UUID, Folded]:
    """Read streams and fold them; what is no record, or cannot be read, is left out."""
    found = snapshot.histories(streams)
    folded = ((stream, _folded(facts)) for stream, facts in found.items())
    return {stream: each for stream, each in folded if each is not None}


def at_once(values: Iterable[T], number: int = STREAMS_AT_ONCE) -> Iterator[list[T]]:
    """Cut values into lists of bounded length."""
    coming = iter(values)
    while part := list(islice(coming, number)):
        yield part


def fold_records(
    snapshot: Snapshot, records: Sequence[StreamId], registry: Registry
) -> dict[UUID, Folded]:
    """Fold records by their streams, and officers with the keys that they had."""
    folded = fold_streams(snapshot, [each.uuid for each in records])
    officers = [str(each) for each in records if each.kind == OFFICER]
    if officers:
        known = _keys(registry, snapshot.size)
        found = {each: known[each] for each in officers if each in known}
        folded |= {each.stream.uuid: each for each in _officers(found, folded)}
    return folded


def officers_out_of_service(
    snapshot: Snapshot, registry: Registry, on: Occurrence
) -> Iterator[Folded]:
    """Give the officers all of whose keys have ended by a day."""
    known = _keys(registry, snapshot.size)
    left = [each for each, keys in known.items() if _left(keys, on)]
    for part in at_once(left):
        held = fold_streams(snapshot, [parse_stream_id(each).uuid for each in part])
        yield from _officers({each: known[each] for each in part}, held)


def disclosing(record: Folded) -> tuple[str, ...]:
    """Give the ids of the events by which a record may have disclosed persons."""
    if isinstance(record.state, Officer):
        return record.state.introduced_by
    return tuple(each.event.eid for each in record.entries if each.event.type.claims)


def _folded(facts: Sequence[Fact]) -> Folded | None:
    entries = entries_of(facts)
    aggregate = AGGREGATES.get(entries[0].event.sub.kind) if entries else None
    if aggregate is None:
        return None
    state = None
    for entry in entries:
        state = aggregate.evolve(state, entry.event, entry.index)
    return Folded(entries[0].event.sub, state)


def _officers(
    known: Mapping[str, tuple[KeyRecord, ...]], held: Mapping[UUID, Folded]
) -> Iterator[Folded]:
    for identifier, keys in known.items():
        stream = parse_stream_id(identifier)
        state = held[stream.uuid].state if stream.uuid in held else NOT_HELD
        yield Folded(stream, replace(state, keys=keys))


def _keys(registry: Registry, size: int) -> Mapping[str, tuple[KeyRecord, ...]]:
    """Give the keys that each officer had in a log of a size."""
    found = defaultdict[str, list[KeyRecord]](list)
    for each in registry.keys.values():
        if each.proposed < size:
            found[each.officer].append(_as_of(each, size))
    return {officer: tuple(keys) for officer, keys in found.items()}


def _left(keys: tuple[KeyRecord, ...], on: Occurrence) -> bool:
    left_at = Officer(keys=keys).left_at
    return left_at is not None and left_at <= on.latest


def _as_of(key: KeyRecord, size: int) -> KeyRecord:
    if key.ended is None or key.ended < size:
        return key
    return replace(key, ended=None, ended_at=None)
