# SPDX-License-Identifier: Apache-2.0
"""The duties of one stream of the ledger, from the log's own bytes and no copy of them.

What a policy says of the events is the concern of ``domain.policy``; here the events are read,
those of the licences included under which a firearm was held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from domain.aggregate.naming import linked
from domain.aggregate.recorded import Entry, RecordState
from domain.application import Ledger
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.errors import InvalidValueError
from domain.event import Event
from domain.firearm.state import Firearm
from domain.identifiers import StreamId
from domain.occurrence import Occurrence
from domain.policy.duties import Duty, duties
from domain.policy.model import Policy


def stream_duties(
    ledger: Ledger, stream: StreamId, policy: Policy, *, on: Occurrence
) -> tuple[Duty, ...]:
    """Tell every duty of a stream, overdue ones first.

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
    others = _entries(_states(ledger, _named(entries, policy)))
    notes = [note for state in states for note in state.contradictions]
    return duties(entries, policy, on=on, others=others, notes=notes)


def _named(entries: Iterable[Entry], policy: Policy) -> Sequence[UUID]:
    """Give the streams that the entries name and whose events may open a duty here."""
    through = [each.opens.event for each in policy.duty if each.through]
    opening = {CATALOGUE.latest(event).subject for event in through}
    named = (other for entry in entries for other in linked(entry.effective))
    return tuple(dict.fromkeys(other.uuid for other in named if other.kind in opening))


def _entries(states: Iterable[Firearm | RecordState]) -> tuple[Entry, ...]:
    return tuple(entry for state in states for entry in state.entries)


def _states(ledger: Ledger, streams: Sequence[UUID]) -> tuple[Firearm | RecordState, ...]:
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


def _folded(events: Iterable[tuple[int, Event]]) -> Firearm | RecordState | None:
    state = None
    for index, event in events:
        aggregate = AGGREGATES.get(event.sub.kind)
        state = aggregate.evolve(state, event, index) if aggregate else None
    return state
