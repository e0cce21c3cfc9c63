# SPDX-License-Identifier: Apache-2.0
"""Who looks three times as often as usual is listed, and a busy or new officer is not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit.access.unusual import (
    ACTIVE_DAYS_MIN,
    DAY_SECONDS,
    FEW,
    UNKNOWN_HABIT,
    WINDOW_DAYS,
    Unusual,
    unusual,
)
from audit.proof.access.record import Access
from tests.unit.audit.access.logs import access

TODAY = 20_833 * DAY_SECONDS
OFFICER = "off.01a2076b-4018-7111-8222-444444444444"


def day(ago: int, count: int, **changes: Any) -> list[Access]:
    return [access(TODAY - ago * DAY_SECONDS + n, **changes) for n in range(count)]


def usual(count: int, days: Iterable[int] = range(1, 11)) -> list[Access]:
    return [each for ago in days for each in day(ago, count)]


def test_a_day_beyond_three_times_the_median_is_listed() -> None:
    records = usual(8) + day(0, 25, decision="purpose_denied")
    assert unusual(records, since=TODAY) == [
        Unusual(who=OFFICER, authority="police.xa", day=TODAY, count=25, refused=25, median=8.0)
    ]
    assert unusual(usual(8) + day(0, 24), since=TODAY) == []


def test_somebody_new_is_compared_with_what_is_assumed() -> None:
    assert unusual(day(0, 3 * UNKNOWN_HABIT), since=TODAY) == []
    (found,) = unusual(day(0, 3 * UNKNOWN_HABIT + 1), since=TODAY)
    assert found.median == UNKNOWN_HABIT
    habit = usual(100, range(1, ACTIVE_DAYS_MIN))
    assert len(unusual(habit + day(0, 31), since=TODAY)) == 1
    assert unusual([*habit, *day(ACTIVE_DAYS_MIN, 100), *day(0, 300)], since=TODAY) == []


def test_a_few_looks_are_never_unusual() -> None:
    assert unusual(usual(1) + day(0, FEW), since=TODAY) == []
    assert len(unusual(usual(1) + day(0, FEW + 1), since=TODAY)) == 1


def test_only_the_thirty_days_before_count() -> None:
    long_ago = usual(100, range(WINDOW_DAYS + 1, WINDOW_DAYS + 20))
    assert len(unusual(long_ago + day(0, 31), since=TODAY)) == 1
    inside = usual(100, range(WINDOW_DAYS - 10, WINDOW_DAYS + 1))
    assert unusual(inside + day(0, 31), since=TODAY) == []


def test_days_before_are_not_judged_again_and_others_are_no_habit() -> None:
    records = usual(8) + day(1, 100) + day(0, 20)
    assert [each.day for each in unusual(records, since=TODAY)] == []
    assert [each.day for each in unusual(records, since=TODAY - DAY_SECONDS)] == [
        TODAY - DAY_SECONDS
    ]
    others = usual(8) + day(0, 31, officer="", key="B" * 43)
    assert [each.who for each in unusual(others, since=TODAY)] == ["B" * 43]


def test_only_persons_and_traces_are_watched() -> None:
    assert unusual(day(0, 500, action="statistics.read"), since=TODAY) == []
    assert unusual(day(0, 500, means="stranger"), since=TODAY) == []
