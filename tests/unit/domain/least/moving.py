# SPDX-License-Identifier: Apache-2.0
"""The least data of every event of crossing borders."""

from __future__ import annotations

from typing import Any

AUTHORIZATION_ID = "aut.01a2076b-4018-7111-8222-000000000001"
SHIPMENT_ID = "shp.01a2076b-4018-7111-8222-000000000002"

STAY: dict[str, Any] = {
    "country": "XB",
    "purpose": "hunting",
    "due_on": "2026-12-31",
    "document": "european_firearms_pass",
    "document_no": "XA-77",
}

MOVING: dict[str, dict[str, Any]] = {
    "firearm.exported": {
        "authorization": AUTHORIZATION_ID,
        "shipment": SHIPMENT_ID,
        "destination": "XB",
    },
    "firearm.transit-crossed": {"shipment": SHIPMENT_ID, "country": "XC"},
    "firearm.imported": {
        "authorization": AUTHORIZATION_ID,
        "shipment": SHIPMENT_ID,
        "country": "XB",
        "year": 2020,
    },
    "firearm.temporarily-exported": STAY,
    "firearm.temporarily-imported": STAY,
    "firearm.returned-from-abroad": {"country": "XA"},
}
