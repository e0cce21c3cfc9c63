# SPDX-License-Identifier: Apache-2.0
"""Whether an event shows by what its receiver, its maker or its gunsmith is entitled.

An event without any licence, and without a reason for that, is how many records arrive: it is
noted, never refused. What a record was taken over from is its own reason, since an older register
seldom names licences.
"""

from __future__ import annotations

from typing import Protocol

from domain.aggregate.objection import Objection, blocked, note
from domain.codes import HolderClass
from domain.component.state import Component
from domain.firearm.events.common import Source
from domain.firearm.events.disposing import ReleasedToTrade, ReturnedToOwner
from domain.firearm.events.trading import DealerAcquired, ReceiptConfirmed
from domain.firearm.handover import receiver_class
from domain.firearm.state import State
from domain.licence.codes import Exemption
from domain.licence.entitlement import UnderLicence


class Shown(Protocol):
    """Data that may show a licence, or why none is shown."""

    @property
    def licence(self) -> str | None:
        """Identifier of the licence."""

    @property
    def exemption(self) -> Exemption | None:
        """Why none is shown."""

    @property
    def source(self) -> Source | None:
        """The record that the event was taken over from."""


def entitlement_shown(state: object, dat: Shown) -> Objection | None:
    """A licence is shown, or why none is; a State body and an older record need show none."""
    if dat.licence or dat.exemption or dat.source or _to_the_state(state, dat):
        return None
    return note(
        "entitlement_not_shown",
        "Neither a licence nor an exemption from it is stated.",
        axis="H",
        found="no licence",
        legal=("licence", "exemption"),
    )


def category_agrees(state: State, dat: UnderLicence) -> Objection | None:
    """The category that is stated is the one on record, by the same law."""
    stated, known = dat.category, state.category
    if stated is None or known is None or stated == known:
        return None
    if (stated.scheme, stated.as_of) != (known.scheme, known.as_of):
        return None
    return blocked(
        "category_differs",
        "This firearm is of another category on record.",
        axis="category",
        found=stated.code,
        legal=(known.code, "firearm.corrected"),
    )


def _to_the_state(state: object, dat: Shown) -> bool:
    if not (isinstance(state, State | Component) and isinstance(dat, UnderLicence)):
        return False
    return class_of(state, dat) == "state_stock"


def class_of(state: State | Component, dat: UnderLicence) -> HolderClass:
    """Give the class of the receiver: as stated, else as the event or the record implies."""
    match dat:
        case ReceiptConfirmed() if isinstance(state, State):
            return receiver_class(state, dat)
        case DealerAcquired() | ReleasedToTrade():
            return "dealer"
        case ReturnedToOwner(holder=None) if state.holder not in ("none", "unknown"):
            return state.holder
    stated: HolderClass | None = getattr(dat, "holder", None)
    return stated or "civilian"
