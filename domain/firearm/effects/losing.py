# SPDX-License-Identifier: Apache-2.0
"""Effects of losing and finding."""

from __future__ import annotations

from dataclasses import replace

from domain.codes import Alert
from domain.firearm.effects.common import country_of, in_hand, joined, marks_as_seen
from domain.firearm.events.losing import (
    CameToHand,
    Diversion,
    LossReport,
    LostReported,
    StolenReported,
    Surrendered,
)
from domain.firearm.state import State


def lost_reported(state: State, dat: LostReported) -> State:
    """Lost; nobody knows where it is."""
    return _missing(state, dat, alert="lost")


def stolen_reported(state: State, dat: StolenReported) -> State:
    """Stolen; nobody knows where it is."""
    return _missing(state, dat, alert="stolen")


def diverted(state: State, dat: Diversion) -> State:
    """Where it left the lawful circuit is known; where it is now is another question."""
    return replace(state, diversion=dat)


def found(state: State, dat: CameToHand) -> State:
    """In official safekeeping; an open alert stays open until it is cleared (rule 13)."""
    return replace(
        state,
        custody="official_safekeeping",
        marks=marks_as_seen(state.marks, dat.markings),
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
        custodian=dat.station,
        recovered=in_hand(state),
        discrepancy=None,
    )


def surrendered(state: State, dat: Surrendered) -> State:
    """In official safekeeping until a court or its owner settles what becomes of it."""
    return replace(found(state, dat), alerts=state.alerts | {"surrendered_pending"})


def _missing(state: State, dat: LossReport, *, alert: Alert) -> State:
    return replace(
        state,
        custody="unknown",
        alerts=state.alerts | {alert},
        country=country_of(state, dat),
        custodian=None,
        recovered=state.recovered - {alert},
        discrepancy=None,
    )
