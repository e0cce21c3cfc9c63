# SPDX-License-Identifier: Apache-2.0
"""Entries of licences, authorizations, shipments, lots, parts and requests, with where each stood.

They count in the order of the log. A row says what the entry states and the status of its record
after it, as corrections read both by now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from domain.aggregate.history import Moment, replay
from domain.aggregate.recorded import RecordState
from domain.authorization.state import Authorization
from domain.authorization.totals import totals, validity
from domain.catalogue import AGGREGATES
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import TEXT_CHARS_MAX, Key, Values, entries_of, plain, stored, versions

LIST_MAX: Final = 100
"""How many short texts of a list are told."""


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of what each record was after each entry, and of what does not fit."""
    return {
        "record": [stored(row) for row in versions(facts, _moments)],
        "record_misfit": versions(facts, _misfits),
    }


def _moments(facts: Sequence[Fact]) -> Mapping[Key, Values]:
    told = _told(facts)
    if told is None:
        return {}
    kind, moments = told
    return {
        (facts[0].stream, each.entry.index): (kind, place, *_said(each))
        for place, each in enumerate(moments)
    }


def _misfits(facts: Sequence[Fact]) -> Mapping[Key, Values]:
    """Give what does not fit at each entry, numbered from 1; what cannot be read has number 0."""
    stream = facts[0].stream
    found: dict[Key, Values] = {
        (stream, fact.index, 0): ("", "unreadable", None, None, "The entry cannot be read here.")
        for fact in facts
        if fact.event is None
    }
    told = _told(facts)
    if told is None:
        return found
    kind, moments = told
    numbers = Counter[int]()
    for each in moments[-1].state_after.contradictions:
        numbers[each.index] += 1
        refusal = each.refusal
        found[stream, each.index, numbers[each.index]] = (
            kind,
            refusal.rule,
            refusal.axis,
            refusal.found,
            refusal.sentence,
        )
    return found


def _told(facts: Sequence[Fact]) -> tuple[str, Sequence[Moment[Any]]] | None:
    """Tell a stream by its aggregate; nothing where none of its entries can be read."""
    entries = entries_of(facts)
    aggregate = AGGREGATES.get(entries[0].event.sub.kind) if entries else None
    return None if aggregate is None else (aggregate.kind, replay(aggregate, entries))


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
