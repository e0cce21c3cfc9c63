# SPDX-License-Identifier: Apache-2.0
"""Versions of rows say what was known when, in whatever pace the log was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, starmap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.aggregate.aggregate import RecordFold
from domain.aggregate.history import replay as replay_record
from domain.aggregate.recorded import Entry
from domain.catalogue import AGGREGATES
from domain.event import Event
from domain.firearm import history as history_module
from domain.firearm.claims import claims_of
from domain.firearm.history import replay
from domain.firearm.record import step
from projections.fact import Fact
from projections.findings.remarks import remarks
from projections.findings.store import FINDINGS
from projections.lives.store import LIVES
from projections.projection import Projection, Rows
from projections.records.store import RECORDS
from projections.versions import Change, difference, versions
from tests.unit.domain.licence.licences import decided
from tests.unit.domain.licence.test_licence_laws import accepted, attempts
from tests.unit.domain.lives import happened
from tests.unit.domain.test_firearm_laws import records as firearm_records

AT = datetime(2026, 11, 23, tzinfo=UTC)
GAP = 3

Tables = dict[str, list[tuple[Any, ...]]]


def _facts(events: Sequence[Event | None], stream: Event) -> list[Fact]:
    """Give entries with entries of other streams between them."""
    facts = []
    for number, event in enumerate(events, start=1):
        fact = Fact(number * GAP, AT, stream.sub.uuid, number, "kind/1", b"")
        vars(fact).update(event=event)  # as if the bytes had said so
        facts.append(fact)
    return facts


def _seen(facts: Sequence[Fact], start: int, stop: int) -> list[Fact]:
    """Give entries up to one, those before another as seen."""
    return [
        _with_event(fact._replace(seen=number < start), fact)
        for number, fact in enumerate(facts[:stop])
    ]


def _with_event(fact: Fact, of: Fact) -> Fact:
    vars(fact).update(event=of.event)
    return fact


def _apply(projection: Projection, tables: Tables, rows: Rows) -> None:
    """Write rows as the tables do: what ends stands there already, and is open."""
    for table in projection.tables:
        held = tables.setdefault(table.name, [])
        size = len(table.key.split(", ")) - 1
        for row in rows.get(table.name, ()):
            if row[-2] is not None:
                held.append(row)
                continue
            (place,) = (n for n, h in enumerate(held) if h[:size] == row[:size] and h[-1] is None)
            assert repr(held[place][:-2]) == repr(row[:-2])
            held[place] = (*held[place][:-1], row[-1])


def _plain(tables: Tables) -> dict[str, list[str]]:
    return {name: sorted(map(repr, rows)) for name, rows in tables.items()}


def _in_batches(projection: Projection, facts: Sequence[Fact], cuts: Sequence[int]) -> Tables:
    tables: Tables = {}
    ends = [*sorted({cut for cut in cuts if 0 < cut < len(facts)}), len(facts)]
    for start, stop in zip([0, *ends], ends, strict=False):
        _apply(projection, tables, projection.fold(_seen(facts, start, stop)))
    return tables


def _known(rows: Sequence[tuple[Any, ...]], size: int) -> Iterator[tuple[Any, ...]]:
    """Select what was known when the log had so many entries, as a query does."""
    for row in rows:
        if row[-2] < size and (row[-1] is None or row[-1] >= size):
            yield row[:-2]


LICENCES = attempts().map(accepted)
CUTS = st.lists(st.integers(1, 12), max_size=4)


def _holds(projection: Projection, events: Sequence[Event | None], cuts: Sequence[int]) -> None:
    stream = next(event for event in events if event)
    facts = _facts(events, stream)
    whole = _in_batches(projection, facts, ())
    assert _plain(_in_batches(projection, facts, cuts)) == _plain(whole)


@given(firearm_records(), CUTS, st.integers(0, 8))
def test_lives_read_at_any_pace_are_the_same(
    events: list[Event], cuts: list[int], unreadable: int
) -> None:
    _holds(LIVES, [*events[:unreadable], None, *events[unreadable:]], cuts)


@given(LICENCES, CUTS, st.integers(0, 8))
def test_records_read_at_any_pace_are_the_same(
    events: list[Event], cuts: list[int], unreadable: int
) -> None:
    _holds(RECORDS, [*events[:unreadable], None, *events[unreadable:]], cuts)


@given(firearm_records(), CUTS, st.integers(0, 8))
def test_findings_read_at_any_pace_are_the_same(
    events: list[Event], cuts: list[int], unreadable: int
) -> None:
    _holds(FINDINGS, [*events[:unreadable], None, *events[unreadable:]], cuts)


@given(firearm_records())
def test_what_was_known_of_a_life_at_any_size_is_what_the_domain_tells(
    events: list[Event],
) -> None:
    facts = _facts(events, events[0])
    entries = [Entry(fact.index, fact.event) for fact in facts if fact.event]
    tables = _in_batches(LIVES, facts, ())
    for size in range(len(facts) * GAP + GAP):
        moments = replay(entries, as_known_on=size - 1)
        lives = sorted(_known(tables["life"], size), key=lambda row: row[2])
        assert [row[1] for row in lives] == [each.entry.index for each in moments]
        assert [row[3:6] for row in lives] == [
            (each.event.evt, each.event.iss, each.event.occ.text) for each in moments
        ]
        assert [row[8] for row in lives] == [each.reversed_by is None for each in moments]
        assert [row[11:14] for row in lives] == [
            (each.state_after.technical, each.state_after.holder, each.state_after.custody)
            for each in moments
        ]
        misfits = _known(tables["misfit"], size)
        assert sorted((row[1], row[3]) for row in misfits) == sorted(
            (each.index, each.refusal.rule) for told in moments for each in told.contradictions
        )


@given(LICENCES)
def test_what_was_known_of_a_record_at_any_size_is_what_the_domain_tells(
    events: list[Event],
) -> None:
    facts = _facts(events, events[0])
    entries = [Entry(fact.index, fact.event) for fact in facts if fact.event]
    rows = _in_batches(RECORDS, facts, ())["record"]
    aggregate: Any = AGGREGATES[events[0].sub.kind]
    for size in range(len(facts) * GAP + GAP):
        moments = replay_record(aggregate, entries, as_known_on=size - 1)
        known = sorted(_known(rows, size), key=lambda row: row[3])
        assert [(row[1], row[6]) for row in known] == [
            (each.entry.index, each.event.occ.text) for each in moments
        ]
        assert [row[12] for row in known] == [each.state_after.status for each in moments]


@given(firearm_records(), st.randoms(use_true_random=False))
def test_what_was_found_at_any_size_is_what_the_domain_tells(
    events: list[Event], random: Any
) -> None:
    random.shuffle(events)  # so that late entries and early corrections occur
    facts = _facts(events, events[0])
    entries = [Entry(fact.index, fact.event) for fact in facts if fact.event]
    tables = _in_batches(FINDINGS, facts, ())
    for size in range(len(facts) * GAP + GAP):
        moments = replay(entries, as_known_on=size - 1)
        told = [(each.index, each.code, each.sentence, each.other) for each in remarks(moments)]
        found = sorted(_known(tables["remark"], size), key=lambda row: row[1:3])
        assert [(row[1], *row[3:6]) for row in found] == sorted(told, key=lambda row: row[0])
        claims = {row[2] for row in _known(tables["claim"], size)}
        assert claims == set(claims_of(moments[-1].state_after) if moments else ())


LONG = 120
"""Entries of a stream at which work for every earlier one would show."""


def _long_life() -> list[Event]:
    made = happened("manufactured", "2001-01-01")
    days = (date(2002, 1, 1) + timedelta(days=number) for number in range(LONG - 1))
    return [made, *(happened("transferred", day.isoformat()) for day in days)]


@pytest.mark.parametrize("projection", [LIVES, FINDINGS], ids=["lives", "findings"])
@pytest.mark.parametrize("seen", [0, LONG // 2])
def test_every_entry_of_a_long_life_is_folded_once(
    projection: Projection, seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, steps = _long_life(), Counter[int]()

    def counted(state: Any, entry: Entry, **how: bool) -> Any:
        steps[entry.index] += 1
        return step(state, entry, **how)

    monkeypatch.setattr(history_module, "step", counted)
    projection.fold(_seen(_facts(events, events[0]), seen, LONG))
    assert len(steps) == LONG
    assert set(steps.values()) == {1}


@pytest.mark.parametrize("seen", [0, LONG // 2])
def test_every_entry_of_a_long_record_is_folded_once(
    seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [decided("applied"), *[decided("varied", firearms=3) for _ in range(LONG - 1)]]
    steps, take_step = Counter[int](), RecordFold._step

    def counted(fold: RecordFold[Any], state: Any, entry: Entry) -> Any:
        steps[entry.index] += 1
        return take_step(fold, state, entry)

    monkeypatch.setattr(RecordFold, "_step", counted)
    RECORDS.fold(_seen(_facts(events, events[0]), seen, LONG))
    assert len(steps) == LONG
    assert set(steps.values()) == {1}


View = Callable[[Sequence[Fact]], dict[tuple[Any, ...], tuple[Any, ...]]]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (lambda facts: {("count",): (len(facts),)}, [("count", 1, 3, 6), ("count", 2, 6, None)]),
        (lambda _facts: {("same",): (0,)}, [("same", 0, 3, None)]),
        (lambda facts: {} if len(facts) > 1 else {("gone",): (0,)}, [("gone", 0, 3, 6)]),
        (lambda facts: {(fact.index,): (0,) for fact in facts}, [(3, 0, 3, None), (6, 0, 6, None)]),
    ],
)
def test_a_version_begins_and_ends_with_the_entry_that_changed_it(
    view: View, expected: list[tuple[Any, ...]]
) -> None:
    def tell(facts: Sequence[Fact], seen: int) -> Iterator[Change]:
        told = [view(facts[:end]) if end else {} for end in range(seen, len(facts) + 1)]
        return starmap(difference, pairwise(told))

    event = happened("found")
    assert sorted(versions(_facts([event, event], event), tell)) == expected
