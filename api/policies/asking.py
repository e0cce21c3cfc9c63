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
from domain.aggregate.recorded import Entry
from domain.application import Ledger
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.errors import InvalidValueError
from domain.event import Event
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
    entries = _entries(ledger, [stream.uuid])
    if not entries or entries[0].event.sub != stream:
        raise InvalidValueError(
            f"The ledger holds no record {stream} that duties could arise in.",
            slug="stream_unknown",
            next_step="Check the identifier, or search with `muniment trace --serial TEXT`.",
        )
    others = _entries(ledger, _named(entries, policy))
    return duties(entries, policy, on=on, others=others)


def _named(entries: Iterable[Entry], policy: Policy) -> Sequence[UUID]:
    """Give the streams that the entries name and whose events may open a duty here."""
    opening = {CATALOGUE.latest(each.opens.event).subject for each in policy.duty if each.through}
    named = (other for entry in entries for other in linked(entry.effective))
    return tuple(dict.fromkeys(other.uuid for other in named if other.kind in opening))


def _entries(ledger: Ledger, streams: Sequence[UUID]) -> tuple[Entry, ...]:
    """Read streams as they count today, one after the other, corrections applied."""
    if not streams:
        return ()
    histories = ledger.store.context(streams=streams, requests=(), claims=()).histories
    return tuple(
        entry
        for stored in histories.values()
        for entry in _folded(
            (each.id - 1, cast("Event", ledger.mapper.to_domain_event(each))) for each in stored
        )
    )


def _folded(events: Iterable[tuple[int, Event]]) -> tuple[Entry, ...]:
    state = None
    for index, event in events:
        aggregate = AGGREGATES.get(event.sub.kind)
        state = aggregate.evolve(state, event, index) if aggregate else None
    return state.entries if state is not None else ()
