# SPDX-License-Identifier: Apache-2.0
"""Hits: an event touches a firearm or component that somebody listed as lost, stolen or sought.

Implements "hits" of the domain facts, sections 4 (iARMS, NCIC) and 5: a find or a seizure does
not clear an alert by itself (rule 13 of section 9); whoever records it learns who listed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.codes import Alert
from domain.component.state import Component
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
    """

    alert: Alert
    authority: str
    index: int


def hits(record: Firearm | Component) -> tuple[Hit, ...]:
    """Give the open alerts of a record that were listed, newest listing of each."""
    alerts = record.state.alerts if isinstance(record, Firearm) else record.alerts
    if not alerts:
        return ()
    newest = {
        alert: Hit(alert, entry.event.iss, entry.index)
        for entry in sorted(record.entries, key=lambda each: each.index)
        if entry.stands and (alert := LISTINGS.get(entry.event.evt)) and alert in alerts
    }
    return tuple(newest.values())


def hit_tag(authority: str) -> str:
    """Give the reference under which an authority finds the events that touch its listings."""
    return f"hit:{authority}"
