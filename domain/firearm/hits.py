# SPDX-License-Identifier: Apache-2.0
"""Hits: an event touches a firearm or component that somebody listed as lost, stolen or sought.

Implements "hits" of the domain facts, sections 4 (iARMS, NCIC) and 5: a find or a seizure does
not clear an alert by itself (rule 13 of section 9); whoever records it learns who listed it. An
event touches what its own stream is about, the firearms and components that it names, and the
records that are or may be the same firearm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.aggregate.naming import linked
from domain.codes import Alert
from domain.component.state import Component
from domain.event import Event
from domain.firearm.claims import counterparts
from domain.firearm.state import Firearm

LISTINGS: Final[dict[str, Alert]] = {
    "firearm.lost-reported": "lost",
    "firearm.stolen-reported": "stolen",
    "firearm.sought": "sought",
    "component.lost-reported": "lost",
    "component.stolen-reported": "stolen",
}
"""Which event opens which alert that somebody waits to hear of."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An open alert on a firearm or component that an event touches.

    Attributes:
        alert: What it is listed as.
        authority: Who listed it, and wants to know.
        index: Log index of the listing.
        record: What it lists, a firearm or a component.
    """

    alert: Alert
    authority: str
    index: int
    record: str


def hits(record: Firearm | Component) -> tuple[Hit, ...]:
    """Give the open alerts of a record that were listed, newest listing of each."""
    alerts = record.state.alerts if isinstance(record, Firearm) else record.alerts
    if not alerts:
        return ()
    newest = {
        alert: Hit(alert, entry.event.iss, entry.index, str(entry.event.sub))
        for entry in sorted(record.entries, key=lambda each: each.index)
        if entry.stands and (alert := LISTINGS.get(entry.event.evt)) and alert in alerts
    }
    return tuple(newest.values())


def hits_among(states: Iterable[object]) -> tuple[Hit, ...]:
    """Give the hits of every firearm and component among some states, each once."""
    listed = (each for each in states if isinstance(each, Firearm | Component))
    found = [hit for each in listed for hit in hits(each)]
    return tuple(dict.fromkeys(found)) if found else ()


def touched(
    event: Event,
    key: str | None,
    *,
    state: Callable[[UUID], object],
    holder: Callable[[str], UUID | None],
) -> Iterator[object]:
    """Give the states of the records that an event touches: its own, and whatever it names.

    Args:
        event: The event.
        key: The claim that it makes, if any.
        state: Gives the state of a stream before the event; nothing for one that is not known.
        holder: Tells which firearm holds a claim.
    """
    first = holder(key) if key else None
    if first is not None:
        yield state(first)
    for stream in (event.sub, *linked(event)):
        own = state(stream.uuid)
        yield own
        others = counterparts(own, holder)
        yield from (state(each) for each in others - {stream.uuid}) if others else ()


def hit_tag(hit: Hit) -> str:
    """Give the reference by which an authority finds the events that touch what it listed."""
    return f"{hits_of(hit.authority)}{hit.record}"


def hit_tags(found: Iterable[Hit]) -> tuple[str, ...]:
    """Give the references that an event carries for its hits."""
    return tuple(dict.fromkeys(map(hit_tag, found)))


def hits_of(authority: str) -> str:
    """Give what the references to everything that an authority listed begin with."""
    return f"hit:{authority}/"
