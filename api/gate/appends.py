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
from time import monotonic as monotonic_here
from typing import Final

from audit.access.buckets import BUCKETS_MAX
from domain.errors import ThrottledError

BURST_SECONDS: Final = 4
"""After a pause, events of so many seconds are recorded at once."""

_MILLISECONDS: Final = 3
"""Decimals of a second, so that many small steps do not add up to a wait of nothing."""

Header = bytes
"""The first segment of a submission; it names the key, and a key has one."""


class AppendLimits:
    """The limits of the keys in one process; belongs to one event loop.

    A bucket of tokens is kept as one number, the moment at which it is full again.
    """

    def __init__(self, rate: float, *, monotonic: Callable[[], float] = monotonic_here) -> None:
        """Bind events a second, for each key in this process, and a clock that is never set."""
        self._rate = rate
        self._monotonic = monotonic
        self._full_at: OrderedDict[Header, float] = OrderedDict()

    def check(self, submissions: Iterable[bytes]) -> None:
        """Make sure that no key of some submissions has to wait.

        Raises:
            ThrottledError: One has to.
        """
        full_at = max(self._full_at.get(_header(each), 0.0) for each in submissions)
        wait = round(full_at - self._monotonic() - BURST_SECONDS, _MILLISECONDS)
        if wait > 0:
            raise ThrottledError(
                f"At most {self._rate:g} events a second are recorded for one key.",
                retry_after=ceil(wait),
            )

    def count(self, submissions: Iterable[bytes]) -> None:
        """Count events that were recorded."""
        now = self._monotonic()
        for each in submissions:
            header = _header(each)
            self._full_at[header] = max(self._full_at.get(header, now), now) + 1 / self._rate
            self._full_at.move_to_end(header)
        while len(self._full_at) > BUCKETS_MAX:
            self._full_at.popitem(last=False)


def _header(submission: bytes) -> Header:
    return submission.partition(b".")[0]
