# SPDX-License-Identifier: Apache-2.0
"""Rules and checks of crossing borders (rules 3, 5, 6 and 13 of the domain facts, section 9).

What leaves needs to be clear of alerts and marked, since a firearm that crosses a border unmarked
is trafficked by definition (Firearms Protocol 3(e)). What arrives is a fact: it is recorded
with whatever does not fit. Neither moves without the authorization and the shipment behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.authorization.checks import authorization_unknown, not_valid_on, wrong_kind
from domain.authorization.codes import AuthorizationKind, Goods
from domain.authorization.shipment.events import ShipmentClosed
from domain.authorization.shipment.state import Shipment, beyond
from domain.authorization.state import Authorization
from domain.circulation.things import Circulating
from domain.event import Event
from domain.firearm.events.moving import (
    Export,
    Exported,
    Import,
    Imported,
    ReturnedFromAbroad,
    TemporaryMove,
    TransitCrossed,
)
from domain.firearm.rules.common import alert_open
from domain.firearm.state import Firearm, State, kind_of
from domain.occurrence import parse_occurrence
from domain.schema import Closed

LETS_OUT: Final[tuple[AuthorizationKind, ...]] = ("export", "intra_union_transfer")
LETS_IN: Final[tuple[AuthorizationKind, ...]] = ("import", "intra_union_transfer", "prior_consent")


def alert_was_cleared(state: Circulating, _: Closed) -> Objection | None:
    """What arrives under an open alert is a hit, and is recorded."""
    return Objection(alert_open(state), blocks=False) if state.alerts else None


def not_gone_already(state: State, _: Exported | TemporaryMove) -> Objection | None:
    """What left before came back before it leaves again."""
    if state.custody != "transit" and state.stay is None:
        return None
    return note(
        "return_not_recorded",
        "It was abroad, and no return or import was recorded.",
        axis="C",
        found="transit" if state.custody == "transit" else "abroad for a time",
        legal=("firearm.returned-from-abroad", "firearm.imported"),
    )


def came_from_elsewhere(state: State, dat: Imported) -> Objection | None:
    """What comes into a State was not there before."""
    moving = state.custody == "transit" or state.stay is not None
    if moving or state.country != dat.country:
        return None
    return note(
        "export_not_recorded",
        "It was in that country by the entry before.",
        axis="country",
        found=dat.country,
        legal=("firearm.exported",),
    )


def arrives_with_somebody(state: State, dat: Imported) -> Objection | None:
    """Somebody has what comes into a State to stay."""
    if dat.holder is not None or state.holder != "none":
        return None
    return note(
        "holder_unstated",
        "Nobody had it by the entry before, and it is not stated who has it now.",
        axis="H",
        found="none",
        legal=("dealer", "civilian", "state_stock", "museum"),
    )


def was_in_transit(state: State, dat: TransitCrossed) -> Objection | None:
    """What crosses a State on its way had left another, in the same shipment."""
    if state.custody == "transit" and state.shipment in (None, dat.shipment):
        return None
    return note(
        "export_not_recorded",
        "It had not left in that shipment by the entry before.",
        axis="C",
        found=state.custody,
        legal=("firearm.exported",),
    )


def stay_is_over(state: State, dat: ReturnedFromAbroad) -> Objection | None:
    """What comes back had left for a time, from the country that it comes back to."""
    if state.stay is None:
        return note(
            "stay_not_recorded",
            "No stay abroad was recorded.",
            axis="country",
            found=state.country or "unknown",
            legal=("firearm.temporarily-exported", "firearm.temporarily-imported"),
        )
    if state.stay.home in (None, dat.country):
        return None
    return note(
        "home_differs",
        "It had left from another country.",
        axis="country",
        found=dat.country,
        legal=(str(state.stay.home),),
    )


def documented(_: State, dat: TemporaryMove) -> Objection | None:
    """A movement for a time has an authorization or a document (Firearms Protocol 10(6))."""
    if dat.authorization or (dat.document and dat.document_no):
        return None
    return blocked(
        "movement_undocumented",
        "A temporary movement needs an authorization, or a document with its number.",
        axis="document",
        found="none" if dat.document is None else f"{dat.document} without number",
        legal=("authorization", "document and document_no"),
    )


def export_authorized(scene: Scene, dat: Export) -> Objection | None:
    """It leaves under an authorization that is valid on that day, for the country named."""
    objection = _authorized(scene, dat.authorization, LETS_OUT)
    return objection or _bound_for(scene, dat.authorization, dat.destination)


def import_authorized(scene: Scene, dat: Import) -> Objection | None:
    """It comes under an authorization of the country of import that is valid on that day."""
    objection = _authorized(scene, dat.authorization, LETS_IN)
    return objection or _bound_for(scene, dat.authorization, dat.country)


def import_year_agrees(scene: Scene, dat: Imported) -> Objection | None:
    """The year that the import mark is to give is the year of the import, where that is known."""
    occ = scene.event.occ
    if occ.precision == "unknown" or occ.text.startswith(str(dat.year)):
        return None
    return blocked(
        "import_year_differs",
        "The year of import is another than that of the event.",
        axis="dates",
        found=str(dat.year),
        legal=(occ.text[:4],),
    )


def stay_authorized(scene: Scene, dat: TemporaryMove) -> Objection | None:
    """An authorization that is named is one of a temporary movement to that country."""
    if dat.authorization is None:
        return None
    objection = _authorized(scene, dat.authorization, ("temporary",))
    return objection or _bound_for(scene, dat.authorization, dat.country)


def stay_ends_later(scene: Scene, dat: TemporaryMove) -> Objection | None:
    """Nobody has to be back before leaving."""
    if not parse_occurrence(dat.due_on).certainly_before(scene.event.occ):
        return None
    return blocked(
        "stay_dates",
        "The stay would end before it begins.",
        axis="dates",
        found=dat.due_on,
        legal=(f"{scene.event.occ} or later",),
    )


def in_shipment(scene: Scene, dat: Exported | TransitCrossed | Imported) -> Objection | None:
    """The shipment is known, drew on the authorization, and names this firearm."""
    shipment = scene.other(dat.shipment, Shipment)
    if shipment is None:
        return _shipment_unknown(dat.shipment)
    if not isinstance(dat, TransitCrossed) and dat.authorization not in shipment.authorizations:
        return _other_authorization(dat.authorization, shipment)
    if str(scene.event.sub) in shipment.firearms:
        return None
    return blocked(
        "firearm_not_in_shipment",
        "The shipment does not name this firearm.",
        axis="shipment",
        found=dat.shipment,
        legal=("shipment.extended",),
    )


def of_declared_kind(scene: Scene, dat: Exported) -> Objection | None:
    """What leaves is of a kind that its shipment declares, also if it was converted since."""
    shipment = scene.other(dat.shipment, Shipment)
    own = scene.state if isinstance(scene.state, Firearm) else None
    if shipment is None or own is None or not beyond(shipment.items, [kind_of(own.state)]):
        return None
    return blocked(
        "shipment_kind",
        "The shipment declares no firearms of this kind.",
        axis="lines",
        found=kind_of(own.state),
        legal=tuple(dict.fromkeys(str(each.kind) for each in shipment.items if each.kind)),
    )


def left_before_its_end(scene: Scene, dat: Export) -> Objection | None:
    """Nothing leaves in a shipment that has ended; what left before that is recorded late.

    One that ended as never received has to have left certainly before.
    """
    shipment = scene.other(dat.shipment, Shipment)
    ended = _end_of(shipment) if shipment else None
    if shipment is None or ended is None:
        return None
    before = scene.event.occ.certainly_before(ended.occ)
    doubtful = shipment.outcome == "not_received" and not before
    if not doubtful and not ended.occ.certainly_before(scene.event.occ):
        return None
    return blocked(
        "shipment_closed",
        "The shipment had ended by then.",
        axis="shipment",
        found=f"{shipment.outcome}, {ended.occ}",
        legal=(f"before {ended.occ}", "another shipment"),
    )


def _end_of(shipment: Shipment) -> Event | None:
    ends = (each.effective for each in shipment.entries)
    return next((each for each in ends if isinstance(each.dat, ShipmentClosed)), None)


def carries(goods: Goods) -> Callable[[Scene, Export | Import], Objection | None]:
    """Make the check that the shipment drew on the authorization and declares such goods."""

    def check(scene: Scene, dat: Export | Import) -> Objection | None:
        shipment = scene.other(dat.shipment, Shipment)
        if shipment is None:
            return _shipment_unknown(dat.shipment)
        if dat.authorization not in shipment.authorizations:
            return _other_authorization(dat.authorization, shipment)
        if declared(shipment, goods):
            return None
        return blocked(
            "goods_not_in_shipment",
            "The shipment declares no such goods.",
            axis="shipment",
            found=", ".join(sorted({item.goods for item in shipment.items})),
            legal=(goods,),
        )

    return check


def declared(shipment: Shipment, goods: Goods) -> int:
    """Give how much of some goods a shipment declares, over all lines."""
    return sum(item.quantity for item in shipment.items if item.goods == goods)


def _authorized(
    scene: Scene, identifier: str, kinds: tuple[AuthorizationKind, ...]
) -> Objection | None:
    authorization = scene.other(identifier, Authorization)
    if authorization is None:
        return authorization_unknown(identifier)
    if authorization.kind not in kinds:
        return wrong_kind(authorization, *kinds)
    return not_valid_on(scene, authorization)


def _bound_for(scene: Scene, identifier: str, country: str) -> Objection | None:
    authorization = scene.other(identifier, Authorization)
    if authorization is None or authorization.import_country == country:
        return None
    return blocked(
        "authorization_countries",
        "The authorization is for another country.",
        axis="country",
        found=country,
        legal=(authorization.import_country or "authorization.applied",),
    )


def _shipment_unknown(identifier: str) -> Objection:
    return blocked(
        "shipment_unknown",
        "This ledger holds no such shipment.",
        axis="shipment",
        found=identifier,
        legal=("shipment.declared",),
    )


def _other_authorization(identifier: str, shipment: Shipment) -> Objection:
    return blocked(
        "shipment_authorization",
        "The shipment did not draw on that authorization.",
        axis="authorization",
        found=identifier,
        legal=shipment.authorizations or ("none",),
    )
