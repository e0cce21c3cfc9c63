# SPDX-License-Identifier: Apache-2.0
"""A ledger in memory: the library's in-memory store behind the ledger's recorder port.

For trials and unit tests; it forgets everything when the process ends and keeps
neither tree nor vault. It keeps the same promises of order and uniqueness as the
PostgreSQL recorder, and one contract suite holds for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event as Signal
from threading import RLock
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from domain.ports import (
    CollisionError,
    Commitment,
    Context,
    LedgerRecorder,
    Recorded,
    Request,
    StaleHeadError,
)

_REGISTRY = ("ledger.", "log.", "authority.", "key.", "role.", "alg.")


class MemoryRecorder(POPOApplicationRecorder, LedgerRecorder):
    """Records into lists and dictionaries."""

    def __init__(self) -> None:
        """Start with an empty log."""
        super().__init__()
        self._write_lock = RLock()
        self._requests: dict[Request, Recorded] = {}
        self._claims: dict[str, UUID] = {}
        self._references: dict[str, list[int]] = {}

    @property
    def size(self) -> int:
        """Number of events in the log."""
        return len(self._stored_events)

    def refresh(self) -> int:
        """Give the size; nobody else can write."""
        return self.size

    def context(
        self, *, streams: Sequence[UUID], requests: Sequence[Request], claims: Sequence[str]
    ) -> Context:
        """Look up what a batch is judged against."""
        histories = {stream: self._history(stream) for stream in streams}
        return Context(
            histories={stream: events for stream, events in histories.items() if events},
            requests={each: self._requests[each] for each in requests if each in self._requests},
            claims={key: self._claims[key] for key in claims if key in self._claims},
        )

    def newest_reference(self, tag: str) -> int | None:
        """Look up the newest event that refers to something."""
        return max(self._references.get(tag, ()), default=None)

    def referring(self, tag: str, family: str) -> Sequence[Notification]:
        """Look up the events that refer to something."""
        found = (self._notification(place) for place in sorted(self._references.get(tag, ())))
        return [each for each in found if each.topic.startswith(family)]

    def registry_events(self, start: int) -> Iterator[Notification]:
        """Give the registry's events from an index on, in log order."""
        for stored in self.select_notifications(start + 1, max(self.size, 1)):
            if stored.topic.startswith(_REGISTRY):
                yield stored

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append a batch at the head, or nothing.

        Raises:
            StaleHeadError: The log grew meanwhile.
            CollisionError: Something in the batch exists already.
        """
        commitment: Commitment = kwargs["commitment"]
        with self._write_lock:
            if commitment.expected_size != self.size:
                raise StaleHeadError("The batch was judged at another size of the log.")
            self._refuse_collisions(commitment)
            positions = self._insert_events(stored_events)
            for number, admitted in enumerate(commitment.admitted):
                event = admitted.event
                recorded = Recorded(commitment.expected_size + number, event.eid)
                self._requests[event.iss, event.jti] = recorded
            for tag, number in commitment.tags:
                self._references.setdefault(tag, []).append(commitment.expected_size + number)
            for key, number in commitment.claims:
                self._claims[key] = commitment.admitted[number].event.sub.uuid
            self._notify_listeners()
        return positions

    def listen(self, event: Signal) -> None:
        """Wake a follower at every append from now on, and once for what came before."""
        with self._write_lock:
            super().listen(event)
            event.set()

    def unlisten(self, event: Signal) -> None:
        """Wake a follower no longer."""
        with self._write_lock:
            super().unlisten(event)

    def _refuse_collisions(self, commitment: Commitment) -> None:
        events = [admitted.event for admitted in commitment.admitted]
        taken = (
            any((event.iss, event.jti) in self._requests for event in events)
            or any(event.seq in self._stored_events_index[str(event.sub.uuid)] for event in events)
            or any(key in self._claims for key, _ in commitment.claims)
        )
        if taken:
            raise CollisionError("Something in the batch exists already.")

    def _history(self, stream: UUID) -> list[Notification]:
        places = self._stored_events_index.get(str(stream), {})
        return [self._notification(place) for place in places.values()]

    def _notification(self, place: int) -> Notification:
        each = self._stored_events[place]
        return Notification(
            each.originator_id, each.originator_version, each.topic, each.state, place + 1
        )
