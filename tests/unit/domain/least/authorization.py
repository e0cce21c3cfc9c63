# SPDX-License-Identifier: Apache-2.0
"""The least data of every event of an authorization: an export from XA through XC to XB."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.erasure.holding import holds
from tests.unit.domain.least.moving import AUTHORIZATION_ID, SHIPMENT_ID

__all__ = ["AUTHORIZATION", "AUTHORIZATION_ID", "ITEM", "SHIPMENT_ID"]

EXPORTER = "hld.5f0c3b1e-8a77-4c1d-9b2e-00000000e001"
IMPORTER = "hld.5f0c3b1e-8a77-4c1d-9b2e-00000000e002"
RECIPIENT = {"agency": "POLICE XB", "country": "XB"}
ITEM: dict[str, Any] = {
    "line": 1,
    "goods": "firearm",
    "kind": "pistol",
    "calibre": {"known": "9x19"},
    "quantity": 10,
}

AUTHORIZATION: dict[str, dict[str, Any]] = {
    "authorization.applied": {"kind": "export", "export_country": "XA", "import_country": "XB"},
    "authorization.import-licence-recorded": {
        "country": "XB",
        "issued_on": "2025-12-01",
        "expires_on": "2026-12-31",
        "foreign_number": "XB-IMP-5",
    },
    "authorization.transit-no-objection-recorded": {
        "country": "XC",
        "on": "2025-12-10",
        "reply": "written_notice",
    },
    "authorization.transit-objection-recorded": {"country": "XC", "on": "2025-12-05"},
    "authorization.transit-objection-withdrawn": {"country": "XC", "on": "2025-12-08"},
    "authorization.issued": {
        "number": "XA-EXP-1",
        "place_of_issue": "XA CITY",
        "issued_on": "2026-01-01",
        "expires_on": "2026-12-31",
        "exporter": EXPORTER,
        "importer": IMPORTER,
        "final_recipient": RECIPIENT,
        "export_country": "XA",
        "import_country": "XB",
        "transit_countries": ["XC"],
        "items": [ITEM],
    },
    "authorization.refused": {"ground": "security", "on": "2026-01-01"},
    "authorization.drawn": {
        "shipment": SHIPMENT_ID,
        "portions": [{"line": 1, "quantity": 10}],
    },
    "authorization.draw-cancelled": {"shipment": SHIPMENT_ID, "reason": "not_shipped"},
    "authorization.varied": {
        "ground": "holder_request",
        "on": "2026-03-01",
        "expires_on": "2027-01-31",
    },
    "authorization.brokering-recorded": {
        "broker": EXPORTER,
        "parties": [IMPORTER, RECIPIENT],
        "registration_no": "BRK-9",
    },
    "authorization.revoked": {"ground": "diversion_risk", "effective_on": "2026-07-01"},
    "authorization.expired": {},
    **holds("authorization"),
    "authorization.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "portions.0.quantity", "old": 10, "new": 9}],
    },
}
