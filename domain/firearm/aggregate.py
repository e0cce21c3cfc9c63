# SPDX-License-Identifier: Apache-2.0
"""The firearm as an aggregate: ``decide`` whether an event is legal, ``evolve`` by it.

Implements design sections 4 (decision D2) and 5. A rule about the world is judged on the
state at the event's place in the world, so a late report is not refused for what became
true after it; a rule about the record is judged on the record. Whether the signer may say
so at all was settled before.
"""

from __future__ import annotations

from typing import Final

from domain.aggregate.aggregate import Aggregate
from domain.aggregate.objection import first_refusal
from domain.event import Event
from domain.firearm.axes.combinations import impossible
from domain.firearm.corrections import check_correction
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.events.making import Manufactured
from domain.firearm.record import fold, in_log_order, place, rebuild, step
from domain.firearm.reversals import check_reversal
from domain.firearm.state import Entry, Firearm, State
from domain.firearm.table import LINES, ORIGINS
from domain.refusal import Refusal

_UNBORN = Firearm()


def decide(firearm: Firearm | None, event: Event) -> Refusal | None:
    """Tell why an event is illegal for this firearm, or nothing where it is legal."""
    refusal = _check_origin(firearm, event)
    if refusal:
        return refusal
    known = firearm or _UNBORN
    if isinstance(event.dat, Corrected):
        return check_correction(known, event, dat=event.dat) or _impossible(known, event)
    if isinstance(event.dat, Reversed):
        return check_reversal(known, event, dat=event.dat)
    rules = LINES[event.type.evt, event.type.ver].rules
    return first_refusal(rules, _state_at(known, event), event.dat)


def evolve(firearm: Firearm | None, event: Event, index: int) -> Firearm:
    """Give the firearm after an event that stands in the log at ``index``.

    Total: whatever the log holds is folded, and what does not fit becomes a contradiction.
    An event at the end of the world's order costs one step; any other is a new fold.
    """
    known = firearm or _UNBORN
    entry = Entry(index, event)
    if isinstance(event.dat, Corrected | Reversed) or event.occ.latest < known.horizon:
        return rebuild([*in_log_order(known.entries), entry])
    state, against = step(known.state, entry)
    return Firearm(
        state=state,
        entries=(*known.entries, entry),
        contradictions=(*known.contradictions, *against),
        horizon=max(known.horizon, event.occ.earliest),
    )


def _impossible(firearm: Firearm, event: Event) -> Refusal | None:
    """Refuse to correct the record in a way that makes it impossible."""
    after = evolve(firearm, event, 1 + max(each.index for each in firearm.entries))
    return impossible(firearm.state.axes, after.state.axes)


def _state_at(firearm: Firearm, event: Event) -> State:
    if event.occ.latest >= firearm.horizon:
        return firearm.state
    return fold(firearm.entries[: place(firearm.entries, event.occ)]).state


def _check_origin(firearm: Firearm | None, event: Event) -> Refusal | None:
    if (event.evt in ORIGINS) == (firearm is None) or _is_the_planned_one(firearm, event):
        return None
    if firearm is None:
        return Refusal(
            rule="origin_missing",
            sentence="A firearm's record begins with its planning, manufacture or registration.",
            axis="record",
            found="no event",
            legal=tuple(sorted(ORIGINS)),
            rests_on="record",
        )
    return Refusal(
        rule="origin_repeated",
        sentence="This firearm is on record already; what was wrong about it is corrected.",
        axis="record",
        found=f"{len(firearm.entries)} events",
        legal=("firearm.corrected",),
        rests_on="record",
    )


def _is_the_planned_one(firearm: Firearm | None, event: Event) -> bool:
    """Tell whether a firearm that was planned is now made, under the same identifier."""
    planned = firearm is not None and firearm.state.technical == "planned"
    return planned and isinstance(event.dat, Manufactured)


FIREARM: Final = Aggregate(kind="arm", lines=LINES, judge=decide, evolve=evolve)
"""The aggregate of a firearm's stream."""
