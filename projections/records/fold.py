# SPDX-License-Identifier: Apache-2.0
"""Entries of licences, authorizations, shipments, lots, parts and requests, with where each stood.

They count in the order of the log. A row says what the entry states and the status of its record
after it, as corrections read both by now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import chain
from typing import Any, Final
from uuid import UUID

from domain.aggregate.aggregate import Aggregate
from domain.aggregate.history import Moment, further, replay
from domain.aggregate.recorded import Entry, RecordState
from domain.authorization.state import Authorization
from domain.authorization.totals import totals, validity
from domain.catalogue import AGGREGATES
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import (
    TEXT_CHARS_MAX,
    Change,
    Key,
    Values,
    difference,
    entries_of,
    plain,
    stored,
    versions,
)

RECORD: Final = "record"
MISFIT: Final = "record_misfit"

LIST_MAX: Final = 100
"""How many short texts of a list are told."""


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of what each record was after each entry, and of what does not fit."""
    rows = versions(facts, _tell)
    return {
        RECORD: [stored(row) for table, *row in rows if table == RECORD],
        MISFIT: [tuple(row) for table, *row in rows if table == MISFIT],
    }


def _tell(facts: Sequence[Fact], seen: int) -> Iterator[Change]:
    record = entries_of(facts[:seen])
    aggregate = _aggregate_of(record)
    told = list(replay(aggregate, record)) if aggregate else []
    for fact in facts[seen:]:
        if fact.event is None:
            yield Change({}, {(MISFIT, fact.stream, fact.index, 0): _UNREADABLE})
            continue
        record.append(Entry(fact.index, fact.event))
        aggregate = aggregate or _aggregate_of(record)
        if aggregate is None:
            yield Change({}, {})
            continue
        more = further(aggregate, told, record[-1])
        if more is None:
            before, told = told, list(replay(aggregate, record))
            yield difference(_rows(fact.stream, before), _rows(fact.stream, told))
        else:
            told.append(more)
            yield Change({}, dict(_of_moment(fact.stream, told, len(told) - 1)))


def _aggregate_of(record: Sequence[Entry]) -> Aggregate[Any] | None:
    return AGGREGATES.get(record[0].event.sub.kind) if record else None


def _rows(stream: UUID, told: Sequence[Moment[Any]]) -> Mapping[Key, Values]:
    places = range(len(told))
    return dict(chain.from_iterable(_of_moment(stream, told, place) for place in places))


def _of_moment(
    stream: UUID, told: Sequence[Moment[Any]], place: int
) -> Iterator[tuple[Key, Values]]:
    """Give what a moment says and what does not fit there, numbered from 1."""
    moment, kind = told[place], told[0].event.sub.kind
    index = moment.entry.index
    yield (RECORD, stream, index), (kind, place, *_said(moment))
    earlier = len(told[place - 1].state_after.contradictions) if place else 0
    for number, each in enumerate(moment.state_after.contradictions[earlier:], start=1):
        refusal = each.refusal
        values = (kind, refusal.rule, refusal.axis, refusal.found, refusal.sentence)
        yield (MISFIT, stream, index, number), values


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
        state_told(state),
    )


def state_told(state: RecordState) -> dict[str, Any]:
    """Give what a record is as JSON can say it; of an authorization its days and quantities too."""
    return {**_state(state), **_used(state)}


def _state(state: RecordState) -> dict[str, Any]:
    """Give the members of a state that hold one short value, or a list of short texts."""
    told = {each.name: _short(getattr(state, each.name)) for each in fields(state)}
    return {name: value for name, value in told.items() if value is not None}


def _short(value: object) -> str | int | list[str] | None:
    if isinstance(value, str | int) and len(str(value)) <= TEXT_CHARS_MAX:
        return value
    if not isinstance(value, tuple | frozenset) or not 0 < len(value) <= LIST_MAX:
        return None
    texts = [each for each in value if isinstance(each, str) and len(each) <= TEXT_CHARS_MAX]
    if len(texts) < len(value):
        return None
    return sorted(texts) if isinstance(value, frozenset) else texts


def _used(state: RecordState) -> Mapping[str, Any]:
    """Give the days and quantities of an authorization, and how much of it was drawn."""
    if not isinstance(state, Authorization):
        return {}
    quantities = {goods: asdict(total) for goods, total in totals(state).items()}
    days = {name: day for name, day in asdict(validity(state)).items() if day is not None}
    number = {"number": state.document.number} if state.document else {}
    return {**number, **days, "use": state.use, "quantities": quantities}


_UNREADABLE: Final = ("", "unreadable", None, None, "The entry cannot be read here.")
