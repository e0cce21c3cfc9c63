# SPDX-License-Identifier: Apache-2.0
"""The indicator counts each firearm once, by what was known, and can be counted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.identifiers import parse_stream_id
from domain.tracing.indicator import Indicator, indicator
from tests.unit.domain.lives import happened, reversal
from tests.unit.domain.tracing.asking import asked

ARM = "arm.01a2076b-4018-7111-8222-333333333333"
KNOWN = happened("registered", "2012")
SEIZED = happened("seized", "2018-05")
DIVERTED = happened("point-of-diversion-established", "2019")
OPEN = [asked("requested", firearm=ARM), asked("acknowledged")]


def entries(events: Sequence[Event], start: int = 0) -> list[Entry]:
    return [Entry(index, event) for index, event in enumerate(events, start)]


def counted(*events: Event, asking: Sequence[Event] = (), **when: Any) -> Indicator:
    requests = [entries(asking, len(events))] if asking else []
    return indicator([entries(events)], requests, **{"year": 2018, **when})


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (SEIZED, "seized"),
        (happened("seized", "2018", proceeding="administrative"), None),
        (happened("seized", "2018", proceeding="unknown"), None),
        (happened("seized", "2017-12-31"), None),
        (happened("found", "2018-01-01"), "found"),
        (happened("surrendered", "2018-12-31"), "surrendered"),
        (happened("surrendered", "2019"), None),
        (happened("stolen-reported", "2018"), None),
    ],
)
def test_what_came_to_hand_in_the_year_counts(event: Event, kind: str | None) -> None:
    found = counted(KNOWN, event)
    assert dict(found.counted) == ({(kind, "not_attempted"): 1} if kind else {})
    assert (found.denominator, found.numerator) == (1 if kind else 0, 0)
    assert found.value == (0 if kind else None)


def test_a_firearm_counts_once_and_by_the_first_time() -> None:
    found = counted(KNOWN, SEIZED, happened("found", "2018-01"), happened("seized", "2018-09"))
    assert dict(found.counted) == {("found", "not_attempted"): 1}


def test_a_time_that_may_be_of_another_year_is_told_apart() -> None:
    unknown = happened("found")
    assert counted(KNOWN, unknown).undated == 1
    assert counted(KNOWN, unknown, SEIZED).undated == 0


@pytest.mark.parametrize(
    ("asking", "level"),
    [
        (OPEN, "pending"),
        ([*OPEN, asked("closed", outcome="pending", reason="absent")], "pending"),
        ([*OPEN, asked("closed", outcome="not_identified", reason="no_record")], "not_identified"),
        ([*OPEN, asked("point-of-diversion-established", method="traced")], "traced"),
        ([*OPEN, asked("point-of-diversion-established", method="other")], "established"),
        ([asked("requested")], "not_attempted"),
    ],
)
def test_a_request_tells_how_far_a_firearm_was_traced(asking: list[Event], level: str) -> None:
    assert dict(counted(KNOWN, SEIZED, asking=asking).counted) == {("seized", level): 1}


@pytest.mark.parametrize(
    "events",
    [
        [SEIZED, DIVERTED],
        [happened("seized", "2018", condition="home_made")],
        [happened("surrendered", "2018", condition="home_made")],
        [
            SEIZED,
            happened("deactivation-verified", "2017"),
            happened("reactivated-illicitly", "2018"),
        ],
    ],
    ids=["established otherwise", "home-made, seized", "home-made, handed in", "reactivated"],
)
def test_diversion_known_without_a_trace_counts_as_established(events: list[Event]) -> None:
    found = counted(KNOWN, *events)
    assert (found.numerator, found.denominator, found.value) == (1, 1, Fraction(100))


def test_a_reversed_seizure_does_not_count() -> None:
    assert counted(KNOWN, SEIZED, reversal(SEIZED)).denominator == 0


def test_what_was_known_before_can_be_counted_again() -> None:
    asking = [*OPEN, asked("point-of-diversion-established", method="traced")]
    values = [counted(KNOWN, SEIZED, asking=asking, known=known).value for known in range(5)]
    assert values == [None, 0, 0, 0, 100]


def test_firearms_of_one_year_are_summed() -> None:
    other = replace(KNOWN, sub=parse_stream_id(ARM.replace("333", "444")))
    firearms = [entries([KNOWN, SEIZED, DIVERTED]), entries([other, SEIZED]), entries([KNOWN])]
    assert indicator(firearms, [], year=2018).value == Fraction(50)
    assert indicator(firearms, [], year=2017).value is None
