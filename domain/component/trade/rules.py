# SPDX-License-Identifier: Apache-2.0
"""What must be true of a loose component for its events, beyond what holds for firearms too.

Implements rules 7, 13 and 15 of the domain facts, section 9, from the side of the part. Rules
that a component shares with a firearm are those of the firearm.
"""

from __future__ import annotations

from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.aggregate.scene import Scene
from domain.component.rules import not_destroyed
from domain.component.state import Component
from domain.component.trade.events import (
    AlertCleared,
    Deactivated,
    Exported,
    Found,
    Returned,
    Seized,
    Transferred,
)
from domain.firearm.rules.alerting import is_over
from domain.firearm.rules.seizing import description_differs
from domain.occurrence import parse_occurrence
from domain.schema import Closed

RECOVERED_BY: Final = ("component.found", "component.seized")


def destroyed_is_not_seen_again(state: Component, dat: Closed) -> Objection | None:
    """A sighting of a destroyed component opens a conflict; it is never turned away."""
    objection = not_destroyed(state, dat)
    return Objection(objection.refusal, blocks=False) if objection else None


def thought_installed(state: Component, _: Closed) -> Objection | None:
    """What turns up alone, or is missed alone, left the firearm that it was in."""
    if state.firearm is None:
        return None
    return note(
        "removal_not_recorded",
        "It was in a firearm, and no removal was recorded.",
        axis="C",
        found=state.firearm,
        legal=("component.removed",),
    )


def described_as_registered(state: Component, dat: Found | Seized) -> Objection | None:
    """What is in hand looks like what was registered."""
    return description_differs(state, dat.described)


def holding_agrees(state: Component, dat: Transferred) -> Objection | None:
    """The holding it leaves is the one recorded last."""
    if dat.from_hld is None or state.holding in (None, dat.from_hld):
        return None
    return note(
        "holding_differs",
        "It leaves another holding than the one recorded last.",
        axis="H",
        found=dat.from_hld,
        legal=(str(state.holding),),
    )


def owner_agrees(state: Component, dat: Returned) -> Objection | None:
    """It goes back to the holding it came from."""
    if state.holding in (None, dat.hld):
        return None
    return note(
        "holding_differs",
        "It goes to another holding than the one recorded last.",
        axis="H",
        found=dat.hld,
        legal=(str(state.holding),),
    )


def not_gone_already(state: Component, _: Exported) -> Objection | None:
    """What left before came back before it leaves again."""
    if state.custody != "transit":
        return None
    return note(
        "return_not_recorded",
        "It was abroad, and no return or import was recorded.",
        axis="C",
        found=state.custody,
        legal=("component.imported",),
    )


def clearing_follows_recovery(state: Component, dat: AlertCleared) -> Objection | None:
    """A flag closes once the component came to hand, unless it was listed in error (rule 13)."""
    if is_over(state, dat):
        return None
    return blocked(
        "not_recovered",
        f"It is listed as {dat.flag}, and no find or seizure was recorded since.",
        axis="A",
        found=dat.flag,
        legal=RECOVERED_BY,
    )


def can_be_deactivated(state: Component, _: Deactivated) -> Objection | None:
    """What is inoperable already is not made so again."""
    if state.technical != "deactivated":
        return None
    return blocked(
        "technical_state",
        "What this component is technically does not allow this event.",
        axis="T",
        found=state.technical,
        legal=("unfinished", "complete", "unknown"),
    )


def forfeiture_is_final(scene: Scene, _: Closed) -> Objection | None:
    """While an appeal is possible nobody destroys what was forfeited (rule 15)."""
    order = scene.state.forfeiture if isinstance(scene.state, Component) else None
    if order is None or order.final:
        return None
    until = parse_occurrence(order.appeal_until or "unknown")
    if until.certainly_before(scene.event.occ):
        return None
    return blocked(
        "forfeiture_not_final",
        "The order of forfeiture can still be appealed.",
        axis="A",
        found=f"appeal until {until}",
        legal=("record the final order", "destroy it after the end of appeal"),
    )


def deactivator_endorses(scene: Scene, _: Deactivated) -> Objection | None:
    """Another person made it inoperable, and stands for that (rule 7; 2015/2403 art. 3)."""
    if scene.second_person("DEA"):
        return None
    return blocked(
        "deactivator_missing",
        "A deactivation needs the endorsement of another person, the deactivator.",
        axis="T",
        found="one person",
        legal=("endorsed by another officer in the role DEA",),
    )
