# SPDX-License-Identifier: Apache-2.0
"""The state of a lot: a list of firearms to destroy, or a quantity of ammunition.

Implements MOSAIC 05.50 (inventory before, verified at the site) and the package marks of
ammunition (Directive (EU) 2021/555, article 4(2)). The origin event fixes what a lot is for;
``rules`` keep the events of one family away from lots of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.aggregate.recorded import RecordState
from domain.firearm.events.disposing import DestructionMethod
from domain.lot.ammunition import Whereabouts

Purpose = Literal["destruction", "ammunition"]
"""What a lot is for; fixed by its first event."""

Status = Literal["scheduled", "reconciled", "destroyed", "cancelled", "in_stock", "used_up"]
"""Where a lot is in its life; the last two are those of ammunition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(RecordState):
    """One lot.

    Attributes:
        purpose: What it is for.
        status: Where it is in its life.
        firearms: Firearms on its list, in the order in which they were listed.
        found: Those that were at the site when the list was reconciled.
        missing: Those that were not.
        extra: Firearms that were at the site and are not on the list.
        unidentified: Number of further firearms at the site that nobody could identify.
        certificate_no: Number of the certificate of destruction.
        method: How it was destroyed, by that certificate.
        quantity: Cartridges registered.
        issued: Cartridges out on issue.
        missing_rounds: Cartridges reported lost or stolen, and not seized since.
        seized: Cartridges in evidence.
        abroad: Cartridges that were exported.
        destroyed: Cartridges destroyed so far.
    """

    purpose: Purpose = "destruction"
    status: Status = "scheduled"
    firearms: tuple[str, ...] = ()
    found: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    unidentified: int = 0
    certificate_no: str | None = None
    method: DestructionMethod | None = None
    quantity: int = 0
    issued: int = 0
    missing_rounds: int = 0
    seized: int = 0
    abroad: int = 0
    destroyed: int = 0

    @property
    def outstanding(self) -> frozenset[str]:
        """Firearms on the list that nobody looked for at the site yet."""
        return frozenset(self.firearms) - self.found - self.missing

    @property
    def remaining(self) -> int:
        """Cartridges that are left in stock."""
        elsewhere = self.issued + self.missing_rounds + self.seized + self.abroad
        return self.quantity - elsewhere - self.destroyed

    def held(self, place: Whereabouts) -> int:
        """Give how many cartridges are somewhere by the record."""
        return {
            "stock": self.remaining,
            "issued": self.issued,
            "missing": self.missing_rounds,
            "seized": self.seized,
            "abroad": self.abroad,
        }[place]
