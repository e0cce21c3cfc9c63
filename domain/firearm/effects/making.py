# SPDX-License-Identifier: Apache-2.0
"""Effects of making, registering and marking."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.firearm.effects.common import (
    country_of,
    described_by,
    joined,
    marked_by,
    marks_after,
    marks_as_described,
    numbered_again,
)
from domain.firearm.events.making import (
    Manufactured,
    Marked,
    ProductionPlanned,
    ProofTested,
    Registered,
)
from domain.firearm.identity import Identity
from domain.firearm.state import State


def production_planned(state: State, dat: ProductionPlanned) -> State:
    """Planned by its maker; where it was made already, a late plan changes nothing."""
    if state.description is not None:
        return state
    planned = changed(state, technical="planned", holder="maker", country=country_of(state, dat))
    return numbered_again(planned, dat.duplicate_reason)


def manufactured(state: State, dat: Manufactured) -> State:
    """Complete, or unfinished without its proof, in the hands of its maker."""
    made = changed(
        described_by(state, marks_as_described(dat.serial, dat.markings)),
        technical=dat.technical or "complete",
        holder="maker",
        custody="holder",
        country=country_of(state, dat),
        description=dat,
        category=dat.category or state.category,
        markings=joined(state, dat.markings),
        identity=_continued(_led(state, dat), dat.predecessor),
    )
    return numbered_again(made, dat.duplicate_reason)


def registered(state: State, dat: Registered) -> State:
    """What the older record says, and nothing that it does not say."""
    known = changed(
        described_by(state, marks_as_described(dat.serial, dat.markings)),
        technical=dat.technical or state.technical,
        holder=dat.holder or state.holder,
        custody=dat.custody or state.custody,
        country=dat.presence or country_of(state, dat),
        description=dat,
        category=dat.category or state.category,
        markings=joined(state, dat.markings),
        custodian=dat.custodian or state.custodian,
        holding=dat.hld or state.holding,
        identity=_led(state, dat),
    )
    return numbered_again(known, dat.duplicate_reason)


def marked(state: State, dat: Marked) -> State:
    """One more mark; the old ones stay searchable."""
    after = changed(
        marked_by(state, dat.mark, marks_after(state.marks, dat.mark)),
        country=country_of(state, dat),
        markings=joined(state, (dat.mark,)),
    )
    return numbered_again(after, dat.duplicate_reason)


def proof_tested(state: State, dat: ProofTested) -> State:
    """What passed is finished; a failure changes nothing but what is known of it."""
    finished = dat.passed and state.technical == "unfinished"
    return changed(
        state,
        technical="complete" if finished else state.technical,
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
    )


def _continued(identity: Identity, predecessor: str | None) -> Identity:
    return changed(identity, predecessor=predecessor) if predecessor else identity


def _led(state: State, dat: Manufactured | Registered) -> Identity:
    part = None if dat.leading_part == "unknown" else dat.leading_part
    if not (part or dat.leading_component):
        return state.identity
    return changed(
        state.identity,
        leading_part=part or state.identity.leading_part,
        leading_component=dat.leading_component or state.identity.leading_component,
    )
