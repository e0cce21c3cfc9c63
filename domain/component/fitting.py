# SPDX-License-Identifier: Apache-2.0
"""What a firearm's event demands of the components that it names.

Implements the precondition "parts registered" of the domain facts, section 5 (ComponentReplaced,
LeadingComponentReplaced, Dismantled): a component that is named exists, was not destroyed, and is
in no other firearm, by its own record or by that of the other firearm. The component's own events
are in ``domain.component.table``.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.aggregate.objection import Objection, blocked, momentary
from domain.aggregate.scene import Scene
from domain.component.parts import PartKind
from domain.component.state import Component
from domain.component.whereabouts import place_of
from domain.firearm.rules.common import alerts_clear


def fits(scene: Scene, component: str | None, part: PartKind | None = None) -> Objection | None:
    """Tell what is against a component, which may be absent, as part of this firearm.

    Args:
        scene: The firearm's event.
        component: The component that it names.
        part: The kind that it should be, where the event says so.
    """
    if component is None:
        return None
    known = scene.other(component, Component)
    if known is None:
        return _unknown(component)
    if part is not None and known.part != part:
        return _other_kind(known.part, part)
    if known.technical == "destroyed":
        return _destroyed(component)
    place = place_of(scene, component, known)
    if place is not None:  # what is taken out of a firearm may be listed or held
        return None if place == str(scene.event.sub) else _elsewhere(place)
    listed = alerts_clear(known, scene.event.dat)
    return momentary(listed) if listed else None


def all_fit(scene: Scene, components: Iterable[str]) -> Objection | None:
    """Tell what is against the first of some components that does not fit."""
    objections = (fits(scene, each) for each in components)
    return next((each for each in objections if each is not None), None)


def _unknown(component: str) -> Objection:
    return blocked(
        "component_unknown",
        "The ledger has no such component.",
        axis="record",
        found=component,
        legal=("component.manufactured", "component.registered", "no component named"),
    )


def _destroyed(component: str) -> Objection:
    return momentary(
        blocked(
            "component_destroyed",
            "The component is recorded as destroyed.",
            axis="T",
            found=component,
            legal=("a component that was not destroyed",),
        )
    )


def _elsewhere(firearm: str) -> Objection:
    return momentary(
        blocked(
            "component_elsewhere",
            "The component is recorded as part of another firearm.",
            axis="C",
            found=firearm,
            legal=("component.removed", "take it out of that firearm"),
        )
    )


def _other_kind(found: PartKind, wanted: PartKind) -> Objection:
    return blocked(
        "component_kind",
        "The component is recorded as a part of another kind.",
        axis="T",
        found=found,
        legal=(wanted,),
    )
