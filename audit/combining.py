# SPDX-License-Identifier: Apache-2.0
"""Natural batching: whoever waits first serves everybody who waits.

A ``Turnstile`` turns many concurrent callers into one batch at a time without a timer
and without a thread of its own (log specification 2.3, no linger). The caller that
finds nobody at work leads; while it works others queue up; when it is done, the first
of them leads the next batch. A lone caller never hands its work to another thread.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(slots=True, eq=False)
class Ticket(Generic[Item]):
    """One caller's place in the queue; it sleeps until it is served or has to lead."""

    item: Item
    leads: bool = False
    error: BaseException | None = None
    _gate: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Close the gate."""
        self._gate.acquire()

    def wait(self) -> None:
        """Sleep until woken."""
        self._gate.acquire()

    def wake(self) -> None:
        """Let the caller go on."""
        self._gate.release()


class Turnstile(Generic[Item]):
    """Lets one caller at a time work on everything that is waiting."""

    def __init__(self, items_max: int) -> None:
        """Set the largest batch."""
        self._items_max = items_max
        self._lock = Lock()
        self._waiting: deque[Ticket[Item]] = deque()
        self._busy = False

    def enter(self, ticket: Ticket[Item]) -> list[Ticket[Item]] | None:
        """Queue up; come back as a leader with a batch, or served by another leader.

        Returns:
            The batch to work on, the own ticket among it, or None when it was served.
            A leader must call ``leave`` when the next batch may start, and wake every
            other ticket of its batch when that one is served.

        Raises:
            BaseException: What its leader failed with.
        """
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        if not ticket.leads:
            ticket.wait()
        if ticket.leads:
            return self._take()
        if ticket.error is not None:
            raise ticket.error
        return None

    def leave(self) -> None:
        """Let the first waiting caller lead the next batch."""
        with self._lock:
            if not self._waiting:
                self._busy = False
                return
            following = self._waiting[0]
            following.leads = True
        following.wake()

    def _take(self) -> list[Ticket[Item]]:
        with self._lock:
            count = min(len(self._waiting), self._items_max)
            return [self._waiting.popleft() for _ in range(count)]


def serve(batch: list[Ticket[Item]], *, leader: Ticket[Item], error: BaseException | None) -> None:
    """Wake everybody in a batch but its leader, with the leader's failure if it failed."""
    for ticket in batch:
        if ticket is not leader:
            ticket.leads = False
            ticket.error = error
            ticket.wake()
