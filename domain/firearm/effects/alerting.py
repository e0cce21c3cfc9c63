# SPDX-License-Identifier: Apache-2.0
"""Effects of listing and delisting; where the firearm is does not change by them."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.circulation import effects as circulation
from domain.firearm.events.alerting import AlertCleared, AlertPublished, AlertWithdrawn, Sought
from domain.firearm.state import State


def sought(state: State, _: Sought) -> State:
    """Sought; it has not come to hand since."""
    return changed(state, alerts=state.alerts | {"sought"}, recovered=state.recovered - {"sought"})


def alert_published(state: State, dat: AlertPublished) -> State:
    """One more entry elsewhere that has to be taken back one day."""
    return changed(state, published=(*state.published, dat))


def alert_withdrawn(state: State, dat: AlertWithdrawn) -> State:
    """No such entry any more."""
    entry = (dat.system, dat.reference)
    kept = tuple(each for each in state.published if (each.system, each.reference) != entry)
    return changed(state, published=kept)


def alert_cleared(state: State, dat: AlertCleared) -> State:
    """One flag less."""
    return circulation.cleared(state, dat)
