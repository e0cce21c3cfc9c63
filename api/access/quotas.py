# SPDX-License-Identifier: Apache-2.0
"""How often somebody may ask: token buckets a key, an officer and an authority.

Implements the limits of the envelope specification, section 7, against browsing and enumeration.
What is counted by the second is counted in each process, which gets its share; what is counted by
the hour or day is counted in the database, across processes and restarts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from api.access.caller import Caller
from api.access.table import Action
from audit.access.buckets import Buckets, Draw
from domain.errors import RefusedError, ThrottledError

SECOND: Final = 1
HOUR: Final = 3_600
DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit, which holds for a key, an officer and an authority, each by itself.

    Attributes:
        amount: How many within the period, in the long run.
        period: Seconds.
        burst: How many at once after a pause.
        shared: Whether all processes count together.
    """

    amount: int
    period: int
    burst: int
    shared: bool


LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "head": Limit(amount=50, period=SECOND, burst=200, shared=False),
        "trace": Limit(amount=60, period=HOUR, burst=60, shared=True),
        "reveal": Limit(amount=200, period=DAY, burst=200, shared=True),
        "erasure": Limit(amount=50, period=DAY, burst=50, shared=True),
    }
)
"""The limits, as they are published. What is recorded has one of its own (``api.gate.appends``);
here whoever is about to append asks for heads of streams."""

COUNTED: Final[Mapping[Action, str]] = MappingProxyType(
    {
        "event.append": "head",
        "marking.search": "trace",
        "requests.read": "trace",
        "person.reveal": "reveal",
        "person.file": "reveal",
        "erasure.approve": "erasure",
    }
)
"""Which limit an action counts against; others have none of their own."""

WILDCARDS: Final = frozenset("*?%[]\\")


class Quotas:
    """The limits of one process of the service."""

    def __init__(
        self,
        *,
        own: Buckets,
        shared: Buckets,
        clock: Callable[[], float],
        processes: int = 1,
    ) -> None:
        """Bind the buckets of this process, those of all, and a clock.

        Args:
            own: Buckets of this process alone.
            shared: Buckets of every process.
            clock: Unix seconds.
            processes: Among how many processes the load is spread.
        """
        self._own = own
        self._shared = shared
        self._clock = clock
        self._processes = processes

    def spend(self, caller: Caller, action: Action, *, times: int = 1) -> None:
        """Count something that a caller is about to be given.

        Args:
            caller: Who asks.
            action: What for.
            times: How often at once, such as the events of a batch.

        Raises:
            ThrottledError: It has to wait; nothing was counted.
            UnreachableError: The shared buckets do not answer.
        """
        name = COUNTED.get(action)
        if name is None:
            return
        limit = LIMITS[name]
        share = 1 if limit.shared else self._processes
        draws = tuple(
            Draw(
                name=f"{name}:{subject}",
                capacity=limit.burst / share,
                refill=limit.amount / limit.period / share,
            )
            for subject in _subjects(caller)
        )
        buckets = self._shared if limit.shared else self._own
        # More at once than a bucket holds takes all that it holds.
        wait = buckets.spend(draws, min(times, limit.burst / share), self._clock()) if draws else 0
        if wait > 0:
            raise ThrottledError(
                f"The limit is {limit.amount} in {limit.period} seconds ({name}).",
                retry_after=math.ceil(wait),
            )


def limits() -> dict[str, dict[str, Any]]:
    """Give the limits as they are published under ``/v1/limits``."""
    return {
        name: {
            "amount": limit.amount,
            "period_seconds": limit.period,
            "burst": limit.burst,
            "per": ["key", "officer", "authority"],
            "actions": [action for action, counted in COUNTED.items() if counted == name],
        }
        for name, limit in LIMITS.items()
    }


def refuse_wildcards(selectors: Mapping[str, str]) -> None:
    """Refuse to look for persons by parts of what is known of them.

    Args:
        selectors: What is searched for, by its kind.

    Raises:
        RefusedError: ``selector_wildcard``.
    """
    for kind, value in selectors.items():
        if not value.strip() or not WILDCARDS.isdisjoint(value):
            raise RefusedError(
                f"Persons are searched for by a whole {kind}, not by parts of it.",
                slug="selector_wildcard",
                next_step="Give the whole value, without wildcards.",
            )


def _subjects(caller: Caller) -> tuple[str, ...]:
    named = (("key", caller.key), ("officer", caller.officer), ("authority", caller.authority))
    return tuple(f"{kind}:{value}" for kind, value in named if value)
