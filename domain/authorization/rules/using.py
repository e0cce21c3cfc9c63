# SPDX-License-Identifier: Apache-2.0
"""Rules of using and changing an authorization (rule 6 of the domain facts, section 9).

Quantities are counted in the authorization's own stream, over all its shipments.
"""

from __future__ import annotations

from domain.aggregate.objection import Objection, blocked
from domain.authorization.rules.applying import no_objections
from domain.authorization.rules.common import lines_distinct, route_between
from domain.authorization.state import Authorization
from domain.authorization.terms import Item, countries
from domain.authorization.using import BrokeringRecorded, DrawCancelled, Drawn, Varied


def portions_distinct(_: Authorization, dat: Drawn) -> Objection | None:
    """A draw names every line once."""
    return lines_distinct(portion.line for portion in dat.portions)


def quantity_left(state: Authorization, dat: Drawn) -> Objection | None:
    """No line is drawn beyond its quantity, over however many shipments (rule 6)."""
    for portion in dat.portions:
        left = state.left(portion.line)
        if portion.quantity > left:
            return blocked(
                "quantity_exceeded",
                f"Line {portion.line} does not hold that quantity any more.",
                axis="quantity",
                found=str(portion.quantity),
                legal=(f"at most {left}",),
            )
    return None


def drawn_once(state: Authorization, dat: Drawn) -> Objection | None:
    """One shipment draws once on one authorization."""
    if state.draw_of(dat.shipment) is None:
        return None
    return blocked(
        "shipment_drawn",
        "This shipment has drawn on the authorization already.",
        axis="shipment",
        found=dat.shipment,
        legal=("cancel that draw first", "draw for another shipment"),
    )


def route_clear(state: Authorization, _: Drawn) -> Objection | None:
    """Nothing leaves while a transit State objects (Firearms Protocol 10(2)(b))."""
    return no_objections(state, state.transit) if state.kind == "export" else None


def draw_stands(state: Authorization, dat: DrawCancelled) -> Objection | None:
    """Only a draw on record is cancelled."""
    if state.draw_of(dat.shipment) is not None:
        return None
    return blocked(
        "shipment_not_drawn",
        "This shipment has drawn nothing on the authorization.",
        axis="shipment",
        found=dat.shipment,
        legal=tuple(draw.shipment for draw in state.draws) or ("none",),
    )


def variation_says_something(_: Authorization, dat: Varied) -> Objection | None:
    """A variation varies something."""
    if dat.expires_on or dat.final_recipient or dat.transit_countries or dat.items:
        return None
    return blocked(
        "variation_empty",
        "A variation names what it changes.",
        axis="terms",
        found="nothing",
        legal=("expires_on", "final_recipient", "transit_countries", "items"),
    )


def varied_dates_in_order(state: Authorization, dat: Varied) -> Objection | None:
    """A new last day is not before the first."""
    issued_on = state.document.issued_on.text if state.document else ""
    if dat.expires_on is None or dat.expires_on >= issued_on:
        return None
    return blocked(
        "authorization_dates",
        "It would expire before it is issued.",
        axis="dates",
        found=dat.expires_on,
        legal=(f"{issued_on} or later",),
    )


def varied_route_agreed(state: Authorization, dat: Varied) -> Objection | None:
    """A new route is one, and for an export its States do not object (rule 5)."""
    if dat.transit_countries is None:
        return None
    route = countries(dat.transit_countries)
    repeated = route_between(state.export_country, state.import_country, route)
    if repeated is not None or state.kind != "export":
        return repeated
    return no_objections(state, route)


def draws_covered(state: Authorization, dat: Varied) -> Objection | None:
    """New lines hold at least what was drawn of the old ones, and the same goods (rule 6)."""
    for line in sorted({portion.line for draw in state.draws for portion in draw.portions}):
        now = next((item for item in dat.items or state.items if item.line == line), None)
        held = now.quantity if now is not None and _same_goods(now, state.item(line)) else 0
        if held < state.drawn(line):
            return blocked(
                "quantity_exceeded",
                f"More of line {line} was drawn than would be authorized.",
                axis="quantity",
                found=str(held),
                legal=(f"at least {state.drawn(line)} of the same goods",),
            )
    return None


def broker_registered(_: Authorization, dat: BrokeringRecorded) -> Objection | None:
    """A broker is licensed or registered (Firearms Protocol, article 15)."""
    if dat.licence or dat.registration_no:
        return None
    return blocked(
        "broker_unregistered",
        "A broker's licence or number of registration is missing.",
        axis="broker",
        found="none",
        legal=("licence", "registration_no"),
    )


def _same_goods(now: Item, before: Item | None) -> bool:
    return before is not None and (now.goods, now.kind) == (before.goods, before.kind)
