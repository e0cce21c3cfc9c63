# SPDX-License-Identifier: Apache-2.0
"""What each event changes in a shipment; what does not agree opens a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from domain.authorization.shipment.events import (
    Crossed,
    Declared,
    Extended,
    Received,
    ShipmentClosed,
)
from domain.authorization.shipment.state import Crossing, Finding, Shipment
from domain.authorization.terms import Counted, countries


def declared(state: Shipment, dat: Declared) -> Shipment:
    """Begun."""
    return replace(
        state,
        authorizations=(dat.authorization, *dat.further_authorizations),
        items=dat.items,
        firearms=dat.firearms,
        route=countries(dat.transit_countries),
        exit_point=dat.exit_point,
        exit_on=dat.exit_on,
    )


def extended(state: Shipment, dat: Extended) -> Shipment:
    """More of its firearms are known."""
    return replace(state, firearms=(*state.firearms, *dat.firearms))


def crossed(state: Shipment, dat: Crossed) -> Shipment:
    """On its way; a State that it should not have passed is a finding, not a refusal."""
    off_route = (
        () if dat.country in state.route else (Finding(code="off_route", country=dat.country),)
    )
    counted = tuple(_counted(state, dat.counts)) if dat.counts else ()
    return replace(
        state,
        status="in_transit" if state.status == "declared" else state.status,
        crossings=(*state.crossings, Crossing(dat.country, dat.point)),
        findings=(*state.findings, *off_route, *counted),
    )


def received(state: Shipment, dat: Received) -> Shipment:
    """Arrived, with whatever does not agree."""
    return replace(
        state,
        status="received",
        counts=dat.counts,
        findings=(*state.findings, *_found_on_receipt(state, dat)),
    )


def closed(state: Shipment, dat: ShipmentClosed) -> Shipment:
    """Ended; one that never arrived stays a finding."""
    lost = (Finding(code="not_received"),) if dat.outcome == "not_received" else ()
    return replace(state, status="closed", outcome=dat.outcome, findings=(*state.findings, *lost))


def _found_on_receipt(state: Shipment, dat: Received) -> Iterator[Finding]:
    yield from _counted(state, dat.counts)
    unlisted = state.firearms_declared - len(state.firearms)
    if unlisted > 0:
        yield Finding(code="firearms_not_listed", quantity=unlisted)
    yield from (Finding(code="firearm_missing", firearm=each) for each in dat.missing)
    yield from (Finding(code="firearm_extra", firearm=each) for each in dat.extra)
    yield from (Finding(code=each) for each in dat.discrepancies)


def _counted(state: Shipment, counts: tuple[Counted, ...]) -> Iterator[Finding]:
    declared_of = {item.line: item.quantity for item in state.items}
    for count in counts:
        over = count.quantity - declared_of.get(count.line, 0)
        if over:
            yield Finding(code="over" if over > 0 else "short", line=count.line, quantity=abs(over))
