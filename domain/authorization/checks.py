# SPDX-License-Identifier: Apache-2.0
"""What other streams and the dates must allow an authorization's events.

Implements the parts of rules 5 and 6 of the domain facts, section 9, that look beyond the
authorization itself: the import licence named is one, the broker is licensed, a draw falls
within the dates, and an expiry is not recorded before it came.
"""

from __future__ import annotations

from typing import Final

from domain.aggregate.objection import Objection, blocked, momentary
from domain.aggregate.scene import Scene
from domain.authorization.applying import ImportLicenceRecorded
from domain.authorization.codes import AuthorizationKind
from domain.authorization.shipment.state import Shipment
from domain.authorization.state import NOT_BEGUN, Authorization
from domain.authorization.using import BrokeringRecorded, DrawCancelled, Drawn, Expired
from domain.licence.state import Licence

LICENSING: Final[tuple[AuthorizationKind, ...]] = ("import", "prior_consent")
"""What an importing State issues."""


def import_licence_known(scene: Scene, dat: ImportLicenceRecorded) -> Objection | None:
    """An import licence that this ledger is said to hold is there, and is in force."""
    if dat.authorization is None:
        return None
    licence = scene.other(dat.authorization, Authorization)
    if licence is None:
        return authorization_unknown(dat.authorization)
    if licence.kind not in LICENSING:
        return wrong_kind(licence, *LICENSING)
    if licence.stage != "issued":
        return _not_in_force(licence)
    return _same_terms(licence, dat)


def broker_licensed(scene: Scene, dat: BrokeringRecorded) -> Objection | None:
    """A broker's licence that is named is one, and was valid when he acted (article 15)."""
    if dat.licence is None:
        return None
    licence = scene.other(dat.licence, Licence)
    found = "unknown" if licence is None else licence.standing_on(scene.event.occ)
    if licence is not None and found == "valid" and licence.kind == "broker":
        return None
    return blocked(
        "broker_unlicensed",
        "That is not a broker's licence which was valid on that date.",
        axis="broker",
        found=found if licence is None else f"{licence.kind}: {found}",
        legal=("broker: valid",),
    )


def drawn_in_time(scene: Scene, _: Drawn) -> Objection | None:
    """A draw falls wholly within the dates of the authorization (rule 6)."""
    return not_valid_on(scene, _own(scene))


def shipment_not_begun(scene: Scene, dat: Drawn | DrawCancelled) -> Objection | None:
    """What a shipment draws is settled before it is declared."""
    if scene.other(dat.shipment, Shipment) is None:
        return None
    return momentary(
        blocked(
            "shipment_declared",
            "This shipment was declared already; what it drew stands.",
            axis="shipment",
            found=dat.shipment,
            legal=("a shipment that is not declared yet",),
        )
    )


def last_day_passed(scene: Scene, _: Expired) -> Objection | None:
    """Nothing has expired before its last day is over, by the signer's clock."""
    document = _own(scene).document
    if document is None or scene.event.iat > document.expires_on.latest:
        return None
    return blocked(
        "authorization_dates",
        "Its last day is not over.",
        axis="dates",
        found=document.expires_on.text,
        legal=("after that day", "authorization.revoked"),
    )


def not_valid_on(scene: Scene, authorization: Authorization) -> Objection | None:
    """Object unless an authorization covers the whole time of the event."""
    standing = authorization.standing_on(scene.event.occ)
    if standing == "valid":
        return None
    return blocked(
        "authorization_not_valid",
        "The authorization does not cover that date.",
        axis="dates",
        found=f"{scene.event.occ}: {standing}",
        legal=(authorization.days,),
    )


def authorization_unknown(identifier: str) -> Objection:
    """Object to an authorization that the ledger does not hold."""
    return blocked(
        "authorization_unknown",
        "This ledger holds no such authorization.",
        axis="authorization",
        found=identifier,
        legal=("authorization.applied",),
    )


def wrong_kind(authorization: Authorization, *legal: AuthorizationKind) -> Objection:
    """Object to an authorization for something else."""
    return blocked(
        "authorization_kind",
        "The authorization is for something else.",
        axis="kind",
        found=authorization.kind,
        legal=legal,
    )


def _own(scene: Scene) -> Authorization:
    return scene.state if isinstance(scene.state, Authorization) else NOT_BEGUN


def _not_in_force(licence: Authorization) -> Objection:
    return momentary(
        blocked(
            "authorization_stage",
            "The import licence is not in force.",
            axis="status",
            found=licence.status,
            legal=("issued",),
        )
    )


def _same_terms(licence: Authorization, dat: ImportLicenceRecorded) -> Objection | None:
    document = licence.document
    held = (licence.import_country, *_dates(licence))
    if document is None or held == (dat.country, dat.issued_on, dat.expires_on):
        return None
    return blocked(
        "import_licence_differs",
        "The licence on record has another State or other dates.",
        axis="import licence",
        found=f"{dat.country} {dat.issued_on} {dat.expires_on}",
        legal=(" ".join(held),),
    )


def _dates(licence: Authorization) -> tuple[str, ...]:
    document = licence.document
    return () if document is None else (document.issued_on.text, document.expires_on.text)
