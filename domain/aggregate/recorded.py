# SPDX-License-Identifier: Apache-2.0
"""What a stream keeps of its events: each one in its place, and what does not fit.

Implements rule 1 of the domain facts, section 9, for every aggregate: an event that was
corrected stands beside what it was corrected to, so that both can be told. In which order the
entries count is the concern of each aggregate.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.event import Event
from domain.firearm.events.correcting import Reversed
from domain.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in its place in the log.

    Attributes:
        index: Log index.
        event: The event as signed.
        amended: The same event as later corrections read it, where there are any.
        corrected_by: Log indexes of those corrections.
        reversed_by: Log index of the reversal that leaves it out, if there is one.
    """

    index: int
    event: Event
    amended: Event | None = None
    corrected_by: tuple[int, ...] = ()
    reversed_by: int | None = None

    @property
    def effective(self) -> Event:
        """The event as it counts today: corrected where it was corrected."""
        return self.amended or self.event

    @property
    def stands(self) -> bool:
        """Whether it counts: neither reversed nor itself a reversal."""
        return self.reversed_by is None and not isinstance(self.event.dat, Reversed)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something that entries say and that cannot all be true; recorded, not refused.

    Attributes:
        index: Log index of the entry at which it shows.
        refusal: The rule it breaks, in the same words as a refusal.
    """

    index: int
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """What the state of a stream that counts in log order keeps, whatever it is a stream of.

    Attributes:
        entries: The entries in log order.
        contradictions: What does not fit, in log order.
        holds: Numbers of the holds that keep its persons from being erased.
    """

    entries: tuple[Entry, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    holds: tuple[str, ...] = ()
