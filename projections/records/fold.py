# SPDX-License-Identifier: Apache-2.0
"""Entries of licences, authorizations, shipments, lots, parts and requests, with where each stood.

They count in the order of the log. A row says what the entry states and the status of its record
after it, as corrections read both by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from psycopg.types.json import Jsonb

from domain.aggregate.history import Moment, replay
from domain.aggregate.recorded import RecordState
from domain.catalogue import AGGREGATES
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import TEXT_CHARS_MAX, Key, Values, entries_of, plain, versions


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of what is known of every record after each entry."""
    rows = versions(facts, _moments)
    return {"record": [tuple(_stored(value) for value in row) for row in rows]}


def _moments(facts: Sequence[Fact]) -> Mapping[Key, Values]:
    entries = entries_of(facts)
    aggregate = AGGREGATES.get(entries[0].event.sub.kind) if entries else None
    if aggregate is None:
        return {}
    told = enumerate(replay(aggregate, entries))
    return {
        (facts[0].stream, each.entry.index): (aggregate.kind, place, *_said(each))
        for place, each in told
    }


def _said(moment: Moment[Any]) -> Values:
    event, state = moment.event, moment.state_after
    return (
        event.evt,
        event.iss,
        event.occ.text,
        event.occ.earliest,
        event.occ.latest,
        moment.entry.stands,
        moment.entry.amended is not None,
        plain(event.dat),
        getattr(state, "status", None),
        _state(state),
    )


def _state(state: RecordState) -> dict[str, str | int | bool]:
    """Give the members of a state that hold one short value."""
    told = {each.name: getattr(state, each.name) for each in fields(state)}
    return {
        name: value
        for name, value in told.items()
        if isinstance(value, str | int) and len(str(value)) <= TEXT_CHARS_MAX
    }


def _stored(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value
