# SPDX-License-Identifier: Apache-2.0
"""Rules of making and marking (rules 2, 3, 4 and 9 of the domain facts, section 9)."""

from __future__ import annotations

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.component.fitting import fits
from domain.firearm.events.common import Description
from domain.firearm.events.making import (
    Manufactured,
    Marked,
    ProductionPlanned,
    ProofTested,
    Registered,
)
from domain.firearm.rules.common import is_coded
from domain.firearm.state import BLANK, Firearm, State
from domain.markings import canonical
from domain.refusal import Refusal
from domain.schema import value_of


def mark_complete(_: State, dat: Manufactured) -> Objection | None:
    """A new firearm bears maker, country and serial, or symbols with a code (rule 2)."""
    named = value_of(dat.make) and value_of(dat.serial) and dat.country != "unknown"
    coded = any(is_coded(mark) for mark in dat.markings if mark.kind == "manufacture")
    return None if named or coded else _incomplete("manufacture")


def mark_identifies(_: State, dat: Marked) -> Objection | None:
    """A mark names what its kind demands (rules 2, 3 and 4)."""
    mark = dat.mark
    if mark.kind == "manufacture":
        named = mark.maker and mark.country and value_of(mark.text)
        return None if named or is_coded(mark) else _incomplete("manufacture")
    if mark.kind in ("import", "civil_transfer") and mark.country is None:
        return _incomplete(mark.kind.replace("_", " "))
    return None


def serial_is_the_mark(_: State, dat: Description) -> Objection | None:
    """The serial of the description is the one of the manufacture mark, if both are known."""
    serial = value_of(dat.serial)
    seen = [value_of(mark.text) for mark in dat.markings if mark.kind == "manufacture"]
    keys = {canonical(text) for text in seen if text}
    if serial is None or not keys or any(canonical(serial) in key for key in keys):
        return None
    return note("serial_differs", "The serial is not the one of the manufacture mark.")


def nothing_before(state: State, _: Manufactured | ProductionPlanned) -> Objection | None:
    """Nothing but its planning happens to a firearm before it is made."""
    if state is BLANK or state.technical == "planned":
        return None
    return note("before_manufacture", "Other events are dated before the manufacture.")


def can_be_proved(state: State, _: ProofTested) -> Objection | None:
    """A proof house fires what is finished, or lacks nothing but its proof (C.I.P.)."""
    if state.technical in ("complete", "unfinished"):
        return None
    return blocked(
        "proof_state",
        "Only a complete firearm, or one that lacks nothing but its proof, is proved.",
        axis="T",
        found=state.technical,
        legal=("complete", "unfinished"),
    )


def proof_marks_agree(_: State, dat: ProofTested) -> Objection | None:
    """Only what passed bears a proof mark, and a proof house strikes no other kind."""
    if any(mark.kind != "proof" for mark in dat.markings):
        return note("proof_mark_kind", "A mark recorded with the proof is not a proof mark.")
    if dat.markings and not dat.passed:
        return note("proof_mark_without_pass", "It bears a proof mark although it failed.")
    return None


def leading_component_fits(scene: Scene, dat: Manufactured | Registered) -> Objection | None:
    """The leading part that it names exists, and is in no other firearm (rule 8)."""
    return fits(scene, dat.leading_component, dat.leading_part)


def predecessor_ended(scene: Scene, dat: Manufactured) -> Objection | None:
    """A firearm continues only one whose record ended and names it (rule 9)."""
    if dat.predecessor is None:
        return None
    before = scene.other(dat.predecessor, Firearm)
    named = before.state.identity.successor if before else None
    if named == str(scene.event.sub):
        return None
    return blocked(
        "predecessor_differs",
        "The predecessor does not name this firearm as its successor.",
        axis="T",
        found=named or "no successor on record",
        legal=("firearm.leading-component-replaced on the predecessor first",),
    )


def _incomplete(kind: str) -> Objection:
    refusal = Refusal(
        rule="mark_incomplete",
        sentence=f"The {kind} mark does not hold what the law demands of it.",
        axis="M",
        found="incomplete",
        legal=("maker, country and serial", "symbols and a code", "country"),
    )
    return Objection(refusal)
