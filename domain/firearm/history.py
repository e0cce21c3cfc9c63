# SPDX-License-Identifier: Apache-2.0
"""The history of a firearm, told for a date of the world and a position of the log.

Implements rules 1 and 20 of the domain facts, section 9: "as then believed" and "as now
known", and the original, the corrected or both readings of what was corrected or reversed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, Literal

from domain.event import Event
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.record import amended, arrange, in_log_order, step
from domain.firearm.state import BEFORE_ALL, BLANK, Contradiction, Entry, Firearm, State
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


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a history ends: whatever one moment more of it depends on.

    Attributes:
        state: The state at its end.
        horizon: Latest beginning of an entry, Unix seconds; what ended before it stands earlier.
        awaited: Ids of the events that entries put right, whether or not the log knows them.
    """

    state: State = BLANK
    horizon: int = BEFORE_ALL
    awaited: frozenset[str] = frozenset()


def replay(
    entries: Iterable[Entry],
    *,
    as_at: Occurrence | None = None,
    as_known_on: int | None = None,
    view: View = "corrected",
    judged: bool = True,
) -> tuple[Moment, ...]:
    """Tell the history in world order, oldest first.

    Args:
        entries: Entries of one firearm in any order.
        as_at: Leave out what certainly happened after this time of the world.
        as_known_on: Leave out what the log learned after this index; the index itself counts.
        view: Whether corrected and reversed events are read as signed, as they count now, or
            both in turn.
        judged: Whether contradictions are looked for, which takes a third of the time; without
            them, histories are told as they count now.
    """
    record = in_log_order(
        each for each in entries if as_known_on is None or each.index <= as_known_on
    )
    now_read = amended(record)
    if view == "corrected":
        return _tell(arrange(now_read), as_at, judged=judged)
    counting = {each.index: each for each in now_read}
    originals = _tell(arrange(record), as_at, counting=counting)
    if view == "original":
        return originals
    return _both(_tell(arrange(now_read), as_at), originals)


def end_of(moments: Sequence[Moment]) -> End:
    """Give the end of a history that was told as it counts now."""
    if not moments:
        return End()
    return End(
        state=moments[-1].state_after,
        horizon=max(moment.event.occ.earliest for moment in moments),
        awaited=frozenset(
            moment.entry.event.dat.target
            for moment in moments
            if isinstance(moment.entry.event.dat, _PUTTING_RIGHT)
        ),
    )


def further(end: End, entry: Entry) -> tuple[Moment, End] | None:
    """Tell the moment that ``replay`` adds once the log has learned of one more entry.

    What happened last in the world, and puts nothing right, is one moment more. Whatever else
    comes changes what was told, which is then to be told anew: nothing is given.

    Args:
        end: The end of what ``replay`` tells of all entries before it, as they count now.
        entry: The entry that the log learned of next.
    """
    event = entry.event
    late = event.occ.latest < end.horizon
    if late or isinstance(event.dat, _PUTTING_RIGHT) or event.eid in end.awaited:
        return None
    (moment,) = _tell((entry,), None, state=end.state)
    horizon = max(end.horizon, event.occ.earliest)
    return moment, replace(end, state=moment.state_after, horizon=horizon)


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
    judged: bool = True,
) -> tuple[Moment, ...]:
    moments = []
    for entry in entries:
        if limit is not None and limit.certainly_before(entry.effective.occ):
            continue
        state, against = step(state, entry, judged=judged)
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


def _both(corrected: Iterable[Moment], originals: Iterable[Moment]) -> tuple[Moment, ...]:
    replaced = {each.entry.index: each for each in originals if each.superseded}
    told: list[Moment] = []
    for moment in corrected:
        original = replaced.pop(moment.entry.index, None)
        told.extend((moment,) if original is None else (original, moment))
    return (*replaced.values(), *told)


_PUTTING_RIGHT: Final = (Corrected, Reversed)
