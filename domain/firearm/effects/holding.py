# SPDX-License-Identifier: Apache-2.0
"""Effects of changing hands."""

from __future__ import annotations

from dataclasses import replace

from domain.firearm.effects.common import country_of
from domain.firearm.events.holding import StockIssued, StockReceived, Transferred
from domain.firearm.handover import open_after
from domain.firearm.state import State


def stock_issued(state: State, dat: StockIssued) -> State:
    """In the hands of an agency, still government stock."""
    return replace(
        state,
        holder="state_stock",
        custody="holder",
        country=country_of(state, dat),
        custodian=dat.agency,
        entrusted=None,
    )


def stock_received(state: State, dat: StockReceived) -> State:
    """In a government stock."""
    return replace(
        state,
        holder="state_stock",
        custody="holder",
        country=country_of(state, dat),
        custodian=dat.stock,
        holding=None,
        handover=open_after(state, dat),
        entrusted=None,
    )


def transferred(state: State, dat: Transferred) -> State:
    """In a new holding."""
    return replace(
        state,
        holder=dat.holder or "civilian",
        custody="holder",
        country=country_of(state, dat),
        custodian=None,
        holding=dat.hld,
        handover=open_after(state, dat),
        entrusted=None,
    )
