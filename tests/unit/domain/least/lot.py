# SPDX-License-Identifier: Apache-2.0
"""The least data of lot events."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.erasure.holding import holds
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.least.moving import AUTHORIZATION_ID, SHIPMENT_ID

ARM = "arm.01a2076b-4018-7111-8222-333333333331"

LOTS: dict[str, dict[str, Any]] = {
    "lot.scheduled": {"place": "STEELWORKS 1", "basis": "forfeiture", "firearms": [ARM]},
    "lot.extended": {"firearms": [ARM]},
    "lot.reconciled": {"found": [ARM]},
    "lot.destroyed": {
        "method": "melt",
        "destroyed_on": "2020-03-01",
        "certificate_no": "D-1",
        "count": 1,
    },
    "lot.cancelled": {"reason": "site_not_available"},
    "lot.ammunition-registered": {
        "maker": {"known": "TESTWERK"},
        "lot_mark": {"known": "L 17"},
        "calibre": {"known": "9x19"},
        "quantity": 1000,
    },
    "lot.ammunition-issued": {"quantity": 100, "purpose": "training"},
    "lot.ammunition-destroyed": {"quantity": 100, "method": "burn", "certificate_no": "A-1"},
    "lot.ammunition-lost-reported": {**LOSS, "quantity": 100},
    "lot.ammunition-stolen-reported": {**LOSS, "quantity": 100},
    "lot.ammunition-seized": {
        "ground": "illicit_possession",
        "proceeding": "criminal",
        "quantity": 100,
    },
    "lot.ammunition-exported": {
        "authorization": AUTHORIZATION_ID,
        "shipment": SHIPMENT_ID,
        "destination": "XB",
        "quantity": 100,
    },
    "lot.ammunition-imported": {
        "authorization": AUTHORIZATION_ID,
        "shipment": SHIPMENT_ID,
        "country": "XB",
        "quantity": 100,
    },
    **holds("lot"),
    "lot.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "count", "old": 1, "new": 2}],
    },
}

STOCKTAKES: dict[str, dict[str, Any]] = {
    "stocktake.recorded": {"count_no": "C 1/2026", "expected": 12, "counted": 12},
    "stocktake.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "stock", "old": "DEPOT 1", "new": "DEPOT 2"}],
    },
}
"""The least data of the events of a stocktake."""
