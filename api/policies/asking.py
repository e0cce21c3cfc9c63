# SPDX-License-Identifier: Apache-2.0
"""The duties of one stream of the ledger, from the log's own bytes and no copy of them.

What a policy says of the events is the concern of ``domain.policy``; here the events are read,
those of the licences included under which a firearm was held, and of whatever names it. Asked
about a licence or a stocktake, the firearms are told in which it makes something due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias, cast
from uuid import UUID

from domain.aggregate.recorded import Contradiction, Entry, RecordState
from domain.application import Ledger
from domain.catalogue import AGGREGATES
from domain.errors import InvalidValueError
from domain.event import Event
from domain.firearm.state import Firearm
from domain.identifiers import StreamId
from domain.occurrence import Occurrence
from domain.policy.duties import Duty, DutyState, duties, in_order
from domain.policy.model import Policy
from domain.policy.reaching import (
    FIREARM,
    holdings_of,
    named_firearms,
    named_streams,
    naming_families,
    opens_elsewhere,
    reaching_tags,
)

FIREARM_EVENTS: Final = "firearm."

UNDONE: Final[tuple[DutyState, ...]] = ("overdue", "open")
"""What is listed of a whole ledger, unless something else is asked for."""

Record: TypeAlias = Firearm | RecordState
"""What a stream is by its events, whatever it is a stream of."""


def stream_duties(
    ledger: Ledger, stream: StreamId, policy: Policy, *, on: Occurrence
) -> tuple[Duty, ...]:
    """Tell every duty of a stream, and every one that it opens for a firearm, overdue ones first.

    Raises:
        InvalidValueError: ``stream_unknown``, the ledger holds no such stream of events that
            duties arise from.
        UnreachableError: The database does not answer.
    """
    states = _states(ledger, [stream.uuid])
    entries = _entries(states)
    if not entries or entries[0].event.sub != stream:
        raise InvalidValueError(
            f"The ledger holds no record {stream} that duties could arise in.",
            slug="stream_unknown",
            next_step="Check the identifier, or search with `muniment trace --serial TEXT`.",
        )
    if stream.kind == FIREARM:
        return _of_firearm(ledger, states, policy, on=on)
    own = duties(entries, policy, on=on, notes=_notes(states))
    return in_order((*own, *_for_firearms(ledger, entries, policy, on=on)))


def _of_firearm(
    ledger: Ledger, states: Sequence[Record], policy: Policy, *, on: Occurrence
) -> tuple[Duty, ...]:
    entries = _entries(states)
    streams = dict.fromkeys(
        (*named_streams(entries, policy), *_of_its_holdings(ledger, entries, policy),
         *_naming(ledger, entries[0].event.sub, policy))
    )  # fmt: skip
    others = _entries(_states(ledger, [*streams]))
    return duties(entries, policy, on=on, others=others, notes=_notes(states))


def _for_firearms(
    ledger: Ledger, entries: Sequence[Entry], policy: Policy, *, on: Occurrence
) -> Iterator[Duty]:
    """Tell the duties that a stream opens in the streams of firearms."""
    stream = entries[0].event.sub
    if not opens_elsewhere(stream, policy):
        return
    for firearm in _reached(ledger, entries):
        for each in _of_firearm(ledger, _states(ledger, [firearm]), policy, on=on):
            if each.opened_by.event.sub == stream:
                yield each


def _reached(ledger: Ledger, entries: Sequence[Entry]) -> Iterable[UUID]:
    """Give the firearms that a stream names, that name it, or that were in its holding."""
    tags = reaching_tags(entries[0].event.sub, entries)
    naming = (row for tag in tags for row in ledger.store.referring(tag, FIREARM_EVENTS))
    return dict.fromkeys(
        (*named_firearms(entries), *(cast("UUID", row.originator_id) for row in naming))
    )


def _of_its_holdings(ledger: Ledger, entries: Iterable[Entry], policy: Policy) -> Iterator[UUID]:
    """Give the streams about the holdings in which a firearm was, that may open a duty here."""
    families, held = holdings_of(entries, policy)
    for holding in held:
        for family in families:
            yield from _referring(ledger, holding, family)


def _naming(ledger: Ledger, firearm: StreamId, policy: Policy) -> Iterator[UUID]:
    """Give the streams whose events name a firearm and may open a duty here by that."""
    for family in naming_families(policy):
        yield from _referring(ledger, str(firearm), family)


def _referring(ledger: Ledger, tag: str, family: str) -> Iterator[UUID]:
    return (cast("UUID", each.originator_id) for each in ledger.store.referring(tag, family))


def _entries(states: Iterable[Record]) -> tuple[Entry, ...]:
    return tuple(entry for state in states for entry in state.entries)


def _notes(states: Iterable[Record]) -> tuple[Contradiction, ...]:
    return tuple(note for state in states for note in state.contradictions)


def _states(ledger: Ledger, streams: Sequence[UUID]) -> tuple[Record, ...]:
    """Read streams as they count today, one after the other, corrections applied."""
    if not streams:
        return ()
    histories = ledger.store.context(streams=streams, requests=(), claims=()).histories
    folded = (
        _folded(
            (each.id - 1, cast("Event", ledger.mapper.to_domain_event(each))) for each in stored
        )
        for stored in histories.values()
    )
    return tuple(state for state in folded if state is not None)


def _folded(events: Iterable[tuple[int, Event]]) -> Record | None:
    state = None
    for index, event in events:
        aggregate = AGGREGATES.get(event.sub.kind)
        state = aggregate.evolve(state, event, index) if aggregate else None
    return state
