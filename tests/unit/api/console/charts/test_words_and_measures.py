# SPDX-License-Identifier: Apache-2.0
"""Words fit where they are written, are cut where one may cut, and read as the reader writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.charts.drawing.element import element, number
from api.console.charts.drawing.measure import ELLIPSIS, longest, width, wrap
from api.console.charts.drawing.reader import Datum, Reader, clean, direction_of
from domain.occurrence import parse_occurrence
from tests.unit.api.console.charts.drawn import WORDS
from tests.unit.api.console.charts.looking import ARABIC, ENGLISH, LANGUAGES, untranslated

ROOMS = st.floats(40, 400)


@given(WORDS, ROOMS, st.integers(1, 4))
def test_no_line_is_wider_than_its_room_and_there_are_no_more_than_asked(
    text: str, room: float, lines: int
) -> None:
    wrapped = wrap(text, room, lines=lines)
    assert 1 <= len(wrapped) <= lines
    assert all(width(each) <= room for each in wrapped)


@given(st.lists(st.text("abcdefghi", min_size=1, max_size=4), min_size=1, max_size=6), ROOMS)
def test_a_text_that_has_room_loses_nothing(words: list[str], room: float) -> None:
    text = " ".join(words)
    wrapped = wrap(text, room, lines=len(words))
    assert " ".join(wrapped) == text


def test_a_text_that_has_no_room_says_by_its_end_that_it_goes_on() -> None:
    (line,) = wrap("Submachine gun with a folding stock", 100, lines=1)
    assert line.endswith(ELLIPSIS)
    assert "Submachine gun with a folding stock".startswith(line.removesuffix(ELLIPSIS))


def test_ideographs_break_anywhere_and_other_words_at_spaces() -> None:
    assert wrap("\u67aa\u652f\u6ce8\u518c", 30, lines=2) == ("\u67aa\u652f", "\u6ce8\u518c")
    assert wrap("found again", 60, lines=2) == ("found", "again")


def test_a_letter_keeps_what_is_written_over_it() -> None:
    text = "a\u0301" * 30
    for line in wrap(text, 60, lines=9):
        assert not line.startswith("\u0301")


def test_data_stays_data_when_it_wraps() -> None:
    assert all(isinstance(each, Datum) for each in wrap(Datum("9\u00d719 mm " * 9), 60))


def test_nothing_takes_no_room() -> None:
    assert longest([]) == 0
    assert width("") == 0
    assert width("\u0301") == 0


def test_what_would_reorder_or_break_a_page_is_made_visible() -> None:
    assert clean("a\u202eb\x00c\u2066") == "a\ufffdb\ufffdc\ufffd"
    assert clean(" a\n\tb\u2028c ") == "a b c"


def test_a_mark_of_direction_is_lawful_in_words_and_seen_in_data() -> None:
    assert clean("12%\u200e") == "12%\u200e"
    assert clean(Datum("12\u200f3")) == "12\ufffd3"


def test_data_runs_to_the_right_and_names_run_by_their_first_letter() -> None:
    assert direction_of(Datum("\u0645 9\u00d719"), ARABIC) == "ltr"
    assert direction_of("(Pol\u00edcia Civil)", ARABIC) == "ltr"
    assert direction_of("\u0645\u0633\u062f\u0633", ENGLISH) == "rtl"
    assert [direction_of("12 %", each) for each in (ENGLISH, ARABIC)] == ["ltr", "rtl"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ("1,430", "61.8%", "Mar 2, 2026", "Mar 2026", "Q1 2026")),
        ("fr", ("1\u202f430", "61,8\xa0%", "2 mars 2026", "mars 2026", "T1 2026")),
        ("es", ("1.430", "61,8\xa0%", "2 mar 2026", "mar 2026", "T1 2026")),
        ("ru", ("1\xa0430", "61,8\xa0%", "2 \u043c\u0430\u0440. 2026\u202f\u0433.", None, None)),
        ("zh", ("1,430", "61.8%", "2026\u5e743\u67082\u65e5", "2026\u5e743\u6708", None)),
        ("ar", ("1,430", "61.8%", "02\u200f/03\u200f/2026", None, None)),
    ],
)
def test_numbers_and_times_are_written_as_the_language_does(
    language: str, written: tuple[str | None, ...]
) -> None:
    reader = Reader(language, untranslated)
    at = parse_occurrence("2026-03-02").earliest
    found = (
        reader.number(1430),
        reader.percent(61.8),
        reader.day(at),
        reader.month(at),
        reader.quarter(at),
    )
    assert [each for each, due in zip(found, written, strict=True) if due is not None] == [
        each for each in written if each is not None
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["2026", "2026-03", "2026-03-02", "2026-03-02T10:11:12Z"])
def test_a_time_is_written_as_exactly_as_it_is_known_and_keeps_what_was_signed(
    language: str, text: str
) -> None:
    reader = Reader(language, untranslated)
    told = reader.when(parse_occurrence(text))
    assert told.iso == text
    assert "2026" in told
    assert ("10:11:12" in told) == ("T" in text)


def test_a_year_is_no_first_of_january() -> None:
    assert ENGLISH.when(parse_occurrence("2015")) == "2015"
    assert ENGLISH.when(parse_occurrence("unknown")) == "Date not known"


@given(st.floats(-1e9, 1e9))
def test_a_length_is_written_without_an_exponent_or_a_negative_nothing(value: float) -> None:
    assert "e" not in number(value)
    assert number(value) != "-0"
    assert abs(float(number(value)) - value) <= 0.06


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_length_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="length"):
        element("rect", {"width": value})
