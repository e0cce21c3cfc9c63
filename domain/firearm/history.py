# SPDX-License-Identifier: Apache-2.0
"""The history of a firearm, told for a date of the world and a position of the log.

Implements rules 1 and 20 of the domain facts, section 9: "as then believed" and "as now
known", and the original, the corrected or both readings of what was corrected or reversed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from domain.event import Event
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.record import amended, arrange, in_log_order, place, step
from domain.firearm.state import BLANK, Contradiction, Entry, Firearm, State
from domain.occurrence import Occurrence

View = Literal["original", "corrected", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry and what was true after it.

    Attributes:
        entry: The entry, with the event as signed.
        event: The event as this moment reads it, signed or corrected.
        state_after: The state after it.
        contradictions: What does not fit at this entry.
        corrected_by: Log indexes of the corrections of this entry that are known.
        reversed_by: Log index of the reversal of this entry, if one is known.
        superseded: Whether this is the original reading of an entry that was put right.
    """

    entry: Entry
    event: Event
    state_after: State
    contradictions: tuple[Contradiction, ...]
    corrected_by: tuple[int, ...]
    reversed_by: int | None
    superseded: bool


def replay(
    entries: Iterable[Entry],
    *,
    as_at: Occurrence | None = None,
    as_known_on: int | None = None,
    view: View = "corrected",
) -> tuple[Moment, ...]:
    """Tell the history in world order, oldest first.

    Args:
        entries: Entries of one firearm in any order.
        as_at: Leave out what certainly happened after this time of the world.
        as_known_on: Leave out what the log learned after this index; the index itself counts.
        view: Whether corrected and reversed events are read as signed, as they count now, or
            both in turn.
    """
    record = in_log_order(
        each for each in entries if as_known_on is None or each.index <= as_known_on
    )
    now_read = amended(record)
    if view == "corrected":
        return _tell(arrange(now_read), as_at)
    counting = {each.index: each for each in now_read}
    originals = _tell(arrange(record), as_at, counting=counting)
    if view == "original":
        return originals
    return _both(_tell(arrange(now_read), as_at), originals)


def further(told: tuple[Moment, ...], entry: Entry) -> tuple[Moment, ...]:
    """Tell what ``replay`` tells, once the log has learned of one more entry.

    What happened last in the world, and puts nothing right, is one moment more; whatever else
    comes changes what was told, which is then told anew.

    Args:
        told: What ``replay`` tells of all entries before it, as they count now.
        entry: The entry that the log learned of next.
    """
    entries = tuple(moment.entry for moment in told)
    late = place(entries, entry.event.occ) < len(entries)
    if late or isinstance(entry.event.dat, _PUTTING_RIGHT) or _awaited(entry, entries):
        return replay((*entries, entry))
    return (*told, *_tell((entry,), None, state=told[-1].state_after if told else BLANK))


def history(firearm: Firearm, view: View = "corrected") -> tuple[Moment, ...]:
    """Tell the whole history of a firearm."""
    return replay(firearm.entries, view=view)


def since(moments: Sequence[Moment], member: Callable[[State], object]) -> Moment | None:
    """Give the moment since which a member of the state is what it is at the end.

    Its ``entry.index`` and ``event.occ`` tell how long; an age is for the reader to reckon.

    Args:
        moments: A history, oldest first.
        member: Reads the member.
    """
    if not moments:
        return None
    now = member(moments[-1].state_after)
    same = takewhile(lambda moment: member(moment.state_after) == now, reversed(moments))
    return list(same)[-1]


def as_at(firearm: Firearm, date: Occurrence) -> State:
    """Give the state on a date of the world, as now known."""
    moments = replay(firearm.entries, as_at=date)
    return moments[-1].state_after if moments else BLANK


def as_known_on(firearm: Firearm, index: int) -> State:
    """Give the state as the log believed it once it held the entry at ``index``."""
    moments = replay(firearm.entries, as_known_on=index)
    return moments[-1].state_after if moments else BLANK


def _tell(
    entries: Sequence[Entry],
    limit: Occurrence | None,
    *,
    counting: Mapping[int, Entry] | None = None,
    state: State = BLANK,
) -> tuple[Moment, ...]:
    moments = []
    for entry in entries:
        if limit is not None and limit.certainly_before(entry.effective.occ):
            continue
        state, against = step(state, entry)
        counts = entry if counting is None else counting[entry.index]
        moment = Moment(
            entry=entry,
            event=entry.effective,
            state_after=state,
            contradictions=against,
            corrected_by=counts.corrected_by,
            reversed_by=counts.reversed_by,
            superseded=entry != counts,
        )
        moments.append(moment)
    return tuple(moments)


def _awaited(entry: Entry, entries: Iterable[Entry]) -> bool:
    """Tell whether an event was put right before the log knew it."""
    dats = (each.event.dat for each in entries)
    eid = entry.event.eid
    return any(isinstance(dat, _PUTTING_RIGHT) and dat.target == eid for dat in dats)


def _both(corrected: Iterable[Moment], originals: Iterable[Moment]) -> tuple[Moment, ...]:
    replaced = {each.entry.index: each for each in originals if each.superseded}
    told: list[Moment] = []
    for moment in corrected:
        original = replaced.pop(moment.entry.index, None)
        told.extend((moment,) if original is None else (original, moment))
    return (*replaced.values(), *told)


_PUTTING_RIGHT: Final = (Corrected, Reversed)
