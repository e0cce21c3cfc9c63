# SPDX-License-Identifier: Apache-2.0
"""Token buckets in the memory of a process, or in the database for all processes.

A bucket that nobody has touched is full, so that it need not be remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol

from audit.arrays import text_array
from audit.link import Link

BUCKETS_MAX: Final = 100_000
"""Buckets that a process remembers; the one that was used least recently is forgotten."""

FULL_AFTER_SECONDS: Final = 2 * 86_400
"""After so long every bucket is full; none takes more than a day to fill."""

_SPEND: Final = "select access.spend(%b, %b::float8[], %b::float8[], %b, %b, %b)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Tokens to be taken from one bucket.

    Attributes:
        name: The bucket's.
        capacity: What it holds when it is full.
        refill: Tokens a second.
    """

    name: str
    capacity: float
    refill: float


class Buckets(Protocol):
    """Where buckets are kept."""

    def spend(self, draws: tuple[Draw, ...], cost: float, at: float) -> float:
        """Take tokens from all buckets or from none; give the seconds to wait, or 0."""


class MemoryBuckets:
    """Buckets of one process; safe for several threads."""

    def __init__(self, *, buckets_max: int = BUCKETS_MAX) -> None:
        """Begin with every bucket full."""
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._buckets_max = buckets_max
        self._lock = Lock()

    def spend(self, draws: tuple[Draw, ...], cost: float, at: float) -> float:
        """Take tokens from all buckets or from none; give the seconds to wait, or 0."""
        with self._lock:
            found = {each.name: self._available(each, at) for each in draws}
            wait = max((cost - found[each.name][0]) / each.refill for each in draws)
            if wait > 0:
                return wait
            for name, (tokens, since) in found.items():
                self._buckets[name] = (tokens - cost, since)
                self._buckets.move_to_end(name)
            while len(self._buckets) > self._buckets_max:
                self._buckets.popitem(last=False)
        return 0

    def __len__(self) -> int:
        """Give how many buckets are remembered."""
        return len(self._buckets)

    def _available(self, draw: Draw, at: float) -> tuple[float, float]:
        """Give what a bucket holds, and as of when; a clock that goes back fills nothing."""
        tokens, since = self._buckets.get(draw.name, (draw.capacity, at))
        now = max(since, at)
        return min(draw.capacity, tokens + (now - since) * draw.refill), now


class SharedBuckets:
    """Buckets in the database, which every process and every restart finds again."""

    def __init__(self, conninfo: str) -> None:
        """Remember how to reach the database, as the role ``ledger_api``."""
        self._link = Link(conninfo)
        self._lock = Lock()

    def spend(self, draws: tuple[Draw, ...], cost: float, at: float) -> float:
        """Take tokens from all buckets or from none; give the seconds to wait, or 0.

        Raises:
            UnreachableError: The database does not answer; whether they were taken is unknown.
        """
        names = text_array([each.name for each in draws])
        capacities, refills = [each.capacity for each in draws], [each.refill for each in draws]
        forget = at - FULL_AFTER_SECONDS
        with self._lock:
            ((wait,),) = self._link.write(
                _SPEND, (names, capacities, refills, float(cost), float(at), float(forget))
            )
        return float(wait)

    def close(self) -> None:
        """Close the connection."""
        self._link.close()
