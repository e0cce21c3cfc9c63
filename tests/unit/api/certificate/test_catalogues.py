# SPDX-License-Identifier: Apache-2.0
"""Every word of a certificate is there in every language, and holds the same data."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from api.certificate.languages import CATALOGUES, LOCALES, language
from domain.occurrence import parse_occurrence
from tests.unit.api.certificate.messages import messages

TRANSLATED = [each for each in LOCALES if each != "en"]
PLACE = re.compile(r"%\(\w+\)s")
MESSAGES = messages()
SPELLED_ALIKE = 25
"""How many words may be the same in a language that shares many with English."""


def catalogue(code: str) -> Catalog:
    with (CATALOGUES / code / "certificate.po").open("rb") as file:
        return read_po(file, locale=code)


def test_the_catalogues_are_those_of_the_six_languages() -> None:
    assert {each.name for each in CATALOGUES.iterdir()} == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_missing_and_none_is_left_over(code: str) -> None:
    found = {str(each.id) for each in catalogue(code) if each.id}
    assert (sorted(MESSAGES - found), sorted(found - MESSAGES)) == ([], [])


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_empty_or_fuzzy(code: str) -> None:
    doubtful = [each.id for each in catalogue(code) if each.id and (not each.string or each.fuzzy)]
    assert doubtful == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_holds_the_same_data(code: str) -> None:
    differing = [
        each.id
        for each in catalogue(code)
        if each.id
        and sorted(PLACE.findall(str(each.id))) != sorted(PLACE.findall(str(each.string)))
    ]
    assert differing == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_left_in_english(code: str) -> None:
    same = [each.id for each in catalogue(code) if each.id and each.id == each.string]
    told = [each for each in same if re.search(r"[A-Za-z]{3}", PLACE.sub("", str(each)))]
    assert len(told) <= (SPELLED_ALIKE if code in ("fr", "es") else 0), told


@pytest.mark.parametrize("code", LOCALES)
def test_a_number_in_a_message_is_written_in_western_digits(code: str) -> None:
    written = [language(code).translate(each) for each in MESSAGES]
    assert [
        each for each in written if re.search(r"[^\W\d_]*[\u0660-\u0669\u06f0-\u06f9]", each)
    ] == []


@pytest.mark.parametrize(
    ("code", "text", "written"),
    [
        ("en", "2019-03-11", "11 March 2019"),
        ("fr", "2019-03-11", "11 mars 2019"),
        ("es", "2019-03-11", "11 de marzo de 2019"),
        ("ru", "2019-03-11", "11 марта 2019\u202f\u0433."),
        ("zh", "2019-03-11", "2019年3月11日"),
        ("ar", "2019-03-11", "11 مارس 2019"),
        ("en", "2019-03", "March 2019"),
        ("en", "2019", "2019"),
        ("en", "2026-11-20T21:40:00Z", "20 November 2026"),
    ],
)
def test_a_day_is_written_as_people_there_do(code: str, text: str, written: str) -> None:
    assert language(code).day(parse_occurrence(text)) == written
