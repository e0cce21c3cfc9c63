# SPDX-License-Identifier: Apache-2.0
"""Code lists of international movement.

Implements the lists that the Firearms Protocol, article 10, Directive (EU) 2021/555, articles
16 and 17, and Regulation (EU) 2025/41 give only in prose; the wording of the codes is ours.
Countries and categories are lists of their own and are not repeated here.
"""

from __future__ import annotations

from typing import Literal

AuthorizationKind = Literal[
    "export", "import", "transit", "intra_union_transfer", "prior_consent", "temporary"
]
"""What a State authorizes (Firearms Protocol 10(1) and 10(6); Delegated Regulation 2019/686)."""

Stage = Literal["applied", "issued", "refused", "revoked", "expired"]
"""The last decision on an authorization."""

AuthorizationStatus = Literal[
    "applied", "issued", "used_part", "used_up", "refused", "revoked", "expired"
]
"""The last decision, and for one in force how much of it was drawn (domain facts, section 5)."""

Use = Literal["issued", "used_part", "used_up"]
"""How much of an authorization was drawn: nothing, a part, all of it."""

Standing = Literal["valid", "not_issued", "refused", "not_yet_valid", "expired", "revoked"]
"""What an authorization is worth on a date."""

WrittenReply = Literal["written_notice", "electronic_notice", "landlocked_arrangement"]
"""How a transit State said that it does not object (Firearms Protocol 10(2)(b))."""

TransitAnswer = Literal["no_objection", "objection", "objection_withdrawn"]
"""What a transit State said last; a withdrawn objection is not yet a written no-objection."""

AuthorizationGround = Literal[
    "security",
    "reliability",
    "embargo",
    "diversion_risk",
    "import_licence_missing",
    "transit_objection",
    "false_information",
    "conditions_broken",
    "recipient_changed",
    "holder_request",
    "other",
    "unknown",
]
"""Why one is refused, varied or revoked (Delegated Regulation 2021/1423; embargo: ITI 6)."""

Goods = Literal["firearm", "component", "ammunition"]
"""What a line is about (Firearms Protocol 3(a) to 3(c))."""

MovePurpose = Literal[
    "hunting", "sport", "re_enactment", "evaluation", "exhibition", "repair", "other"
]
"""Verifiable lawful purpose (Firearms Protocol 10(6); Directive 2021/555, article 17(2))."""

MoveDocument = Literal["european_firearms_pass", "ata_carnet", "national_permit", "other"]
"""What a firearm travels on for a time instead of an authorization of its own."""

TransportMeans = Literal[
    "road", "rail", "sea", "air", "post_or_courier", "carried_by_holder", "other", "unknown"
]
"""Means of transfer (Directive (EU) 2021/555, article 16); own wording."""

DrawReason = Literal["not_shipped", "entered_in_error", "other"]
"""Why a quantity that was drawn goes back."""

ShipmentStatus = Literal["declared", "in_transit", "received", "closed"]
"""How far a shipment has come."""

StatedDiscrepancy = Literal[
    "seal_broken", "package_opened", "description_differs", "documents_differ", "other"
]
"""What the receiver saw that no count shows."""

FindingCode = Literal[
    "short",
    "over",
    "firearm_missing",
    "firearm_extra",
    "firearms_not_listed",
    "off_route",
    "not_received",
    "seal_broken",
    "package_opened",
    "description_differs",
    "documents_differ",
    "other",
]
"""What does not agree between what was declared and what passed or arrived."""

Outcome = Literal["complete", "discrepant", "not_received"]
"""How a shipment ended."""
