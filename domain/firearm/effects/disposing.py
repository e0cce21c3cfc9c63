# SPDX-License-Identifier: Apache-2.0
"""Effects of forfeiture, disposal, return, destruction and counts."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.circulation import effects as circulation
from domain.codes import HolderClass
from domain.firearm.effects.common import country_of, marks_as_seen
from domain.firearm.events.alerting import LISTED
from domain.firearm.events.disposing import (
    Destroyed,
    DestructionScheduled,
    DiscrepancyFound,
    DisposalAuthorised,
    Forfeited,
    Kept,
    PlacedInMuseum,
    ReleasedToTrade,
    RetainedForState,
    ReturnedToOwner,
    StockCounted,
)
from domain.firearm.state import State


def forfeited(state: State, dat: Forfeited) -> State:
    """Without an owner; the seizure or surrender has led to its end."""
    forfeited = circulation.forfeited(state, dat)
    return changed(forfeited, marks=marks_as_seen(state.marks, dat.markings), licence=None)


def disposal_authorised(state: State, dat: DisposalAuthorised) -> State:
    """The next step is fixed."""
    return changed(state, country=country_of(state, dat), disposal=dat)


def returned_to_owner(state: State, dat: ReturnedToOwner) -> State:
    """With its owner; an alert that lists it stays open until it is cleared (rule 13)."""
    nobody = state.holder in ("none", "unknown")
    return _placed(
        state, holder=dat.holder or ("civilian" if nobody else state.holder),
        country=country_of(state, dat), holding=dat.hld, licence=dat.licence or state.licence,
    )  # fmt: skip


def retained_for_state(state: State, dat: RetainedForState) -> State:
    """Government stock."""
    return _kept(state, dat, holder="state_stock")


def placed_in_museum(state: State, dat: PlacedInMuseum) -> State:
    """An exhibit."""
    return _kept(state, dat, holder="museum")


def released_to_trade(state: State, dat: ReleasedToTrade) -> State:
    """With a licensed trader."""
    return _kept(state, dat, holder="dealer")


def destruction_scheduled(state: State, dat: DestructionScheduled) -> State:
    """At the destruction site, in a lot."""
    return changed(
        state, custody="destruction_site", country=country_of(state, dat), custodian=None,
        lot=dat.lot,
    )  # fmt: skip


def destroyed(state: State, dat: Destroyed) -> State:
    """Nothing is left of it, and nobody answers for it; a listing that contradicts this stays."""
    return changed(
        state,
        technical="destroyed",
        holder="none",
        custody="destruction_site",
        alerts=state.alerts & LISTED,
        country=country_of(state, dat),
        custodian=None,
        holding=None,
        licence=None,
        forfeiture=None,
        disposal=None,
        lot=dat.lot,
        discrepancy=None,
    )


def stock_counted(state: State, dat: StockCounted) -> State:
    """As expected, missing or too much; where it is does not change by looking for it."""
    if dat.seen == dat.expected:
        return changed(state, discrepancy=None)
    return changed(state, discrepancy="surplus" if dat.seen else "missing")


def discrepancy_found(state: State, dat: DiscrepancyFound) -> State:
    """In need of an explanation."""
    return changed(state, discrepancy=dat.kind)


def _kept(state: State, dat: Kept, *, holder: HolderClass) -> State:
    licence = getattr(dat, "licence", None)
    placed = _placed(
        state, holder=holder, country=country_of(state, dat), holding=None, licence=licence
    )
    return changed(placed, custodian=dat.custodian)


def _placed(
    state: State,
    *,
    holder: HolderClass,
    country: str | None,
    holding: str | None,
    licence: str | None,
) -> State:
    """Out of official hands: what was open about its seizure is closed."""
    return changed(
        state,
        holder=holder,
        custody="holder",
        alerts=state.alerts & LISTED,
        country=country,
        custodian=None,
        holding=holding,
        licence=licence,
        seals=(),
        deposit_no=None,
        forfeiture=None,
        disposal=None,
        lot=None,
    )
