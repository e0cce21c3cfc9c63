# SPDX-License-Identifier: Apache-2.0
"""Laws of duties: they follow from the events alone, and time only ever makes them later."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event
from domain.occurrence import parse_occurrence
from domain.policy.duties import ORDER, Duty, duties
from tests.unit.domain.lives import happened
from tests.unit.domain.policy.policies import (
    IMPORT,
    LOSS,
    REPAIR,
    entries,
    imported,
    marked,
    policy,
)

RULES = policy(IMPORT, LOSS, REPAIR)
BORN = happened("registered", "2012")
DATES = ("2019", "2020-02", "2020-03-01", "2020-03-15T10:00:00Z", "2021", "unknown")
DAYS = ("2018-06-01", "2020-03-01", "2020-04-20", "2022-01-01", "2026-11-24")


def event(kind: int, occ: str, number: int) -> Event:
    events = (
        imported(occ, country="XA"),
        marked(occ),
        happened("lost-reported", occ, discovered_on=occ),
        happened("custody-received", occ),
        happened("custody-returned", occ),
        happened("destroyed", occ),
    )
    return replace(events[kind], eid=f"{number:043}", iat=1_583_020_800 + number * 86_400)


MANY = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(DATES), st.integers(0, 60)), max_size=7
).map(lambda drawn: [event(*each) for each in drawn])


def on(day: str, events: list[Event]) -> tuple[Duty, ...]:
    return duties(entries(BORN, *events), RULES, on=parse_occurrence(day))


@given(MANY, st.sampled_from(DAYS))
def test_any_history_has_duties_in_order_and_each_state_has_its_reason(
    events: list[Event], day: str
) -> None:
    found = on(day, events)
    assert [ORDER.index(each.state) for each in found] == sorted(
        ORDER.index(each.state) for each in found
    )
    for each in found:
        assert (each.closed_by is None) == (each.state in {"overdue", "open"})
        if each.state in {"overdue", "met_late"}:
            assert each.due is not None
        if each.due is not None and each.closed_at is not None:
            assert (each.closed_at.earliest > each.due) == (each.state == "met_late")


@given(MANY, st.integers(0, len(DAYS) - 2))
def test_what_was_met_by_a_day_stays_met_and_nothing_is_overdue_before_it_was_open(
    events: list[Event], place: int
) -> None:
    before, after = (
        {(each.rule.code, each.opened_by.index): each for each in on(DAYS[place + n], events)}
        for n in (0, 1)
    )
    assert before.keys() <= after.keys()
    for name, each in before.items():
        if each.closed_by:
            assert after[name].closed_by
        if each.state == "overdue":
            assert after[name].state in {"overdue", "met_late", "met"}


@given(MANY, st.sampled_from(DAYS))
def test_the_same_entries_give_the_same_duties(events: list[Event], day: str) -> None:
    assert on(day, events) == on(day, events)
