# SPDX-License-Identifier: Apache-2.0
"""Effects of losing and finding."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.circulation.effects import came_to_hand, missing
from domain.firearm.effects.common import marks_as_seen
from domain.firearm.events.losing import (
    CameToHand,
    Diversion,
    LostReported,
    StolenReported,
    Surrendered,
)
from domain.firearm.state import State


def lost_reported(state: State, dat: LostReported) -> State:
    """Lost; nobody knows where it is."""
    return changed(missing(state, dat, alert="lost"), discrepancy=None)


def stolen_reported(state: State, dat: StolenReported) -> State:
    """Stolen; nobody knows where it is."""
    return changed(missing(state, dat, alert="stolen"), discrepancy=None)


def diverted(state: State, dat: Diversion) -> State:
    """Where it left the lawful circuit is known; where it is now is another question."""
    return changed(state, diversion=dat)


def found(state: State, dat: CameToHand) -> State:
    """In official safekeeping; an open alert stays open until it is cleared (rule 13)."""
    return changed(
        came_to_hand(state, dat),
        marks=marks_as_seen(state.marks, dat.markings),
        discrepancy=None,
    )


def surrendered(state: State, dat: Surrendered) -> State:
    """In official safekeeping until a court or its owner settles what becomes of it."""
    return changed(found(state, dat), alerts=state.alerts | {"surrendered_pending"})
