# SPDX-License-Identifier: Apache-2.0
"""The state of a firearm: five independent axes, and the entries that led to them.

Implements design section 5. ``State`` is what the world looks like after some entries;
``Firearm`` adds the entries themselves in the order of the world. Both are values; how
they change is the concern of ``effects`` and ``aggregate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.codes import Alert, Custody, HolderClass, MarkState, Technical
from domain.event import Event
from domain.firearm.events.common import Description
from domain.markings import Marking
from domain.refusal import Refusal

BEFORE_ALL: Final = -(2**53)
"""Earlier than every occurrence, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is true of a firearm after the entries folded so far.

    Attributes:
        technical: Axis T, what it is technically.
        holder: Axis H, the class of its holder.
        custody: Axis C, where it physically is.
        alerts: Axis A, the open flags; none means clear.
        marks: Axis M, the state of its marks.
        country: Country in which it is, where known.
        description: How its origin event describes it.
        markings: Every mark ever stated, oldest first; an old mark stays searchable.
        custodian: Agency, unit or person's role that has it in hand.
        holding: Opaque holding that answers for it.
        seals: Numbers of the seals on it.
        deposit_no: Number under which it is deposited.
    """

    technical: Technical = "complete"
    holder: HolderClass = "unknown"
    custody: Custody = "unknown"
    alerts: frozenset[Alert] = frozenset()
    marks: MarkState = "unknown"
    country: str | None = None
    description: Description | None = None
    markings: tuple[Marking, ...] = ()
    custodian: str | None = None
    holding: str | None = None
    seals: tuple[str, ...] = ()
    deposit_no: str | None = None


BLANK: Final = State()
"""Before anything is known: every axis that can be unknown is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in its place in the log.

    Attributes:
        index: Log index.
        event: The event as signed.
        amended: The same event as later corrections read it, where there are any.
        corrected_by: Log indexes of those corrections.
    """

    index: int
    event: Event
    amended: Event | None = None
    corrected_by: tuple[int, ...] = ()

    @property
    def effective(self) -> Event:
        """The event as it counts today: corrected where it was corrected."""
        return self.amended or self.event


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
class Firearm:
    """One firearm: its present state and the entries behind it.

    Attributes:
        state: The state after all entries, corrections applied.
        entries: The entries in world order.
        contradictions: What does not fit, in world order.
        horizon: The latest first second of any entry; an event that may reach up to it
            goes to the end.
    """

    state: State = BLANK
    entries: tuple[Entry, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    horizon: int = BEFORE_ALL
