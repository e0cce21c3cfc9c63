# SPDX-License-Identifier: Apache-2.0
"""The least data of the events of a tracing request."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.erasure.holding import holds

TRACING: dict[str, dict[str, Any]] = {
    "trace.requested": {
        "ground": "illicit_under_national_law",
        "recipient": "XB",
        "kind": "pistol",
        "calibre": {"known": "9x19"},
        "described": {"serial": {"known": "TW9-000042"}},
        "uses": ["criminal_investigation"],
        "urgency": "routine",
        "cause": "criminal_investigation",
    },
    "trace.acknowledged": {"due_on": "2026-12-01"},
    "trace.more-info-asked": {"questions": ["photographs"]},
    "trace.more-info-given": {"answered": ["photographs"]},
    "trace.forwarded": {"to_country": "XC", "reason": "made_there"},
    "trace.responded": {
        "last_status": "lawful_holder",
        "last_on": "2019",
        "last_country": "XB",
        "certainty": "certain",
    },
    "trace.restricted": {"ground": "criminal_investigation", "reason": "pending_case"},
    "trace.refused": {"ground": "national_security", "reason": "state_secret"},
    "trace.point-of-diversion-established": {
        "country": "XB",
        "on": "2019-05",
        "circumstance": "theft",
        "method": "other",
    },
    "trace.closed": {"outcome": "pending"},
    "trace.reopened": {"reason": "new_marking_found"},
    "trace.onward-disclosed": {"to_country": "XD", "purpose": "prosecution", "in_court": False},
    **holds("trace"),
    "trace.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "due_on", "old": "2026-12-01", "new": "2026-12-15"}],
    },
}
"""The least data of every event type."""
