# SPDX-License-Identifier: Apache-2.0
"""Which texts become candidates, in which order, with which scores and which reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.marking_search.candidates import Candidate, Found, hints, ranked
from projections.marking_search.question import FIELDS, Question
from projections.marking_search.tiers import Tier

IZHEVSK, IZHMASH = "\u0418\u0416-27", "\u0418\u0416\u041c\u0410\u0428"
FN = {"make": "FN HERSTAL", "model": "HP 35", "calibre": "9x19", "kind": "pistol", "year": 1968}


def found(number: int, text: str, *, role: str = "serial", **other: Any) -> Found:
    known = {"make": "TESTWERK"} if "particulars" not in other else other.pop("particulars")
    return Found(
        stream=UUID(int=number),
        role=role,
        kind=other.pop("kind", "manufacture"),
        text=text,
        entry=number,
        fitted_to=other.pop("fitted_to", None),
        particulars=(tuple(known.get(field) for field in FIELDS),) if known else (),
    )


def only(question: Question, text: Found) -> Candidate:
    (candidate,) = ranked(question, [text])
    return candidate


def test_the_nearest_text_of_a_firearm_counts_and_the_nearest_firearm_comes_first() -> None:
    texts = [found(1, "IZH 2?"), found(2, "IZ-H27", role="number"),
             found(3, "I?[H1]27", role="restored"), found(1, IZHEVSK), found(1, "1ZH27"),
             found(4, "IZH28", particulars=FN), found(5, "OTHER")]  # fmt: skip
    candidates = ranked(Question(text="IZH27", make="FN HERSTAL", year=1968), texts)
    assert [(each.index, each.likeness.tier) for each in candidates if each.index != 4] == [
        (2, Tier.CANONICAL),
        (1, Tier.LATIN),
        (3, Tier.RESTORED),
    ]
    assert {each.index for each in candidates} == {1, 2, 3, 4}
    told = {each.index: each.reasons[0] for each in candidates}
    assert told[1] == f"serial {IZHEVSK} same in Latin letters, IZH-27"
    assert told[3] == "damaged mark I?[H1]27 admits IZH27"


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({}, False),
        ({"make": "FN HERSTAL"}, False),
        ({"make": "FN HERSTAL", "country": "BE"}, False),
        ({"make": "FN HERSTAL", "year": 1968}, True),
        ({"model": "HP-35", "calibre": "9\N{MULTIPLICATION SIGN}19"}, True),
        ({"kind": "pistol", "year": 1968, "make": "COLT"}, True),
        ({"kind": "rifle", "year": 1969, "make": "FN"}, False),
    ],
)
def test_a_misread_character_needs_two_fields_that_agree(
    fields: dict[str, Any], is_found: bool
) -> None:
    question = Question(text="245-31", **fields)
    assert bool(ranked(question, [found(1, "245-37", particulars=FN)])) is is_found


@pytest.mark.parametrize(
    ("makes", "make", "agreement"),
    [
        (IZHMASH, "Izhmash", "agrees"),
        ("IZHMASH", IZHMASH, "agrees"),
        ("FN HERSTAL", "fn-her", "agrees"),
        ("FN", "FN HERSTAL", "differs"),
        (None, "FN", "not on record"),
        ("FN", None, None),
        ("FN", "--", None),
    ],
)
def test_makes_agree_in_any_script(
    makes: str | None, make: str | None, agreement: str | None
) -> None:
    text = found(1, "A1", particulars={"make": makes} if makes else {})
    assert only(Question(text="A1", make=make), text).make == agreement


def test_every_field_that_was_asked_for_is_told() -> None:
    question = Question(text="A1", make="fn her", model="GP", calibre="9", year=1968, country="BE")
    assert only(question, found(1, "A1", particulars=FN)).reasons == (
        "serial A1 reads exactly so",
        "the make agrees: FN HERSTAL",
        "another model is on record: HP 35",
        "another calibre is on record: 9x19",
        "the year of manufacture agrees: 1968",
        "no country of manufacture is on record",
    )


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        (found(1, "XB 19"), "serial", "serial XB 19"),
        (found(1, "XB 19", role="marking", kind="owner"), "marking", "marking (owner)"),
        (found(1, "XB 19", role="marking", kind="import"), "shared mark", "many firearms bear"),
        (found(1, "XB 19", role="marking", kind="proof"), "shared mark", "many firearms bear"),
        (found(1, "XB 19", role="number", kind="inventory"), "number", "number (inventory)"),
        (found(1, "XB 19", role="number", kind="component"), "component", "parts are changed"),
        (found(1, "XB 19", role="component", kind="slide"), "component", "in no firearm"),
        (found(1, "XB 19", role="lot", kind="lot mark"), "lot", "mark of a lot"),
    ],
)
def test_where_a_text_stands_is_told_and_scored(text: Found, place: str, told: str) -> None:
    candidate = only(Question(text="XB 19"), text)
    assert candidate.place == place
    assert told in "; ".join(candidate.reasons)


def test_a_component_leads_to_the_firearm_that_it_is_in() -> None:
    in_one = only(Question(text="S1"), found(1, "S1", role="component", fitted_to=UUID(int=7)))
    assert (str(in_one.subject)[:4], in_one.firearm) == ("cmp.", UUID(int=7))
    assert f"in firearm arm.{UUID(int=7)}" in in_one.reasons[1]
    assert only(Question(text="S1"), found(1, "S1", role="component")).firearm is None
    assert only(Question(text="S1"), found(1, "S1", role="lot")).firearm is None


REGISTRY = "2010/00795672961"


def test_a_registry_number_in_the_serial_box_is_pointed_out() -> None:
    as_serial = only(Question(text=REGISTRY), found(1, REGISTRY))
    as_number = only(Question(text=REGISTRY), found(2, REGISTRY, role="number", kind="registry"))
    assert "registry or ticket number, entered as the serial" in as_serial.reasons[1]
    assert as_number.reasons == (f"number (registry) {REGISTRY} reads exactly so",)
    assert as_serial.score == as_number.score
    assert "a year and a running number" in next(hints(Question(text=REGISTRY), [as_number]))


def test_nothing_found_says_what_more_would_be_tried() -> None:
    assert "two of make, model" in next(hints(Question(text="A1"), []))
    assert list(hints(Question(text="A1", make="FN", year=1968), [])) == []


TEXTS = st.text("AB01[]?-", min_size=1, max_size=8)
YEARS = st.one_of(st.none(), st.integers(2000, 2002))
NAMES = st.one_of(st.none(), st.sampled_from(["FN", "COLT", IZHMASH, "--"]))
ROLES = st.sampled_from(["serial", "marking", "number", "restored", "component", "lot"])


@st.composite
def some_found(draw: st.DrawFn) -> Found:
    number = draw(st.integers(1, 9))
    particulars = {} if number % 3 == 0 else {"make": "FN", "model": None, "year": 2000 + number}
    kind = draw(st.sampled_from(["manufacture", "import", "component"]))
    return found(number, draw(TEXTS), role=draw(ROLES), kind=kind,
                 particulars=particulars)  # fmt: skip


@given(text=TEXTS, make=NAMES, year=YEARS, texts=st.lists(some_found()), seed=st.randoms())
def test_the_order_is_that_of_the_scores_and_the_same_for_any_order_of_rows(
    text: str, make: str | None, year: int | None, texts: list[Found], seed: Any
) -> None:
    question = Question(text=text, make=make, model=make, year=year)
    candidates = ranked(question, texts)
    scores = [each.score for each in candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)
    shuffled = list(texts)
    seed.shuffle(shuffled)
    again = ranked(question, shuffled)
    assert [(each.found, each.score) for each in again] == [
        (each.found, each.score) for each in candidates
    ]


@given(text=TEXTS, texts=st.lists(some_found()), make=st.sampled_from(["FN", "COLT", "OTHER"]))
def test_no_make_rules_out_what_is_found_without_one(
    text: str, texts: list[Found], make: str
) -> None:
    without = {each.found.stream for each in ranked(Question(text=text), texts)}
    beside = {each.found.stream for each in ranked(Question(text=text, make=make), texts)}
    assert without == beside
