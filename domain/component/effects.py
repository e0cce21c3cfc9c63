# SPDX-License-Identifier: Apache-2.0
"""What each event changes in a component; total, also for facts that contradict each other."""

from __future__ import annotations

from dataclasses import replace

from domain.component.events import (
    Destroyed,
    Installed,
    Manufactured,
    Marked,
    PartDescription,
    Registered,
    Removed,
)
from domain.component.state import Component
from domain.firearm.effects.common import country_of, joined
from domain.firearm.events.alerting import LISTED


def manufactured(state: Component, dat: Manufactured) -> Component:
    """Complete, and never installed."""
    return replace(
        _described(state, dat),
        technical="complete",
        installed_before=False,
        holder="maker",
        custody="holder",
        country=country_of(state, dat),
    )


def registered(state: Component, dat: Registered) -> Component:
    """What the older record says, and nothing that it does not say."""
    known = replace(
        _described(state, dat),
        technical=dat.technical or state.technical,
        installed_before=dat.installed_before,
        holder=dat.holder or state.holder,
        country=dat.presence or country_of(state, dat),
        custodian=dat.custodian,
        holding=dat.hld,
    )
    return _in(known, dat.firearm) if dat.firearm else known


def marked(state: Component, dat: Marked) -> Component:
    """One more mark; the old ones stay searchable."""
    return replace(state, markings=joined(state, (dat.mark,)))


def installed(state: Component, dat: Installed) -> Component:
    """In a firearm; from now on a used part."""
    return _in(state, dat.firearm)


def removed(state: Component, _: Removed) -> Component:
    """Loose again."""
    return replace(state, firearm=None)


def destroyed(state: Component, _: Destroyed) -> Component:
    """Gone for good; the record stays."""
    return replace(
        state,
        technical="destroyed",
        firearm=None,
        holder="none",
        custody="destruction_site",
        alerts=state.alerts & LISTED,
        custodian=None,
        holding=None,
        forfeiture=None,
    )


def _described(state: Component, dat: PartDescription) -> Component:
    return replace(
        state,
        part=dat.part,
        make=dat.make,
        model=dat.model or "unknown",
        calibre=dat.calibre or "unknown",
        serial=dat.serial,
        markings=joined(state, dat.marks),
    )


def _in(state: Component, firearm: str) -> Component:
    known = state.firearms if firearm in state.firearms else (*state.firearms, firearm)
    return replace(state, firearm=firearm, firearms=known, installed_before=True)
