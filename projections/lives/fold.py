# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as moments of their lives, in the order of the world.

Each row is one entry as it counts: what happened, when, and what the firearm was after it on all
five axes (design section 5). Who holds what on a date, chains of custody and every statistic are
questions to these rows. What does not fit is a row of its own, and nobody's fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from psycopg.types.json import Jsonb

from domain.firearm.history import Moment, further, replay
from domain.firearm.state import Entry, State
from domain.schema import value_of
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import Key, Values, entries_of, plain, versions_told

LIFE: Final = "life"
MISFIT: Final = "misfit"


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of moments, and of what does not fit."""
    rows = versions_told(facts, _tell)
    return {
        LIFE: [_stored(row) for table, *row in rows if table == LIFE],
        MISFIT: [tuple(row) for table, *row in rows if table == MISFIT],
    }


def _tell(facts: Sequence[Fact], seen: int) -> Iterator[Mapping[Key, Values]]:
    moments = replay(entries_of(facts[:seen]))
    made = _Made()
    yield _rows(facts[:seen], moments, made)
    for end, fact in enumerate(facts[seen:], start=seen + 1):
        if fact.event is not None:
            moments = further(moments, Entry(fact.index, fact.event))
        yield _rows(facts[:end], moments, made)


class _Made:
    """What is said of moments, each made once: most of a history stays as it was told."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Moment, Values]] = {}

    def __call__(self, moment: Moment) -> Values:
        # The moment is kept with it, so that no other one can have its number.
        found = self._made.get(id(moment))
        if found is None:
            found = self._made[id(moment)] = (moment, _said(moment))
        return found[1]


def _rows(facts: Sequence[Fact], moments: Sequence[Moment], said: _Made) -> Mapping[Key, Values]:
    told: dict[Key, Values] = {}
    for fact in facts:
        if fact.event is None:
            told[MISFIT, fact.stream, fact.index, 0] = _UNREADABLE
    for place, moment in enumerate(moments):
        told[LIFE, facts[0].stream, moment.entry.index] = (place, *said(moment))
        for number, each in enumerate(moment.contradictions, start=1):
            refusal = each.refusal
            told[MISFIT, facts[0].stream, each.index, number] = (
                refusal.rule,
                refusal.axis,
                refusal.found,
                refusal.sentence,
            )
    return told


def _said(moment: Moment) -> Values:
    event = moment.event
    return (
        event.evt,
        event.iss,
        event.occ.text,
        event.occ.earliest,
        event.occ.latest,
        moment.reversed_by is None,
        bool(moment.corrected_by),
        plain(event.dat),
        *_axes(moment.state_after),
    )


def _axes(state: State) -> Values:
    described = state.description
    return (
        state.technical,
        state.holder,
        state.custody,
        sorted(state.alerts),
        state.marks,
        state.country,
        state.holding,
        state.custodian,
        described.kind if described else None,
        described.action if described else None,
        value_of(described.make) if described else None,
        value_of(described.model) if described else None,
        value_of(described.calibre) if described else None,
        value_of(described.serial) if described else None,
        described.country if described else None,
        state.category,
        state.discrepancy,
    )


def _stored(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(Jsonb(value) if isinstance(value, dict) else value for value in row)


_UNREADABLE: Final = ("unreadable", None, None, "The entry cannot be read here.")
