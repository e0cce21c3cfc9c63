# SPDX-License-Identifier: Apache-2.0
"""What a lot and its firearms ask of each other, at one head of the log.

Implements "listed in lot; identity re-checked" of the domain facts, section 5, and rule 16: a
firearm is destroyed only in a lot whose list was reconciled at the site and names it, under the
certificate of that lot, and with a second person as witness.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.aggregate.objection import Objection, blocked, momentary
from domain.aggregate.scene import Scene
from domain.authorization.shipment.state import Shipment
from domain.firearm.events.disposing import Destroyed, DestructionScheduled
from domain.firearm.rules.moving import declared
from domain.firearm.state import Firearm
from domain.lot.ammunition import AmmunitionExported, AmmunitionImported
from domain.lot.events import Extended, Reconciled, Scheduled
from domain.lot.state import Lot
from domain.schema import Closed

WITNESSES = ("DST", "POL")


def witnessed(scene: Scene, _: Closed) -> Objection | None:
    """Another officer stands for it, not another key of the same officer (MOSAIC 05.50)."""
    if scene.second_person(*WITNESSES):
        return None
    return blocked(
        "witness_missing",
        "A destruction needs the endorsement of a second person as its witness.",
        axis="role",
        found="one person",
        legal=WITNESSES,
    )


def firearms_known(scene: Scene, dat: Scheduled | Extended) -> Objection | None:
    """What is listed is on record, and was not destroyed before."""
    for identifier in dat.firearms:
        firearm = scene.other(identifier, Firearm)
        if firearm is None:
            return _unknown_firearm(identifier)
        if firearm.state.technical == "destroyed":
            return momentary(
                blocked(
                    "destroyed",
                    "A firearm on this list is recorded as destroyed.",
                    axis="T",
                    found=identifier,
                    legal=("a firearm that was not destroyed",),
                )
            )
    return None


def seen_known(scene: Scene, dat: Reconciled) -> Objection | None:
    """A firearm at the site that is not listed is on record, or it is counted as unidentified."""
    unknown = _first_unknown(scene, dat.extra)
    return _unknown_firearm(unknown) if unknown else None


def lot_admits(scene: Scene, dat: DestructionScheduled) -> Objection | None:
    """The lot is open and lists this firearm."""
    lot = scene.other(dat.lot, Lot)
    problem = _lot_problem(scene, lot)
    if problem or lot is None:
        return problem
    if lot.status in ("scheduled", "reconciled"):
        return None
    return momentary(_lot_status(lot, "scheduled", "reconciled"))


def lot_destroyed(scene: Scene, dat: Destroyed) -> Objection | None:
    """The lot was destroyed, and its reconciled list names this firearm (rule 16)."""
    lot = scene.other(dat.lot, Lot)
    problem = _lot_problem(scene, lot)
    if problem or lot is None:
        return problem
    if str(scene.event.sub) not in lot.found:
        return blocked(
            "not_reconciled",
            "The reconciled list of the lot does not name this firearm as found.",
            axis="lot",
            found="missing" if str(scene.event.sub) in lot.missing else "not looked for",
            legal=("lot.reconciled with this firearm as found",),
        )
    if lot.status != "destroyed":
        return _lot_status(lot, "destroyed")
    return None


def certificate_agrees(scene: Scene, dat: Destroyed) -> Objection | None:
    """Firearm and lot are certified under one number."""
    lot = scene.other(dat.lot, Lot)
    if lot is None or lot.certificate_no in (None, dat.certificate_no):
        return None
    return blocked(
        "certificate_differs",
        "The lot was certified under another number.",
        axis="lot",
        found=dat.certificate_no,
        legal=(str(lot.certificate_no),),
    )


def method_agrees(scene: Scene, dat: Destroyed) -> Objection | None:
    """A firearm is destroyed as its lot was; a lot of several ways is certified as other."""
    lot = scene.other(dat.lot, Lot)
    if lot is None or lot.method in (None, "other", dat.method):
        return None
    return blocked(
        "method_differs",
        "The lot was certified as destroyed in another way.",
        axis="lot",
        found=dat.method,
        legal=(str(lot.method),),
    )


def within_shipment(scene: Scene, dat: AmmunitionExported | AmmunitionImported) -> Objection | None:
    """No more cartridges cross a border than the shipment declares (rule 6)."""
    shipment = scene.other(dat.shipment, Shipment)
    limit = declared(shipment, "ammunition") if shipment else 0
    if dat.quantity <= limit:
        return None
    return blocked(
        "quantity_exceeded",
        "The shipment declares fewer cartridges.",
        axis="quantity",
        found=str(dat.quantity),
        legal=(f"up to {limit}",),
    )


def _lot_problem(scene: Scene, lot: Lot | None) -> Objection | None:
    if lot is None:
        return blocked(
            "lot_unknown",
            "The ledger holds no such lot.",
            axis="lot",
            found="no such lot",
            legal=("lot.scheduled",),
        )
    if str(scene.event.sub) in lot.firearms:
        return None
    return blocked(
        "not_in_lot",
        "This firearm is not on the list of that lot.",
        axis="lot",
        found=f"a list of {len(lot.firearms)} firearms without it",
        legal=("lot.extended",),
    )


def _lot_status(lot: Lot, *legal: str) -> Objection:
    return blocked(
        "lot_status",
        "The lot is not at that point of its life.",
        axis="status",
        found=lot.status,
        legal=legal,
    )


def _first_unknown(scene: Scene, identifiers: Iterable[str]) -> str | None:
    return next((each for each in identifiers if scene.other(each, Firearm) is None), None)


def _unknown_firearm(identifier: str) -> Objection:
    return blocked(
        "firearm_unknown",
        "The ledger holds no such firearm.",
        axis="record",
        found=identifier,
        legal=("a firearm on record",),
    )
