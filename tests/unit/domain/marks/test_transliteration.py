# SPDX-License-Identifier: Apache-2.0
"""Texts of other scripts in Latin letters: what a stranger types who cannot read the mark."""

# ruff: noqa: RUF001 - letters of other scripts are meant, also those that look Latin

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.markings import canonical, latin_fold
from domain.script.letters import HAN_DIGITS, transliterate
from domain.script.pinyin import PINYIN

WRITTEN = {
    "ИЖ-27": "IZH-27",
    "тоз 1943 г.": "TOZ 1943 G.",
    "Молот": "MOLOT",
    "Застава": "ZASTAVA",
    "Ђорђе Љубљана": "DORDE LJUBLJANA",
    "Київ": "KIIV",
    "объём": "OBIEEM",
    "ΠΥΡΚΑΛ": "PYRKAL",
    "Ψ-Χίος": "PS-CHIOS",
    "ساخت ۱۲۳": "SAKHT 123",
    "پژوگاه": "PZHWGAH",
    "مصر": "MSR",
    "五六式": "56SHI",
    "国营": "GUOYING",
    "國營": "GUOYING",
    "重庆": "ZHONGQING",
    "Ünite": "UNITE",
    "tw9": "TW9",
    "שלום": "שלום",
    "岜": "BA",
}


@pytest.mark.parametrize(("seen", "latin"), WRITTEN.items())
def test_a_text_is_written_in_latin_letters(seen: str, latin: str) -> None:
    assert transliterate(seen) == latin


@pytest.mark.parametrize(
    ("seen", "typed"),
    [("ИЖ-27 № 5", "Izh 27 No 5"), ("五六式 123", "56 shi 123"), ("ΠΥΡΚΑΛ", "Pyrkal")],
)
def test_what_a_stranger_types_meets_what_is_cut_in(seen: str, typed: str) -> None:
    assert latin_fold(seen) == latin_fold(typed) == canonical(typed)
    assert canonical(seen) != canonical(typed)


def test_letters_that_look_latin_have_two_keys() -> None:
    assert (canonical("АВ1"), latin_fold("АВ1")) == ("AB1", "AV1")


@pytest.mark.parametrize("alphabet", ["CYRILLIC", "GREEK"])
def test_every_letter_of_the_modern_alphabets_has_latin_letters(alphabet: str) -> None:
    letters = {"CYRILLIC": range(0x400, 0x460), "GREEK": range(0x391, 0x3CA)}[alphabet]
    for letter in (chr(code) for code in letters if unicodedata.name(chr(code), "")):
        assert transliterate(letter).isascii(), letter


def test_every_arabic_and_persian_letter_has_latin_letters() -> None:
    letters = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژکگی٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
    assert transliterate(letters).isascii()


@pytest.mark.parametrize("code", ["gb2312", "big5"])
def test_every_frequent_chinese_character_is_read(code: str) -> None:
    first = {"gb2312": range(0xB0, 0xF8), "big5": range(0xA4, 0xC6)}[code]
    second = {"gb2312": range(0xA1, 0xFF), "big5": (*range(0x40, 0x7F), *range(0xA1, 0xFF))}[code]
    pairs = (bytes((one, other)) for one in first for other in second)
    characters = {pair.decode(code, "ignore") for pair in pairs} - {""}
    assert len(characters) > 5_000
    assert {each for each in characters if not transliterate(each).isascii()} == set()


def test_a_chinese_character_has_one_reading_and_a_digit_none() -> None:
    assert not PINYIN.keys() & HAN_DIGITS.keys()
    assert set("".join(PINYIN.values())) <= set("ABCDEFGHIJKLMNOPQRSTUWXYZ")
    assert len(Counter(PINYIN.values())) > 390


@given(st.text(max_size=64))
def test_a_text_in_latin_letters_is_left_alone(text: str) -> None:
    once = transliterate(text)
    assert latin_fold(once) == latin_fold(text)


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=64))
def test_latin_text_has_one_key(text: str) -> None:
    assert latin_fold(text) == canonical(text)
