# SPDX-License-Identifier: Apache-2.0
"""The least data of events of listing and delisting."""

from __future__ import annotations

from typing import Any

ALERTING: dict[str, dict[str, Any]] = {
    "firearm.sought": {"ground": "use_in_crime"},
    "firearm.alert-published": {"system": "iarms", "reference": "IA-7", "category": "stolen"},
    "firearm.alert-withdrawn": {"system": "iarms", "reference": "IA-7", "reason": "recovered"},
    "firearm.alert-cleared": {"flag": "stolen", "reason": "recovered_and_identified"},
}
