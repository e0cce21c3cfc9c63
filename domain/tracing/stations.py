# SPDX-License-Identifier: Apache-2.0
"""What an answer to a tracing request says of a firearm: its last legal record, and what led to it.

Implements the answer of the International Tracing Instrument, paragraph 20, as far as the record
itself says it. How sure the answer is, and what the asking State may do with it, is for an officer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.codes import Alert, HolderClass
from domain.firearm.history import Moment
from domain.tracing.codes import LastStatus
from domain.tracing.rules import in_hand

BY_ALERT: Final[tuple[tuple[Alert, LastStatus], ...]] = (
    ("forfeited", "confiscated"),
    ("seized", "seized"),
    ("surrendered_pending", "surrendered"),
    ("stolen", "stolen"),
    ("lost", "lost"),
)
"""The status of what is flagged; of several flags, that which an authority set last."""

BY_HOLDER: Final[Mapping[HolderClass, LastStatus]] = MappingProxyType(
    {
        "maker": "dealer_stock",
        "dealer": "dealer_stock",
        "civilian": "lawful_holder",
        "estate": "lawful_holder",
        "museum": "lawful_holder",
        "state_stock": "state_stock",
    }
)
"""The status of what is not flagged; a maker deals in firearms (Directive (EU) 2021/555, 1(1)9)."""

LAWFUL: Final[frozenset[LastStatus]] = frozenset(
    {*BY_HOLDER.values(), "exported", "in_transit", "deactivated"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What a firearm was for a while.

    Attributes:
        status: What it was.
        country: Where; nothing where the record says of no country.
        holder: Class of its holder.
        holding: Opaque holding of its holder.
        since: The entry with which it began.
    """

    status: LastStatus
    country: str | None
    holder: HolderClass
    holding: str | None
    since: Moment


def stations(moments: Sequence[Moment]) -> tuple[Station, ...]:
    """Give the stations of a firearm up to its last legal record, oldest first.

    Where it is in official hands now, the last legal record is the one before it came there: that
    is what is asked of whoever found it. What was destroyed ends with its destruction.

    Args:
        moments: Its history in the order of the world, each entry once and as it counts.
    """
    return tuple(_merged(_legal(moments)))


def lawful_before(found: Sequence[Station]) -> tuple[Station, ...]:
    """Give the lawful ones of some stations, but for the last."""
    return tuple(each for each in found[:-1] if each.status in LAWFUL)


def last_lawful(found: Sequence[Station]) -> Station | None:
    """Give the newest lawful one of some stations, whose holder is who had it last."""
    return next((each for each in reversed(found) if each.status in LAWFUL), None)


def _legal(moments: Sequence[Moment]) -> Sequence[Moment]:
    """Leave out what came after a firearm was seized, found or surrendered, if it still is."""
    free = [at for at, each in enumerate(moments) if not in_hand(each.state_after)]
    if not free or moments[-1].state_after.technical == "destroyed":
        return moments
    return moments[: free[-1] + 1]


def _merged(moments: Sequence[Moment]) -> Iterator[Station]:
    """Give a station for each run of entries that leave it the same."""
    last: Station | None = None
    for moment in moments:
        found = _station(moment)
        if found is not None and (last is None or _place(found) != _place(last)):
            yield found
            last = found


def _place(station: Station) -> tuple[object, ...]:
    return station.status, station.country, station.holder, station.holding


def _station(moment: Moment) -> Station | None:
    state, status = moment.state_after, _status(moment)
    if status is None:
        return None
    return Station(
        status=status,
        country=state.country,
        holder=state.holder,
        holding=state.holding,
        since=moment,
    )


def _status(moment: Moment) -> LastStatus | None:
    state = moment.state_after
    if state.technical == "destroyed":
        return "destroyed"
    if state.custody == "destruction_site":
        return "sent_for_destruction"
    if state.technical == "illicitly_reactivated":
        return None
    flagged = next((status for alert, status in BY_ALERT if alert in state.alerts), None)
    if flagged:
        return flagged
    if state.custody == "transit":
        return "in_transit" if moment.event.evt == "firearm.transit-crossed" else "exported"
    return "deactivated" if state.technical == "deactivated" else BY_HOLDER.get(state.holder)
