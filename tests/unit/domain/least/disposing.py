# SPDX-License-Identifier: Apache-2.0
"""The least data of events of surrender, examination, forfeiture, disposal and counts."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.least.trading import EXEMPT

OWNER = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
LOT = "lot.01a2076b-4018-7111-8222-444444444444"

DISPOSING: dict[str, dict[str, Any]] = {
    "firearm.surrendered": {"programme": "none", "anonymous": True, "amnesty": False},
    "firearm.forensically-examined": {"findings": ["functional"], "report_no": "LAB-1"},
    "firearm.forfeited": {"order_no": "C-1", "ordered_on": "2019-02-01", "final": True},
    "firearm.disposal-authorised": {
        "method": "destroy",
        "basis": "forfeiture",
        "authorised_on": "2019-06-01",
        "trace_outcome": "no_record",
        "trace_report_no": "TRACE 7/2019",
    },
    "firearm.returned-to-owner": {
        "hld": OWNER,
        "basis": "seizure_lifted",
        "entitlement": "not_required",
    },
    "firearm.retained-for-state": {"custodian": "DEPOT 1", "mark_event": "A" * 43},
    "firearm.placed-in-museum": {"custodian": "MUSEUM", "mark_event": "A" * 43},
    "firearm.released-to-trade": {"custodian": "TRADER 1", "mark_event": "A" * 43, **EXEMPT},
    "firearm.destruction-scheduled": {"lot": LOT, "basis": "disposal_authorised"},
    "firearm.destroyed": {"lot": LOT, "method": "melt", "certificate_no": "D-1"},
    "firearm.stock-counted": {"count_no": "2020-1", "expected": True, "seen": True},
    "firearm.discrepancy-found": {"count_no": "2020-1", "kind": "missing"},
}
