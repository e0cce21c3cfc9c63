# SPDX-License-Identifier: Apache-2.0
"""A code of a country gives every State that it may mean, with reasons, and never guesses."""

from __future__ import annotations

import pycountry
import pytest

from api.lists.countries import Candidate, country_list, resolve
from api.lists.shelf import Shelf


def possible(code: str, year: int | None) -> list[str]:
    return [each.key for each in resolve(code, year) if each.possible]


@pytest.mark.parametrize(
    ("code", "year", "keys"),
    [
        ("CS", 1990, ["CSHH"]),
        ("CS", 1993, ["CSHH"]),
        ("CS", 1998, []),
        ("CS", 2004, ["CSXX"]),
        ("CS", 2010, []),
        ("CS", None, ["CSHH", "CSXX"]),
        ("AI", 1970, ["AIDJ"]),
        ("AI", 1990, ["AI"]),
        ("BQ", 1975, ["BQAQ"]),
        ("BQ", 2015, ["BQ"]),
        ("GE", 1970, ["GEHH"]),
        ("GE", 2000, ["GE"]),
        ("SK", 1974, ["SKIN"]),
        ("SK", 1975, ["SKIN", "SK"]),
        ("SK", 1999, ["SK"]),
        ("BY", 1980, ["BYAA"]),
        ("BY", 1992, ["BYAA", "BY"]),
        ("BY", 2000, ["BY"]),
        ("SU", 1985, ["SUHH"]),
        ("SU", 1995, []),
        ("cs", 1990, ["CSHH"]),
        ("CSK", 1990, ["CSHH"]),
        ("CSHH", 1990, ["CSHH"]),
        ("DEU", 1970, ["DE"]),
        ("XK", 2020, ["XK"]),
        ("XKX", None, ["XK"]),
        ("ZZ", None, []),
        ("", None, []),
    ],
)
def test_a_code_of_a_year_may_mean_these(code: str, year: int | None, keys: list[str]) -> None:
    assert possible(code, year) == keys


def test_what_a_code_cannot_mean_is_given_with_the_reason() -> None:
    (czechoslovakia, serbia) = resolve("CS", 1990)
    assert (czechoslovakia.possible, serbia.possible) == (True, False)
    assert czechoslovakia.reason == "the code was withdrawn in 1993-06-15"
    assert serbia.reason == "the code was given to it in 2003 and withdrawn in 2006-09-26"


def test_a_bare_year_of_withdrawal_is_read() -> None:
    (dahomey,) = resolve("DY", 1977)
    assert (dahomey.withdrawn, dahomey.possible) == ("1977", True)
    assert not resolve("DY", 1978)[0].possible


def test_a_code_that_was_given_away_says_that_iso_states_no_first_day() -> None:
    slovakia = next(each for each in resolve("SK", 1980) if each.key == "SK")
    assert slovakia.possible
    assert "ISO states no first day" in slovakia.reason


def test_successors_are_named_and_none_is_chosen() -> None:
    (ussr,) = resolve("SU", 1980)
    assert len(ussr.successors) == 15
    today = {each.alpha_2 for each in pycountry.countries} | {"XK"}
    for state in pycountry.historic_countries:
        (former,) = resolve(state.alpha_4)
        assert set(former.successors) <= today


def test_a_comment_of_the_standard_is_part_of_the_reason() -> None:
    assert "27 April 1992" in resolve("YU", 1985)[0].reason


def test_every_country_now_and_former_is_listed_once() -> None:
    entries = country_list().entries
    count = len(list(pycountry.countries)) + len(list(pycountry.historic_countries)) + 1
    assert len(entries) == count == len({entry.key for entry in entries})


@pytest.mark.parametrize(
    ("text", "key"),
    [("Germany", "DE"), ("Czechia", "CZ"), ("Kosovo", "XK"), ("FRA", "FR"), ("PT", "PT")],
)
def test_a_country_is_found_by_name_and_code(text: str, key: str) -> None:
    found = Shelf().normalise("countries", text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(("text", "year", "key"), [("CS", 1990, "CSHH"), ("CS", 2004, "CSXX")])
def test_the_year_decides_between_two_former_states(text: str, year: int, key: str) -> None:
    found = Shelf().normalise("countries", text, year=year)
    assert found is not None
    assert found.key == key


def test_every_candidate_says_why() -> None:
    codes = {state.alpha_2 for state in (*pycountry.countries, *pycountry.historic_countries)}
    found: list[Candidate] = [each for code in codes for each in resolve(code, 1990)]
    assert len(found) >= len(codes)
    assert all(each.reason and each.name for each in found)
