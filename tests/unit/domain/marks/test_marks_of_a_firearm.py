# SPDX-License-Identifier: Apache-2.0
"""Several marks on one firearm: each with its kind, its part, its script and its symbols."""

# ruff: noqa: RUF001 - letters of other scripts are meant, also those that look Latin

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EnvelopeError
from domain.event import Event
from domain.firearm.claims import claim_key
from domain.markings import Marking
from domain.script.letters import script_of
from projections.marking_search.fold import damaged_of, texts_of
from projections.marking_search.reading import Reading
from projections.marking_search.tiers import likeness, restored_likeness
from tests.unit.domain.identity.scenes import slug
from tests.unit.domain.lives import happened, life

STAMPED = {"condition": "legible", "method": "stamp"}
MARKS: list[dict[str, Any]] = [
    {**STAMPED, "kind": "manufacture", "text": {"known": "五六式 0012345"}, "script": "han",
     "symbols": ["triangle", "star_in_oval"], "location": "receiver_or_upper", "country": "CN"},
    {**STAMPED, "kind": "component", "text": {"known": "12345"}, "location": "bolt_carrier"},
    {**STAMPED, "kind": "proof", "text": "none", "symbols": ["crown_n"], "location": "barrel"},
    {**STAMPED, "kind": "import", "text": {"known": "ИМП 07 АЯ"}, "maker": "ТД ОРУЖИЕ",
     "country": "RU", "year": 2007, "location": "frame_or_lower"},
    {**STAMPED, "kind": "state_stock", "text": {"known": "ΕΣ 1944"}, "script": "greek"},
    {**STAMPED, "kind": "unit", "text": {"known": "حرس ١٢"}, "script": "arabic"},
    {"kind": "other", "text": "unknown", "condition": "partial", "location": "chamber"},
    {"kind": "owner", "text": "none", "condition": "none"},
]  # fmt: skip


def bearing(*marks: dict[str, Any], **dat: Any) -> Event:
    return happened("registered", "2016", markings=list(marks), **dat)


def test_every_mark_keeps_text_kind_part_script_and_symbols_as_seen() -> None:
    event = bearing(*MARKS)
    assert event.dat.model_dump(mode="json", exclude_unset=True)["markings"] == MARKS
    kept = life(event).state.markings
    assert [each.location for each in kept[:2]] == ["receiver_or_upper", "bolt_carrier"]
    assert kept[0].symbols == ("triangle", "star_in_oval")


def test_the_script_of_a_mark_is_the_one_that_its_text_is_in() -> None:
    scripts = [script_of(each.text.known) for each in life(bearing(*MARKS)).state.markings
               if not isinstance(each.text, str)]  # fmt: skip
    assert scripts == ["han", "common", "cyrillic", "greek", "arabic"]


@pytest.mark.parametrize(
    "typed",
    ["五六式 0012345", "56shi-0012345", "12345", "ИМП07АЯ", "IMP 07 AIA", "ES 1944", "HRS 12"],
)
def test_each_number_of_a_firearm_finds_it(typed: str) -> None:
    texts = [each.text for each in texts_of(bearing(*MARKS, serial="unknown"))]
    assert any(likeness(Reading(typed), text) for text in texts)


def test_leading_zeros_of_a_mark_are_not_dropped_to_find_it() -> None:
    assert likeness(Reading("12345"), "五六式 0012345") is None


def test_a_makers_mark_of_symbols_needs_a_code_beside_them() -> None:
    coded = {**STAMPED, "kind": "manufacture", "text": {"known": "66"}, "symbols": ["triangle"],
             "country": "CN"}  # fmt: skip
    bare = {**coded, "text": "none"}
    made = {"serial": "none", "country": "CN"}
    assert slug(happened("manufactured", "2015", markings=[coded], **made), None) is None
    assert slug(happened("manufactured", "2015", markings=[bare], **made), None) is not None


@pytest.mark.parametrize("symbol", ["Triangle", "▲", "a star", ""])
def test_a_symbol_is_a_code_and_no_drawing(symbol: str) -> None:
    with pytest.raises(EnvelopeError, match="symbols"):
        bearing({**MARKS[0], "symbols": [symbol]})


def test_a_firearm_has_no_more_marks_than_a_record_can_hold() -> None:
    with pytest.raises(EnvelopeError, match="markings"):
        bearing(*[MARKS[1]] * 13)


def test_what_a_laboratory_restores_is_found_by_the_whole_number_and_by_the_pattern() -> None:
    reading = [{"position": 1, "characters": ["Ж"]}, {"position": 4, "characters": ["3", "8"]}]
    event = happened("mark-restored", "2021", restored={"reading": reading})
    ((kind, damaged),) = damaged_of(event)
    assert (kind, damaged.pattern) == ("manufacture", "Ж??[38]..")
    assert restored_likeness(Reading("ЖА-153"), damaged.pattern) is None
    assert restored_likeness(Reading("ЖА183"), damaged.pattern) is not None
    assert restored_likeness(Reading("Ж-А1 8З"), damaged.pattern) is not None
    assert Reading(damaged.pattern).fits("ЖА183")


def test_a_mark_tells_missing_from_unread_and_from_unseen() -> None:
    pairs = {"none": "none", "partial": "unknown", "obliterated": "unknown", "unknown": "unknown"}
    seen = [Marking.model_validate({"kind": "manufacture", "text": text, "condition": condition})
            for condition, text in pairs.items()]  # fmt: skip
    assert len({(str(each.text), each.condition) for each in seen}) == 4
    states = [life(bearing(each.model_dump(exclude_unset=True), serial="unknown")).state.marks
              for each in seen]  # fmt: skip
    assert states == ["unmarked", "partly_obliterated", "obliterated", "unknown"]


@pytest.mark.parametrize(
    ("conditions", "claimed"),
    [
        ((), True),
        (("legible",), True),
        (("unknown",), True),
        (("partial",), False),
        (("obliterated", "unknown"), True),
    ],
)
def test_maker_and_serial_are_claimed_unless_the_marks_are_known_to_be_damaged(
    conditions: tuple[str, ...], claimed: bool
) -> None:
    marks = [{"kind": "manufacture", "text": "unknown", "condition": each} for each in conditions]
    seen = [{**each, "text": {"known": "1"}} if each["condition"] == "legible" else each
            for each in marks]  # fmt: skip
    event = bearing(*seen) if seen else happened("registered", "2016")
    assert claim_key(event) == ("TESTWERK|TW9000042" if claimed else None)
