# SPDX-License-Identifier: Apache-2.0
"""What a stocktake must state: numbers that its lists explain, and firearms that are on record."""

from __future__ import annotations

from collections import Counter

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.state import Firearm
from domain.stocktake.events import Recorded


def listed_once(_: object, dat: Recorded) -> Objection | None:
    """A firearm is missing or too much, and stands on one list once."""
    counts = Counter((*dat.missing, *dat.surplus))
    twice = sorted(each for each, count in counts.items() if count > 1)
    if not twice:
        return None
    return blocked(
        "stocktake_listed_twice",
        "A firearm is listed more than once.",
        axis="firearms",
        found=", ".join(twice),
        legal=("missing", "surplus"),
    )


def count_balances(_: object, dat: Recorded) -> Objection | None:
    """What was expected, less what is missing, with what is too much, is what was counted."""
    more = len(dat.surplus) + len(dat.unidentified)
    due = dat.expected - len(dat.missing) + more
    if due == dat.counted:
        return None
    return blocked(
        "stocktake_count",
        "The lists do not explain the difference between what was expected and what was counted.",
        axis="quantity",
        found=f"{dat.counted} counted",
        legal=(f"{due}, as {dat.expected} less {len(dat.missing)} missing and {more} too much",),
    )


def firearms_known(scene: Scene, dat: Recorded) -> Objection | None:
    """Every firearm that is listed is on record; one that is not is described as it was seen."""
    listed = (*dat.missing, *dat.surplus)
    unknown = next((each for each in listed if scene.other(each, Firearm) is None), None)
    if unknown is None:
        return None
    return blocked(
        "firearm_unknown",
        "The ledger has no such firearm.",
        axis="firearms",
        found=unknown,
        legal=("describe it under unidentified",),
    )
