# SPDX-License-Identifier: Apache-2.0
"""What must be true of a component, and of the firearm that it goes into, for an event.

Implements rules 8 and 9 of the domain facts, section 9, from the side of the part: a leading
part goes into a firearm only where the firearm's record names it. Rules about the firearm's own
events are in ``domain.firearm.rules.altering``.
"""

from __future__ import annotations

from domain.aggregate.objection import Objection, blocked, momentary
from domain.aggregate.scene import Scene
from domain.component.events import Destroyed, Installed, Manufactured, Registered, Removed
from domain.component.state import Component
from domain.component.whereabouts import place_of
from domain.firearm.identity import leads
from domain.firearm.rules.common import is_coded
from domain.firearm.state import Firearm, State
from domain.schema import Closed, value_of


def bears_a_mark(_: Component, dat: Manufactured) -> Objection | None:
    """A new component bears maker and number, or symbols with a code (Directive art. 4(1))."""
    named = value_of(dat.make) and value_of(dat.serial)
    if named or any(is_coded(mark, country=dat.country) for mark in dat.marks):
        return None
    return blocked(
        "component_mark_incomplete",
        "The mark of a new component holds its maker and a number, or symbols and a code.",
        axis="M",
        found="incomplete",
        legal=("maker and serial", "symbols, a code and the country"),
    )


def not_destroyed(state: Component, _: Closed) -> Objection | None:
    """Nothing more happens to a component that was destroyed."""
    if state.technical != "destroyed":
        return None
    return blocked(
        "component_destroyed",
        "This component is recorded as destroyed.",
        axis="T",
        found="destroyed",
        legal=("unfinished", "complete", "deactivated", "unknown"),
    )


def is_loose(scene: Scene, dat: Closed) -> Objection | None:
    """A component is in one firearm at a time, and leaves it before anything else happens."""
    own = _own(scene)
    place = place_of(scene, str(scene.event.sub), own)
    # What a firearm's event put in is said again by the component's own record, once.
    said_again = isinstance(dat, Installed) and place == dat.firearm != own.firearm
    if place is None or said_again:
        return None
    return momentary(
        blocked(
            "component_installed",
            "This component is recorded as part of a firearm.",
            axis="C",
            found=place,
            legal=("component.removed",),
        )
    )


def is_in_it(scene: Scene, dat: Removed) -> Objection | None:
    """A component leaves the firearm that it was in."""
    own = _own(scene)
    place = place_of(scene, str(scene.event.sub), own)
    if dat.firearm in (own.firearm, place):
        return None
    return momentary(
        blocked(
            "component_not_installed",
            "This component is not recorded as part of that firearm.",
            axis="C",
            found=place or "loose",
            legal=(dat.firearm,),
        )
    )


def firearm_known(scene: Scene, dat: Registered) -> Objection | None:
    """The firearm that a record names is in the ledger."""
    if dat.firearm is None or scene.other(dat.firearm, Firearm) is not None:
        return None
    return _unknown(dat.firearm)


def firearm_takes_it(scene: Scene, dat: Installed) -> Objection | None:
    """The firearm exists, goes on under its identity, and has this leading part if any."""
    firearm = scene.other(dat.firearm, Firearm)
    if firearm is None:
        return _unknown(dat.firearm)
    state = firearm.state
    if state.technical == "destroyed" or state.identity.ended:
        return momentary(
            blocked(
                "firearm_ended",
                "Nothing is installed in a firearm that was destroyed or whose record has ended.",
                axis="T",
                found=state.identity.ended or "destroyed",
                legal=("complete", "unfinished", "deactivated"),
            )
        )
    return _other_leading_part(state, _own(scene).part, own=str(scene.event.sub))


def witnessed(scene: Scene, _: Destroyed) -> Objection | None:
    """A second person stands for the destruction (MOSAIC 05.50; rule 16)."""
    if scene.second_person("DST", "POL", "EVC"):
        return None
    return blocked(
        "witness_missing",
        "A destruction needs the endorsement of a second person as its witness.",
        axis="role",
        found="one person",
        legal=("endorsed by another officer in the role DST, POL or EVC",),
    )


def _own(scene: Scene) -> Component:
    return scene.state if isinstance(scene.state, Component) else Component()


def _other_leading_part(state: State, part: str, *, own: str) -> Objection | None:
    """Rule 9: a leading part changes by an event of the firearm, which settles its identity."""
    identity = state.identity
    if not leads(identity, part) or identity.leading_component == own:
        return None
    return momentary(
        blocked(
            "leading_part_differs",
            "The firearm's record does not name this component as its leading part.",
            axis="T",
            found=identity.leading_component or "no leading component on record",
            legal=("name it when the firearm is recorded", "firearm.leading-component-replaced"),
        )
    )


def _unknown(firearm: str) -> Objection:
    return blocked(
        "firearm_unknown",
        "The ledger has no such firearm.",
        axis="record",
        found=firearm,
        legal=("a firearm on record",),
    )
