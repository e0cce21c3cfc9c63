# SPDX-License-Identifier: Apache-2.0
"""The least data of the events by which a record that keeps persons is held."""

from __future__ import annotations

from typing import Any


def holds(family: str) -> dict[str, dict[str, Any]]:
    """Give the least data of both, for the stream of one kind of record."""
    return {
        f"{family}.hold-placed": {
            "hold_no": "H-1",
            "ground": "court_proceedings",
            "review_on": "2027-05-01",
        },
        f"{family}.hold-released": {"hold_no": "H-1", "ground": "proceedings_ended"},
    }
