# SPDX-License-Identifier: Apache-2.0
"""Rules of lots (rule 16 of the domain facts, section 9; MOSAIC 05.50)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.aggregate.objection import Objection, blocked, note
from domain.lot.ammunition import (
    AmmunitionDestroyed,
    AmmunitionExported,
    AmmunitionIssued,
    AmmunitionMissing,
    AmmunitionSeized,
    Whereabouts,
)
from domain.lot.events import LOT_FIREARMS_MAX, Extended, LotDestroyed, Reconciled
from domain.lot.state import Lot, Purpose
from domain.schema import Closed


def purpose_is(purpose: Purpose) -> Callable[[Lot, Closed], Objection | None]:
    """Make the rule that a lot is of one family."""

    def rule(lot: Lot, _: Closed) -> Objection | None:
        """A list of firearms and a quantity of ammunition have events of their own."""
        if lot.purpose == purpose:
            return None
        return blocked(
            "lot_purpose",
            "This lot is of another kind.",
            axis="purpose",
            found=lot.purpose,
            legal=(purpose,),
        )

    return rule


def is_open(lot: Lot, _: Closed) -> Objection | None:
    """A lot that was destroyed or cancelled is closed."""
    if lot.status not in ("destroyed", "cancelled"):
        return None
    return blocked(
        "lot_closed",
        "This lot is closed.",
        axis="status",
        found=lot.status,
        legal=("scheduled", "reconciled"),
    )


def listed_once(lot: Lot, dat: Extended) -> Objection | None:
    """A firearm stands on the list once."""
    twice = set(dat.firearms) & set(lot.firearms)
    if not twice:
        return None
    return _listed(twice)


def list_bounded(lot: Lot, dat: Extended) -> Objection | None:
    """A list stays one that a person can check."""
    count = len(lot.firearms) + len(dat.firearms)
    if count <= LOT_FIREARMS_MAX:
        return None
    return blocked(
        "lot_too_long",
        "The list of one lot would become too long.",
        axis="quantity",
        found=str(count),
        legal=(f"up to {LOT_FIREARMS_MAX}", "another lot"),
    )


def something_stated(_: Lot, dat: Reconciled) -> Objection | None:
    """A reconciliation says what was there, or was not."""
    if dat.found or dat.not_found or dat.extra or dat.unidentified:
        return None
    return blocked(
        "nothing_reconciled",
        "The reconciliation names no firearm.",
        axis="lot",
        found="nothing",
        legal=("found", "not_found", "extra", "unidentified"),
    )


def seen_or_not(_: Lot, dat: Reconciled) -> Objection | None:
    """A firearm is there or it is not."""
    both = set(dat.found) & set(dat.not_found)
    if not both:
        return None
    return blocked(
        "counted_twice",
        "A firearm is stated both as found and as not found.",
        axis="lot",
        found=min(both),
        legal=("found", "not_found"),
    )


def on_the_list(lot: Lot, dat: Reconciled) -> Objection | None:
    """What is found or not found is on the list, and what is extra is not."""
    strange = {*dat.found, *dat.not_found} - set(lot.firearms)
    if strange:
        return blocked(
            "not_in_lot",
            "A firearm is not on the list of this lot.",
            axis="lot",
            found=min(strange),
            legal=("lot.extended", "state it as extra"),
        )
    listed = set(dat.extra) & set(lot.firearms)
    return _listed(listed) if listed else None


def reconciled_first(lot: Lot, _: LotDestroyed) -> Objection | None:
    """Only a list that was reconciled at the site, serial by serial, is destroyed (rule 16)."""
    if lot.status == "reconciled":
        return None
    return blocked(
        "lot_not_reconciled",
        "The list was not reconciled at the site.",
        axis="status",
        found=f"{lot.status}, {len(lot.outstanding)} not looked for",
        legal=("reconciled",),
    )


def count_is_what_was_found(lot: Lot, dat: LotDestroyed) -> Objection | None:
    """The certificate counts what was found at the site, no more and no fewer."""
    if dat.count == len(lot.found):
        return None
    return blocked(
        "lot_count",
        "The certificate counts another number than was found at the site.",
        axis="quantity",
        found=str(dat.count),
        legal=(str(len(lot.found)),),
    )


def enough_left(lot: Lot, dat: AmmunitionIssued | AmmunitionExported) -> Objection | None:
    """No more goes out of a lot of ammunition than is left of it."""
    return _exceeded(lot, dat.quantity, out_of="stock")


def enough_there(lot: Lot, dat: AmmunitionMissing | AmmunitionDestroyed) -> Objection | None:
    """No more is missed or destroyed than is where it is said to have been."""
    return _exceeded(lot, dat.quantity, out_of=dat.out_of or "stock")


def seized_is_known(lot: Lot, dat: AmmunitionSeized) -> Objection | None:
    """A seizure of more than the record has there is a fact, and is recorded (rule 20)."""
    left = lot.held(dat.out_of or "issued")
    if dat.quantity <= left:
        return None
    return note(
        "quantity_not_recorded",
        "More was seized than the record has there.",
        axis="quantity",
        found=str(dat.quantity),
        legal=(f"up to {left}",),
    )


def _exceeded(lot: Lot, quantity: int, *, out_of: Whereabouts) -> Objection | None:
    left = lot.held(out_of)
    if quantity <= left:
        return None
    return blocked(
        "quantity_exceeded",
        "More would leave the lot than is left of it.",
        axis="quantity",
        found=str(quantity),
        legal=(f"up to {left}",),
    )


def _listed(firearms: Iterable[str]) -> Objection:
    return blocked(
        "already_listed",
        "A firearm stands on this list already.",
        axis="lot",
        found=min(firearms),
        legal=("name it once",),
    )
