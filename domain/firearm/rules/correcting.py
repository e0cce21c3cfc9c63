# SPDX-License-Identifier: Apache-2.0
"""Who may put a record right, and what may not depend on it.

Implements the column "by" of Corrected and Reversed in the domain facts, section 5: the role
that could have recorded the event, and beside it the data steward for a correction and the
licensing authority for a reversal; "two-person" of what two persons decided; and "no later
dependent event".
"""

from __future__ import annotations

from domain.aggregate.correcting import (
    DATA_STEWARD,
    entries_of,
    entry_of,
    not_answered_for,
)
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.events.correcting import Corrected, Reversed


def corrector_answers_for_it(scene: Scene, dat: Corrected) -> Objection | None:
    """Who corrects an event could have recorded it, or is a data steward; two, if it takes two."""
    return not_answered_for(scene, dat.target, also=DATA_STEWARD)


def reverser_answers_for_it(scene: Scene, dat: Reversed) -> Objection | None:
    """Who reverses an event could have recorded it, or licenses; two, if it takes two."""
    return not_answered_for(scene, dat.target, also="LIC")


def nothing_depends_on_it(scene: Scene, dat: Reversed) -> Objection | None:
    """Refuse a reversal where another record has named the firearm since."""
    target = entry_of(entries_of(scene.state), dat.target)
    if target is None or scene.named <= target.index:
        return None
    return blocked(
        "reversal_depended_on",
        "Another record has named this firearm since that event, and may rest on it.",
        axis="record",
        found=f"entry {scene.named}",
        legal=("firearm.corrected",),
    )
