# SPDX-License-Identifier: Apache-2.0
"""Where a projection stands, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from projections.standing import Standing


def standing_words(found: Standing) -> str:
    """Say it for people."""
    if found.behind is None:
        return "to be built by the next question"
    if found.poison:
        return f"stopped at entry {found.poison.index:,}, {found.behind:,} behind; see below"
    return f"{found.behind:,} entries behind" if found.behind else "up to date"


def standing_record(found: Standing) -> dict[str, Any]:
    """Give it as JSON values."""
    return {
        "name": found.name,
        "version": found.version,
        "state": found.state,
        "entries": found.entries,
        "behind": found.behind,
        "stopped": found.poison and asdict(found.poison),
    }
