# SPDX-License-Identifier: Apache-2.0
"""Effects of changing hands."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.firearm.effects.common import changed_hands, country_of
from domain.firearm.events.holding import StockIssued, StockReceived, Transferred
from domain.firearm.state import State


def stock_issued(state: State, dat: StockIssued) -> State:
    """In the hands of an agency, still government stock."""
    return changed(
        state,
        holder="state_stock",
        custody="holder",
        country=country_of(state, dat),
        custodian=dat.agency,
        entrusted=None,
    )


def stock_received(state: State, dat: StockReceived) -> State:
    """In a government stock."""
    return changed_hands(state, dat, holder="state_stock", holding=None, custodian=dat.stock)


def transferred(state: State, dat: Transferred) -> State:
    """In a new holding."""
    return changed_hands(state, dat, holder=dat.holder or "civilian", holding=dat.hld)
