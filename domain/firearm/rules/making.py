# SPDX-License-Identifier: Apache-2.0
"""Rules of making and marking (rules 2, 3, 4 and 9 of the domain facts, section 9)."""

from __future__ import annotations

from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.component.events import Manufactured as PartManufactured
from domain.component.fitting import fits
from domain.firearm.axes.combinations import impossible
from domain.firearm.effects.making import registered
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

ANTIQUE_YEAR_MAX: Final = 1899


def mark_complete(_: State, dat: Manufactured) -> Objection | None:
    """A new firearm bears maker, country and serial, or symbols with a code of it (rule 2)."""
    country = None if dat.country == "unknown" else dat.country
    named = value_of(dat.make) and value_of(dat.serial) and country
    made = (mark for mark in dat.markings if mark.kind == "manufacture")
    coded = any(is_coded(mark, country=country) for mark in made)
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


def mark_is_there(_: State, dat: Marked) -> Objection | None:
    """A mark that is applied is there; one that is gone is an observation."""
    if dat.mark.condition not in ("none", "obliterated"):
        return None
    return blocked(
        "mark_not_there",
        "A mark that is applied cannot be missing or obliterated.",
        axis="M",
        found=dat.mark.condition,
        legal=("legible", "firearm.obliteration-discovered"),
    )


def serial_is_the_mark(_: State, dat: Description) -> Objection | None:
    """The serial of the description is the one of the manufacture mark, if both are known."""
    serial = value_of(dat.serial)
    seen = [value_of(mark.text) for mark in dat.markings if mark.kind == "manufacture"]
    keys = {canonical(text) for text in seen if text}
    if serial is None or not keys or any(canonical(serial) in key for key in keys):
        return None
    return note(
        "serial_differs",
        "The serial is not the one of the manufacture mark.",
        axis="M",
        found=serial,
        legal=tuple(text for text in seen if text),
    )


def axes_agree(state: State, dat: Registered) -> Objection | None:
    """What an older record says of one firearm can be true together (axes of section 5)."""
    refusal = impossible(state.axes, registered(state, dat).axes)
    return Objection(refusal) if refusal else None


def antique_is_old(_: State, dat: Description) -> Objection | None:
    """Nothing made after 1899 is an antique, whatever a law says (Firearms Protocol, art. 3(a))."""
    if not dat.antique or dat.year == "unknown" or dat.year <= ANTIQUE_YEAR_MAX:
        return None
    return blocked(
        "antique_year",
        "Nothing made after 1899 is an antique.",
        axis="year",
        found=str(dat.year),
        legal=(f"up to {ANTIQUE_YEAR_MAX}", "antique: false"),
    )


def nothing_before(state: State, _: Manufactured | ProductionPlanned) -> Objection | None:
    """Nothing but its planning happens to a firearm before it is made."""
    if state is BLANK or (state.technical == "planned" and not state.alerts):
        return None
    return note(
        "before_manufacture",
        "Other events are dated before the manufacture.",
        axis="T",
        found=state.technical,
        legal=("planned", "no event before"),
    )


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
        return note(
            "proof_mark_kind",
            "A mark recorded with the proof is not a proof mark.",
            axis="M",
            found=", ".join(sorted({mark.kind for mark in dat.markings})),
            legal=("proof",),
        )
    if dat.markings and not dat.passed:
        return note(
            "proof_mark_without_pass",
            "It bears a proof mark although it failed.",
            axis="M",
            found="proof",
            legal=("no proof mark", "passed: true"),
        )
    return None


def leading_component_fits(scene: Scene, dat: Manufactured | Registered) -> Objection | None:
    """The leading part that it names exists, and is in no other firearm (rule 8)."""
    return fits(scene, dat.leading_component, dat.leading_part)


def made_by_then(scene: Scene, dat: Manufactured | PartManufactured) -> Objection | None:
    """Nothing is made in a year that had not begun when it was made."""
    occ = scene.event.occ
    if not isinstance(dat.year, int) or occ.precision == "unknown":
        return None
    year = int(occ.text[:4])
    if dat.year <= year:
        return None
    return blocked(
        "year_after_event",
        "The year of manufacture comes after the day on which it was made.",
        axis="year",
        found=str(dat.year),
        legal=(f"up to {year}", "unknown"),
    )


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
        legal=("maker, country and serial", "symbols, a code and the country", "country"),
    )
    return Objection(refusal)
