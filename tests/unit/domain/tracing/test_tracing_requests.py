# SPDX-License-Identifier: Apache-2.0
"""A tracing request goes its way from the question to its end, and says what it may not do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.aggregate.scene import Scene
from domain.errors import EnvelopeError
from domain.event import Event, read_data
from domain.firearm.state import Firearm
from domain.identifiers import parse_stream_id
from domain.refusal import Refusal
from domain.registry.state import Registry
from domain.tracing.rules import SEQUENCE
from domain.tracing.state import Diversion
from domain.tracing.table import TABLE, TRACING
from tests.unit.domain.erasure.holding import holds
from tests.unit.domain.least.tracing import TRACING as DATA
from tests.unit.domain.lives import happened, life
from tests.unit.domain.tracing.asking import asked, folded, rule_of, verdict

ASKED = asked("requested")
TAKEN = asked("acknowledged")
ANSWERED = asked("responded")
POINT = asked("point-of-diversion-established")
CLOSED = asked("closed")
TRACED = (ASKED, TAKEN, ANSWERED)
ARM = "arm.01a2076b-4018-7111-8222-333333333333"
NAMES = sorted(name.removeprefix("trace.") for name in DATA)


def test_the_table_and_the_least_data_name_the_same_events() -> None:
    assert {line.evt for line in TABLE} == set(DATA)
    anytime = {"trace.requested", "trace.corrected", *holds("trace")}
    assert SEQUENCE.keys() == set(DATA) - anytime


def test_a_request_goes_through_every_state_to_its_end() -> None:
    life = [
        ASKED,
        TAKEN,
        asked("more-info-asked"),
        asked("more-info-given"),
        asked("forwarded"),
        asked("forwarded", to_country="XD"),
        ANSWERED,
        asked("point-of-diversion-established", method="traced"),
        asked("closed", outcome="identified"),
    ]
    for place, event in enumerate(life):
        assert verdict(life[:place], event) is None, event.evt
    found = folded(*life)
    assert (found.status, found.outcome, found.open) == ("closed", "identified", False)
    assert found.trail == ("XB", "XC", "XD")
    assert found.diversion == Diversion(
        country="XB", on="2019-05", circumstance="theft", method="traced"
    )
    assert (found.asked_by, found.asked_at, found.due_on) == ("auth.xa.trace", 0, "2026-12-01")


@pytest.mark.parametrize(
    ("before", "event", "found"),
    [
        ((ASKED,), ANSWERED, "requested"),
        ((ASKED, TAKEN), TAKEN, "acknowledged"),
        ((ASKED, TAKEN), asked("more-info-given"), "acknowledged"),
        ((ASKED, TAKEN), asked("reopened"), "acknowledged"),
        (TRACED, asked("forwarded"), "responded"),
        ((*TRACED, CLOSED), POINT, "closed"),
        ((*TRACED, CLOSED), CLOSED, "closed"),
    ],
)
def test_an_event_out_of_its_place_is_refused_with_what_would_be_legal(
    before: tuple[Event, ...], event: Event, found: str
) -> None:
    refusal = verdict(before, event)
    assert refusal
    assert (refusal.rule, refusal.found) == ("trace_status", found)
    assert event.evt not in refusal.legal


def test_a_request_begins_with_the_question_and_is_asked_once() -> None:
    assert rule_of((), TAKEN) == "origin_missing"
    assert rule_of((ASKED,), ASKED) == "origin_repeated"


@pytest.mark.parametrize("lacking", ["ground", "recipient", "kind", "calibre", "described", "uses"])
def test_a_request_without_what_the_law_asks_for_cannot_be_written(lacking: str) -> None:
    """ITI 17: why it is illicit, markings, type and calibre, and the intended use."""
    data = {name: value for name, value in DATA["trace.requested"].items() if name != lacking}
    with pytest.raises(EnvelopeError, match=lacking):
        read_data(ASKED.type, data)


@pytest.mark.parametrize("evt", ["restricted", "refused"])
@pytest.mark.parametrize("lacking", ["ground", "reason"])
def test_nothing_is_withheld_without_a_ground_and_a_reason(evt: str, lacking: str) -> None:
    """ITI 22 and 23."""
    data = {name: value for name, value in DATA[f"trace.{evt}"].items() if name != lacking}
    with pytest.raises(EnvelopeError, match=lacking):
        read_data(asked(evt).type, data)


def test_a_request_that_describes_nothing_is_refused() -> None:
    assert rule_of((), asked("requested", described={})) == "object_not_described"
    assert rule_of((), asked("requested", described={"serial": "unknown"})) == (
        "object_not_described"
    )
    mark = {"kind": "proof", "text": {"known": "N"}, "condition": "legible"}
    assert rule_of((), asked("requested", described={}, markings=[mark])) is None
    assert rule_of((), asked("requested", described={"make": {"known": "TESTWERK"}})) is None


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"urgency": "urgent"}, "urgency_reason"),
        ({"urgency_reason": "court_date"}, "urgency_reason"),
        ({"urgency": "urgent", "urgency_reason": "court_date"}, None),
    ],
)
def test_urgency_is_justified(members: dict[str, Any], rule: str | None) -> None:
    assert rule_of((), asked("requested", **members)) == rule


def test_a_state_on_the_trail_is_not_asked_again() -> None:
    assert rule_of((ASKED, TAKEN), asked("forwarded", to_country="XB")) == "trail_repeated"


def test_a_point_of_diversion_counts_as_traced_only_after_an_answer() -> None:
    traced = asked("point-of-diversion-established", method="traced")
    assert rule_of((ASKED, TAKEN), traced) == "diversion_method"
    assert rule_of((ASKED, TAKEN), POINT) is None
    assert rule_of(TRACED, traced) is None


@pytest.mark.parametrize(
    ("before", "members", "rule"),
    [
        (TRACED, {"outcome": "identified"}, "diversion_missing"),
        ((*TRACED, POINT), {"outcome": "identified"}, None),
        (TRACED, {"outcome": "not_identified"}, "outcome_reason"),
        (TRACED, {"outcome": "pending", "reason": "no_reply"}, "outcome_reason"),
        ((ASKED,), {"outcome": "not_identified", "reason": "no_reply"}, None),
    ],
)
def test_an_outcome_fits_what_is_on_record(
    before: tuple[Event, ...], members: dict[str, Any], rule: str | None
) -> None:
    assert rule_of(before, asked("closed", **members)) == rule


@pytest.mark.parametrize(
    ("limits", "in_court", "rule"),
    [
        ([], True, None),
        (["requester_only"], False, "use_restricted"),
        (["no_onward_disclosure"], False, "use_restricted"),
        (["not_in_court"], True, "use_restricted"),
        (["not_in_court"], False, None),
        (["this_case_only"], True, None),
    ],
)
def test_onward_disclosure_honours_the_limits_of_the_sender(
    limits: list[str], in_court: bool, rule: str | None
) -> None:
    answer = asked("responded", **({"restrictions": limits} if limits else {}))
    told = asked("onward-disclosed", in_court=in_court)
    assert rule_of((ASKED, TAKEN, answer), told) == rule


def test_a_reopened_request_is_under_way_again_and_keeps_what_it_knew() -> None:
    again = folded(*TRACED, POINT, asked("closed", outcome="identified"), asked("reopened"))
    assert (again.status, again.outcome, again.open) == ("acknowledged", None, True)
    assert again.diversion


@pytest.mark.parametrize(("state", "rule"), [(Firearm(), None), (None, "firearm_unknown")])
def test_a_firearm_that_is_named_is_on_record(state: Firearm | None, rule: str | None) -> None:
    refusal = asked_about(state)
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("lived", "rule"),
    [
        ((), "trace_cause_missing"),
        ((happened("stolen-reported", "2019"),), "trace_cause_missing"),
        ((happened("seized", "2019"),), None),
        ((happened("found", "2019"),), None),
        ((happened("surrendered", "2019"),), None),
        ((happened("seized", "2019"), happened("forfeited", "2020")), None),
        ((happened("seized", "2027"),), "trace_cause_missing"),
        (
            (happened("seized", "2019"), happened("returned-to-owner", "2020")),
            "trace_cause_missing",
        ),
    ],
    ids=lambda value: "-".join(each.evt for each in value) if isinstance(value, tuple) else "",
)
def test_a_firearm_that_did_not_come_to_hand_is_traced_for_a_stated_cause(
    lived: tuple[Event, ...], rule: str | None
) -> None:
    """Domain facts, section 5: A seized, found or surrendered, or lawful cause (ITI 17 a)."""
    firearm = life(happened("registered", "2016", holder="civilian"), *lived)
    for cause, expected in (("absent", rule), ("loss_or_theft_inquiry", None)):
        refusal = asked_about(firearm, cause=cause)
        assert (refusal.rule if refusal else None) == expected


def test_a_firearm_that_is_not_on_record_is_traced_for_a_stated_cause() -> None:
    refusal = asked_about(None, firearm="absent", cause="absent")
    assert refusal
    assert (refusal.rule, refusal.found) == ("trace_cause_missing", "no firearm on record")
    assert asked_about(None, firearm="absent", cause="request_of_another_state") is None


def asked_about(state: Firearm | None, **dat: Any) -> Refusal | None:
    """Judge a request that names a firearm of some state, or none."""
    event = asked("requested", **{"firearm": ARM, **dat})
    others = {parse_stream_id(ARM).uuid: state}
    scene = Scene(event=event, index=7, state=None, others=others, registry=Registry.empty())
    return TRACING.decide(scene)


@given(st.lists(st.sampled_from(NAMES), max_size=8))
def test_any_record_folds_and_every_next_event_is_accepted_or_refused(names: list[str]) -> None:
    events = [ASKED, *(asked(name) for name in names)]
    state = folded(*events)
    for name in NAMES:
        refusal = TRACING.judge(state, asked(name))
        assert refusal is None or refusal.sentence
