# SPDX-License-Identifier: Apache-2.0
"""How fast one key may have events recorded.

Only what was recorded counts, since anybody can send a submission that names somebody else's key:
whoever floods the service with forged ones takes nothing from the officer. So a key goes over its
limit once, and then waits (envelope specification, section 7: limits by key).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from math import ceil
from typing import Final

from audit.access.buckets import BUCKETS_MAX, Draw, MemoryBuckets
from domain.errors import ThrottledError

BURST_SECONDS: Final = 4
"""After a pause, events of so many seconds are recorded at once."""

Header = bytes
"""The first segment of a submission; it names the key, and a key has one."""


class AppendLimits:
    """The limits of the keys in one process; belongs to one event loop."""

    def __init__(self, rate: float, *, clock: Callable[[], float]) -> None:
        """Bind events a second, for each key in this process, and a clock in Unix seconds."""
        self._rate = rate
        self._clock = clock
        self._buckets = MemoryBuckets()
        self._waiting: OrderedDict[Header, float] = OrderedDict()

    def check(self, submissions: Iterable[bytes]) -> None:
        """Make sure that no key of some submissions has to wait.

        Raises:
            ThrottledError: One has to.
        """
        if not self._waiting:
            return
        now = self._clock()
        until = max(self._waiting.get(_header(each), 0.0) for each in submissions)
        if until > now:
            raise ThrottledError(
                f"At most {self._rate:g} events a second are recorded for one key.",
                retry_after=ceil(until - now),
            )

    def count(self, submissions: Iterable[bytes]) -> None:
        """Count events that were recorded."""
        now = self._clock()
        numbers: dict[Header, int] = {}
        for header in map(_header, submissions):
            numbers[header] = numbers.get(header, 0) + 1
        for header, number in numbers.items():
            name, capacity = header.decode("latin-1"), self._rate * BURST_SECONDS
            draw = Draw(name=name, capacity=capacity, refill=self._rate)
            wait = self._buckets.spend((draw,), min(number, capacity), now)
            if wait > 0:
                self._waiting[header] = now + wait
                self._waiting.move_to_end(header)
            else:
                self._waiting.pop(header, None)
        while len(self._waiting) > BUCKETS_MAX:
            self._waiting.popitem(last=False)


def _header(submission: bytes) -> Header:
    return submission.partition(b".")[0]
