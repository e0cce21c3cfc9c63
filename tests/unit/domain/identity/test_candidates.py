# SPDX-License-Identifier: Apache-2.0
"""Characters of a damaged mark: how they are told, and which numbers they admit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.firearm.candidates import Damaged


def damaged(*reading: tuple[int, str], length: int | None = None) -> Damaged:
    given = [{"position": place, "characters": tuple(texts)} for place, texts in reading]
    return Damaged.model_validate({"reading": given, **({"length": length} if length else {})})


@pytest.mark.parametrize(
    ("reading", "length", "pattern"),
    [
        (((1, "A"), (3, "5S"), (4, "1"), (5, "4")), None, "A?[5S]14.."),
        (((1, "A"), (3, "5S")), 5, "A?[5S]??"),
        (((2, "Ж"),), 2, "?Ж"),
        (((1, "工"),), None, "工.."),
    ],
)
def test_a_reading_is_told_as_a_pattern(reading: Any, length: int | None, pattern: str) -> None:
    assert damaged(*reading, length=length).pattern == pattern


@pytest.mark.parametrize(
    ("text", "admitted"),
    [
        ("A25140", True),
        ("a2s14", True),
        ("A-2514", True),
        ("B2514", False),
        ("A2X14", False),
        ("A25", False),
        ("\u04102514", True),
    ],
)
def test_a_reading_admits_the_numbers_that_fit(text: str, admitted: bool) -> None:
    assert damaged((1, "A"), (3, "5S"), (4, "1"), (5, "4")).admits(text) is admitted


@pytest.mark.parametrize(
    ("text", "admitted"), [("A2514", True), ("A25140", False), ("A251", False)]
)
def test_a_known_length_is_part_of_the_reading(text: str, admitted: bool) -> None:
    assert damaged((1, "A"), length=5).admits(text) is admitted


def test_a_sign_between_the_characters_may_count_as_a_position() -> None:
    assert damaged((4, "-"), (5, "0"), length=10).admits("TW9-000042")
    assert not damaged((4, "/"), length=10).admits("TW9-000042")


@pytest.mark.parametrize(
    "reading",
    [
        [],
        [{"position": 0, "characters": ["A"]}],
        [{"position": 33, "characters": ["A"]}],
        [{"position": 1, "characters": []}],
        [{"position": 1, "characters": ["AB"]}],
        [{"position": 1, "characters": [" "]}],
        [{"position": 2, "characters": ["A"]}, {"position": 1, "characters": ["B"]}],
        [{"position": 1, "characters": ["A"]}, {"position": 1, "characters": ["B"]}],
        [{"position": 1, "characters": ["A"], "note": "clear"}],
    ],
    ids=str,
)
def test_a_reading_of_another_form_is_refused(reading: Any) -> None:
    with pytest.raises(ValidationError):
        Damaged.model_validate({"reading": reading})


@given(st.text("ABC123", min_size=1, max_size=12), st.data())
def test_what_is_read_of_a_number_admits_that_number(text: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(1, len(text)), min_size=1))
    reading = [(place, f"{text[place - 1]}X") for place in sorted(places)]
    assert damaged(*reading).admits(text)
    assert damaged(*reading, length=len(text)).admits(text)
    assert not damaged(*reading, length=len(text) + 1).admits(text)
    assert damaged(*reading, length=len(text)).pattern.count("[") == len(places)
