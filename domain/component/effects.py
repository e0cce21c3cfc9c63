# SPDX-License-Identifier: Apache-2.0
"""What each event changes in a component; total, also for facts that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable
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
from domain.markings import Marking


def manufactured(state: Component, dat: Manufactured) -> Component:
    """Complete, and never installed."""
    return replace(_described(state, dat), technical="complete", installed_before=False)


def registered(state: Component, dat: Registered) -> Component:
    """What the older record says, and nothing that it does not say."""
    known = replace(
        _described(state, dat),
        technical=dat.technical or state.technical,
        installed_before=dat.installed_before,
        custodian=dat.custodian,
        holding=dat.hld,
    )
    return _in(known, dat.firearm) if dat.firearm else known


def marked(state: Component, dat: Marked) -> Component:
    """One more mark; the old ones stay searchable."""
    return replace(state, markings=_joined(state, (dat.mark,)))


def installed(state: Component, dat: Installed) -> Component:
    """In a firearm; from now on a used part."""
    return _in(state, dat.firearm)


def removed(state: Component, _: Removed) -> Component:
    """Loose again."""
    return replace(state, firearm=None)


def destroyed(state: Component, _: Destroyed) -> Component:
    """Gone for good; the record stays."""
    return replace(state, technical="destroyed", firearm=None)


def _described(state: Component, dat: PartDescription) -> Component:
    return replace(
        state,
        part=dat.part,
        make=dat.make,
        serial=dat.serial,
        markings=_joined(state, dat.marks),
    )


def _in(state: Component, firearm: str) -> Component:
    known = state.firearms if firearm in state.firearms else (*state.firearms, firearm)
    return replace(state, firearm=firearm, firearms=known, installed_before=True)


def _joined(state: Component, markings: Iterable[Marking]) -> tuple[Marking, ...]:
    return (*state.markings, *(mark for mark in markings if mark not in state.markings))
