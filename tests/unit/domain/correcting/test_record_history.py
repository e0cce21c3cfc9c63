# SPDX-License-Identifier: Apache-2.0
"""Rule 1 for every record: the original, the corrected and both readings can be told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from domain.aggregate.history import View, replay
from domain.event import Event
from tests.unit.domain.correcting.records import aggregate, corrects, facts, folded, stated
from tests.unit.domain.correcting.test_record_correction_laws import records

APPLIED = stated("licence.applied")
ISSUED = stated("licence.issued")
LATER = {"field": "valid_from", "old": "2020-01-01", "new": "2021-01-01"}
EARLIER = {"field": "valid_from", "old": "2021-01-01", "new": "2019-01-01"}
RENEWED = stated("licence.renewed")
LIFE = [APPLIED, ISSUED, corrects(ISSUED, LATER), RENEWED, corrects(ISSUED, EARLIER)]


def told(view: View, as_known_on: int | None = None) -> list[tuple[int, str, bool]]:
    """Give log index, first day of the first term and whether it is a reading given up."""
    moments = replay(aggregate("lic"), folded(LIFE).entries, as_known_on=as_known_on, view=view)
    return [
        (each.entry.index, each.state_after.terms[0].since.text, each.superseded)
        for each in moments
        if each.state_after.terms
    ]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("original", "1:2020 given up, 2:2020, 3:2020, 4:2020"),
        ("corrected", "1:2019, 2:2019, 3:2019, 4:2019"),
        ("both", "1:2020 given up, 1:2019, 2:2019, 3:2019, 4:2019"),
    ],
)
def test_a_corrected_licence_is_told_as_signed_as_corrected_or_both(
    view: View, expected: str
) -> None:
    told_so = [f"{index}:{day[:4]}{' given up' * gone}" for index, day, gone in told(view)]
    assert ", ".join(told_so) == expected


@pytest.mark.parametrize(
    ("index", "since"), [(1, "2020-01-01"), (3, "2021-01-01"), (4, "2019-01-01")]
)
def test_what_was_believed_at_a_position_is_told(index: int, since: str) -> None:
    assert {day for _, day, _ in told("corrected", index)} == {since}
    assert max(number for number, _, _ in told("corrected", index)) == index


def test_a_moment_names_the_corrections_that_are_known_by_then() -> None:
    by = [
        next(each.entry.corrected_by for each in moments if each.entry.index == 1)
        for known in (1, 2, 4)
        if (moments := replay(aggregate("lic"), folded(LIFE).entries, as_known_on=known))
    ]
    assert by == [(), (2,), (2, 4)]


def test_nothing_known_is_nothing_told() -> None:
    assert replay(aggregate("lic"), folded(LIFE).entries, as_known_on=-1) == ()


@given(records())
def test_the_last_moment_is_the_present_and_the_first_readings_are_the_signed_ones(
    events: list[Event],
) -> None:
    state: Any = folded(events)
    kind = aggregate(events[0].sub.kind)
    now = replay(kind, state.entries)
    assert facts(now[-1].state_after) == facts(state)
    signed = replay(kind, state.entries, view="original")
    assert [each.event for each in signed] == events
    both = replay(kind, state.entries, view="both")
    assert [each for each in both if not each.superseded] == list(now)
    assert [each for each in both if each.superseded] == [
        each for each in signed if each.superseded
    ]
