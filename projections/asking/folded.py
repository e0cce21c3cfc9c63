# SPDX-License-Identifier: Apache-2.0
"""Streams as they were once the log had a number of entries, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from domain.aggregate.recorded import Contradiction, Entry
from domain.catalogue import AGGREGATES
from domain.identifiers import StreamId
from projections.asking.snapshot import Snapshot
from projections.fact import Fact
from projections.versions import entries_of

T = TypeVar("T")

STREAMS_AT_ONCE: Final = 500


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


def _folded(facts: Sequence[Fact]) -> Folded | None:
    entries = entries_of(facts)
    aggregate = AGGREGATES.get(entries[0].event.sub.kind) if entries else None
    if aggregate is None:
        return None
    state = None
    for entry in entries:
        state = aggregate.evolve(state, entry.event, entry.index)
    return Folded(entries[0].event.sub, state)
