# SPDX-License-Identifier: Apache-2.0
"""The least data of the events of a licence."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.erasure.holding import holds

DECISION = {"effective_on": "2020-06-01", "ground": "other"}

LICENCE: dict[str, dict[str, Any]] = {
    "licence.applied": {"kind": "acquisition"},
    "licence.registered": {
        "kind": "acquisition",
        "status": "valid",
        "source": {"register_code": "test_register", "as_of": "2018"},
    },
    "licence.issued": {"valid_from": "2020-01-01"},
    "licence.refused": {"ground": "unreliable"},
    "licence.renewed": {"valid_from": "2025-01-01"},
    "licence.varied": {"effective_on": "2020-06-01"},
    "licence.suspended": DECISION,
    "licence.reinstated": DECISION,
    "licence.revoked": DECISION,
    "licence.expired": DECISION,
    "licence.business-ceased": {"effective_on": "2020-06-01"},
    "licence.ban-imposed": DECISION,
    "licence.ban-lifted": DECISION,
    **holds("licence"),
    "licence.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "valid_from", "old": "2020-01-01", "new": "2020-02-01"}],
    },
}
