# SPDX-License-Identifier: Apache-2.0
"""Effects of making, registering and marking."""

from __future__ import annotations

from dataclasses import replace

from domain.firearm.effects.common import country_of, joined, marks_after, marks_as_described
from domain.firearm.events.making import Manufactured, Marked, Registered
from domain.firearm.state import State


def manufactured(state: State, dat: Manufactured) -> State:
    """Complete, in the hands of its maker."""
    return replace(
        state,
        technical="complete",
        holder="maker",
        custody="holder",
        marks=marks_as_described(dat.serial, dat.markings),
        country=country_of(state, dat),
        description=dat,
        markings=joined(state, dat.markings),
    )


def registered(state: State, dat: Registered) -> State:
    """What the older record says, and nothing that it does not say."""
    return replace(
        state,
        technical=dat.technical or state.technical,
        holder=dat.holder or state.holder,
        custody=dat.custody or state.custody,
        marks=marks_as_described(dat.serial, dat.markings),
        country=dat.presence or country_of(state, dat),
        description=dat,
        markings=joined(state, dat.markings),
        custodian=dat.custodian or state.custodian,
        holding=dat.hld or state.holding,
    )


def marked(state: State, dat: Marked) -> State:
    """One more mark; the old ones stay searchable."""
    return replace(
        state,
        marks=marks_after(state.marks, dat.mark),
        country=country_of(state, dat),
        markings=joined(state, (dat.mark,)),
    )
