# SPDX-License-Identifier: Apache-2.0
"""Whether the licence that an event names entitles to it, on the day of the event.

Implements "to-person licensed for category", "counterparty entitled on date" and "valid maker
licence" of the domain facts, section 5 (Directive (EU) 2021/555, articles 4(3), 5, 6; 27 CFR
478.99, 478.125; Firearms Protocol, article 3(d)(ii)). The licence is looked at as the record
stands at this head, and judged for the day on which the event happened: a transfer recorded late
is not refused for what was decided after it. Only what the record contradicts is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.codes import HolderClass
from domain.component.events import Manufactured as PartManufactured
from domain.component.state import Component
from domain.firearm.events.altering import Converted
from domain.firearm.events.making import Manufactured, ProductionPlanned
from domain.firearm.events.trading import CustodyReceived, DealerAcquired, DealerDisposed
from domain.firearm.state import Firearm, State
from domain.licence.codes import PRIVATE, TRADE, Category, LicenceKind
from domain.licence.entitlement import Supplied, UnderLicence
from domain.licence.showing import class_of
from domain.licence.state import Licence

ENTITLING: Final[Mapping[HolderClass, tuple[LicenceKind, ...]]] = MappingProxyType(
    {
        "maker": ("maker",),
        "dealer": TRADE,
        "civilian": PRIVATE,
        "estate": PRIVATE,
        "museum": (*PRIVATE, "museum"),
    }
)
"""Kinds of licences by the class of the receiver; the others need none."""

PERMITS: Final[Mapping[HolderClass, str]] = MappingProxyType(
    {"maker": "make firearms", "dealer": "deal in firearms"}
)
BUSINESS_KINDS: Final[tuple[LicenceKind, ...]] = (*TRADE, "other", "unknown")
GONE: Final = ("deactivated", "dismantled", "destroyed")
"""What no licence is needed for any more."""


class Licensed(Protocol):
    """Data that may name a licence."""

    @property
    def licence(self) -> str | None:
        """Identifier of that licence."""


def receiver_entitled(scene: Scene, dat: UnderLicence) -> Objection | None:
    """The licence is on record, the receiver's, of a fitting kind, valid that day, and has room.

    It covers the category, which is stated where its scope is.
    """
    licence = None if dat.licence is None else scene.other(dat.licence, Licence)
    if dat.licence is None or licence is None:
        return _unknown(dat.licence) if dat.licence else None
    holder = class_of(_state(scene), dat)
    kinds = ENTITLING.get(holder)
    return (
        (_other_kind(licence, kinds, PERMITS.get(holder, "have firearms")) if kinds else None)
        or _other_holder(licence, dat)
        or _not_valid(scene, licence, "receiver")
        or _outside_scope(scene, licence, dat.category or _category(scene))
        or _used_up(scene, licence, dat.licence)
    )


def business_entitled(scene: Scene, dat: CustodyReceived) -> Objection | None:
    """The licence of the business is on record, is one of a business, and was valid that day."""
    what = "keep firearms for others"
    return _licensed(scene, dat.licence, BUSINESS_KINDS, who="business", what=what)


def maker_licensed(
    scene: Scene, dat: Manufactured | ProductionPlanned | PartManufactured
) -> Objection | None:
    """The licence of the maker is on record, permits to make firearms, and is valid on the day."""
    refused = _licensed(scene, dat.licence, ("maker",), who="maker", what=PERMITS["maker"])
    if refused or dat.licence is None or not isinstance(dat, Manufactured):
        return refused
    licence = scene.other(dat.licence, Licence)
    return _outside_scope(scene, licence, dat.category) if licence else None


def converter_licensed(scene: Scene, dat: Converted) -> Objection | None:
    """The licence of who converts it is on record, is one of the trade, and was valid that day."""
    what = "convert firearms"
    return _licensed(scene, dat.licence, BUSINESS_KINDS, who="converter", what=what)


def licence_known(scene: Scene, dat: Licensed) -> Objection | None:
    """A licence that is named is on record, whatever it is worth by now."""
    if dat.licence is None or scene.other(dat.licence, Licence) is not None:
        return None
    return _unknown(dat.licence)


def supplier_known(scene: Scene, dat: Supplied) -> Objection | None:
    """The giver's licence is on record; one that has ended since still names its giver."""
    if dat.from_licence is None or scene.other(dat.from_licence, Licence) is not None:
        return None
    return _unknown(dat.from_licence)


def supplier_may_trade(scene: Scene, dat: DealerDisposed) -> Objection | None:
    """Who disposes of stock has a licence to deal in or make firearms."""
    licence = None if dat.from_licence is None else scene.other(dat.from_licence, Licence)
    return None if licence is None else _other_kind(licence, TRADE, PERMITS["dealer"])


def _licensed(
    scene: Scene, identifier: str | None, kinds: tuple[LicenceKind, ...], *, who: str, what: str
) -> Objection | None:
    if identifier is None:
        return None
    licence = scene.other(identifier, Licence)
    if licence is None:
        return _unknown(identifier)
    return _other_kind(licence, kinds, what) or _not_valid(scene, licence, who)


def _other_kind(licence: Licence, kinds: tuple[LicenceKind, ...], what: str) -> Objection | None:
    if licence.kind in kinds:
        return None
    return blocked(
        "licence_kind",
        f"A licence of this kind does not permit to {what}.",
        axis="H",
        found=licence.kind,
        legal=kinds,
    )


def _other_holder(licence: Licence, dat: UnderLicence) -> Objection | None:
    own = dat.to_hld if isinstance(dat, DealerAcquired) else getattr(dat, "hld", None)
    shown = dat.licence_hld or own
    if shown is None or licence.holding in (None, shown):
        return None
    return blocked(
        "licence_holding",
        "The licence was given to another holding than the receiver's.",
        axis="H",
        found=shown,
        legal=(str(licence.holding), "licence_hld, where both are of one person"),
    )


def _not_valid(scene: Scene, licence: Licence, who: str) -> Objection | None:
    standing = licence.standing_on(scene.event.occ)
    if standing == "valid":
        return None
    return blocked(
        "licence_not_valid",
        f"The licence of the {who} is not valid on the day of the event.",
        axis="H",
        found=standing,
        legal=("valid",),
    )


def _outside_scope(scene: Scene, licence: Licence, category: Category | None) -> Objection | None:
    term = licence.term_on(scene.event.occ)
    scope = tuple(each.code for each in term.categories) if term else ()
    if not scope:
        return None
    if category is None:
        return blocked(
            "category_missing",
            "The licence covers some categories only, and that of the firearm is not stated.",
            axis="category",
            found="none",
            legal=scope,
        )
    if licence.admits(category, scene.event.occ):
        return None
    return blocked(
        "licence_scope",
        "The licence does not cover a firearm of this category.",
        axis="H",
        found=category.code,
        legal=scope,
    )


def _used_up(scene: Scene, licence: Licence, identifier: str) -> Objection | None:
    """Count the other firearms: of a permit to acquire all that came, else those still held."""
    if licence.firearms is None or isinstance(scene.state, Component):
        return None
    others = (each for each in scene.naming(identifier, Firearm) if each != scene.state)
    used = sum(_counts(each, licence.kind, identifier) for each in others)
    if used < licence.firearms:
        return None
    return blocked(
        "licence_used_up",
        "The licence admits no further firearm.",
        axis="quantity",
        found=f"{used} of {licence.firearms}",
        legal=("licence.varied with more firearms", "another licence"),
    )


def _counts(firearm: Firearm, kind: LicenceKind, identifier: str) -> bool:
    if kind == "acquisition":
        stand = (each.effective.dat for each in firearm.entries if each.stands)
        return any(isinstance(dat, UnderLicence) and dat.licence == identifier for dat in stand)
    return firearm.state.licence == identifier and firearm.state.technical not in GONE


def _state(scene: Scene) -> State | Component:
    if isinstance(scene.state, Component):
        return scene.state
    return scene.state.state if isinstance(scene.state, Firearm) else State()


def _category(scene: Scene) -> Category | None:
    state = _state(scene)
    return state.category if isinstance(state, State) else None


def _unknown(identifier: str) -> Objection:
    return blocked(
        "licence_unknown",
        "The ledger holds no licence of that identifier.",
        axis="H",
        found=identifier,
        legal=("a licence on record", "no licence stated"),
    )
