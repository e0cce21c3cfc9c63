# SPDX-License-Identifier: Apache-2.0
"""In which firearm a component is, by its own record and by the records of the firearms.

A firearm's event that puts a part in or takes it out says so once; nobody has to say it again in
the part's own stream (rules 8 and 9 of the domain facts, section 9). Whatever the log learned
last counts. A firearm that ended because of a new leading part leaves that part to its successor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from domain.aggregate.scene import Scene
from domain.component.events import Destroyed, Installed, Registered, Removed
from domain.component.state import Component
from domain.component.trade.events import Found, Imported, LostReported, Seized, StolenReported
from domain.firearm.events.altering import (
    ComponentReplaced,
    Dismantled,
    LeadingComponentReplaced,
)
from domain.firearm.events.making import Manufactured
from domain.firearm.events.making import Registered as FirearmRegistered
from domain.firearm.state import Firearm
from domain.schema import Closed

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
    return max(_told(scene, component, record), default=(-1, None), key=lambda fact: fact[0])[1]


def was_installed(scene: Scene, component: str, record: Component) -> bool | None:
    """Tell whether a component was ever in a firearm; nothing where nobody knows.

    Args:
        scene: An event whose checks may ask which firearms name the component.
        component: Its identifier.
        record: Its own record.
    """
    if any(place for _, place in _told(scene, component, record)):
        return True
    return record.installed_before


def _told(scene: Scene, component: str, record: Component) -> tuple[tuple[int, Place], ...]:
    return (*_own(record), *_of(scene.naming(component, Firearm), component))


def _own(record: Component) -> Iterator[tuple[int, Place]]:
    for entry in record.entries:
        dat = entry.effective.dat
        if isinstance(dat, _ALONE):
            yield entry.index, None
        elif isinstance(dat, Installed | Registered) and dat.firearm is not None:
            yield entry.index, dat.firearm


def _of(firearms: Iterable[Firearm], component: str) -> Iterator[tuple[int, Place]]:
    for firearm in firearms:
        for entry in firearm.entries:
            own = str(entry.event.sub)
            for place in _said(entry.effective.dat, component, own) if entry.stands else ():
                yield entry.index, place


def _said(dat: Closed, component: str, own: str) -> Iterator[Place]:
    """Give where an event of a firearm puts a component, if it names it."""
    match dat:
        case ComponentReplaced() | LeadingComponentReplaced():
            if component == dat.component_out:
                yield None
            if component == dat.component_in:
                yield getattr(dat, "successor", None) or own
        case Manufactured() | FirearmRegistered() if component == dat.leading_component:
            yield own
        case Dismantled() if component in dat.components:
            yield None
