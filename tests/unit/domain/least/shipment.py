# SPDX-License-Identifier: Apache-2.0
"""The least data of every event of a shipment."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.least.authorization import AUTHORIZATION_ID, ITEM

SHIPMENT: dict[str, dict[str, Any]] = {
    "shipment.declared": {
        "authorization": AUTHORIZATION_ID,
        "items": [ITEM],
        "exit_point": "PORT XA",
        "exit_on": "2026-06-01",
        "transit_countries": ["XC"],
    },
    "shipment.extended": {"firearms": ["arm.01a2076b-4018-7111-8222-333333333333"]},
    "shipment.crossed": {"country": "XC", "point": "PORT XC"},
    "shipment.received": {"counts": [{"line": 1, "quantity": 10}]},
    "shipment.closed": {"outcome": "complete"},
    "shipment.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "counts.0.quantity", "old": 10, "new": 9}],
    },
}
