# SPDX-License-Identifier: Apache-2.0
"""Code lists of tracing requests.

Grounds and reasons are those of the International Tracing Instrument (ITI, UNGA decision
60/519), paragraphs 6, 17, 22 and 23; the last legal status and the outcomes are those of SDG
indicator 16.4.2, metadata of 2018-07-26; the questions follow the fields of ATF F 3312.1.
"""

from __future__ import annotations

from typing import Literal

Status = Literal[
    "requested",
    "acknowledged",
    "more_info_asked",
    "forwarded",
    "responded",
    "restricted",
    "refused",
    "closed",
]
"""Where a request stands."""

IllicitGround = Literal[
    "illicit_under_national_law",
    "embargo_breached",
    "not_marked",
    "made_without_authorization",
    "transferred_without_authorization",
]
"""Why the firearm is held to be illicit (ITI 6)."""

IntendedUse = Literal[
    "criminal_investigation", "prosecution", "prevention_of_diversion", "intelligence", "statistics"
]
"""What the answer is wanted for (ITI 17 c)."""

Cause = Literal[
    "seized",
    "found",
    "surrendered",
    "court_order",
    "criminal_investigation",
    "loss_or_theft_inquiry",
    "request_of_another_state",
    "other",
]
"""What makes the question lawful where this ledger does not show that the firearm came to hand:
the circumstances of ITI 17 a, abroad for example (own list, version 1)."""

Urgency = Literal["routine", "urgent"]
UrgencyReason = Literal[
    "danger_to_life", "court_date", "suspect_in_custody", "large_seizure", "other"
]

Question = Literal[
    "markings",
    "photographs",
    "type",
    "calibre",
    "circumstances",
    "legal_justification",
    "intended_use",
    "guarantee_of_confidentiality",
    "other",
]
"""What more the requested State has to know (ITI 20)."""

ForwardReason = Literal["made_there", "last_imported_there", "exported_there", "other"]

LastStatus = Literal[
    "lawful_holder",
    "dealer_stock",
    "state_stock",
    "exported",
    "in_transit",
    "deactivated",
    "lost",
    "stolen",
    "seized",
    "found",
    "surrendered",
    "confiscated",
    "sent_for_destruction",
    "destroyed",
    "unknown",
]
"""The status of the last legal record."""

Certainty = Literal["certain", "probable", "possible"]

Restriction = Literal["requester_only", "no_onward_disclosure", "not_in_court", "this_case_only"]
"""What the sender forbids to do with the answer (ITI 14 and 15)."""

RefusalGround = Literal[
    "criminal_investigation",
    "confidentiality_law",
    "confidentiality_not_guaranteed",
    "national_security",
]
"""The four grounds on which an answer may be delayed, restricted or refused (ITI 22)."""

Circumstance = Literal[
    "made_illicitly",
    "converted_illicitly",
    "reactivated_illicitly",
    "theft",
    "loss",
    "diverted_export",
    "diverted_import",
    "diverted_transit",
    "diverted_by_dealer",
    "purchase_for_another",
    "transfer_without_authorization",
    "inheritance_not_declared",
    "kept_after_revocation",
    "leak_from_state_stock",
    "conflict_legacy",
    "other",
    "unknown",
]
"""How a firearm left the lawful circuit; for one made illicitly, its making (``diversion_code``
of the domain facts, section 7)."""

DiversionMethod = Literal["traced", "other"]
"""Whether the point was found by tracing or established otherwise (SDG 16.4.2)."""

Outcome = Literal["identified", "not_identified", "pending", "not_attempted"]
OutcomeReason = Literal["no_record", "insufficient_data", "no_reply", "destroyed_records", "other"]
