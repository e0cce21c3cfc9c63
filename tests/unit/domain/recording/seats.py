# SPDX-License-Identifier: Apache-2.0
"""Several processes at one log in memory, each with its own, possibly old, view of its size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eventsourcing.persistence import Notification, StoredEvent

from audit.memory import MemoryRecorder
from audit.persistence import LedgerFactory
from domain.application import Ledger
from domain.ports import LedgerRecorder, StaleHeadError


def nothing() -> None:
    """Let nothing happen meanwhile."""


class Seat(MemoryRecorder):
    """One process's view of a log that others write to as well."""

    def __init__(self, log: Seat | None = None) -> None:
        super().__init__()
        if log is not None:
            self.__dict__.update(log.__dict__)
        self.seen = 0
        self.before_insert: Callable[[], None] = nothing
        self.before_reading: Callable[[], None] = nothing

    @property
    def size(self) -> int:
        return self.seen

    def refresh(self) -> int:
        self.seen = len(self._stored_events)
        return self.seen

    def registry_events(self, start: int) -> Iterator[Notification]:
        self.before_reading()
        for stored in self.select_notifications(start + 1, len(self._stored_events)):
            if stored.topic.startswith(("ledger.", "key.")):
                yield stored

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        self.before_insert()
        if self.seen != len(self._stored_events):
            raise StaleHeadError("Another process appended first.")
        positions = super().insert_events(stored_events, **kwargs)
        self.refresh()
        return positions


class SeatFactory(LedgerFactory):
    """Gives each ledger that is opened the next seat at one log."""

    log: Seat | None = None

    def application_recorder(self) -> LedgerRecorder:
        seat = Seat(SeatFactory.log)
        SeatFactory.log = SeatFactory.log or seat
        return seat


def two_ledgers() -> tuple[Ledger, Seat, Ledger, Seat]:
    """Open two ledgers at one empty log."""
    SeatFactory.log = None
    topic = f"{SeatFactory.__module__}:{SeatFactory.__qualname__}"
    one, other = (Ledger({"PERSISTENCE_MODULE": topic}) for _ in range(2))
    seats = (one.recorder, other.recorder)
    assert all(isinstance(each, Seat) for each in seats)
    return one, seats[0], other, seats[1]  # type: ignore[return-value]
