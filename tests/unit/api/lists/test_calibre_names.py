# SPDX-License-Identifier: Apache-2.0
"""One calibre under many names is one, and two that are only alike are told so."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.lists.calibres import calibres
from api.lists.shelf import Shelf
from domain.markings import canonical
from projections.marking_search.candidates import Candidate, Found, ranked
from projections.marking_search.question import FIELDS, Agreement, Question, as_written

LISTED = Shelf().get("calibres").entries
NAMED = calibres()
TEXTS = st.sampled_from([name for each in LISTED for name in (each.label, *each.synonyms)])
ANY = (
    TEXTS
    | st.sampled_from([name for each in LISTED for name in each.vague])
    | st.text().filter(canonical)
)
NEARNESS: dict[Agreement, int] = {"agrees": 100, "may agree": 99, "alike": 97, "differs": 94}


def only(asked: str, *recorded: str, names: bool = True) -> Candidate:
    told = tuple(tuple({"calibre": each}.get(field) for field in FIELDS) for each in recorded)
    text = Found(UUID(int=1), "serial", "frame", "A1", 1, None, told)
    (found,) = ranked(Question(text="A1", calibre=asked), [text], NAMED if names else as_written)
    return found


def agreement(asked: str, *recorded: str) -> Agreement:
    return only(asked, *recorded).agreements["calibre"]


@pytest.mark.parametrize(
    "names",
    [
        ("9x19", "9 mm Parabellum", "9mm Luger", "9mmPara", "9 mm PARA", "9×19 mm", "9х19"),  # noqa: RUF001 # as typed
        (".45 ACP", "11.43x23", "45 Auto", "cal. .45 ACP"),
        (".38 Special", "38 SPL", ".38 S&W Special"),
        ("7.62x39", "7,62x39 mm", "7.62 Kalashnikov"),
        ("5.56 NATO", "5.56x45", "5.56 mm"),
        (".223 Rem", ".223 Remington"),
        ("9 mm Makarov", "9x18", "9x18 PM"),
        (".380 ACP", "9 mm kurz", "9x17", "9 mm Short"),
        ("7.65 mm Browning", ".32 ACP"),
        ("12 gauge", "12/70", "GA 12"),
    ],
)
def test_the_names_of_one_calibre_agree(names: tuple[str, ...]) -> None:
    assert {agreement(one, other) for one, other in combinations(names, 2)} == {"agrees"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5.56 NATO", ".223 Rem"),
        (".308 Win", "7.62x51 NATO"),
        (".38 SPL", ".357 Magnum"),
        ("7.62 Tokarev", "7.63 Mauser"),
        (".22 LR", ".22 Short"),
    ],
)
def test_calibres_that_are_taken_for_each_other_are_alike_and_not_the_same(
    one: str, other: str
) -> None:
    assert agreement(one, other) == agreement(other, one) == "alike"
    reason = only(one, other).reasons[-1]
    assert reason.startswith("a calibre that is alike and not the same is on record: " + other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("9 mm", "9x19", "may agree"),
        (".38", ".38 Special", "may agree"),
        (".38", "9 mm", "differs"),
        ("9 mm", "9mm", "agrees"),
        (".38 S&W", ".38 S&W Special", "differs"),
        ("9x19", "9x18", "differs"),
        ("5.56 NATO", "7.62x51", "differs"),
        ("wildcat 6", "wildcat 6 long", "agrees"),
        ("wildcat 6", "9x19", "differs"),
    ],
)
def test_a_name_for_several_may_agree_and_an_unknown_one_is_compared_as_written(
    one: str, other: str, expected: Agreement
) -> None:
    assert agreement(one, other) == agreement(other, one) == expected


def test_the_nearest_of_several_calibres_on_record_counts_and_each_is_told_by_its_name() -> None:
    found = only("9 PARA", ".223 Rem", "9x19")
    assert found.score == 100
    assert found.reasons[-1] == ("the calibre agrees: .223 Rem (.223 Remington), 9x19 (9 mm Luger)")
    assert only("9 PARA", "9x19", names=False).agreements == {"calibre": "differs"}


def test_a_name_that_may_mean_it_corroborates_a_misread_character_and_an_alike_one_does_not() -> (
    None
):
    def found(calibre: str) -> list[Candidate]:
        told = tuple({"calibre": calibre, "year": 1999}.get(field) for field in FIELDS)
        text = Found(UUID(int=1), "serial", "frame", "245-37", 1, None, (told,))
        return ranked(Question(text="245-31", calibre="5.56 NATO", year=1999), [text], NAMED)

    assert found("5.56x45")
    assert not found(".223 Rem")


def test_the_registry_s_own_names_count(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    own = (
        'source = "XA"\nversion = "1"\n[entries]\n"9x19" = { synonyms = ["Pistolenpatrone 08"] }\n'
    )
    (tmp_path / "lists" / "calibres.toml").write_text(own)
    assert calibres(tmp_path)("pistolenpatrone 08").name == "9 mm Luger"
    assert not calibres()("pistolenpatrone 08").keys


@given(one=ANY, other=ANY)
def test_calibres_agree_both_ways_and_each_with_itself(one: str, other: str) -> None:
    assert agreement(one, other) == agreement(other, one)
    assert agreement(one, one) == "agrees"


@given(one=TEXTS, other=TEXTS)
def test_listed_names_agree_as_the_list_says_and_are_scored_by_that(one: str, other: str) -> None:
    mean, meant = NAMED(one), NAMED(other)
    found = only(one, other)
    if mean.name and meant.name:
        assert (found.agreements["calibre"] == "agrees") is (mean.keys == meant.keys)
    assert found.score == NEARNESS[found.agreements["calibre"]]


def test_related_calibres_are_in_the_list_and_no_relation_is_stated_twice() -> None:
    known = {each.key for each in LISTED}
    pairs = [frozenset((each.key, key)) for each in LISTED for key in each.related]
    assert set().union(*pairs) <= known
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
