# SPDX-License-Identifier: Apache-2.0
"""What may bear a mark, as one JSON object for a program: the best first, with reasons."""

from __future__ import annotations

from typing import Any

from domain.identifiers import short_form
from projections.marking_search.candidates import Candidate, Candidates
from projections.marking_search.question import FIELDS
from projections.marking_search.righting.outcome import Outcome


def candidates_record(found: Candidates, limit: int) -> dict[str, Any]:
    """Give the answer to one question, with at most so many candidates."""
    return {
        "log_size": found.size,
        "more": found.more or len(found.found) > limit,
        "hints": list(found.hints),
        "candidates": [
            {
                **told(rank, each),
                "index": each.index,
                "agreements": dict(each.agreements),
                "on_record": {name: list(each.found.record[name]) for name in FIELDS},
                "reasons": list(each.reasons),
                "correction": _correction(each.outcome),
            }
            for rank, each in enumerate(found.found[:limit], start=1)
        ],
    }


def told(rank: int, candidate: Candidate) -> dict[str, Any]:
    """Give what every form of an answer tells of a candidate."""
    found = candidate.found
    return {
        "rank": rank,
        "score": candidate.score,
        "likeness": candidate.likeness.tier.name.lower(),
        "text": found.text,
        "role": found.role,
        "kind": found.kind,
        "record": str(candidate.subject),
        "short_form": short(candidate),
        "firearm": f"arm.{candidate.firearm}" if candidate.firearm else None,
    }


def _correction(outcome: Outcome | None) -> dict[str, Any] | None:
    """Give what became of the text, if it was put right or taken back."""
    if outcome is None:
        return None
    return {
        "index": outcome.index,
        "day": outcome.day.isoformat(),
        "side": outcome.side,
        "other": outcome.other,
        "now": outcome.now,
    }


def short(candidate: Candidate) -> str:
    """Give the short form of the firearm, or of whatever else bears the mark."""
    return short_form(candidate.firearm or candidate.found.stream)
