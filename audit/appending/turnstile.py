# SPDX-License-Identifier: Apache-2.0
"""Natural batching: whoever waits first serves everybody who waits.

A ``Turnstile`` turns many concurrent callers into one batch at a time without a timer
and without a thread of its own (log specification 2.3, no linger). The caller that
finds nobody at work leads; while it works others queue up; when it is done, the first
of them leads the next batch. A lone caller never hands its work to another thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Item, Answer]):
    """One caller's place in the queue; it sleeps until it is served or has to lead."""

    items: Sequence[Item]
    leads: bool = False
    answers: Sequence[Answer] = ()
    error: BaseException | None = None
    gate: Lock = field(default_factory=Lock)


class Turnstile(Generic[Item, Answer]):
    """Lets one caller at a time work on everything that is waiting."""

    def __init__(
        self, work: Callable[[Sequence[Item]], Sequence[Answer]], *, items_max: int
    ) -> None:
        """Bind the work, which gives one answer an item, and the largest batch."""
        self._work = work
        self._items_max = items_max
        self._lock = Lock()
        self._waiting: deque[_Ticket[Item, Answer]] = deque()
        self._busy = False

    def serve(self, items: Sequence[Item]) -> Sequence[Answer]:
        """Have some items worked on, together with those of others, and give their answers.

        Args:
            items: At most as many as the largest batch holds.

        Raises:
            BaseException: What the work failed with; it fails for a whole batch.
        """
        ticket = self._enter(items)
        if ticket.leads:
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.answers

    def _enter(self, items: Sequence[Item]) -> _Ticket[Item, Answer]:
        """Queue up and sleep, unless nobody is at work."""
        ticket: _Ticket[Item, Answer] = _Ticket(items)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
            if not ticket.leads:
                ticket.gate.acquire()
        if not ticket.leads:
            ticket.gate.acquire()  # its leader opens the gate
        return ticket

    def _lead(self) -> None:
        batch = self._take()
        try:
            answers = iter(self._work([item for ticket in batch for item in ticket.items]))
            for ticket in batch:
                ticket.answers = [next(answers) for _ in ticket.items]
        except BaseException as error:  # noqa: BLE001 - each caller raises it
            for ticket in batch:
                ticket.error = error
        finally:
            self._leave()
            for ticket in batch[1:]:
                ticket.gate.release()

    def _take(self) -> list[_Ticket[Item, Answer]]:
        """Take what waits, the leader's own ticket first, as far as one batch holds."""
        batch: list[_Ticket[Item, Answer]] = []
        room = self._items_max
        with self._lock:
            while self._waiting and (not batch or len(self._waiting[0].items) <= room):
                batch.append(self._waiting.popleft())
                room -= len(batch[-1].items)
        return batch

    def _leave(self) -> None:
        """Let the first waiting caller lead the next batch."""
        with self._lock:
            if not self._waiting:
                self._busy = False
                return
            following = self._waiting[0]
            following.leads = True
        following.gate.release()
