# SPDX-License-Identifier: Apache-2.0
"""What each event of a lot changes."""

from __future__ import annotations

from dataclasses import replace

from domain.lot.ammunition import AmmunitionDestroyed, AmmunitionIssued, AmmunitionRegistered
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
    return replace(lot, status="destroyed", certificate_no=dat.certificate_no)


def cancelled(lot: Lot, _: Cancelled) -> Lot:
    """Not destroyed, for good."""
    return replace(lot, status="cancelled")


def ammunition_registered(lot: Lot, dat: AmmunitionRegistered) -> Lot:
    """A quantity in stock."""
    return replace(lot, purpose="ammunition", status="in_stock", quantity=dat.quantity)


def ammunition_issued(lot: Lot, dat: AmmunitionIssued) -> Lot:
    """Less in stock."""
    return _counted(replace(lot, issued=lot.issued + dat.quantity))


def ammunition_destroyed(lot: Lot, dat: AmmunitionDestroyed) -> Lot:
    """Less in stock."""
    return _counted(replace(lot, destroyed=lot.destroyed + dat.quantity))


def _counted(lot: Lot) -> Lot:
    return lot if lot.remaining else replace(lot, status="used_up")
