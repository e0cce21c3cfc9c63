# SPDX-License-Identifier: Apache-2.0
"""The history of a stream that counts in log order, as signed, as corrected, or both.

Implements rules 1 and 20 of the domain facts, section 9, for licences, authorizations and every
other record: what was believed at a position of the log, and what is known by now. The firearm,
whose entries stand in the order of the world, tells its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from domain.aggregate.aggregate import Aggregate
from domain.aggregate.recorded import Entry, RecordState
from domain.event import Event
from domain.firearm.events.correcting import Corrected

R = TypeVar("R", bound=RecordState)
View = Literal["original", "corrected", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Generic[R]):
    """One entry and what was true after it.

    Attributes:
        entry: The entry, with the event as signed and the corrections of it that are known.
        event: The event as this moment reads it, signed or corrected.
        state_after: The state after it, of the events as this reading reads them.
        superseded: Whether this is the original reading of an entry that was corrected.
    """

    entry: Entry
    event: Event
    state_after: R
    superseded: bool


def replay(
    aggregate: Aggregate[R],
    entries: Iterable[Entry],
    *,
    as_known_on: int | None = None,
    view: View = "corrected",
) -> tuple[Moment[R], ...]:
    """Tell the history of a stream, oldest entry first.

    Args:
        aggregate: What the entries are folded by.
        entries: Entries of one stream in log order.
        as_known_on: Leave out what the log learned after this index; the index itself counts.
        view: Whether corrected events are read as signed, as corrected, or both in turn.
    """
    known = [each for each in entries if as_known_on is None or each.index <= as_known_on]
    read = _as_known(aggregate, known)
    if view != "both":
        return tuple(_told(aggregate, read, corrected=view == "corrected"))
    pairs = zip(
        _told(aggregate, read, corrected=False),
        _told(aggregate, read, corrected=True),
        strict=True,
    )
    return tuple(
        moment
        for signed, now in pairs
        for moment in ((signed, now) if signed.superseded else (now,))
    )


def further(aggregate: Aggregate[R], told: Sequence[Moment[R]], entry: Entry) -> Moment[R] | None:
    """Tell the moment that ``replay`` adds once the log has learned of one more entry.

    A correction changes what was told, which is then to be told anew: nothing is given.

    Args:
        aggregate: What the entries are folded by.
        told: What ``replay`` tells of all entries before it, as corrected; the last is enough.
        entry: The entry that the log learned of next.
    """
    if told and isinstance(entry.event.dat, Corrected):
        return None
    state = aggregate.evolve(told[-1].state_after if told else None, entry.event, entry.index)
    return Moment(entry=entry, event=entry.event, state_after=state, superseded=False)


def _as_known(aggregate: Aggregate[R], known: Sequence[Entry]) -> tuple[Entry, ...]:
    """Read every event as the corrections among the same entries read it."""
    if not any(isinstance(each.event.dat, Corrected) for each in known):
        return tuple(Entry(each.index, each.event) for each in known)
    state: R | None = None
    for each in known:
        state = aggregate.evolve(state, each.event, each.index)
    return state.entries if state else ()


def _told(
    aggregate: Aggregate[R], entries: Iterable[Entry], *, corrected: bool
) -> Iterator[Moment[R]]:
    state: R | None = None
    for entry in entries:
        event = entry.effective if corrected else entry.event
        if state is None or not isinstance(event.dat, Corrected):
            state = aggregate.evolve(state, event, entry.index)
        superseded = not corrected and entry.amended is not None
        yield Moment(entry=entry, event=event, state_after=state, superseded=superseded)
