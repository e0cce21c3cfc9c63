# SPDX-License-Identifier: Apache-2.0
"""Where records stand, and what may be done with them, in words instead of codes.

The words are message ids; ``_`` marks them for whoever gathers what has to be translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.console.forms.labels.kinds import title_of
from api.languages import marked as _
from domain.catalogue import CATALOGUE

REQUEST_STATES: Final[Mapping[str, str]] = {
    "requested": _("Not acknowledged yet"),
    "acknowledged": _("Acknowledged, to be answered"),
    "more_info_asked": _("More was asked"),
    "forwarded": _("Forwarded"),
    "responded": _("Answered"),
    "restricted": _("Answered in part"),
    "refused": _("Refused"),
    "closed": _("Closed"),
}
UNANSWERED: Final = frozenset(("requested", "acknowledged", "more_info_asked", "forwarded"))
"""States of a request in which the day that was given for an answer still counts."""

LICENCE_STATES: Final[Mapping[str, str]] = {
    "none": _("No licence"),
    "applied": _("Applied for"),
    "refused": _("Refused"),
    "valid": _("Valid"),
    "suspended": _("Suspended"),
    "revoked": _("Revoked"),
    "expired": _("Expired"),
    "ceased": _("Business ceased"),
    "not_yet_valid": _("Not valid yet"),
    "banned": _("Under a ban"),
}
AUTHORIZATION_STATES: Final[Mapping[str, str]] = {
    "applied": _("Applied for"),
    "refused": _("Refused"),
    "not_yet_valid": _("Not valid yet"),
    "issued": _("Open, nothing used"),
    "used_part": _("Open, used in part"),
    "used_up": _("Used up"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
}
SHIPMENT_STATES: Final[Mapping[str, str]] = {
    "declared": _("Declared"),
    "in_transit": _("On its way"),
    "received": _("Received"),
    "closed": _("Closed"),
}
LOT_STATES: Final[Mapping[str, str]] = {
    "scheduled": _("Listed"),
    "reconciled": _("Checked at the site"),
    "destroyed": _("Destroyed"),
    "cancelled": _("Cancelled"),
}
DUTY_STATES: Final[Mapping[str, str]] = {
    "overdue": _("Overdue"),
    "open": _("Open"),
    "met_late": _("Done late"),
    "met": _("Done"),
}
URGENCIES: Final[Mapping[str, str]] = {"urgent": _("Urgent"), "routine": _("Routine")}

KINDS_OF_TAG: Final[Mapping[str, str]] = {
    **dict.fromkeys(("valid", "issued", "responded", "met", "destroyed", "received"), "good"),
    **dict.fromkeys(("overdue", "revoked", "refused", "banned", "expired", "urgent"), "bad"),
    **dict.fromkeys(
        ("requested", "more_info_asked", "suspended", "used_part", "reconciled", "restricted"),
        "warn",
    ),
}
"""How a tag looks, beside its words."""

ACTIONS: Final[Mapping[str, str]] = {
    "trace.acknowledged": _("Acknowledge with a day for the answer"),
    "trace.more-info-asked": _("Ask for more"),
    "trace.more-info-given": _("Give what was asked"),
    "trace.forwarded": _("Forward to another State"),
    "trace.responded": _("Answer with history"),
    "trace.restricted": _("Answer in part, with the ground"),
    "trace.refused": _("Refuse with reason"),
    "trace.point-of-diversion-established": _("Establish the point of diversion"),
    "trace.closed": _("Close"),
    "trace.reopened": _("Open again"),
    "trace.onward-disclosed": _("Pass the answer on"),
    "trace.hold-placed": _("Keep its personal data from erasure"),
    "trace.hold-released": _("Release a hold"),
    "licence.issued": _("Issue"),
    "licence.refused": _("Refuse"),
    "licence.renewed": _("Renew"),
    "licence.varied": _("Change"),
    "licence.suspended": _("Suspend"),
    "licence.reinstated": _("Reinstate"),
    "licence.revoked": _("Revoke"),
    "licence.expired": _("Record that it expired"),
    "licence.business-ceased": _("Record that the business ceased"),
    "licence.ban-imposed": _("Impose a ban"),
    "licence.ban-lifted": _("Lift the ban"),
    "licence.hold-placed": _("Keep its personal data from erasure"),
    "licence.hold-released": _("Release a hold"),
    "authorization.import-licence-recorded": _("Record the import licence"),
    "authorization.transit-no-objection-recorded": _("Record that a transit State does not object"),
    "authorization.transit-objection-recorded": _("Record that a transit State objects"),
    "authorization.transit-objection-withdrawn": _("Record that an objection was withdrawn"),
    "authorization.issued": _("Issue"),
    "authorization.refused": _("Refuse"),
    "authorization.drawn": _("Draw on it for a shipment"),
    "authorization.draw-cancelled": _("Give a drawn quantity back"),
    "authorization.varied": _("Change"),
    "authorization.brokering-recorded": _("Record a broker"),
    "authorization.revoked": _("Revoke"),
    "authorization.expired": _("Record that it expired"),
    "authorization.hold-placed": _("Keep its personal data from erasure"),
    "authorization.hold-released": _("Release a hold"),
    "lot.extended": _("Put more firearms on the list"),
    "lot.reconciled": _("Check the list at the site"),
    "lot.destroyed": _("Record the destruction, with a witness"),
    "lot.cancelled": _("Cancel the lot"),
}


def action_words(evt: str) -> str:
    """Say what recording an event does, as a message id."""
    return ACTIONS.get(evt) or event_words(evt)


def event_words(evt: str) -> str:
    """Say what happened, as a message id."""
    return title_of(CATALOGUE.latest(evt))
