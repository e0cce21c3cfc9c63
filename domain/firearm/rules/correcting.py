# SPDX-License-Identifier: Apache-2.0
"""Who may put a record right, and what may not depend on it.

Implements the column "by" of Corrected and Reversed in the domain facts, section 5: the role
that could have recorded the event, and beside it the data steward for a correction and the
licensing authority for a reversal; and "no later dependent event".
"""

from __future__ import annotations

from domain.aggregate.correcting import DATA_STEWARD, entry_of, not_original
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.state import Entry, Firearm


def corrector_answers_for_it(scene: Scene, dat: Corrected) -> Objection | None:
    """Refuse the correction of an event that the signer's role could not have recorded."""
    return not_original(scene, _target(scene, dat.target), also=DATA_STEWARD)


def reverser_answers_for_it(scene: Scene, dat: Reversed) -> Objection | None:
    """Refuse the reversal of an event that the signer's role could not have recorded."""
    return not_original(scene, _target(scene, dat.target), also="LIC")


def nothing_depends_on_it(scene: Scene, dat: Reversed) -> Objection | None:
    """Refuse a reversal where another record has named the firearm since."""
    target = _target(scene, dat.target)
    if target is None or scene.named <= target.index:
        return None
    return blocked(
        "reversal_depended_on",
        "Another record has named this firearm since that event, and may rest on it.",
        found=f"entry {scene.named}",
        legal=("firearm.corrected",),
    )


def _target(scene: Scene, eid: str) -> Entry | None:
    return entry_of(scene.state.entries if isinstance(scene.state, Firearm) else (), eid)
