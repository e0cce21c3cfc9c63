# SPDX-License-Identifier: Apache-2.0
"""Scales are round, reach what they measure, and shares make a whole."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.charts.drawing.reader import Reader
from api.console.charts.drawing.scale import shares, steps, time_scale
from domain.occurrence import parse_occurrence
from tests.unit.api.console.charts.drawn import OCCURRENCES
from tests.unit.api.console.charts.looking import ENGLISH, LANGUAGES, untranslated


@given(st.integers(0, 10**12))
def test_a_scale_begins_at_nothing_and_reaches_the_most_with_few_round_steps(most: int) -> None:
    found = steps(most)
    assert found[0] == 0
    assert found[-1] >= max(most, 1)
    assert len(found) <= 5
    (step,) = {after - before for before, after in pairwise(found)}
    assert str(step).rstrip("0") in {"1", "2", "5"}


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_shares_add_up_to_a_hundred(counts: list[int]) -> None:
    found = shares(counts)
    assert round(sum(found), 6) == (100 if any(counts) else 0)
    assert all(
        abs(each - 100 * n / (sum(counts) or 1)) < 0.1001
        for each, n in zip(found, counts, strict=True)
    )


def test_there_are_no_shares_of_nothing() -> None:
    assert shares([]) == ()
    assert shares([0, 0]) == (0, 0)


@given(st.lists(OCCURRENCES.filter(lambda each: each.precision != "unknown"), min_size=1))
def test_every_time_lies_on_its_line_in_order(times: list[object]) -> None:
    seconds = sorted(each.earliest for each in times)  # type: ignore[attr-defined]
    scale = time_scale(seconds, 100, 300)
    places = [scale.x(each) for each in seconds]
    assert all(100 <= each <= 400 for each in places)
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("1998", "2012", ["1998", "2002", "2006"]),
        ("2017-01", "2017-12", ["Jan 2017", "Apr 2017"]),
        ("2017-01-10", "2017-01-20", ["Jan 9, 2017", "Jan 12, 2017"]),
    ],
)
def test_a_line_of_time_is_marked_in_years_months_or_days(
    first: str, last: str, told: list[str]
) -> None:
    times = [parse_occurrence(first).earliest, parse_occurrence(last).latest]
    marks = [text for _, text in time_scale(times, 0, 400).ticks(ENGLISH, lambda _: 70)]
    assert marks[: len(told)] == told


@given(OCCURRENCES, OCCURRENCES, st.sampled_from(LANGUAGES), st.floats(20, 200))
def test_marks_of_time_lie_on_the_line_and_leave_each_other_room(
    one: object, other: object, language: str, room: float
) -> None:
    ends = [each.latest for each in (one, other) if each.precision != "unknown"]  # type: ignore[attr-defined]
    scale = time_scale(ends or [0], 0, 478)
    found = scale.ticks(Reader(language, untranslated), lambda _: room)
    assert len(found) <= max(1, 478 / room)
    assert all(scale.first <= at <= scale.last for at, _ in found)
    assert [at for at, _ in found] == sorted({at for at, _ in found})
