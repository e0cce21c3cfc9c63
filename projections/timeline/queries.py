# SPDX-License-Identifier: Apache-2.0
"""Questions to the timeline: one firearm's entries with their signed bytes.

One round trip reads a whole history: the rows of the timeline, the bytes of the log at
their indexes, and the lowest tiles of the tree, from which inclusion proofs are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.event import Event
from projections.fact import read_event
from projections.timeline.store import TIMELINE
from projections.view import View


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a history, in the order of the query's columns.

    Attributes:
        index: Log index.
        seq: Position in the stream.
        kind: Stable name and version of its type.
        at: When the ledger recorded it; unsigned.
        raw: The signed bytes as the log holds them now; none where it holds none.
        tile: The complete tile of 16 leaf hashes around it; none near the log's end.
    """

    index: int
    seq: int
    kind: str
    at: datetime
    raw: bytes | None
    tile: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The entries of one firearm in the order of its stream.

    Attributes:
        stream: The firearm.
        size: Size of the log that this is about.
        lines: The entries.
    """

    stream: UUID
    size: int
    lines: tuple[Line, ...]

    def readable(self) -> dict[int, Event]:
        """Read the bytes as events by index, whether or not they are true."""
        events = ((line.index, read_event(line.raw)) for line in self.lines if line.raw)
        return {index: event for index, event in events if event is not None}


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of a record that a firearm's entries name.

    Attributes:
        index: Log index.
        event: The event; only entries that can be read are given.
    """

    index: int
    event: Event


GIVEN_MAX: Final = 4_096
"""Firearms whose tiles are taken for remembered by whoever makes proofs."""


class Timeline:
    """The timeline as it can be asked."""

    def __init__(self, view: View) -> None:
        """Bind the view that keeps answers current."""
        self._view = view
        self._given: set[UUID] = set()

    def history(self, stream: UUID) -> History:
        """Read one firearm's entries; none if the log knows no such firearm.

        Tiles come with the first answer about a firearm: whoever makes proofs of it again
        remembers what they held.
        """
        query = _HISTORY_ALONE if stream in self._given else _HISTORY
        size, rows = self._view.ask_dated(TIMELINE, query, (stream,))
        if len(self._given) > GIVEN_MAX:
            self._given.clear()
        self._given.add(stream)
        lines = tuple([Line(*columns) for _, _, *columns in rows])
        return History(stream=stream, size=size, lines=lines)

    def histories(self, streams: Sequence[UUID]) -> dict[UUID, History]:
        """Read the entries of several firearms at once."""
        size, rows = self._view.ask(TIMELINE, _HISTORIES, (list(streams),))
        found: dict[UUID, list[Line]] = {}
        for stream, *columns in rows:
            found.setdefault(stream, []).append(Line(*columns))
        return {
            stream: History(stream=stream, size=size, lines=tuple(lines))
            for stream, lines in found.items()
        }

    def record(self, stream: UUID) -> History:
        """Read the entries of a record that is no firearm; none if the log knows no such record."""
        size, rows = self._view.ask(TIMELINE, _RECORD, (stream,))
        return History(stream=stream, size=size, lines=tuple([Line(*columns) for columns in rows]))

    def namers(self, stream: UUID) -> tuple[UUID, ...]:
        """Find the firearms whose records were once joined with one, or took it for themselves."""
        _, rows = self._view.ask(TIMELINE, _NAMERS, (f"arm.{stream}",))
        return tuple(other for (other,) in rows)

    def named(self, streams: Sequence[UUID]) -> dict[UUID, tuple[Named, ...]]:
        """Read the entries of other records, as the log holds them now."""
        _, rows = self._view.ask(TIMELINE, _NAMED, (list(streams),))
        found: dict[UUID, tuple[Named, ...]] = {}
        for stream, index, raw in rows:
            event = read_event(raw)
            if event is not None:
                found[stream] = (*found.get(stream, ()), Named(index, event))
        return found

    def spoken(self, bits: int) -> tuple[UUID, ...]:
        """Find the firearms of a short form, usually one (``identifiers.parse_short_form``)."""
        _, rows = self._view.ask(TIMELINE, _SPOKEN, (bits,))
        return tuple(stream for (stream,) in rows)


# Bytes and tiles are looked up row by row: as joins, a young table without statistics would
# be read as a whole, and that plan kept.
_HISTORY: Final = """
select (select size from ledger.head),
       (select size from projection.position where name = 'timeline'),
       t.idx, t.seq, t.kind, t.at,
       (select raw from ledger.event where idx = t.idx),
       (select hashes from ledger.tile where level = 0 and n = t.idx >> 4)
from projection.timeline t where t.stream = %b::uuid order by t.seq
"""
_HISTORY_ALONE: Final = """
select (select size from ledger.head),
       (select size from projection.position where name = 'timeline'),
       t.idx, t.seq, t.kind, t.at,
       (select raw from ledger.event where idx = t.idx), null::bytea
from projection.timeline t where t.stream = %b::uuid order by t.seq
"""
_HISTORIES: Final = """
select t.stream, t.idx, t.seq, t.kind, t.at,
       (select raw from ledger.event where idx = t.idx), null::bytea
from projection.timeline t where t.stream = any(%b::uuid[]) order by t.stream, t.seq
"""
_RECORD: Final = """
select idx, seq, kind, at, raw,
       (select hashes from ledger.tile where level = 0 and n = ledger.event.idx >> 4)
from ledger.event where stream = %b::uuid order by seq
"""
_NAMERS: Final = """
select distinct e.stream from ledger.event_ref r join ledger.event e using (idx)
where r.tag = %b::text
  and split_part(e.kind, '/', 1) in ('firearm.identity-merged', 'firearm.duplicate-flagged')
order by e.stream
"""
_NAMED: Final = """
select stream, idx, raw from ledger.event where stream = any(%b::uuid[]) order by stream, seq
"""
_SPOKEN: Final = "select stream from projection.timeline where short = %b::int8 order by stream"
