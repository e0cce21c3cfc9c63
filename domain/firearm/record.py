# SPDX-License-Identifier: Apache-2.0
"""The entries of one firearm in the order of the world, and the fold over them.

Implements the last paragraph of design section 5: entries stand by when they happened
where that is certain, else in the order in which the ledger learned of them. A correction
changes how its target is read, a reversal leaves it out; neither touches the target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from domain.event import Event
from domain.firearm.corrections import amend
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.state import BEFORE_ALL, BLANK, Contradiction, Entry, Firearm, State
from domain.firearm.table import LINES
from domain.occurrence import Occurrence


def rebuild(record: Sequence[Entry], *, corrected: bool = True) -> Firearm:
    """Fold a record from the beginning.

    Args:
        record: Entries in log order.
        corrected: Whether corrections and reversals are applied to the events they name.
    """
    return fold(arrange(amended(record) if corrected else record))


def fold(entries: tuple[Entry, ...]) -> Firearm:
    """Fold entries that stand in world order already."""
    state = BLANK
    contradictions: list[Contradiction] = []
    for entry in entries:
        state, against = step(state, entry)
        contradictions.extend(against)
    horizon = max((entry.effective.occ.earliest for entry in entries), default=BEFORE_ALL)
    return Firearm(
        state=state, entries=entries, contradictions=tuple(contradictions), horizon=horizon
    )


def step(
    state: State, entry: Entry, *, judged: bool = True
) -> tuple[State, tuple[Contradiction, ...]]:
    """Give the state after one entry, and what contradicts it where that is to be judged."""
    if entry.reversed_by is not None:
        return state, ()
    event = entry.effective
    line = LINES[event.type.evt, event.type.ver]
    against = tuple(
        Contradiction(entry.index, objection.refusal)
        for rule in (line.rules if judged else ())
        if (objection := rule(state, event.dat)) is not None
    )
    return line.effect(state, event.dat), against


def arrange(record: Iterable[Entry]) -> tuple[Entry, ...]:
    """Order entries, given in log order, by the world."""
    entries: list[Entry] = []
    horizon = BEFORE_ALL
    for entry in record:
        occ = entry.effective.occ
        # Most happened last, and need not be compared with each that happened before.
        late = occ.latest < horizon
        entries.insert(place(entries, occ) if late else len(entries), entry)
        horizon = max(horizon, occ.earliest)
    return tuple(entries)


def place(entries: Sequence[Entry], occ: Occurrence) -> int:
    """Give where an event belongs: as late as certainty allows.

    It stands before the first entry that it certainly precedes. Whatever certainly precedes
    the event also precedes that entry, hence stands before it: the order stays true.
    """
    for position, entry in enumerate(entries):
        if occ.certainly_before(entry.effective.occ):
            return position
    return len(entries)


def in_log_order(entries: Iterable[Entry]) -> list[Entry]:
    """Give entries back as the ledger learned of them, without what corrections made of them."""
    return sorted((Entry(each.index, each.event) for each in entries), key=lambda each: each.index)


def amended(record: Iterable[Entry]) -> list[Entry]:
    """Read every event as the corrections and reversals in the same record read it.

    Args:
        record: Entries in log order.
    """
    entries = list(record)
    about = defaultdict[str, list[Entry]](list)
    for entry in entries:
        if isinstance(entry.event.dat, Corrected | Reversed):
            about[entry.event.dat.target].append(entry)
    return [reduce(_put_right, about[each.event.eid], each) if about else each for each in entries]


def _put_right(target: Entry, by: Entry) -> Entry:
    dat = by.event.dat
    if isinstance(dat, Reversed):
        return replace(target, reversed_by=by.index)
    outcome = amend(target.effective, dat) if isinstance(dat, Corrected) else None
    if not isinstance(outcome, Event):
        return target
    return replace(target, amended=outcome, corrected_by=(*target.corrected_by, by.index))
