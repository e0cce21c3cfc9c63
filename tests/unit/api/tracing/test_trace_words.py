# SPDX-License-Identifier: Apache-2.0
"""Every event and every state has plain words, and none of them accuses anybody."""

from __future__ import annotations

import pytest

from api.describing.roles import ROLE_NAMES
from api.tracing import words
from api.tracing.inquiry import Choice, Possible
from api.tracing.names import EVENT_NAMES
from api.tracing.page import Page, choice_page
from domain.firearm.events.common import Description
from domain.firearm.state import BLANK, State
from domain.firearm.table import TABLE
from domain.identifiers import parse_stream_id
from domain.occurrence import parse_occurrence
from tests.unit.domain.lives import DATA, DESCRIPTION, MARK, happened
from tests.unit.every import for_every

FIREARM_EVENTS = [line.type for line in TABLE]


@for_every([each.evt for each in FIREARM_EVENTS], "evt")
def test_every_event_of_a_firearm_has_a_name(evt: str) -> None:
    assert evt in EVENT_NAMES


@for_every(sorted({role for each in FIREARM_EVENTS for role in each.roles}), "role")
def test_every_role_that_records_firearms_has_a_name(role: str) -> None:
    assert role in ROLE_NAMES


@for_every([name.removeprefix("firearm.") for name in DATA], "evt")
def test_every_event_is_told_without_a_trace_of_code(evt: str) -> None:
    told = "; ".join(words.what_happened(happened(evt)))
    assert told
    assert not set("{}_=") & set(told)
    assert "None" not in told


def test_an_event_type_without_a_name_is_still_told() -> None:
    assert words.event_name("firearm.left-behind") == "Left behind"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2015-03-02", "2015-03-02"),
        ("2015-03", "2015-03 (the month is known)"),
        ("2015", "2015 (the year is known)"),
        ("2015-03-02T10:20:30Z", "2015-03-02 10:20:30 UTC"),
        ("unknown", "date unknown; it stands where the ledger learned of it"),
    ],
)
def test_a_date_is_told_with_the_precision_that_is_known(text: str, told: str) -> None:
    assert words.when(parse_occurrence(text)) == told


def test_unknown_and_none_are_told_apart() -> None:
    unknown = Description.model_validate({**DESCRIPTION, "serial": "unknown"})
    none = Description.model_validate({**DESCRIPTION, "serial": "none"})
    assert "serial unknown" in words.describe(unknown)
    assert "serial never cut" in words.describe(none)


def test_a_marking_is_told_with_place_and_condition() -> None:
    mark = {
        **MARK,
        "text": "unknown",
        "condition": "obliterated",
        "damage": "filed_or_ground",
        "location": "frame_or_lower",
    }
    told = "; ".join(words.what_happened(happened("marked", mark=mark)))
    assert told == "manufacture mark text unknown on frame or lower (obliterated, filed or ground)"


def test_a_state_is_told_on_every_axis() -> None:
    state = State(alerts=frozenset({"stolen", "seized"}), custody="evidence", country="XA")
    assert words.axes(state) == {
        "object": "complete",
        "holder": "unknown",
        "custody": "in evidence",
        "alerts": "seized, stolen",
        "marks": "unknown",
        "country": "XA",
    }
    assert words.axes(BLANK)["alerts"] == "none"


def test_a_page_wraps_under_its_label_and_counts_no_emphasis() -> None:
    page = Page(30, lambda text: f"<<<{text}>>>")
    lines = page.field("Proof", "one two three four five six", strong=True)
    assert lines == ["Proof       <<<one two three four>>>", "            <<<five six>>>"]


def test_a_choice_keeps_number_label_and_description_apart() -> None:
    possible = Possible(
        firearm=parse_stream_id("arm.01a2076b-4018-7111-8222-333333333333"),
        candidate=None,
        state=BLANK,
    )
    told = choice_page(Choice(size=1, possible=(possible,), more=False), Page(80))
    assert told.startswith(" 1  possible    no description\n    now ")
