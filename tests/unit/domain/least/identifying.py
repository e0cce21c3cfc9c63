# SPDX-License-Identifier: Apache-2.0
"""Least data of the events of a firearm's identity."""

from __future__ import annotations

from typing import Any, Final

OTHER_FIREARM = "arm.01a2076b-4018-7111-8222-555555555555"
ADMIN_MARK = {
    "kind": "admin_serial",
    "text": {"known": "XA-000001"},
    "condition": "legible",
    "country": "XA",
}

IDENTIFYING: Final[dict[str, dict[str, Any]]] = {
    "firearm.obliteration-discovered": {
        "mark": {"kind": "manufacture", "text": "unknown", "condition": "obliterated"}
    },
    "firearm.mark-restored": {
        "kind": "manufacture",
        "restored": {"reading": [{"position": 1, "characters": ["T"]}]},
        "method": "chemical",
        "confidence": "probable",
        "report_no": "LAB 19/2026",
    },
    "firearm.re-marked": {"mark": ADMIN_MARK, "reason": "obliterated"},
    "firearm.admin-serial-assigned": {"mark": ADMIN_MARK, "reason": "never_marked"},
    "firearm.duplicate-flagged": {"firearms": [OTHER_FIREARM], "ground": "same_maker_and_serial"},
    "firearm.duplicate-resolved": {
        "firearms": [OTHER_FIREARM],
        "evidence": "INQUIRY 3/2026",
        "decision": "different_firearms",
    },
    "firearm.identity-merged": {"firearms": [OTHER_FIREARM], "evidence": "INQUIRY 3/2026"},
    "firearm.identity-split": {"firearms": [OTHER_FIREARM], "evidence": "INQUIRY 4/2026"},
    "firearm.conflict-settled": {
        "target": "A" * 43,
        "decision": "another_firearm",
        "evidence": "INQUIRY 5/2026",
    },
}
