# SPDX-License-Identifier: Apache-2.0
"""Countries are chosen and told by their names in the reader's language, the code beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.console.forms.form import form_of, read_form, write_form
from api.console.forms.telling import in_words, rows_of
from api.console.languages import NAMES
from api.console.rendering import environment
from api.console.vocabulary.countries import (
    NAMED,
    code_of,
    countries,
    country_name,
    place_entry,
)
from domain.country.codes import CURRENT

FORWARDED = form_of("trace.forwarded")


@given(some.sampled_from(sorted(NAMED)), some.sampled_from(sorted(NAMES)))
def test_what_a_form_shows_is_read_back_as_the_code(code: str, language: str) -> None:
    assert code_of(place_entry(code, language)) == code
    assert country_name(code, language)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("be", "BE"), ("BE-VLG", "BE-VLG"), ("be-vlg", "BE-VLG"), ("Belgique", "BE"),
        ("БЕЛЬГИЯ", "BE"), ("比利时", "BE"), ("بلجيكا", "BE"), ("Côte d'Ivoire", "CI"),
        ("XA", "XA"), ("Anything (BE-VLG)", "BE-VLG"), ("Atlantis", "Atlantis"), ("", ""),
        ("UK", "UK"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_letters_and_by_its_name_in_any_language(
    text: str, code: str
) -> None:
    assert code_of(text) == code


def test_codes_left_to_users_have_no_name_of_a_library() -> None:
    assert [country_name(each, "en") for each in ("XA", "XB", "ZZ", "QO", "")] == [""] * 5
    assert place_entry("XA", "en") == "XA"
    assert place_entry("BE-VLG", "fr") == "Belgique (BE-VLG)"
    assert place_entry('Bel"gium', "fr") == 'Bel"gium'


@pytest.mark.parametrize("language", sorted(NAMES))
def test_every_country_of_today_is_in_the_list_once(language: str) -> None:
    codes = [code for code, _ in countries(language)]
    assert sorted(codes) == sorted({*CURRENT, "XK"})


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("fr", "AT", "AZ"),  # Autriche before Azerbaïdjan
        ("fr", "EG", "AE"),  # Égypte before Émirats arabes unis: accents do not count
        ("es", "AX", "IT"),  # Islas Åland before Italia
        ("en", "CI", "HR"),  # Côte d'Ivoire before Croatia
        ("ru", "YE", "CV"),  # a letter of its own, not that without its sign
        ("ru", "IT", "YE"),
        ("zh", "FR", "VA"),  # by sound: fa before fan
        ("zh", "VA", "PH"),  # fan before fei
        ("ar", "ET", "AZ"),
        ("ar", "AZ", "ES"),  # alif with and without a sign above is one letter
    ],
)
def test_the_list_is_in_the_order_of_the_reader_s_language(
    language: str, first: str, then: str
) -> None:
    codes = [code for code, _ in countries(language)]
    assert codes.index(first) < codes.index(then)


def test_a_name_that_was_chosen_is_signed_as_its_code_and_told_as_a_name() -> None:
    dat = {"to_country": "BE", "reason": "made_there"}
    answers = write_form(FORWARDED, occ="2026", dat=dat, disclosures={})
    chosen = answers.changed({"dat.to_country": "Belgium (BE)"})
    reply = read_form(FORWARDED, chosen)
    assert (reply.dat, reply.problems) == (dat, ())
    told = dict(in_words(each, str, "ar") for each in rows_of(FORWARDED, reply))
    assert "بلجيكا (BE)" in told.values()


def test_a_list_of_countries_takes_names_and_codes_on_its_lines() -> None:
    form = form_of("shipment.declared")
    fields = {"dat.transit_countries~lines": "Belgium\r\nFR"}
    told = read_form(form, write_form(form, occ="2026", dat={}, disclosures={}).changed(fields))
    assert told.dat["transit_countries"] == ["BE", "FR"]


def test_a_page_tells_a_country_with_its_code_kept_from_left_to_right() -> None:
    template = '{% from "parts/value.html" import place %}{{ place("BE") }}|{{ place("<XA>") }}'
    told = environment("ar").from_string(template).render()
    assert told == (
        '<bdi>بلجيكا</bdi> <small><bdi dir="ltr" class="value">BE</bdi></small>'
        '|<bdi dir="ltr" class="value">&lt;XA&gt;</bdi>'
    )


def test_what_names_no_country_is_told_beside_its_field() -> None:
    answers = write_form(FORWARDED, occ="2026", dat={"reason": "other"}, disclosures={})
    reply = read_form(FORWARDED, answers.changed({"dat.to_country": "Atlantis"}))
    assert [(each.path, str(each.said)) for each in reply.problems] == [
        ("dat.to_country", "Choose a country, or write its name or its two letters.")
    ]
