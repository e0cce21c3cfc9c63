# SPDX-License-Identifier: Apache-2.0
"""The score of a candidate: how well it fits what was asked, from 0 to 100.

One table of points that are taken off from 100; the same question and record always give the
same score. It orders candidates and says nothing of how likely one is: a number can stand on
many firearms, each of which reads exactly so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from projections.marking_search.question import Agreement, Field
from projections.marking_search.tiers import Likeness, Tier

SCORE_MAX: Final = 100

Place = Literal["serial", "marking", "number", "component", "lot", "shared mark"]
"""Where on record a text stands; ``component`` is tier T6, ``shared mark`` tier T7."""

OFF_LIKENESS: Final[Mapping[Tier, int]] = {
    Tier.EXACT: 0,
    Tier.CANONICAL: 1,
    Tier.LATIN: 6,
    Tier.EMBEDDED: 10,
    Tier.LOOKALIKE: 12,
    Tier.PATTERN: 15,
    Tier.RESTORED: 17,
    Tier.PATTERN_LATIN: 20,
    Tier.PATTERN_LOOKALIKE: 25,
    Tier.ONE_CHARACTER: 30,
}
OFF_FURTHER_DIFFERENCE: Final = 1
FURTHER_DIFFERENCES_MAX: Final = 5

OFF_PLACE: Final[Mapping[Place, int]] = {
    "serial": 0,
    "marking": 2,
    "number": 4,
    "component": 12,
    "lot": 12,
    "shared mark": 20,
}
OFF_DIFFERS: Final[Mapping[Field, int]] = {
    "make": 20,
    "model": 8,
    "calibre": 6,
    "kind": 8,
    "year": 4,
    "country": 4,
}
OFF_NOT_ON_RECORD: Final[Mapping[Field, int]] = {
    "make": 3,
    "model": 1,
    "calibre": 1,
    "kind": 1,
    "year": 1,
    "country": 1,
}
OFF_MAY_AGREE: Final = 1
OFF_ALIKE: Final = 3
"""Of calibres alone: what a record without any costs, and half of what another one does."""


def score(likeness: Likeness, place: Place, agreements: Mapping[Field, Agreement]) -> int:
    """Give the score of a text on record, from 0 to 100."""
    further = min(max(likeness.differences - 1, 0), FURTHER_DIFFERENCES_MAX)
    off = OFF_LIKENESS[likeness.tier] + further * OFF_FURTHER_DIFFERENCE + OFF_PLACE[place]
    off += sum(_off(field, agreement) for field, agreement in agreements.items())
    return max(SCORE_MAX - off, 0)


def _off(field: Field, agreement: Agreement) -> int:
    points: Mapping[Agreement, int] = {
        "agrees": 0,
        "may agree": OFF_MAY_AGREE,
        "not on record": OFF_NOT_ON_RECORD[field],
        "alike": OFF_ALIKE,
        "differs": OFF_DIFFERS[field],
    }
    return points[agreement]
