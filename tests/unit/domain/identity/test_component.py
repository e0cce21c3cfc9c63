# SPDX-License-Identifier: Apache-2.0
"""A component has a life of its own: made, marked, in one firearm at a time, destroyed once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import AGGREGATES, CATALOGUE
from domain.component.table import TABLE
from domain.errors import EnvelopeError
from domain.event import Event
from tests.unit.domain.identity.scenes import (
    OTHER,
    PART,
    SECOND_KEY_OF_SIGNER,
    component,
    part_event,
    ruling,
    signed,
    slug,
)
from tests.unit.domain.least.altering import SUCCESSOR
from tests.unit.domain.least.component import COMPONENT, FIREARM
from tests.unit.domain.lives import HOLDING, MARK, happened, life

NAMES = sorted(name.removeprefix("component.") for name in COMPONENT)
LATER = [name for name in NAMES if name not in {"manufactured", "registered"}]
SEEN_AGAIN = {"found", "imported", "seized"}
"""Sightings, which are recorded as a conflict after the destruction."""

HELD = {"hold-placed", "hold-released"}
FACTS = [name for name in LATER if name not in {"corrected", *SEEN_AGAIN, *HELD}]
MADE = part_event("manufactured", part="barrel")
IN = part_event("installed")
OUT = part_event("removed")
GONE = part_event("destroyed")
KNOWN = {FIREARM: life(happened("registered", "2016"))}
ELSEWHERE = "arm.01a2076b-4018-7111-8222-777777777777"


def test_every_event_of_a_component_is_in_the_catalogue_with_its_least_data() -> None:
    assert {line.evt for line in TABLE} == set(COMPONENT)
    for name in NAMES:
        event = part_event(name)
        assert event.type.subject == "cmp"
        assert event.dat.model_dump(mode="json", exclude_unset=True) == COMPONENT[event.evt]


@pytest.mark.parametrize("evt", NAMES)
def test_a_missing_required_member_or_an_unknown_one_is_refused(evt: str) -> None:
    fields = CATALOGUE.latest(f"component.{evt}").dat.model_fields
    for name in (name for name, field in fields.items() if field.is_required()):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            part_event(evt, **{name: "absent"})
    with pytest.raises(EnvelopeError, match=r"dat\.remark"):
        part_event(evt, remark="free text")


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": "grip"},
        {"serial": {"known": "unreadable"}},
        {"technical": "destroyed"},
        {"firearm": "arm.1"},
        {"hld": "John Doe"},
        {"year": "2015"},
    ],
    ids=str,
)
def test_a_value_outside_its_form_or_list_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        part_event("registered", **wrong)


@pytest.mark.parametrize("evt", ["manufactured", "registered"])
def test_a_component_begins_once(evt: str) -> None:
    assert ruling(part_event(evt), None) is None
    assert slug(part_event(evt), component(MADE)) == "origin_repeated"


@pytest.mark.parametrize("evt", LATER)
def test_nothing_happens_to_a_component_without_an_origin(evt: str) -> None:
    assert slug(part_event(evt), None) == "origin_missing"


@pytest.mark.parametrize("evt", FACTS)
def test_nothing_more_happens_to_a_destroyed_component(evt: str) -> None:
    refusal = ruling(part_event(evt), component(MADE, GONE), KNOWN)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("component_destroyed", "T", "destroyed")


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({}, None),
        ({"serial": "unknown"}, "component_mark_incomplete"),
        ({"make": "unknown"}, "component_mark_incomplete"),
        (
            {"serial": "none", "marks": [{**MARK, "symbols": ["triangle"], "country": "XA"}]},
            None,
        ),
        ({"serial": "none", "country": "XA", "marks": [{**MARK, "symbols": ["triangle"]}]}, None),
        (
            {"serial": "none", "marks": [{**MARK, "symbols": ["triangle"]}]},
            "component_mark_incomplete",
        ),
    ],
    ids=["complete", "serial", "make", "symbols", "country", "no_country"],
)
def test_a_new_component_bears_maker_and_number_or_a_code(
    dat: dict[str, Any], rule: str | None
) -> None:
    assert slug(part_event("manufactured", **dat), None) == rule


def test_a_new_component_was_never_installed_and_an_installed_one_was() -> None:
    assert component(MADE).installed_before is False
    state = component(MADE, IN)
    assert (state.firearm, state.installed_before) == (FIREARM, True)
    loose = component(MADE, IN, OUT)
    assert (loose.firearm, loose.firearms, loose.installed_before) == (None, (FIREARM,), True)


def test_a_component_remembers_every_firearm_that_it_was_in_once() -> None:
    other = part_event("installed", firearm=ELSEWHERE)
    away = part_event("removed", firearm=ELSEWHERE)
    state = component(MADE, IN, OUT, other, away, part_event("installed", name="again"))
    assert state.firearms == (FIREARM, ELSEWHERE)
    assert state.firearm == FIREARM


def test_an_older_record_sets_only_what_it_says() -> None:
    state = component(part_event("registered"))
    assert (state.technical, state.firearm, state.installed_before) == ("unknown", None, None)
    says = {"technical": "deactivated", "custodian": "DEPOT 1", "hld": HOLDING}
    full = component(part_event("registered", firearm=FIREARM, **says))
    assert (full.technical, full.custodian, full.holding) == ("deactivated", "DEPOT 1", HOLDING)
    assert (full.firearm, full.firearms, full.installed_before) == (FIREARM, (FIREARM,), True)


def test_an_older_record_names_a_firearm_that_is_on_record() -> None:
    event = part_event("registered", firearm=FIREARM)
    assert slug(event, None) == "firearm_unknown"
    assert ruling(event, None, KNOWN) is None


def test_marks_are_added_and_listed_once() -> None:
    assert ruling(part_event("marked"), component(MADE)) is None
    marked = component(MADE, part_event("marked"), part_event("marked", name="again"))
    assert [mark.kind for mark in marked.markings] == ["component"]


def test_a_component_is_in_one_firearm_at_a_time() -> None:
    assert ruling(IN, component(MADE), KNOWN) is None
    refusal = ruling(IN, component(MADE, IN), KNOWN)
    assert refusal
    assert (refusal.rule, refusal.found) == ("component_installed", FIREARM)
    assert refusal.legal == ("component.removed",)


def test_a_component_is_installed_only_in_a_firearm_that_exists_and_goes_on() -> None:
    assert slug(IN, component(MADE)) == "firearm_unknown"
    destroyed = life(happened("registered", "2016", technical="destroyed"))
    swap = {"part_history": "never_installed", "successor": SUCCESSOR}
    ended = life(happened("registered"), happened("leading-component-replaced", **swap))
    for firearm, found in ((destroyed, "destroyed"), (ended, "leading_part_replaced")):
        refusal = ruling(IN, component(MADE), {FIREARM: firearm})
        assert refusal
        assert (refusal.rule, refusal.axis, refusal.found) == ("firearm_ended", "T", found)


def test_a_leading_part_goes_only_into_the_firearm_whose_record_names_it() -> None:
    frame = component(part_event("manufactured"))
    assert slug(IN, frame, KNOWN) == "leading_part_differs"
    for leading in (PART, "cmp.01a2076b-4018-7111-8222-cccccccccccc"):
        led = life(happened("registered", leading_part="frame", leading_component=leading))
        rule = None if leading == PART else "leading_part_differs"
        assert slug(IN, frame, {FIREARM: led}) == rule


def test_an_upper_receiver_leads_only_where_the_record_says_so() -> None:
    upper = component(part_event("manufactured", part="receiver_upper"))
    assert ruling(IN, upper, KNOWN) is None
    led = life(happened("registered", leading_part="receiver_upper"))
    assert slug(IN, upper, {FIREARM: led}) == "leading_part_differs"


@pytest.mark.parametrize("before", [(MADE,), (MADE, part_event("installed", firearm=ELSEWHERE))])
def test_a_component_leaves_only_the_firearm_that_it_is_in(before: tuple[Event, ...]) -> None:
    refusal = ruling(OUT, component(*before))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("component_not_installed", (FIREARM,))
    assert ruling(OUT, component(MADE, IN)) is None


def test_a_component_is_destroyed_loose_and_before_a_second_person() -> None:
    witnessed = signed(GONE, endorsed=(OTHER,))
    assert ruling(witnessed, component(MADE)) is None
    assert slug(witnessed, component(MADE, IN)) == "component_installed"
    for endorsed in ((), (SECOND_KEY_OF_SIGNER,)):
        assert slug(signed(GONE, endorsed=endorsed), component(MADE)) == "witness_missing"
    state = component(MADE, IN, OUT, GONE)
    assert (state.technical, state.firearm, state.firearms) == ("destroyed", None, (FIREARM,))


@given(st.lists(st.sampled_from(NAMES), max_size=10))
def test_no_accepted_sequence_leaves_a_component_in_an_illegal_state(names: list[str]) -> None:
    state = None
    for name in names:
        event = signed(_event(name), endorsed=(OTHER,))
        if ruling(event, state, KNOWN) is not None:
            continue
        assert state is None or state.technical != "destroyed" or name in SEEN_AGAIN | HELD
        state = AGGREGATES["cmp"].evolve(state, event, 0)
        assert not (state.firearm and state.alerts)
        assert state.firearm is None or state.technical != "destroyed"
        assert state.firearm is None or state.installed_before
        assert state.firearm is None or state.firearm in state.firearms


def _event(name: str) -> Event:
    barrel = {"part": "barrel"} if name in {"manufactured", "registered"} else {}
    return part_event(name, **barrel)
