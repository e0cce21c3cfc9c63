# SPDX-License-Identifier: Apache-2.0
"""The search by marking on a real database: whatever is alike is found, nothing is merged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.tracing.inquiry import open_queries
from projections.marking_search import queries
from projections.marking_search.queries import Candidates, MarkingSearch
from projections.marking_search.tiers import Tier
from tests.integration.projections.conftest import Desk

SERIALS = ("369J257", "369M257", "369257", "OI5BZ", "TW9-000042", "TW9-000043", "0042-7")

IZHEVSK, IZHMASH = "\u0418\u0416-7700", "\u0418\u0416\u041c\u0410\u0428"
FILED = {
    "kind": "manufacture",
    "text": "unknown",
    "condition": "partial",
    "damage": "filed_or_ground",
}
LEFT = {"reading": [{"position": 1, "characters": ["Q"]}, {"position": 3, "characters": ["5", "S"]},
                    {"position": 4, "characters": ["7"]}]}  # fmt: skip


@pytest.fixture(scope="module")
def markings(shared_desk: Desk) -> Iterator[MarkingSearch]:
    """Give the search over firearms of one make, and one number of another make."""
    for serial in SERIALS:
        shared_desk.manufacture(serial)
    shared_desk.manufacture("TW9-000042", make="FN HERSTAL")
    shared_desk.manufacture(IZHEVSK, make=IZHMASH)
    damaged = shared_desk.manufacture("GONE-1")
    shared_desk.record("obliteration-discovered", damaged, "2020", mark=FILED, residual=LEFT)
    with open_queries(shared_desk.office) as opened:
        yield opened.markings


def _texts(found: Candidates) -> list[str]:
    return [each.text for each in found.found]


def _tiers(found: Candidates) -> list[Tier]:
    return [each.likeness.tier for each in found.found]


@pytest.mark.parametrize("read", ["369J257", "369M257", "369257"])
def test_rule_eleven_finds_each_of_the_three_from_each_other(
    markings: MarkingSearch, read: str
) -> None:
    found = markings.search(read)
    assert _texts(found)[0] == read
    assert set(_texts(found)) == {"369J257", "369M257", "369257"}
    assert _tiers(found) == [Tier.EXACT, Tier.EMBEDDED, Tier.EMBEDDED]


@pytest.mark.parametrize("read", ["01582", "O1SB2", "oi5bz", "QL58Z"])
def test_look_alikes_are_found(markings: MarkingSearch, read: str) -> None:
    assert _texts(markings.search(read)) == ["OI5BZ"]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("TW9-00004?", {"TW9-000042", "TW9-000043"}),
        ("*000043", {"TW9-000043"}),
        ("369*", {"369J257", "369M257", "369257"}),
        ("369?257", {"369J257", "369M257"}),
        ("?I5B?", {"OI5BZ"}),
        ("0042?7", set()),
    ],
)
def test_wildcards_stand_for_unknown_characters(
    markings: MarkingSearch, read: str, expected: set[str]
) -> None:
    assert set(_texts(markings.search(read))) == expected


@pytest.mark.parametrize(
    ("read", "tier"),
    [("IZH 7700", Tier.LATIN), (IZHEVSK, Tier.EXACT), ("IZH-??00", Tier.PATTERN_LATIN)],
)
def test_a_number_of_another_script_is_found_in_latin_letters(
    markings: MarkingSearch, read: str, tier: Tier
) -> None:
    found = markings.search(read, "Izhmash")
    assert (_texts(found), _tiers(found)) == ([IZHEVSK], [tier])
    assert found.found[0].make == "agrees"


@pytest.mark.parametrize("read", ["QX57", "q-s5 71", "QQS70012"])
def test_a_number_finds_what_is_left_of_a_damaged_one(markings: MarkingSearch, read: str) -> None:
    found = markings.search(read)
    assert (_texts(found), _tiers(found)) == (["Q?[5S]7.."], [Tier.RESTORED])
    assert "admits" in found.found[0].reasons[0]
    assert markings.search("QX87").found == ()


def test_a_reading_with_candidates_finds_the_numbers_that_it_admits(
    markings: MarkingSearch,
) -> None:
    assert _texts(markings.search("T[MW]9-0000[47][12]")) == ["TW9-000042", "TW9-000042"]
    assert _texts(markings.search("TW9-[01]..")) != []


def test_one_wrong_character_needs_the_make(markings: MarkingSearch) -> None:
    assert markings.search("TW9-000942").found == ()
    assert _texts(markings.search("TW9-000942", "TESTWERK")) == ["TW9-000042"]
    assert markings.search("TW9-000942", "COLT").found == ()


def test_neighbours_of_a_number_that_is_found_are_not_offered(markings: MarkingSearch) -> None:
    assert set(_texts(markings.search("TW9-000043", "TESTWERK"))) == {"TW9-000043"}


def test_one_number_of_two_makes_is_two_firearms(markings: MarkingSearch) -> None:
    found = markings.search("TW9-000042")
    assert len({each.stream for each in found.found}) == len(found.found) == 2


@pytest.mark.parametrize("make", ["FN HERSTAL", "fn-herstal", "FN HER"])
def test_the_make_orders_the_candidates_and_rules_none_out(
    markings: MarkingSearch, make: str
) -> None:
    found = markings.search("TW9-000042", make)
    assert [each.make for each in found.found] == ["agrees", "differs"]
    assert found.found[0].makes == ("FN HERSTAL",)


def test_a_leading_zero_is_part_of_a_number(markings: MarkingSearch) -> None:
    assert _texts(markings.search("0042-7")) == ["0042-7"]
    assert markings.search("42-7").found == ()


def test_a_quote_or_a_percent_sign_is_only_a_sign(markings: MarkingSearch) -> None:
    assert markings.search("369'257").found[0].likeness.tier is Tier.CANONICAL
    assert markings.search("36%_57").found == ()


def test_a_long_list_is_cut_and_says_so(
    markings: MarkingSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CANDIDATES_MAX", 2)
    found = markings.search("369*")
    assert len(found.found) == 2
    assert found.more
