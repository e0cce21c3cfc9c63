# SPDX-License-Identifier: Apache-2.0
"""Data stay apart from words, whole, and visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.certificate.faces import drawable
from api.certificate.languages import Language, language
from api.certificate.wording import Speaker, datum, made_visible, name, visible
from domain.occurrence import parse_occurrence

PLAIN = range(0x20, 0x7F)
ENGLISH = Speaker(language("en"))


def test_a_datum_stands_in_its_place_as_a_piece_of_its_own() -> None:
    assert ENGLISH.say("Key %(key)s of %(owner)s.", key="%(owner)s", owner=7) == [
        {"w": "Key "}, {"d": "%(owner)s"}, {"w": " of "}, {"d": "7"}, {"w": "."},
    ]  # fmt: skip


def test_a_language_may_order_the_data_otherwise() -> None:
    turned = Speaker(Language(code="fr", translate=lambda _: "%(b)s et %(a)s"))
    assert turned.say("%(a)s and %(b)s", a=1, b=2) == [{"d": "2"}, {"w": " et "}, {"d": "1"}]


def test_an_unknown_day_is_said_to_be_unknown() -> None:
    assert ENGLISH.day(parse_occurrence("unknown")) == [{"w": "on a date that is not known"}]


def test_a_day_is_told_as_written_and_as_signed() -> None:
    told = ENGLISH.day(parse_occurrence("2019-03-11"))
    assert told == [{"w": "11 March 2019 ("}, {"d": "2019-03-11"}, {"w": ")"}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("EXW-18B0457", "EXW-18B0457"),
        ("A1\u202e32", "A1[U+202E]32"),
        ("A\u200bB\u00adC", "A[U+200B]B[U+00AD]C"),
        ("A\u00a0B", "A[U+00A0]B"),
        ("A\tB\x07", "A[U+0009]B[U+0007]"),
        ("ИЖ-27", "ИЖ-27"),
        ("五六式", "五六式"),
        ("مسدس", "مسدس"),
        ("\U0001f52b\ue000", "[U+1F52B][U+E000]"),
    ],
)
def test_what_cannot_be_seen_or_drawn_is_made_visible(text: str, shown: str) -> None:
    assert visible(text, drawable()) == shown


@given(st.text())
def test_whatever_is_shown_can_be_drawn(text: str) -> None:
    assert {ord(each) for each in visible(text, PLAIN)} <= set(PLAIN)
    assert {ord(each) for each in visible(text, drawable())} <= drawable()


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text, drawable()) == text


def test_data_are_made_visible_wherever_they_stand_and_words_are_left_alone() -> None:
    document = {"a": [[{"d": "\u202e"}, {"w": "\u202e"}, {"n": "\u202e", "dir": "ltr"}]], "b": 1}
    shown = {"a": [[{"d": "[U+202E]"}, {"w": "\u202e"}, {"n": "[U+202E]", "dir": "ltr"}]], "b": 1}
    assert made_visible(document, PLAIN) == shown


@pytest.mark.parametrize(
    ("text", "direction"), [("Registry", "ltr"), ("سجل XA", "rtl"), ("1 سجل", "rtl"), ("1", "ltr")]
)
def test_a_name_runs_in_the_direction_of_its_letters(text: str, direction: str) -> None:
    assert name(text) == [{"n": text, "dir": direction}]


def test_phrases_are_joined_with_a_sign_between_them() -> None:
    assert ENGLISH.joined([datum(1), datum(2)]) == [{"d": "1"}, {"w": " · "}, {"d": "2"}]
    assert ENGLISH.joined([]) == []
