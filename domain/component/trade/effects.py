# SPDX-License-Identifier: Apache-2.0
"""What each event of a loose component changes; total, also for facts that contradict each other.

What comes to hand, is missed or crosses a border alone is in no firearm, whatever the record said.
"""

from __future__ import annotations

from dataclasses import replace

from domain.circulation import effects as circulation
from domain.component.state import Component
from domain.component.trade.events import (
    AlertCleared,
    Deactivated,
    Exported,
    Forfeited,
    Found,
    Imported,
    LostReported,
    Returned,
    Seized,
    StolenReported,
    Transferred,
)
from domain.firearm.effects.altering import deactivation_mark
from domain.firearm.effects.common import country_of, joined
from domain.firearm.events.alerting import LISTED


def transferred(state: Component, dat: Transferred) -> Component:
    """In a new holding."""
    return circulation.held(state, dat, holder=dat.holder or "civilian", holding=dat.hld)


def lost_reported(state: Component, dat: LostReported) -> Component:
    """Lost; nobody knows where it is."""
    return replace(circulation.missing(state, dat, alert="lost"), firearm=None)


def stolen_reported(state: Component, dat: StolenReported) -> Component:
    """Stolen; nobody knows where it is."""
    return replace(circulation.missing(state, dat, alert="stolen"), firearm=None)


def alert_cleared(state: Component, dat: AlertCleared) -> Component:
    """One flag less."""
    return circulation.cleared(state, dat)


def found(state: Component, dat: Found) -> Component:
    """In official safekeeping; an open alert stays open until it is cleared (rule 13)."""
    return replace(circulation.came_to_hand(state, dat), firearm=None)


def seized(state: Component, dat: Seized) -> Component:
    """In evidence; a stolen component that is seized is both (rule 13)."""
    return replace(
        circulation.seized(state, dat), firearm=None, markings=joined(state, dat.markings)
    )


def forfeited(state: Component, dat: Forfeited) -> Component:
    """Without an owner."""
    return circulation.forfeited(state, dat)


def returned(state: Component, dat: Returned) -> Component:
    """With its owner; an alert that lists it stays open until it is cleared (rule 13)."""
    nobody = state.holder in ("none", "unknown")
    holder = dat.holder or ("civilian" if nobody else state.holder)
    return replace(
        circulation.held(state, dat, holder=holder, holding=dat.hld),
        alerts=state.alerts & LISTED,
        forfeiture=None,
    )


def exported(state: Component, dat: Exported) -> Component:
    """Out of the country and on its way."""
    return circulation.exported(state, dat)


def imported(state: Component, dat: Imported) -> Component:
    """In the country to stay; what is recorded as destroyed is neither held nor marked again."""
    if state.technical == "destroyed":
        return replace(state, country=dat.country)
    return replace(
        circulation.imported(state, dat), firearm=None, markings=joined(state, dat.markings)
    )


def deactivated(state: Component, dat: Deactivated) -> Component:
    """Inoperable, with a mark more; the old marks and the record stay (rule 7)."""
    return replace(
        state,
        technical="destroyed" if state.technical == "destroyed" else "deactivated",
        country=country_of(state, dat),
        markings=joined(state, (deactivation_mark(dat), *dat.markings)),
    )
