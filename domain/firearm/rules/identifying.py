# SPDX-License-Identifier: Apache-2.0
"""Rules of damaged, restored and renewed marks, and of records that may be one firearm.

Implements rules 10 and 12 of the domain facts, section 9, and section 6: a restored text never
replaces what was seen, a registry's own number is known and names its country, and only two
persons together join or part records.
"""

from __future__ import annotations

from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.codes import MarkState
from domain.firearm.candidates import Damaged
from domain.firearm.events.identifying import (
    AdminSerialAssigned,
    ConflictSettled,
    Decided,
    DuplicateFlagged,
    DuplicateResolved,
    IdentityMerged,
    IdentitySplit,
    MarkRestored,
    NewlyMarked,
    ObliterationDiscovered,
    ReMarked,
)
from domain.firearm.state import Firearm, State
from domain.schema import value_of

RESTORED_FROM: Final[tuple[MarkState, ...]] = (
    "partly_obliterated",
    "obliterated",
    "restored",
    "re_marked",
)
RE_MARKED_FROM: Final[tuple[MarkState, ...]] = (
    "unmarked",
    "partly_obliterated",
    "obliterated",
    "restored",
    "duplicate_suspected",
    "unknown",
)
GONE: Final = ("destroyed", "record_ended")
"""Rules that are noted where a firearm is seen after its end (domain facts, section 5)."""

WITHOUT_DAMAGE: Final = ("untranslatable", "duplicate")
"""Reasons to mark a firearm anew although its marks can be read."""


def mark_is_damaged(_: State, dat: ObliterationDiscovered) -> Objection | None:
    """A mark that was tampered with is partly or wholly gone (Firearms Protocol art. 5(1)(c))."""
    if dat.mark.condition in ("partial", "obliterated"):
        return None
    return blocked(
        "mark_not_damaged",
        "The mark is described as one that was not tampered with.",
        axis="M",
        found=dat.mark.condition,
        legal=("partial", "obliterated"),
    )


def residual_agrees(_: State, dat: ObliterationDiscovered) -> Objection | None:
    """Characters that are left belong to a mark that is partly there, and to its length."""
    if dat.residual is None:
        return None
    if dat.mark.condition != "partial":
        return blocked(
            "residual_of_nothing",
            "Nothing is left of a mark that is wholly obliterated.",
            axis="M",
            found=dat.mark.condition,
            legal=("partial",),
        )
    return None if dat.residual.is_within_its_length else _beyond_length(dat.residual)


def positions_within_length(_: State, dat: MarkRestored) -> Objection | None:
    """No position lies beyond the length that the laboratory states."""
    return None if dat.restored.is_within_its_length else _beyond_length(dat.restored)


def mark_was_damaged(state: State, _: MarkRestored) -> Objection | None:
    """Only a damaged mark is restored (axis M of section 5)."""
    if state.marks in RESTORED_FROM or state.identity.tampered:
        return None
    return blocked(
        "mark_not_obliterated",
        "No damaged mark of this firearm is on record.",
        axis="M",
        found=state.marks,
        legal=RESTORED_FROM,
    )


def restored_agrees(state: State, dat: MarkRestored) -> Objection | None:
    """The serial on record is one that the restored characters admit."""
    serial = value_of(state.description.serial) if state.description else None
    if dat.kind != "manufacture" or serial is None or dat.restored.admits(serial):
        return None
    return note(
        "restored_differs",
        "The restored characters are not those of the known serial.",
        axis="M",
        found=dat.restored.pattern,
        legal=(serial,),
    )


def new_mark_needed(state: State, dat: NewlyMarked) -> Objection | None:
    """A new mark replaces one that is missing, unreadable or not unique (ITI 9)."""
    if state.marks in RE_MARKED_FROM or dat.reason in WITHOUT_DAMAGE:
        return None
    if state.import_due is not None and state.import_due.unique_mark:
        return None
    return blocked(
        "marks_in_order",
        "The marks of this firearm identify it; a new one needs a reason.",
        axis="M",
        found=state.marks,
        legal=RE_MARKED_FROM,
    )


def new_mark_legible(_: State, dat: NewlyMarked) -> Objection | None:
    """A new mark can be read and names its country (ITI 9; rule 12)."""
    if dat.mark.condition == "legible" and value_of(dat.mark.text) and dat.mark.country:
        return None
    return blocked(
        "new_mark_incomplete",
        "A new mark is legible and holds a number and its country.",
        axis="M",
        found=dat.mark.condition,
        legal=("a legible mark with text and country",),
    )


def new_mark_kind(_: State, dat: ReMarked) -> Objection | None:
    """What is marked anew is the maker's mark, cut again, or a number of the registry."""
    if dat.mark.kind in ("manufacture", "admin_serial"):
        return None
    return _mark_kind(dat.mark.kind, ("manufacture", "admin_serial"))


def admin_serial_kind(_: State, dat: AdminSerialAssigned) -> Objection | None:
    """A number of the registry's own is never passed off as the maker's."""
    if dat.mark.kind == "admin_serial":
        return None
    return _mark_kind(dat.mark.kind, ("admin_serial",))


def not_flagged_twice(state: State, dat: DuplicateFlagged) -> Objection | None:
    """One suspicion is recorded once."""
    if not set(dat.firearms) <= state.identity.duplicates:
        return None
    return note(
        "duplicate_already_flagged",
        "These records are suspected duplicates already.",
        axis="M",
        found=", ".join(dat.firearms),
        legal=("firearm.duplicate-resolved",),
    )


def duplicate_is_open(state: State, dat: DuplicateResolved) -> Objection | None:
    """What is resolved was suspected before, be it by the reason stated for a number in use."""
    unknown = sorted(set(dat.firearms) - state.identity.duplicates)
    if not unknown or state.identity.duplicate_reason:
        return None
    return blocked(
        "duplicate_not_open",
        "No duplicate with that firearm is suspected.",
        axis="M",
        found=", ".join(unknown),
        legal=tuple(sorted(state.identity.duplicates)) or ("firearm.duplicate-flagged",),
    )


def not_merged_twice(state: State, dat: IdentityMerged) -> Objection | None:
    """Records are joined once."""
    if not set(dat.firearms) <= state.identity.aliases:
        return None
    return note(
        "already_merged",
        "These records are joined to this one already.",
        axis="M",
        found=", ".join(dat.firearms),
        legal=("firearm.identity-split",),
    )


def was_merged(state: State, dat: IdentitySplit) -> Objection | None:
    """Only records that were joined are parted."""
    unknown = sorted(set(dat.firearms) - state.identity.aliases)
    if not unknown:
        return None
    return blocked(
        "not_merged",
        "That record is not joined to this one.",
        axis="M",
        found=", ".join(unknown),
        legal=tuple(sorted(state.identity.aliases)) or ("firearm.identity-merged",),
    )


def settled_once(state: State, dat: ConflictSettled) -> Objection | None:
    """A second finding about one sighting is told beside the first."""
    if dat.target not in state.identity.settled:
        return None
    return note(
        "conflict_settled_already",
        "That sighting was looked into already.",
        axis="T",
        found=dat.target,
        legal=("another sighting",),
    )


def conflict_is_open(scene: Scene, dat: ConflictSettled) -> Objection | None:
    """What is settled is a sighting of a firearm that is gone by the record."""
    firearm = scene.state if isinstance(scene.state, Firearm) else Firearm()
    noted = {each.index for each in firearm.contradictions if each.refusal.rule in GONE}
    sightings = [each.event.eid for each in firearm.entries if each.index in noted]
    if dat.target in sightings:
        return None
    return blocked(
        "conflict_unknown",
        "No event of that id tells of this firearm after its end.",
        axis="T",
        found=dat.target,
        legal=tuple(sightings) or ("a sighting after its destruction",),
    )


def others_known(scene: Scene, dat: DuplicateFlagged | Decided) -> Objection | None:
    """The other records are in the ledger, and none of them is this one."""
    if str(scene.event.sub) in dat.firearms:
        return blocked(
            "duplicate_of_itself",
            "A firearm is no duplicate of itself.",
            axis="record",
            found=str(scene.event.sub),
            legal=("another firearm on record",),
        )
    missing = next((each for each in dat.firearms if scene.other(each, Firearm) is None), None)
    if missing is None:
        return None
    return blocked(
        "firearm_unknown",
        "The ledger has no such firearm.",
        axis="record",
        found=missing,
        legal=("a firearm on record",),
    )


def two_persons_decide(scene: Scene, _: Decided | ConflictSettled) -> Objection | None:
    """Identities are settled by two persons, not by two keys of one (section 5)."""
    if scene.second_person("STW", "TRC"):
        return None
    return blocked(
        "second_person_missing",
        "This decision needs the endorsement of a second person.",
        axis="role",
        found="one person",
        legal=("endorsed by another officer in the role STW or TRC",),
    )


def _beyond_length(damaged: Damaged) -> Objection:
    return blocked(
        "position_beyond_length",
        "A position lies beyond the length that is stated.",
        axis="M",
        found=f"position {damaged.reading[-1].position}",
        legal=(f"up to {damaged.length}", "leave the length out where it is not known"),
    )


def _mark_kind(found: str, legal: tuple[str, ...]) -> Objection:
    return blocked(
        "new_mark_kind",
        "A mark of this kind does not stand for the number that it replaces.",
        axis="M",
        found=found,
        legal=legal,
    )
