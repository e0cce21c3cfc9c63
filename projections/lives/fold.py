# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as moments of their lives, in the order of the world.

Each row is one entry as it counts: what happened, when, and what the firearm was after it on all
five axes (design section 5). Who holds what on a date, chains of custody and every statistic are
questions to these rows. What does not fit is a row of its own, and nobody's fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from domain.firearm.history import Moment, replay
from domain.firearm.state import State
from domain.schema import value_of
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import Key, Values, entries_of, plain, versions


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of moments, and of what does not fit."""
    return {
        "life": [_stored(row) for row in versions(facts, _moments)],
        "misfit": versions(facts, _misfits),
    }


def _moments(facts: Sequence[Fact]) -> Mapping[Key, Values]:
    stream = facts[0].stream
    told = enumerate(replay(entries_of(facts)))
    return {(stream, each.entry.index): (place, *_said(each)) for place, each in told}


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
        value_of(described.make) if described else None,
        value_of(described.model) if described else None,
        value_of(described.calibre) if described else None,
        value_of(described.serial) if described else None,
        described.country if described else None,
        state.category,
    )


def _misfits(facts: Sequence[Fact]) -> Mapping[Key, Values]:
    stream = facts[0].stream
    told: dict[Key, Values] = {
        (stream, fact.index, 0): ("unreadable", None, None, "The entry cannot be read here.")
        for fact in facts
        if fact.event is None
    }
    for moment in replay(entries_of(facts)):
        for number, each in enumerate(moment.contradictions, start=1):
            refusal = each.refusal
            told[stream, each.index, number] = (
                refusal.rule,
                refusal.axis,
                refusal.found,
                refusal.sentence,
            )
    return told


def _stored(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(Jsonb(value) if isinstance(value, dict) else value for value in row)
