# SPDX-License-Identifier: Apache-2.0
"""Laws of the fold: however a history arrives, the same facts give the same state."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import Event
from domain.firearm.aggregate import evolve
from domain.firearm.history import Moment, as_at, as_known_on, end_of, further, history, replay
from domain.firearm.record import in_log_order, rebuild
from domain.firearm.state import BLANK, Entry, Firearm, State
from domain.firearm.table import LINES
from domain.occurrence import parse_occurrence
from tests.unit.domain.lives import DATA, correction, happened, life
from tests.unit.tries import tries

ORIGINS = ("manufactured", "registered")
LATER = sorted(
    name.removeprefix("firearm.")
    for name in DATA
    if name not in {"firearm.manufactured", "firearm.registered", "firearm.corrected"}
)
WHEN = st.one_of(
    st.just("unknown"),
    st.integers(2000, 2020).map(str),
    st.builds("{}-{:02}".format, st.integers(2000, 2020), st.integers(1, 12)),
    st.builds("{}-{:02}-15".format, st.integers(2000, 2020), st.integers(1, 12)),
)


@st.composite
def records(draw: st.DrawFn) -> list[Event]:
    """Give events in log order: an origin, later facts, and corrections of their place."""
    events = [happened(draw(st.sampled_from(ORIGINS)), draw(WHEN))]
    for number in range(draw(st.integers(0, 8))):
        fact = happened(draw(st.sampled_from(LATER)), draw(WHEN), name=str(number))
        events.append(fact)
        if draw(st.integers(0, 3)) == 0:
            target = draw(st.sampled_from([each for each in events if "corrected" not in each.evt]))
            change = {"field": "jur", "new": draw(st.sampled_from(["XA", "XB", "XC"]))}
            when = {"field": "occ", "old": target.occ.text, "new": draw(WHEN)}
            events.append(
                correction(target, draw(st.sampled_from([change, when])), name=str(number))
            )
    return events


@given(records())
def test_folding_one_by_one_equals_folding_from_the_beginning(events: list[Event]) -> None:
    firearm = life(*events)
    assert firearm == rebuild(in_log_order(firearm.entries))


@given(records())
def test_entries_never_contradict_a_certain_order(events: list[Event]) -> None:
    entries = life(*events).entries
    for position, entry in enumerate(entries):
        for later in entries[position + 1 :]:
            assert not later.effective.occ.certainly_before(entry.effective.occ)


@given(st.lists(st.sampled_from(LATER), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter_where_dates_are_certain(
    names: list[str], random: Any
) -> None:
    origin = happened("registered", "2000")
    facts = [happened(name, str(2001 + number)) for number, name in enumerate(names)]
    shuffled = facts.copy()
    random.shuffle(shuffled)
    assert life(origin, *shuffled).state == life(origin, *facts).state


@given(records(), WHEN)
def test_the_state_at_a_date_equals_a_naive_replay_to_that_date(
    events: list[Event], when: str
) -> None:
    firearm, date = life(*events), parse_occurrence(when)
    state = BLANK
    for entry in firearm.entries:
        if not date.certainly_before(entry.effective.occ):
            state = _after(state, entry.effective)
    assert as_at(firearm, date) == state


@given(records(), st.integers(-1, 20))
def test_the_state_as_known_equals_the_fold_of_that_prefix(events: list[Event], index: int) -> None:
    known = events[: index + 1]
    assert as_known_on(life(*events), index) == (life(*known).state if known else BLANK)


@given(records(), st.randoms(use_true_random=False))
def test_a_history_told_entry_by_entry_is_the_history_told_at_once(
    events: list[Event], random: Any
) -> None:
    random.shuffle(events)  # so that corrections also come before what they correct
    entries = [Entry(index, event) for index, event in enumerate(events)]
    told: tuple[Moment, ...] = ()
    for index, entry in enumerate(entries):
        after = replay(entries, as_known_on=index)
        more = further(end_of(told), entry)
        if more is not None:
            moment, end = more
            assert (*told, moment) == after
            assert end == end_of(after)
        told = after


@given(records())
def test_a_history_that_is_not_judged_is_the_same_but_for_contradictions(
    events: list[Event],
) -> None:
    entries = [Entry(index, event) for index, event in enumerate(events)]
    judged = replay(entries)
    assert replay(entries, judged=False) == tuple(
        replace(moment, contradictions=()) for moment in judged
    )


def test_what_happened_last_and_puts_nothing_right_is_one_moment_more() -> None:
    first = happened("manufactured", occ="2015-03-02")
    change = {"field": "occ", "old": "2015-03-02", "new": "2015-03-03"}
    end = end_of(replay([Entry(0, first)]))
    assert further(end, Entry(1, happened("transferred", occ="2016-01-01"))) is not None
    for event in (happened("transferred", occ="1990-01-01"), correction(first, change)):
        assert further(end, Entry(1, event)) is None


@given(records())
def test_the_history_ends_in_the_present_state(events: list[Event]) -> None:
    firearm = life(*events)
    moments = history(firearm)
    assert moments[-1].state_after == firearm.state
    told = tuple(each for moment in moments for each in moment.contradictions)
    assert told == firearm.contradictions


@given(records(), st.sampled_from(["original", "corrected", "both"]))
def test_every_view_tells_every_entry(events: list[Event], view: Any) -> None:
    moments = replay(life(*events).entries, view=view)
    assert {each.entry.index for each in moments} == set(range(len(events)))
    extra = sum(each.superseded for each in moments) if view == "both" else 0
    assert len(moments) == len(events) + extra


@given(records())
def test_the_original_view_reads_every_event_as_signed(events: list[Event]) -> None:
    moments = history(life(*events), "original")
    assert all(each.event is each.entry.event for each in moments)
    for one, other in pairwise(moments):
        assert not other.event.occ.certainly_before(one.event.occ)


@settings(max_examples=tries(50))
@given(
    st.sampled_from(["2001", "2005-06", "unknown"]),
    st.sampled_from(["2003", "2009-09", "unknown"]),
    st.lists(st.tuples(st.sampled_from(LATER), WHEN), max_size=5),
)
def test_a_corrected_history_equals_the_one_that_was_right_from_the_start(
    wrong: str, right: str, rest: list[tuple[str, str]]
) -> None:
    origin = happened("registered", "2000")
    facts = [happened(name, when, name=str(n)) for n, (name, when) in enumerate(rest)]
    station = {"field": "station", "old": "WRONG", "new": "RIGHT"}
    when = {"field": "occ", "old": wrong, "new": right}
    was = happened("seized", wrong, station="WRONG")
    fix = correction(was, station, *([when] if wrong != right else []))
    good = happened("seized", right, station="RIGHT")
    assert life(origin, was, *facts, fix).state == life(origin, good, *facts).state


@given(records())
def test_folding_changes_no_value_that_was_there_before(events: list[Event]) -> None:
    firearm: Firearm | None = None
    for index, event in enumerate(events):
        before = (firearm, firearm.entries if firearm else ())
        after = evolve(firearm, event, index)
        assert before == (firearm, firearm.entries if firearm else ())
        firearm = after


def _after(state: State, event: Event) -> State:
    result: State = LINES[event.evt, event.type.ver].effect(state, event.dat)
    return result
