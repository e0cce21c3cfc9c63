# SPDX-License-Identifier: Apache-2.0
"""Effects of trade, of trade custody, of inheritance and of release to civilian use."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.codes import Custody
from domain.firearm.effects.common import changed_hands, country_of, joined
from domain.firearm.events.trading import (
    CustodyReceived,
    CustodyReturned,
    CustodyTask,
    DealerAcquired,
    DealerDisposed,
    Inherited,
    PossessionTaken,
    ReceiptConfirmed,
    ReleasedToCivilian,
)
from domain.firearm.handover import receiver_class
from domain.firearm.state import State


def dealer_acquired(state: State, dat: DealerAcquired) -> State:
    """In the stock of a dealer."""
    return changed_hands(state, dat, holder="dealer", holding=dat.to_hld)


def dealer_disposed(state: State, dat: DealerDisposed) -> State:
    """With the next holder, whether or not the next holder has reported yet."""
    return changed_hands(state, dat, holder=dat.holder, holding=dat.hld)


def receipt_confirmed(state: State, dat: ReceiptConfirmed) -> State:
    """With the receiver, by the receiver's own report."""
    return changed_hands(state, dat, holder=receiver_class(state, dat), holding=dat.hld)


def custody_received(state: State, dat: CustodyReceived) -> State:
    """In the hands of a business; who answers for it stays the same."""
    return changed(
        state,
        custody=_custody_for(dat.purpose),
        country=country_of(state, dat),
        custodian=dat.custodian,
        entrusted=dat.purpose,
    )


def custody_returned(state: State, dat: CustodyReturned) -> State:
    """Back with whoever answers for it."""
    return changed(
        state,
        custody="holder",
        country=country_of(state, dat),
        custodian=None,
        entrusted=None,
    )


def inherited(state: State, dat: Inherited) -> State:
    """The estate answers for it; where it lies does not change by a death."""
    return changed(
        state, holder="estate", country=country_of(state, dat), holding=dat.hld, licence=None
    )


def possession_taken(state: State, dat: PossessionTaken) -> State:
    """In the hands of somebody who answers for it until it is placed."""
    return changed(
        state,
        holder="estate",
        custody="holder",
        country=country_of(state, dat),
        custodian=None,
        holding=dat.hld,
        licence=None,
        entrusted=None,
    )


def released_to_civilian(state: State, dat: ReleasedToCivilian) -> State:
    """No longer government stock; the struck State mark stays searchable (rule 4)."""
    return changed(
        state,
        holder=dat.holder or "civilian",
        custody="holder",
        country=country_of(state, dat),
        markings=joined(state, (dat.struck,) if dat.struck else ()),
        custodian=None,
        holding=dat.hld,
        licence=dat.licence,
        entrusted=None,
    )


def _custody_for(purpose: CustodyTask) -> Custody:
    # The axis knows two trades: proof houses, and all other businesses that hold for somebody.
    return "proof" if purpose in ("proof", "test") else "repair"
