# SPDX-License-Identifier: Apache-2.0
"""Effects of seizure and of evidence custody."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.circulation import effects as circulation
from domain.firearm.effects.common import country_of, joined, marks_as_seen
from domain.firearm.events.seizing import CustodyMoved, Examined, Seized
from domain.firearm.state import State
from domain.schema import value_of


def seized(state: State, dat: Seized) -> State:
    """In evidence; a stolen firearm that is seized is both (rule 13)."""
    return changed(
        circulation.seized(state, dat),
        marks=marks_as_seen(state.marks, dat.markings),
        markings=joined(state, dat.markings),
        discrepancy=None,
    )


def custody_moved(state: State, dat: CustodyMoved) -> State:
    """With the next custodian, under the seals and the deposit number stated."""
    return changed(
        state,
        country=country_of(state, dat),
        custodian=value_of(dat.to_custodian),
        seals=dat.seals or state.seals,
        deposit_no=dat.deposit_no or state.deposit_no,
    )


def examined(state: State, dat: Examined) -> State:
    """Marks as the laboratory saw them; a conversion or reactivation is an event of its own."""
    return changed(
        state,
        marks=marks_as_seen(state.marks, dat.markings),
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
    )
