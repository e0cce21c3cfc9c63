# SPDX-License-Identifier: Apache-2.0
"""Whether somebody is entitled: the licence that an event names, on the day of the event.

Implements "to-person licensed for category", "counterparty entitled on date" and "valid maker
licence" of the domain facts, section 5 (Directive (EU) 2021/555, articles 4(3), 5, 6; 27 CFR
478.99, 478.125; Firearms Protocol, article 3(d)(ii)). The licence is looked at as the record
stands at this head, and judged for the day on which the event happened: a transfer recorded late
is not refused for what was decided after it.
"""

from __future__ import annotations

from typing import Protocol

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.licence.codes import TRADE, Category
from domain.licence.state import Licence
from domain.schema import LicenceId


class Entitled(Fact):
    """What an event states of its receiver's licence.

    Attributes:
        licence: Licence of the receiver.
        category: Category of the firearm by the law that licences are issued under.
    """

    licence: Maybe[LicenceId] = None
    category: Maybe[Category] = None


class Supplied(Entitled):
    """What a receiver's event states of the licences on both sides.

    Attributes:
        from_licence: Licence of the person or business that it comes from.
    """

    from_licence: Maybe[LicenceId] = None


def receiver_entitled(scene: Scene, dat: Entitled) -> Objection | None:
    """The receiver's licence is on record, valid on the day, and covers the category."""
    if dat.licence is None:
        return None
    licence = scene.other(dat.licence, Licence)
    if licence is None:
        return _unknown(dat.licence)
    standing = licence.standing_on(scene.event.occ)
    if standing != "valid":
        return blocked(
            "licence_not_valid",
            "The licence of the receiver is not valid on the day of the event.",
            axis="H",
            found=standing,
            legal=("valid",),
        )
    return _outside_scope(scene, licence, dat.category)


class Licensed(Protocol):
    """Data that may name the licence of the one who acts."""

    @property
    def licence(self) -> str | None:
        """Identifier of that licence."""


def maker_licensed(scene: Scene, dat: Licensed) -> Objection | None:
    """The licence of the maker is on record, permits to make firearms, and is valid on the day."""
    if dat.licence is None:
        return None
    licence = scene.other(dat.licence, Licence)
    if licence is None:
        return _unknown(dat.licence)
    if licence.kind != "maker":
        return blocked(
            "licence_kind",
            "A licence of this kind does not permit to make firearms.",
            axis="H",
            found=licence.kind,
            legal=("maker",),
        )
    standing = licence.standing_on(scene.event.occ)
    if standing == "valid":
        return None
    return blocked(
        "licence_not_valid",
        "The licence of the maker is not valid on the day of the event.",
        axis="H",
        found=standing,
        legal=("valid",),
    )


def licence_known(scene: Scene, dat: Licensed) -> Objection | None:
    """A licence that is named is on record, whatever it is worth by now."""
    if dat.licence is None or scene.other(dat.licence, Licence) is not None:
        return None
    return _unknown(dat.licence)


def dealer_may_trade(scene: Scene, dat: Entitled) -> Objection | None:
    """Who takes a firearm into stock has a licence to deal in or make them."""
    licence = None if dat.licence is None else scene.other(dat.licence, Licence)
    if licence is None or licence.kind in TRADE:
        return None
    return blocked(
        "licence_kind",
        "A licence of this kind does not permit to deal in firearms.",
        axis="H",
        found=licence.kind,
        legal=TRADE,
    )


def dealer_may_receive(scene: Scene, dat: Entitled) -> Objection | None:
    """A receiver of the class of dealers has a licence to deal in or make firearms."""
    holder = getattr(dat, "holder", None)
    return dealer_may_trade(scene, dat) if holder == "dealer" else None


def supplier_known(scene: Scene, dat: Supplied) -> Objection | None:
    """The supplier's licence is on record; one that has ended since still names its supplier."""
    if dat.from_licence is None or scene.other(dat.from_licence, Licence) is not None:
        return None
    return _unknown(dat.from_licence)


def _outside_scope(scene: Scene, licence: Licence, category: Category | None) -> Objection | None:
    if category is None or licence.admits(category, scene.event.occ):
        return None
    term = licence.term_on(scene.event.occ)
    return blocked(
        "licence_scope",
        "The licence of the receiver does not cover a firearm of this category.",
        axis="H",
        found=category.code,
        legal=tuple(each.code for each in term.categories) if term else (),
    )


def _unknown(identifier: str) -> Objection:
    return blocked(
        "licence_unknown",
        "The ledger holds no licence of that identifier.",
        axis="H",
        found=identifier,
        legal=("a licence on record", "no licence stated"),
    )
