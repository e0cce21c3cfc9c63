# SPDX-License-Identifier: Apache-2.0
"""What events change alike in a firearm and in a loose component; total, and never a refusal.

Implements the result column of the domain facts, section 5, for the axes that both have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from domain.codes import Alert, HolderClass
from domain.component.state import Component
from domain.firearm.effects.common import country_of, in_hand, joined
from domain.firearm.events.alerting import AlertCleared
from domain.firearm.events.common import Fact
from domain.firearm.events.disposing import Forfeited
from domain.firearm.events.losing import CameToHand, LossReport
from domain.firearm.events.moving import Export, Import
from domain.firearm.events.seizing import Seizure
from domain.firearm.state import State

S = TypeVar("S", State, Component)

APPREHENDED: Final[frozenset[Alert]] = frozenset({"seized", "surrendered_pending"})


def missing(state: S, dat: LossReport, *, alert: Alert) -> S:
    """Listed; nobody knows where it is."""
    return replace(
        state,
        custody="unknown",
        alerts=state.alerts | {alert},
        country=country_of(state, dat),
        custodian=None,
        recovered=state.recovered - {alert},
    )


def came_to_hand(state: S, dat: CameToHand) -> S:
    """In official safekeeping; an open alert stays open until it is cleared (rule 13)."""
    return replace(
        state,
        custody="official_safekeeping",
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
        custodian=dat.station,
        recovered=in_hand(state),
    )


def seized(state: S, dat: Seizure) -> S:
    """In evidence; what is listed as stolen and seized is both (rule 13)."""
    return replace(
        state,
        custody="evidence",
        alerts=state.alerts | {"seized"},
        country=country_of(state, dat),
        custodian=dat.station,
        recovered=in_hand(state),
    )


def forfeited(state: S, dat: Forfeited) -> S:
    """Without an owner; the seizure or surrender has led to its end."""
    return replace(
        state,
        holder="none",
        alerts=(state.alerts - APPREHENDED) | {"forfeited"},
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
        holding=None,
        forfeiture=dat,
    )


def cleared(state: S, dat: AlertCleared) -> S:
    """One flag less."""
    return replace(state, alerts=state.alerts - {dat.flag}, recovered=state.recovered - {dat.flag})


def held(state: S, dat: Fact, *, holder: HolderClass, holding: str | None) -> S:
    """With whoever answers for it from now on."""
    return replace(
        state,
        holder=holder,
        custody="holder",
        country=country_of(state, dat),
        custodian=None,
        holding=holding,
    )


def exported(state: S, dat: Export) -> S:
    """Out of the country and on its way."""
    return replace(
        state, custody="transit", country=dat.destination, custodian=None, shipment=dat.shipment
    )


def imported(state: S, dat: Import) -> S:
    """In the country to stay."""
    return replace(
        state,
        holder=dat.holder or state.holder,
        custody="holder",
        country=dat.country,
        custodian=None,
        holding=dat.hld or state.holding,
        shipment=None,
    )
