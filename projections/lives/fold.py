# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as moments of their lives, in the order of the world.

Each row is one entry as it counts: what happened, when, and what the firearm was after it on all
five axes (design section 5). Who holds what on a date, chains of custody and every statistic are
questions to these rows. What does not fit is a row of its own, and nobody's fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final
from uuid import UUID

from domain.firearm.history import Moment, end_of, further, replay
from domain.firearm.state import Entry, State
from domain.schema import value_of
from projections.fact import Fact
from projections.projection import Rows
from projections.versions import (
    Change,
    Key,
    Values,
    difference,
    entries_of,
    plain,
    stored,
    versions,
)

LIFE: Final = "life"
MISFIT: Final = "misfit"


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of moments, and of what does not fit."""
    rows = versions(facts, _tell)
    return {
        LIFE: [stored(row) for table, *row in rows if table == LIFE],
        MISFIT: [tuple(row) for table, *row in rows if table == MISFIT],
    }


def _tell(facts: Sequence[Fact], seen: int) -> Iterator[Change]:
    record = entries_of(facts[:seen])
    end = end_of(replay(record, judged=False))
    told: list[Moment] | None = None if seen else []  # which a late entry alone asks for
    for fact in facts[seen:]:
        if fact.event is None:
            yield Change({}, {(MISFIT, fact.stream, fact.index, 0): _UNREADABLE})
            continue
        entry = Entry(fact.index, fact.event)
        more = further(end, entry)
        if more is None:
            before = told or replay(record)
            told = list(replay([*record, entry]))
            end = end_of(told)
            yield difference(_rows(fact.stream, before), _rows(fact.stream, told))
        else:
            moment, end = more
            if told is not None:
                told.append(moment)
            yield Change({}, dict(_of_moment(fact.stream, len(record), moment)))
        record.append(entry)


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


def _rows(stream: UUID, moments: Sequence[Moment]) -> Mapping[Key, Iterable[Any]]:
    told = (_of_moment(stream, place, moment) for place, moment in enumerate(moments))
    return dict(chain.from_iterable(told))


def _of_moment(stream: UUID, place: int, moment: Moment) -> Iterator[tuple[Key, Iterable[Any]]]:
    yield (LIFE, stream, moment.entry.index), _Told(place, moment)
    for number, each in enumerate(moment.contradictions, start=1):
        refusal = each.refusal
        values = (refusal.rule, refusal.axis, refusal.found, refusal.sentence)
        yield (MISFIT, stream, each.index, number), values


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
