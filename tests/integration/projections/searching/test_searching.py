# SPDX-License-Identifier: Apache-2.0
"""The search by marking on a real database: whatever is alike is found, nothing is merged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, LiteralString

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from psycopg.abc import Params

from api.tracing.inquiry import open_queries
from domain.errors import InvalidValueError
from projections.marking_search import queries
from projections.marking_search.candidates import Candidates
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.question import Question
from projections.marking_search.statements import NAMED
from projections.marking_search.tiers import Tier
from projections.projection import Projection
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


def _ask(markings: MarkingSearch, text: str, make: str | None = None) -> Candidates:
    return markings.search(Question(text=text, make=make))


def _texts(found: Candidates) -> list[str]:
    return [each.text for each in found.found]


def _tiers(found: Candidates) -> list[Tier]:
    return [each.likeness.tier for each in found.found]


@pytest.mark.parametrize("read", ["369J257", "369M257", "369257"])
def test_rule_eleven_finds_each_of_the_three_from_each_other(
    markings: MarkingSearch, read: str
) -> None:
    found = _ask(markings, read)
    assert _texts(found)[0] == read
    assert set(_texts(found)) == {"369J257", "369M257", "369257"}
    assert _tiers(found) == [Tier.EXACT, Tier.EMBEDDED, Tier.EMBEDDED]


@pytest.mark.parametrize("read", ["01582", "O1SB2", "oi5bz", "QL58Z"])
def test_look_alikes_are_found(markings: MarkingSearch, read: str) -> None:
    assert _texts(_ask(markings, read)) == ["OI5BZ"]


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
    assert set(_texts(_ask(markings, read))) == expected


@pytest.mark.parametrize(
    ("read", "tier"),
    [("IZH 7700", Tier.LATIN), (IZHEVSK, Tier.EXACT), ("IZH-??00", Tier.PATTERN_LATIN)],
)
def test_a_number_of_another_script_is_found_in_latin_letters(
    markings: MarkingSearch, read: str, tier: Tier
) -> None:
    found = _ask(markings, read, "Izhmash")
    assert (_texts(found), _tiers(found)) == ([IZHEVSK], [tier])
    assert found.found[0].make == "agrees"


@pytest.mark.parametrize("read", ["QX57", "q-s5 71", "QQS70012"])
def test_a_number_finds_what_is_left_of_a_damaged_one(markings: MarkingSearch, read: str) -> None:
    found = _ask(markings, read)
    assert (_texts(found), _tiers(found)) == (["Q?[5S]7.."], [Tier.RESTORED])
    assert "admits" in found.found[0].reasons[0]
    assert _ask(markings, "QX87").found == ()


def test_a_reading_with_candidates_finds_the_numbers_that_it_admits(
    markings: MarkingSearch,
) -> None:
    assert _texts(_ask(markings, "T[MW]9-0000[47][12]")) == ["TW9-000042", "TW9-000042"]
    assert _texts(_ask(markings, "TW9-[01]..")) != []


def test_one_wrong_character_needs_two_fields_that_agree(markings: MarkingSearch) -> None:
    misread = partial(Question, text="TW9-000942")
    assert _ask(markings, "TW9-000942").found == ()
    assert _ask(markings, "TW9-000942", "TESTWERK").found == ()
    found = markings.search(misread(make="TESTWERK", year=2015))
    assert (_texts(found), _tiers(found)) == (["TW9-000042"], [Tier.ONE_CHARACTER])
    assert _texts(markings.search(misread(model="tw 9", calibre="9\N{MULTIPLICATION SIGN}19"))) == [
        "TW9-000042",
        "TW9-000042",
    ]
    assert markings.search(misread(make="COLT", year=2015)).found == ()
    assert markings.search(misread(make="COLT", country="XA")).found == ()


def test_neighbours_of_a_number_that_is_found_are_not_offered(markings: MarkingSearch) -> None:
    asked = Question(text="TW9-000043", make="TESTWERK", kind="pistol")
    assert set(_texts(markings.search(asked))) == {"TW9-000043"}


def test_one_number_of_two_makes_is_two_firearms(markings: MarkingSearch) -> None:
    found = _ask(markings, "TW9-000042")
    assert len({each.subject for each in found.found}) == len(found.found) == 2


@pytest.mark.parametrize("make", ["FN HERSTAL", "fn-herstal", "FN HER"])
def test_the_make_orders_the_candidates_and_rules_none_out(
    markings: MarkingSearch, make: str
) -> None:
    found = _ask(markings, "TW9-000042", make)
    assert [each.make for each in found.found] == ["agrees", "differs"]
    assert found.found[0].found.record["make"] == ("FN HERSTAL",)


def test_a_leading_zero_is_part_of_a_number(markings: MarkingSearch) -> None:
    assert _texts(_ask(markings, "0042-7")) == ["0042-7"]
    assert _ask(markings, "42-7").found == ()


def test_a_quote_or_a_percent_sign_is_only_a_sign(markings: MarkingSearch) -> None:
    assert _ask(markings, "369'257").found[0].likeness.tier is Tier.CANONICAL
    assert _ask(markings, "36%_57").found == ()


def test_a_long_list_is_cut_and_says_so(
    markings: MarkingSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CANDIDATES_MAX", 2)
    found = _ask(markings, "369*")
    assert len(found.found) == 2
    assert found.more


def test_a_whole_list_is_answered_as_each_question_alone_and_in_its_order(
    markings: MarkingSearch,
) -> None:
    texts = [*SERIALS, "01582", "TW9-0000?2", "369*", "NOTHING", IZHEVSK, "Q?57"]
    questions = [Question(text=text, make=make) for text in texts for make in (None, "FN HERSTAL")]
    assert list(markings.search_many(questions)) == [markings.search(each) for each in questions]


def test_all_equal_texts_of_a_batch_are_one_statement(
    markings: MarkingSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Projection] = []
    dated = markings._view.ask_dated

    def counted(projection: Projection, query: LiteralString, terms: Params) -> Any:
        asked.append(projection)
        return dated(projection, query, terms)

    monkeypatch.setattr(markings._view, "ask_dated", counted)
    monkeypatch.setattr(markings._view, "ask", None)
    found = list(markings.search_many(Question(text=f"TW9-{at:06d}") for at in range(450)))
    assert (len(asked), len(found)) == (1, 450)
    assert [at for at, each in enumerate(found) if each.found] == [42, 43]


def test_a_batch_stops_at_what_cannot_be_asked(markings: MarkingSearch) -> None:
    with pytest.raises(InvalidValueError, match="too few"):
        list(markings.search_many([Question(text="OI5BZ"), Question(text="??")]))


WAYS = [
    ("TW9-0000?2", "TW9-000042"), ("TW?-000042", "TW9-000042"), ("?W9-000042", "TW9-000042"),
    ("*W9-00004*", "TW9-000042"), ("TW*42", "TW9-000042"), ("T*2", "TW9-000042"),
    ("?I5B?", "OI5BZ"), ("?IS?Z", "OI5BZ"), ("??5BZ", "OI5BZ"), ("OI???", "OI5BZ"),
    (f"{IZHEVSK[:2]}-77?0", IZHEVSK), (f"{IZHEVSK[0]}?-7700", IZHEVSK), ("IZH*00", IZHEVSK),
    ("*ZH-770*", IZHEVSK),
]  # fmt: skip


@pytest.mark.parametrize(("read", "text"), WAYS)
@pytest.mark.parametrize("scanned", [1, 500])
def test_whichever_way_a_pattern_is_looked_up_what_fits_is_found(
    markings: MarkingSearch, monkeypatch: pytest.MonkeyPatch, *, read: str, text: str, scanned: int
) -> None:
    monkeypatch.setattr(queries, "SCANNED_MAX", scanned)
    for make in (None, "COLT"):
        assert text in _texts(_ask(markings, read, make))


CYRILLIC = "\u041a\u0416\u0429\u0424\u042d8"


def test_the_middle_of_a_number_of_another_script_is_never_compared_with_every_key(
    markings: MarkingSearch, shared_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of such letters the server may have no trigrams, and would read the whole index."""
    shared_desk.manufacture(CYRILLIC)
    asked: list[Any] = []
    ask = markings._view.ask

    def kept(projection: Projection, query: LiteralString, terms: Params) -> Any:
        asked.append((query, terms))
        return ask(projection, query, terms)

    monkeypatch.setattr(markings._view, "ask", kept)
    assert _texts(_ask(markings, f"*{CYRILLIC[1:4]}*")) == [CYRILLIC]
    (terms,) = [terms for query, terms in asked if query == NAMED]
    assert all(terms[like].isascii() for like in ("like0", "like1"))
    unknown = _ask(markings, "*\u16a0\u16a2\u16a6*")
    assert (unknown.found, len(asked)) == ((), 1)
    assert "three Latin letters or digits in a row" in unknown.hints[0]


TYPED = st.text(st.characters(codec="utf-8"), max_size=40) | st.text("TW90?*[4].'%_\\", max_size=40)


@settings(max_examples=60, deadline=None)
@given(text=TYPED, make=st.none() | TYPED, year=st.none() | st.integers(1, 9_999))
@example(text="'; drop table projection.marking; --", make="' or true --", year=1)
@example(text="*1*2*3*4*5*6*7*8*", make=None, year=None)
@example(text="A" * 256, make="\x00", year=None)
def test_whatever_is_typed_gets_an_answer_or_a_clear_refusal(
    markings: MarkingSearch, *, text: str, make: str | None, year: int | None
) -> None:
    try:
        found = markings.search(Question(text=text, make=make, model=make, year=year))
    except InvalidValueError as refusal:
        assert refusal.slug.startswith("serial_")  # noqa: PT017 - either end is right
        return
    assert all(0 < each.score <= 100 for each in found.found)
    assert len(_ask(markings, "TW9-000042").found) == 2
