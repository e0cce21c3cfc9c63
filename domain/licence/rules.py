# SPDX-License-Identifier: Apache-2.0
"""The legal sequence of a licence, and what each decision must state.

Implements the licence line of the state diagram of the domain facts, section 5: applied,
then issued or refused; issued, then renewed, varied, suspended, reinstated, revoked, expired
or ceased. A refusal names the events that would be legal next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.state import Firearm
from domain.licence.codes import BUSINESS, Status
from domain.licence.events import (
    BanLifted,
    BusinessCeased,
    Issued,
    Registered,
    Reinstated,
    Renewed,
    Varied,
)
from domain.licence.state import Licence
from domain.occurrence import Occurrence, parse_occurrence
from domain.schema import Closed

SEQUENCE: Final[Mapping[str, tuple[Status, ...]]] = MappingProxyType(
    {
        "licence.issued": ("applied",),
        "licence.refused": ("applied",),
        "licence.renewed": ("valid", "expired"),
        "licence.varied": ("valid", "suspended"),
        "licence.suspended": ("valid",),
        "licence.reinstated": ("suspended",),
        "licence.revoked": ("valid", "suspended"),
        "licence.expired": ("valid", "suspended"),
        "licence.business-ceased": ("valid", "suspended", "revoked", "expired"),
    }
)
"""In which states of a licence each event is legal."""

ON_APPEAL: Final[Mapping[str, Status]] = MappingProxyType(
    {"licence.issued": "refused", "licence.reinstated": "revoked"}
)
"""Which events undo which decision once a court or superior authority has allowed an appeal."""


def in_sequence(evt: str) -> Callable[[Licence, Closed], Objection | None]:
    """Make the rule that an event comes only where the life of a licence has a place for it."""

    def rule(licence: Licence, dat: Closed) -> Objection | None:
        """The event has a place in the life of a licence as it stands."""
        allowed = getattr(dat, "ground", None) == "appeal_allowed"
        if licence.status in SEQUENCE[evt]:
            return None
        if allowed and licence.status == ON_APPEAL.get(evt):
            return None
        return blocked(
            "licence_status",
            "The life of this licence has no place for that event as it stands.",
            axis="status",
            found=licence.status,
            legal=next_steps(licence),
        )

    return rule


def next_steps(licence: Licence) -> tuple[str, ...]:
    """Name the events that are legal next, in the order of a licence's life."""
    business = licence.kind in BUSINESS
    regular = (
        evt
        for evt, legal in SEQUENCE.items()
        if licence.status in legal and (business or evt != "licence.business-ceased")
    )
    undoing = (
        f"{evt} on the ground appeal_allowed"
        for evt, decided in ON_APPEAL.items()
        if licence.status == decided
    )
    ban = "licence.ban-lifted" if licence.banned else "licence.ban-imposed"
    return (*regular, *undoing, ban)


def ban_open(licence: Licence, _: Closed) -> Objection | None:
    """Only an open ban is lifted."""
    return None if licence.banned else _ban_state(licence, found="not banned")


def not_banned(licence: Licence, _: Closed) -> Objection | None:
    """Who is under a ban is given no licence, and is not banned again (WaffG 41)."""
    return _ban_state(licence, found="banned") if licence.banned else None


def term_in_order(_: Licence, dat: Registered | Issued | Renewed) -> Objection | None:
    """A term does not end before it begins."""
    if dat.valid_from is None or dat.valid_to is None:
        return None
    start, end = parse_occurrence(dat.valid_from), parse_occurrence(dat.valid_to)
    if not end.certainly_before(start):
        return None
    return _dates("The term would end before it begins.", end, legal=start)


def after_what_it_ends(licence: Licence, dat: Reinstated | BanLifted) -> Objection | None:
    """A suspension or ban does not end before it began."""
    lifted = isinstance(dat, BanLifted)
    begun = licence.bans[-1:] if lifted else licence.terms[-1:]
    end = parse_occurrence(dat.effective_on)
    later = [each.since for each in begun if end.certainly_before(each.since)]
    return _dates("It would end before it began.", end, legal=later[0]) if later else None


def number_is_public(licence: Licence, dat: Issued) -> Objection | None:
    """The number of a person's licence is personal: it is disclosed, not published."""
    if dat.number is None or licence.kind in BUSINESS:
        return None
    return blocked(
        "licence_number_personal",
        "The number of a person's licence belongs into the disclosure permit_no.",
        axis="kind",
        found=licence.kind,
        legal=BUSINESS,
    )


def varies_something(_: Licence, dat: Varied) -> Objection | None:
    """A variation changes the term, the scope, the number or the conditions."""
    if dat.valid_to or dat.categories or dat.firearms or dat.conditions:
        return None
    return blocked(
        "variation_empty",
        "The variation names nothing that it changes.",
        axis="terms",
        found="nothing",
        legal=("valid_to", "categories", "firearms", "conditions"),
    )


def is_business(licence: Licence, _: Closed) -> Objection | None:
    """Only a dealer, broker or maker has a business that ceases."""
    if licence.kind in BUSINESS:
        return None
    return blocked(
        "licence_kind",
        "The holder of a licence of this kind has no business that could cease.",
        axis="kind",
        found=licence.kind,
        legal=BUSINESS,
    )


def register_handed_over(_: Licence, dat: BusinessCeased) -> Objection | None:
    """The register goes to the successor or to the authority: to one of them (27 CFR 478.127)."""
    if (dat.authority is None) != (dat.successor is None):
        return None
    return blocked(
        "register_receiver",
        "The register of a business that ceases goes to one receiver.",
        axis="register",
        found="none" if dat.authority is None else "two",
        legal=("authority", "successor"),
    )


def authority_known(scene: Scene, dat: BusinessCeased) -> Objection | None:
    """The authority that takes the register over is on record."""
    if dat.authority is None or dat.authority in scene.registry.authorities:
        return None
    return blocked(
        "authority_unknown",
        "The authority that takes the register over is not on record.",
        axis="register",
        found=dat.authority,
        legal=("register the authority first",),
    )


def successor_may_trade(scene: Scene, dat: BusinessCeased) -> Objection | None:
    """The successor is a dealer, broker or maker whose licence is valid on that day."""
    if dat.successor is None:
        return None
    successor = scene.other(dat.successor, Licence)
    if successor is None:
        found = "not on record"
    elif successor.kind not in BUSINESS:
        found = successor.kind
    else:
        found = successor.standing_on(parse_occurrence(dat.effective_on))
    if found == "valid":
        return None
    return blocked(
        "successor_not_entitled",
        "The successor has no valid licence of a dealer, broker or maker.",
        axis="status",
        found=found,
        legal=("valid",),
    )


def stock_known(scene: Scene, dat: BusinessCeased) -> Objection | None:
    """Every firearm that is listed as still in stock is on record."""
    unknown = next((each for each in dat.stock if scene.other(each, Firearm) is None), None)
    if unknown is None:
        return None
    return blocked(
        "firearm_unknown",
        "The ledger has no such firearm.",
        axis="record",
        found=unknown,
        legal=("register the firearm first",),
    )


def _ban_state(licence: Licence, *, found: str) -> Objection:
    return blocked(
        "ban_state",
        "The holder of this licence is not in the state that the event supposes.",
        axis="ban",
        found=found,
        legal=next_steps(licence),
    )


def _dates(sentence: str, found: Occurrence, *, legal: Occurrence) -> Objection:
    return blocked(
        "licence_dates", sentence, axis="dates", found=found.text, legal=(f"{legal} or later",)
    )
