# SPDX-License-Identifier: Apache-2.0
"""What each event of a lot changes."""

from __future__ import annotations

from dataclasses import replace

from domain.lot.ammunition import (
    AmmunitionDestroyed,
    AmmunitionExported,
    AmmunitionImported,
    AmmunitionIssued,
    AmmunitionMissing,
    AmmunitionRegistered,
    AmmunitionSeized,
    Whereabouts,
)
from domain.lot.events import Cancelled, Extended, LotDestroyed, Reconciled, Scheduled
from domain.lot.state import Lot


def scheduled(lot: Lot, dat: Scheduled) -> Lot:
    """A list to destroy."""
    return replace(lot, purpose="destruction", status="scheduled", firearms=dat.firearms)


def extended(lot: Lot, dat: Extended) -> Lot:
    """A longer list, of which more has to be looked for at the site."""
    new = tuple(each for each in dat.firearms if each not in lot.firearms)
    return replace(
        lot, status="scheduled", firearms=(*lot.firearms, *new), extra=lot.extra - set(new)
    )


def reconciled(lot: Lot, dat: Reconciled) -> Lot:
    """Looked for at the site; reconciled once nothing of the list is outstanding."""
    found, missing = frozenset(dat.found), frozenset(dat.not_found)
    after = replace(
        lot,
        found=(lot.found - missing) | found,
        missing=(lot.missing - found) | missing,
        extra=lot.extra | frozenset(dat.extra),
        unidentified=lot.unidentified + (dat.unidentified or 0),
    )
    return replace(after, status="scheduled" if after.outstanding else "reconciled")


def destroyed(lot: Lot, dat: LotDestroyed) -> Lot:
    """Destroyed, for good."""
    return replace(lot, status="destroyed", certificate_no=dat.certificate_no, method=dat.method)


def cancelled(lot: Lot, _: Cancelled) -> Lot:
    """Not destroyed, for good."""
    return replace(lot, status="cancelled")


def ammunition_registered(lot: Lot, dat: AmmunitionRegistered) -> Lot:
    """A quantity in stock."""
    return replace(lot, purpose="ammunition", status="in_stock", quantity=dat.quantity)


def ammunition_issued(lot: Lot, dat: AmmunitionIssued) -> Lot:
    """Less in stock."""
    return _counted(replace(lot, issued=lot.issued + dat.quantity))


def ammunition_missing(lot: Lot, dat: AmmunitionMissing) -> Lot:
    """Less in stock or out on issue; nobody knows where it is."""
    moved = _taken(lot, dat.quantity, out_of=dat.out_of or "stock")
    return _counted(replace(moved, missing_rounds=moved.missing_rounds + dat.quantity))


def ammunition_seized(lot: Lot, dat: AmmunitionSeized) -> Lot:
    """In evidence; what the record did not have there is seen, and not counted."""
    place = dat.out_of or "issued"
    quantity = min(dat.quantity, lot.held(place))
    moved = _taken(lot, quantity, out_of=place)
    return _counted(replace(moved, seized=moved.seized + quantity))


def ammunition_exported(lot: Lot, dat: AmmunitionExported) -> Lot:
    """Less in stock."""
    return _counted(replace(lot, abroad=lot.abroad + dat.quantity))


def ammunition_imported(lot: Lot, dat: AmmunitionImported) -> Lot:
    """Back in stock, as far as it had left before."""
    return _counted(_taken(lot, min(dat.quantity, lot.abroad), out_of="abroad"))


def ammunition_destroyed(lot: Lot, dat: AmmunitionDestroyed) -> Lot:
    """Less in stock or in evidence."""
    moved = _taken(lot, dat.quantity, out_of=dat.out_of or "stock")
    return _counted(replace(moved, destroyed=moved.destroyed + dat.quantity))


def _taken(lot: Lot, quantity: int, *, out_of: Whereabouts) -> Lot:
    """Give the lot with fewer cartridges somewhere; what is not in another place is in stock."""
    match out_of:
        case "issued":
            return replace(lot, issued=lot.issued - quantity)
        case "missing":
            return replace(lot, missing_rounds=lot.missing_rounds - quantity)
        case "seized":
            return replace(lot, seized=lot.seized - quantity)
        case "abroad":
            return replace(lot, abroad=lot.abroad - quantity)
    return lot


def _counted(lot: Lot) -> Lot:
    return replace(lot, status="in_stock" if lot.remaining else "used_up")
