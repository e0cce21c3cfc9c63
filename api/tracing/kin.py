# SPDX-License-Identifier: Apache-2.0
"""What other records say of a firearm: that it is theirs, or may be.

Two persons join records in the stream of the one that goes on (domain facts, section 5), so that
the record which was joined says nothing of it itself. Whoever traces that one is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.firearm.history import replay
from domain.firearm.identity import Identity
from domain.firearm.state import BLANK, Entry
from domain.identifiers import StreamId
from domain.occurrence import Occurrence, parse_occurrence
from projections.timeline.queries import History, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Up to where something is told.

    Attributes:
        as_at: Date of the world: leave out what certainly happened later.
        as_known_on: Date, or index of the log: leave out what was recorded later.
    """

    as_at: Occurrence | None = None
    as_known_on: str | None = None

    def known_index(self, recorded: Mapping[int, datetime]) -> int | None:
        """Read the limit of the record: an index, or a date up to whose end it was recorded.

        Args:
            recorded: When the ledger recorded each of some entries, by index.
        """
        if self.as_known_on is None:
            return None
        if self.as_known_on.isascii() and self.as_known_on.isdigit():
            return int(self.as_known_on)
        limit = parse_occurrence(self.as_known_on).latest
        by_then = (index for index, at in recorded.items() if int(at.timestamp()) <= limit)
        return max(by_then, default=-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Other records that speak of a firearm as their own.

    Attributes:
        merged_into: Records that it was joined with, as another name of theirs.
        suspected_by: Records that may be of the same firearm.
    """

    merged_into: tuple[StreamId, ...] = ()
    suspected_by: tuple[StreamId, ...] = ()


NO_KIN = Kin()


def kin_of(timeline: Timeline, firearm: StreamId, limits: Limits) -> Kin:
    """Ask the records that named a firearm whether they still do, within some limits.

    Raises:
        UnreachableError: The database does not answer.
    """
    namers = timeline.namers(firearm.uuid)
    if not namers:
        return NO_KIN
    known = {each: _identity(one, limits) for each, one in timeline.histories(namers).items()}
    own = str(firearm)
    return Kin(
        merged_into=_streams(known, lambda identity: own in identity.aliases),
        suspected_by=_streams(known, lambda identity: own in identity.duplicates),
    )


def _identity(history: History, limits: Limits) -> Identity:
    moments = replay(
        [Entry(index, event) for index, event in history.readable().items()],
        as_at=limits.as_at,
        as_known_on=limits.known_index({line.index: line.at for line in history.lines}),
    )
    return (moments[-1].state_after if moments else BLANK).identity


def _streams(
    known: Mapping[UUID, Identity], named: Callable[[Identity], bool]
) -> tuple[StreamId, ...]:
    return tuple(StreamId("arm", stream) for stream, identity in known.items() if named(identity))
