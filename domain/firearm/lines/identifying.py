# SPDX-License-Identifier: Apache-2.0
"""Events of damaged, restored and renewed marks, duplicates and aliases."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects import identifying as effects
from domain.firearm.events.identifying import (
    AdminSerialAssigned,
    ConflictSettled,
    DuplicateFlagged,
    DuplicateResolved,
    IdentityMerged,
    IdentitySplit,
    MarkRestored,
    ObliterationDiscovered,
    ReMarked,
)
from domain.firearm.rules import identifying as rules
from domain.firearm.rules.common import destroyed_is_not_seen_again, not_destroyed
from domain.firearm.state import State

IDENTIFYING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.obliteration-discovered",
        source="Firearms Protocol, article 5(1)(c)",
        dat=ObliterationDiscovered,
        roles="POL LAB LIC",
        rules=(destroyed_is_not_seen_again, rules.mark_is_damaged, rules.residual_agrees),
        effect=effects.obliteration_discovered,
    ),
    Line(
        evt="firearm.mark-restored",
        source="ATF F 3312.1, part IX",
        dat=MarkRestored,
        roles="LAB",
        rules=(
            destroyed_is_not_seen_again,
            rules.mark_was_damaged,
            rules.positions_within_length,
            rules.restored_agrees,
        ),
        effect=effects.mark_restored,
    ),
    Line(
        evt="firearm.re-marked",
        source="ITI 9; WaffG 25a",
        dat=ReMarked,
        roles="LIC STK POL",
        rules=(not_destroyed, rules.new_mark_kind, rules.new_mark_legible, rules.new_mark_needed),
        effect=effects.newly_marked,
    ),
    Line(
        evt="firearm.admin-serial-assigned",
        source="ITI 9; WaffG 25a",
        dat=AdminSerialAssigned,
        roles="LIC STK POL",
        rules=(
            not_destroyed,
            rules.admin_serial_kind,
            rules.new_mark_legible,
            rules.new_mark_needed,
        ),
        effect=effects.newly_marked,
    ),
    Line(
        evt="firearm.duplicate-flagged",
        source="WaffRG 10(3)",
        dat=DuplicateFlagged,
        roles="STW TRC",
        rules=(not_destroyed, rules.not_flagged_twice),
        checks=(rules.others_known,),
        effect=effects.duplicate_flagged,
        links=("firearms",),
    ),
    Line(
        evt="firearm.duplicate-resolved",
        source="WaffRG 10(3)",
        dat=DuplicateResolved,
        roles="STW TRC",
        rules=(not_destroyed, rules.duplicate_is_open),
        checks=(rules.others_known, rules.two_persons_decide),
        effect=effects.duplicate_resolved,
        links=("firearms",),
    ),
    Line(
        evt="firearm.identity-merged",
        source="WaffRG 10(3)",
        dat=IdentityMerged,
        roles="STW TRC",
        rules=(rules.not_merged_twice,),
        checks=(rules.others_known, rules.two_persons_decide),
        effect=effects.identity_merged,
        links=("firearms",),
    ),
    Line(
        evt="firearm.identity-split",
        source="WaffRG 10(3)",
        dat=IdentitySplit,
        roles="STW TRC",
        rules=(rules.was_merged,),
        checks=(rules.others_known, rules.two_persons_decide),
        effect=effects.identity_split,
        links=("firearms",),
    ),
    Line(
        evt="firearm.conflict-settled",
        source="WaffRG 10(2); Firearms Protocol, article 7",
        dat=ConflictSettled,
        roles="STW TRC",
        rules=(rules.settled_once,),
        checks=(rules.conflict_is_open, rules.two_persons_decide),
        effect=effects.conflict_settled,
    ),
)
"""In the order of a firearm's life."""
