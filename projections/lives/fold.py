# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as moments of their lives, in the order of the world.

Each row is one entry as it counts: what happened, when, and what the firearm was after it on all
five axes (design section 5). Who holds what on a date, chains of custody and every statistic are
questions to these rows. What does not fit is a row of its own, and nobody's fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from domain.firearm.history import Moment, further, replay
from domain.firearm.state import Entry, State
from domain.schema import value_of
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import Key, Values, entries_of, plain, stored, versions_told

LIFE: Final = "life"
MISFIT: Final = "misfit"


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of moments, and of what does not fit."""
    rows = versions_told(facts, _tell)
    return {
        LIFE: [stored(row) for table, *row in rows if table == LIFE],
        MISFIT: [tuple(row) for table, *row in rows if table == MISFIT],
    }


def _tell(facts: Sequence[Fact], seen: int) -> Iterator[Mapping[Key, Iterable[Any]]]:
    moments = replay(entries_of(facts[:seen]))
    yield _rows(facts[:seen], moments)
    for end, fact in enumerate(facts[seen:], start=seen + 1):
        if fact.event is not None:
            moments = further(moments, Entry(fact.index, fact.event))
        yield _rows(facts[:end], moments)


class _Told:
    """What is said of a moment, made once it is wanted: most of a history stays as it was."""

    __slots__ = ("moment", "place")

    def __init__(self, place: int, moment: Moment) -> None:
        self.place = place
        self.moment = moment

    def __iter__(self) -> Iterator[Any]:
        return iter((self.place, *_said(self.moment)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Told) or self.place != other.place:
            return False
        return self.moment is other.moment or _said(self.moment) == _said(other.moment)

    __hash__ = None  # type: ignore[assignment] # nobody looks one up


def _rows(facts: Sequence[Fact], moments: Sequence[Moment]) -> Mapping[Key, Iterable[Any]]:
    told: dict[Key, Iterable[Any]] = {}
    for fact in facts:
        if fact.event is None:
            told[MISFIT, fact.stream, fact.index, 0] = _UNREADABLE
    for place, moment in enumerate(moments):
        told[LIFE, facts[0].stream, moment.entry.index] = _Told(place, moment)
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


_UNREADABLE: Final = ("unreadable", None, None, "The entry cannot be read here.")
