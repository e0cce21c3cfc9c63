# SPDX-License-Identifier: Apache-2.0
"""Screen 1: what may bear a mark, with reasons, for those who may ask and say why."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from api.console.languages import NAMES
from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.projections.searching.hostile import MIXED, NOTHING, REFUSED, SERIAL

HOSTILE = '"><script>alert(1)</script>\u202e'


@pytest.fixture(scope="module")
def arm(console: Console) -> str:
    return str(console.desk.life("SRCH-0B8"))


@pytest.fixture(scope="module")
def officer(console: Console) -> Person:
    return console.person("TRC").says()


def test_a_misread_character_is_marked_and_explained(officer: Person, arm: str) -> None:
    answer = officer.get("/search?text=SRCH-088&make=TESTWERK")
    assert answer.status_code == 200
    assert f'href="/firearms/{arm}"' in answer.text
    assert "<mark>B</mark>" in answer.text
    assert "Why alike:" in text_of(answer)


BEFORE = {
    "en": "the text before a correction: entry",
    "fr": "le texte avant une rectification : l\N{RIGHT SINGLE QUOTATION MARK}entrée",
    "es": "el texto antes de una corrección: el asiento",
    "ru": "текст до исправления: запись",
    "zh": "更正前的文字\N{FULLWIDTH COLON}条目",
    "ar": "النص قبل التصحيح: القيد",
}


def test_a_corrected_serial_says_so_in_every_language(console: Console, officer: Person) -> None:
    _, entry = console.desk.read_wrongly("SRCH-2001", read="SRCH-2007", right="SRCH-2009")
    assert BEFORE.keys() == NAMES.keys()
    for language, words in BEFORE.items():
        told = text_of(officer.get("/search?text=SRCH-2007", **{"Accept-Language": language}))
        _, found, rest = told.partition(words)
        assert found, language
        assert str(entry) in rest
        assert "SRCH-2009" in rest
    assert "the text after a correction" in text_of(officer.get("/search?text=SRCH-2009"))


def test_the_purpose_is_asked_for_first_and_leads_back(console: Console) -> None:
    answer = console.person("TRC").get("/search?text=SRCH-0B8")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/purpose?next=%2Fsearch%3Ftext%3DSRCH-0B8")


def test_the_form_is_there_before_anything_is_asked(console: Console) -> None:
    answer = console.person("TRC").get("/search")
    assert answer.status_code == 200
    assert "Possible firearms" not in text_of(answer)


def test_what_cannot_be_asked_is_told_beside_its_field_and_kept(officer: Person) -> None:
    answer = officer.get("/search?text=*&make=TESTWERK")
    assert answer.status_code == 400
    assert 'href="#text"' in answer.text
    assert 'value="TESTWERK"' in answer.text
    year = officer.get("/search?text=SRCH-0B8&year=MMXV")
    assert 'href="#year"' in year.text
    country = officer.get("/search?text=SRCH-0B8&country=Atlantis")
    assert 'href="#country"' in country.text
    assert 'value="Atlantis"' in country.text
    assert 'value="Belgium (BE)"' in officer.get("/search?text=SRCH-0B8&country=Belgique").text


def test_nothing_alike_leads_to_a_tracing_request(officer: Person) -> None:
    told = text_of(officer.get("/search?text=ZZ99-QQ77-XX55"))
    assert "Nothing on record is alike." in told
    assert "Open a tracing request" in told


def test_a_list_is_answered_line_by_line(officer: Person, arm: str) -> None:
    answer = officer.post("/search/list", {"lines": "SRCH-0B8\n*\nZZ99-QQ77-XX55\n"})
    assert answer.status_code == 200
    rows = re.findall(r"(?s)<tr><th scope=\"row\">.*?</tr>", answer.text)
    assert len(rows) == 3
    assert arm in rows[0]
    assert 'class="wrong"' in rows[1]
    assert "Nothing on record is alike." in rows[2]


@pytest.mark.parametrize("lines", ["", "x\n" * 101])
def test_a_list_of_no_or_too_many_lines_is_refused_and_kept(officer: Person, lines: str) -> None:
    answer = officer.post("/search/list", {"lines": lines})
    assert answer.status_code == 400
    assert 'href="#lines"' in answer.text


def test_a_dealer_may_not_search(console: Console, arm: str) -> None:
    answer = (
        console.person("DLR").says(purpose="inspection", basis="act_7").get("/search?text=SRCH-0B8")
    )
    assert answer.status_code == 403
    assert arm not in answer.text


def test_hostile_text_stays_text(officer: Person) -> None:
    answer = officer.get(f"/search?{urlencode({'text': HOSTILE})}")
    assert "<script>alert" not in answer.text
    listed = officer.post("/search/list", {"lines": HOSTILE})
    assert "<script>alert" not in listed.text


@pytest.fixture(scope="module")
def hostile(console: Console) -> str:
    """Give the firearm that none of what follows may hide."""
    return str(console.desk.manufacture(SERIAL))


@pytest.mark.parametrize("text", [text for text, _ in REFUSED])
def test_a_hostile_text_is_refused_beside_its_field(officer: Person, text: str) -> None:
    answer = officer.get(f"/search?{urlencode({'text': text, 'make': 'TESTWERK'})}")
    assert answer.status_code == 400
    assert 'href="#text"' in answer.text
    assert 'value="TESTWERK"' in answer.text


def test_hostile_texts_of_a_list_hold_up_no_other(officer: Person, hostile: str) -> None:
    texts = [*(text for text, _ in REFUSED), *NOTHING, *MIXED, SERIAL]
    answer = officer.post("/search/list", {"lines": "\n".join(texts)})
    assert answer.status_code == 200
    rows = re.findall(r"(?s)<tr><th scope=\"row\">.*?</tr>", answer.text)
    told = ["wrong" if 'class="wrong"' in each else hostile in each for each in rows]
    parts = ["wrong"] * len(REFUSED), [False] * len(NOTHING), [True] * (len(MIXED) + 1)
    assert told == [each for part in parts for each in part]


@pytest.mark.parametrize("text", [*NOTHING, *MIXED])
def test_a_text_that_means_something_elsewhere_is_only_a_text(
    officer: Person, hostile: str, text: str
) -> None:
    answer = officer.get(f"/search?{urlencode({'text': text, 'make': text})}")
    assert answer.status_code == 200
    assert (hostile in answer.text) == (text in MIXED)
