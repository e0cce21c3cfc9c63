# SPDX-License-Identifier: Apache-2.0
"""In which firearm a component is, by its own record and by the records of the firearms.

A firearm's event that puts a part in or takes it out says so once; nobody has to say it again in
the part's own stream (rules 8 and 9 of the domain facts, section 9). Whatever the log learned
last counts. A firearm that ended because of a new leading part leaves that part to its successor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from domain.aggregate.recorded import Entry
from domain.aggregate.scene import Scene
from domain.component.events import Destroyed, Installed, Registered, Removed
from domain.component.state import Component
from domain.component.trade.events import Found, Imported, LostReported, Seized, StolenReported
from domain.event import Event
from domain.firearm.events.altering import (
    ComponentReplaced,
    Dismantled,
    LeadingComponentReplaced,
)
from domain.firearm.events.making import Manufactured
from domain.firearm.events.making import Registered as FirearmRegistered
from domain.firearm.state import Firearm

Place: TypeAlias = str | None
"""A firearm, or nothing for a component that is loose."""

NAMED_BY_FIREARMS: Final = (("cmp", "firearm."),)
"""Whatever asks where a component is asks which firearms name it."""

_ALONE: Final = (
    Removed, Destroyed, LostReported, StolenReported, Found, Seized, Imported,
)  # fmt: skip
"""What happens to a component that is in no firearm, or not any more."""


def place_of(scene: Scene, component: str, record: Component) -> Place:
    """Tell in which firearm a component is before the event of a scene.

    Args:
        scene: An event whose checks may ask which firearms name the component.
        component: Its identifier.
        record: Its own record.
    """
    return place_by(component, _told(scene, component, record))


def place_by(component: str, entries: Iterable[Entry]) -> Place:
    """Tell in which firearm a component is by entries of its own record and those of firearms."""
    return max(_places(component, entries), default=(-1, None), key=lambda fact: fact[0])[1]


def was_installed(scene: Scene, component: str, record: Component) -> bool | None:
    """Tell whether a component was ever in a firearm; nothing where nobody knows.

    Args:
        scene: An event whose checks may ask which firearms name the component.
        component: Its identifier.
        record: Its own record.
    """
    if any(place for _, place in _places(component, _told(scene, component, record))):
        return True
    return record.installed_before


def placed(event: Event) -> Iterator[tuple[str, Place]]:
    """Give which components an event puts where, whether it is of a component or a firearm."""
    own, dat = str(event.sub), event.dat
    match dat:
        case ComponentReplaced() | LeadingComponentReplaced():
            if dat.component_out is not None:
                yield dat.component_out, None
            if dat.component_in is not None:
                yield dat.component_in, getattr(dat, "successor", None) or own
        case Manufactured() | FirearmRegistered() if dat.leading_component is not None:
            yield dat.leading_component, own
        case Dismantled():
            yield from ((component, None) for component in dat.components)
        case Installed() | Registered() if dat.firearm is not None:
            yield own, dat.firearm
        case _ if isinstance(dat, _ALONE):
            yield own, None


def _told(scene: Scene, component: str, record: Component) -> tuple[Entry, ...]:
    firearms = scene.naming(component, Firearm)
    return (*record.entries, *(entry for each in firearms for entry in each.entries))


def _places(component: str, entries: Iterable[Entry]) -> Iterator[tuple[int, Place]]:
    return (
        (entry.index, place)
        for entry in entries
        if entry.stands
        for named, place in placed(entry.effective)
        if named == component
    )
