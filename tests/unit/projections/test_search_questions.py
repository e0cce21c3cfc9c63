# SPDX-License-Identifier: Apache-2.0
"""What can be asked, what cannot, and how a pattern is looked up; whatever is typed."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import InvalidValueError
from domain.markings import canonical, lookalike_fold
from projections.marking_search.patterns import (
    anchor_of,
    anchors_in,
    has_trigrams,
    pattern_terms,
    ways,
)
from projections.marking_search.question import Question
from projections.marking_search.reading import READING_CHARS_MAX, Reading, is_registry_number
from projections.marking_search.spelling import spellings

SLUGS = {"serial_too_long", "serial_control_characters", "serial_too_short", "kind_unknown"}
PATTERNS = st.text("A1S\u0416?*[]-.", max_size=12)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("?" * 9, "serial_too_short"),
        ("*?*", "serial_too_short"),
        ("....", "serial_too_short"),
        ("", "serial_too_short"),
        ("'; --", "serial_too_short"),
        ("1" * (READING_CHARS_MAX + 1), "serial_too_long"),
        ("A" * 1_000, "serial_too_long"),
        ("TW9\x00000042", "serial_control_characters"),
        ("TW9\n000042", "serial_control_characters"),
        ("TW9\x1b[31m", "serial_control_characters"),
        ("TW9\ud800", "serial_control_characters"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_with_the_reason(text: str, slug: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Question(text=text).check()
    assert refusal.value.slug == slug
    assert text not in str(refusal.value) or not text


@pytest.mark.parametrize(
    "text",
    ["' or 1=1 --", "A1'); drop table projection.marking; --", "(A|B)+1", "^A1$", "A{1,9}", "A\\1",
     "\u0410A1", "A1\u200b", "%A1_"],
)  # fmt: skip
def test_text_with_signs_or_of_several_scripts_is_only_text(text: str) -> None:
    question = Question(text=text)
    question.check()
    assert question.reading.key.isalnum()
    assert not question.reading.is_pattern


@given(text=st.text())
@example("[" * 200)
@example("?[5S]" * 40)
def test_whatever_is_typed_is_asked_or_refused_by_name(text: str) -> None:
    try:
        Question(text=text, kind="pistol").check()
    except InvalidValueError as refusal:
        assert refusal.slug in SLUGS  # noqa: PT017 - both ends are right, and nothing else is
        return
    reading = Reading(text)
    assert reading.fits(re.sub(r"[?*\[\]]", "", text)) in (True, False)
    assert "\x00" not in reading.like()


def test_an_unknown_kind_of_gun_is_refused_with_the_list() -> None:
    with pytest.raises(InvalidValueError, match="grenade_launcher"):
        Question(text="A1", kind="handgun").check()


@pytest.mark.parametrize(
    ("like", "found"),
    [
        ("%ABC%", True),
        ("%1A2_", True),
        ("%AB%C1%", False),
        ("%\u0416\u0429\u0424\u042d%", False),
        ("%A\u0416B1%", False),
        ("%\u0416AB1%", True),
    ],
)
def test_a_pattern_is_looked_up_by_its_middle_where_every_server_has_trigrams_of_it(
    like: str, *, found: bool
) -> None:
    assert has_trigrams(like) is found
    assert has_trigrams(like, "%AB%") is False


def test_many_stars_are_compared_in_no_time() -> None:
    started = time.process_time()
    assert not Reading("*A" * 60 + "*B").fits("A" * 64)
    assert Reading("*A" * 60 + "*").fits("A" * 64)
    assert time.process_time() - started < 1


@given(pattern=PATTERNS, text=st.text("A1S5\u0416-", max_size=8))
def test_a_reading_fits_what_the_regular_expression_of_its_sql_pattern_matches(
    pattern: str, text: str
) -> None:
    reading = Reading(pattern)
    like = reading.like()
    matches = re.fullmatch(like.replace("_", ".").replace("%", ".*"), canonical(text))
    assert bool(matches) or not reading.fits(text)
    if "[" not in pattern:
        assert bool(matches) is reading.fits(text)


@given(pattern=PATTERNS, text=st.text("A1S5\u0416-", max_size=8))
def test_what_fits_the_canonical_key_fits_that_with_look_alikes_too(
    pattern: str, text: str
) -> None:
    reading = Reading(pattern)
    assert reading.fits(text, lookalike_fold) or not reading.fits(text)


@given(pattern=PATTERNS, text=st.text("A1S5\u0416-", max_size=8))
def test_what_a_pattern_admits_lies_in_every_range_by_which_it_is_looked_up(
    pattern: str, text: str
) -> None:
    reading = Reading(pattern)
    if not reading.fits(text, lookalike_fold):
        return
    key, like = lookalike_fold(text), reading.like(lookalike_fold)
    terms = pattern_terms(like)
    assert terms["front0"] <= key < terms["front_high0"]
    assert terms["end0"] <= key[::-1] < terms["end_high0"]
    assert terms["shortest0"] <= len(key) <= terms["longest0"]
    assert "ends" not in ways(like) or key[:2] == terms["pair0"]
    assert anchor_of(like) in anchors_in(key)
    keys = spellings(like)
    assert not keys or key in keys or not key.isascii()


@pytest.mark.parametrize(
    ("like", "expected"),
    [
        ("TV90000_2", ["front"]),
        ("TV9_0042", ["ends", "end"]),
        ("%42", ["end"]),
        ("A%2", ["end"]),
        ("_42", ["end"]),
        ("TV9%", ["front"]),
        ("%TV9%", []),
    ],
)
def test_the_narrowest_way_is_taken_first(like: str, expected: list[str]) -> None:
    assert ways(like) == expected


@pytest.mark.parametrize("like", ["A%", "A___", "_A%"])
def test_a_long_list_of_keys_is_not_spelled_out(like: str) -> None:
    assert spellings(like) == ()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2010/00795672961", True),
        (" 00795672961 / 2010", True),
        ("2010-00795672961", True),
        ("2010-4711", False),
        ("1234/56", False),
        ("TW9-000042", False),
        ("20101234567", False),
    ],
)
def test_a_year_and_a_running_number_are_a_registry_number(text: str, is_one: bool) -> None:
    assert is_registry_number(text) is is_one


@pytest.mark.parametrize(
    ("fields", "can"),
    [
        ({}, False),
        ({"make": "FN"}, False),
        ({"make": "FN", "country": "BE"}, False),
        ({"make": "--", "year": 1968}, False),
        ({"make": "FN", "year": 1968}, True),
    ],
)
def test_two_fields_make_a_misread_character_worth_trying(
    fields: dict[str, Any], can: bool
) -> None:
    assert Question(text="A1", **fields).can_be_misread is can
