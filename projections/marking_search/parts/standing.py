# SPDX-License-Identifier: Apache-2.0
"""Where a part is, by records that were corrected or reversed since.

A correction tells what it puts right, and not what stands beside it in the event that it is
about. So the few streams that concern a part are read as wholes, and what counts of them is
told by the domain's own rules. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.aggregate.correcting import entries_of
from domain.aggregate.recorded import Entry
from domain.catalogue import AGGREGATES
from domain.component.whereabouts import place_by
from domain.identifiers import StreamId, parse_stream_id
from projections.fact import Fact
from projections.versions import entries_of as read


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of everything that was recorded of a part.

    Attributes:
        entries: The entries of its record and of those that name it.
    """

    entries: Sequence[Entry]

    def firearm(self, component: UUID) -> UUID | None:
        """Give the firearm that a component is in; none for a loose one."""
        place = place_by(str(StreamId("cmp", component)), self.entries)
        return parse_stream_id(place).uuid if place else None


def standings(rows: Iterable[tuple[UUID, Fact]]) -> Mapping[UUID, Standing]:
    """Fold the streams that concern some parts.

    Args:
        rows: Entries, each with the part that it concerns, stream by stream.
    """
    facts: dict[UUID, dict[UUID, list[Fact]]] = {}
    for part, fact in rows:
        facts.setdefault(part, {}).setdefault(fact.stream, []).append(fact)
    return {part: Standing(_entries(streams.values())) for part, streams in facts.items()}


def _entries(streams: Iterable[Sequence[Fact]]) -> list[Entry]:
    found = (entry for facts in streams for entry in _folded(facts))
    return sorted(found, key=lambda entry: entry.index)


def _folded(facts: Sequence[Fact]) -> Sequence[Entry]:
    """Give the entries of one stream, corrections applied."""
    entries = read(facts)
    aggregate = AGGREGATES.get(entries[0].event.sub.kind) if entries else None
    if aggregate is None:
        return ()
    state: Any = None
    for entry in entries:
        state = aggregate.evolve(state, entry.event, entry.index)
    return entries_of(state)
