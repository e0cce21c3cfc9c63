# SPDX-License-Identifier: Apache-2.0
"""Rules of seizure and of evidence custody."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.circulation.things import Circulating, Identified
from domain.firearm.events.common import Observation
from domain.firearm.events.losing import CameToHand
from domain.firearm.events.seizing import CustodyMoved, Examined, Seized
from domain.firearm.rules.common import (
    destroyed_is_not_seen_again,
    not_released,
    same_text,
)
from domain.firearm.state import State
from domain.refusal import Refusal
from domain.schema import Closed, Stated, value_of

HANDED_OVER_IN: Final = ("evidence", "official_safekeeping")
HANDS: Final = ("EVC", "POL", "CUS", "LAB", "CRT", "DST")
"""Roles in which evidence is taken over, or given, by the second of the two."""


def not_already_seized(state: Circulating, _: Closed) -> Objection | None:
    """A second seizure is real, for example of a police gun; its release was not recorded."""
    return Objection(not_released(state), blocks=False) if "seized" in state.alerts else None


def description_agrees(state: State, dat: Seized | CameToHand | Examined) -> Objection | None:
    """What is in hand looks like what was registered."""
    return description_differs(state.description, dat.described)


def custody_is_official(state: State, _: CustodyMoved) -> Objection | None:
    """Evidence custody moves only what is in evidence or official safekeeping."""
    if state.custody in HANDED_OVER_IN:
        return None
    refusal = Refusal(
        rule="custody_state",
        sentence="Only a firearm in evidence or official safekeeping moves between custodians.",
        axis="C",
        found=state.custody,
        legal=HANDED_OVER_IN,
    )
    return Objection(refusal)


def examined_in_custody(state: State, dat: Examined) -> Objection | None:
    """A laboratory examines what an authority holds; a destroyed firearm on its table is noted."""
    if state.custody in HANDED_OVER_IN or destroyed_is_not_seen_again(state, dat):
        return None
    return blocked(
        "examination_custody",
        "Only a firearm in evidence or official safekeeping is examined.",
        axis="C",
        found=state.custody,
        legal=HANDED_OVER_IN,
    )


def custodian_agrees(state: State, dat: CustodyMoved) -> Objection | None:
    """Whoever had it hands it over; where a register taken over says otherwise, that is noted."""
    giver = value_of(dat.from_custodian)
    if giver is None or state.custodian is None or same_text(giver, state.custodian):
        return None
    objection = other_custodian(giver, known=state.custodian)
    return replace(objection, blocks=dat.source is None)


def other_custodian(found: str, *, known: str) -> Objection:
    """Note that another custodian should have had it."""
    return note(
        "custodian_differs",
        "Another custodian had it by the entry before.",
        axis="C",
        found=found,
        legal=(known,),
    )


def both_sign(scene: Scene, dat: CustodyMoved) -> Objection | None:
    """Who gives it and who takes it both sign; a row of a register that is taken over has one."""
    if dat.source is not None or scene.second_person(*HANDS):
        return None
    return blocked(
        "second_person_missing",
        "Evidence is handed over by two persons, and both sign.",
        axis="role",
        found="one person",
        legal=HANDS,
    )


def description_differs(before: Identified | None, now: Observation | None) -> Objection | None:
    """Note in what two descriptions cannot be of one thing."""
    if before is None or now is None:
        return None
    differing = differing_members(before, now)
    if not differing:
        return None
    return note(
        "description_differs",
        f"It was described differently before: {', '.join(differing)}.",
        axis="description",
        found=", ".join(_said(now, name) for name in differing),
        legal=tuple(_said(before, name) for name in differing),
    )


def differing_members(before: Identified, now: Observation) -> list[str]:
    """Name the members in which two descriptions cannot be of one thing."""
    pairs: tuple[tuple[str, Stated, Stated | None], ...] = (
        ("make", before.make, now.make),
        ("model", before.model, now.model),
        ("calibre", before.calibre, now.calibre),
        ("serial", before.serial, now.serial),
    )
    return [name for name, old, new in pairs if new is not None and not values_agree(old, new)]


def _said(described: Identified | Observation, name: str) -> str:
    return f"{name} {value_of(getattr(described, name))}"


def values_agree(old: Stated, new: Stated) -> bool:
    """Tell whether two values may be one; what is not known agrees with everything."""
    first, second = value_of(old), value_of(new)
    return first is None or second is None or same_text(first, second)
