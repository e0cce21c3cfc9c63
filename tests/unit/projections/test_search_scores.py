# SPDX-License-Identifier: Apache-2.0
"""The table of points: what is nearer never scores less, and nothing falls out of 0 to 100."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.marking_search.question import FIELDS, Agreement, Field
from projections.marking_search.scoring import OFF_LIKENESS, OFF_PLACE, Place, score
from projections.marking_search.tiers import Likeness, Tier

PLACES = st.sampled_from(get_args(Place))
AGREEMENTS: st.SearchStrategy[dict[Field, Agreement]] = st.dictionaries(
    st.sampled_from(FIELDS), st.sampled_from(get_args(Agreement))
)
LIKENESSES = st.builds(Likeness, st.sampled_from(Tier), st.just(""), st.integers(0, 40))


def test_a_serial_that_reads_exactly_so_and_contradicts_nothing_scores_100() -> None:
    agreements: dict[Field, Agreement] = dict.fromkeys(FIELDS, "agrees")
    assert score(Likeness(Tier.EXACT, ""), "serial", agreements) == 100


def test_every_tier_and_place_has_its_points_and_they_rise_with_the_tier() -> None:
    assert list(OFF_LIKENESS) == list(Tier)
    assert set(OFF_PLACE) == set(get_args(Place))
    assert all(one < other for one, other in pairwise(OFF_LIKENESS.values()))


@given(alike=LIKENESSES, place=PLACES, agreements=AGREEMENTS)
def test_a_score_lies_from_0_to_100(
    alike: Likeness, place: Place, agreements: dict[Field, Agreement]
) -> None:
    assert 0 <= score(alike, place, agreements) <= 100


@given(alike=LIKENESSES, place=PLACES, agreements=AGREEMENTS, field=st.sampled_from(FIELDS))
def test_what_agrees_scores_more_than_what_is_not_known_and_that_more_than_what_differs(
    alike: Likeness, place: Place, agreements: dict[Field, Agreement], field: Field
) -> None:
    answers: tuple[Agreement, ...] = ("agrees", "not on record", "differs")
    best, middle, worst = (score(alike, place, {**agreements, field: each}) for each in answers)
    assert best > middle > worst or worst == 0


@pytest.mark.parametrize("place", get_args(Place))
def test_more_misread_characters_never_score_more(place: Place) -> None:
    scores = [score(Likeness(Tier.LOOKALIKE, "", n), place, {}) for n in range(1, 30)]
    assert scores == sorted(scores, reverse=True)
