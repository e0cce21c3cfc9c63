# SPDX-License-Identifier: Apache-2.0
"""Asking again what was lost or came at a bad time, later each time and not all at once.

Every call of the SDK may be repeated: reading changes nothing, and an event that is sent again is
answered with its first place (envelope specification, section 4.7).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from api.client.calling.flow import Answer, Reply
from api.client.ids import Randomness

TOO_MANY: Final = 429
AGAIN: Final = frozenset({TOO_MANY, 502, 503, 504})
"""Statuses after which the same call may fare better."""

_OCTET_MAX: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where time and chance come from.

    Attributes:
        clock: Unix seconds.
        randomness: Octets of a cryptographic generator.
    """

    clock: Callable[[], float] = time.time
    randomness: Randomness = secrets.token_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long a call is tried.

    Attributes:
        attempts: How many times at most.
        first: Seconds before the second attempt; twice as many before each further one.
        longest: Seconds of the longest pause; a service that asks for more is not waited for.
        answer: Seconds without an octet after which an answer is lost.
    """

    attempts: int = 5
    first: float = 0.2
    longest: float = 20.0
    answer: float = 30.0

    def pause(self, reply: Reply, *, attempt: int, world: World) -> float | None:
        """Give the seconds before the next attempt; nothing where there shall be none.

        Args:
            reply: What came of this attempt.
            attempt: Its number, from 1.
            world: Its time, and chance that keeps clients from coming back all at once.
        """
        if attempt >= self.attempts or (isinstance(reply, Answer) and reply.status not in AGAIN):
            return None
        wanted = retry_after(reply, now=world.clock()) if isinstance(reply, Answer) else None
        if wanted is not None:
            return wanted if wanted <= self.longest else None
        doubled = min(self.longest, self.first * float(2 ** (attempt - 1)))
        return doubled * (1 + world.randomness(1)[0] / _OCTET_MAX) / 2


def retry_after(answer: Answer, *, now: float) -> float | None:
    """Read after how many seconds a service wants to be asked again (RFC 9110, section 10.2.3)."""
    text = answer.fields.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)
