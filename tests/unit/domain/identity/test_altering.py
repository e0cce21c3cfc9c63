# SPDX-License-Identifier: Apache-2.0
"""Conversion, replaced parts and dismantling: what keeps the identity and what ends it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from tests.unit.domain.identity.scenes import PART, component, part_event, ruling, slug
from tests.unit.domain.least.altering import OTHER_COMPONENT, SUCCESSOR
from tests.unit.domain.lives import MARK, contradicted, happened, life, verdict

KNOWN = happened("registered", "2016", holder="civilian", leading_part="frame")
LOST = happened("lost-reported", "2018", discovered_on="2018")
GONE = happened("registered", "2016", technical="destroyed")
NEW = {"part_history": "never_installed", "successor": SUCCESSOR}
OWN = "arm.01a2076b-4018-7111-8222-333333333333"
ELSEWHERE = "arm.01a2076b-4018-7111-8222-777777777777"
FRAME = part_event("manufactured")
BARREL = part_event("manufactured", part="barrel")


def now(evt: str, **dat: Any) -> Event:
    return happened(evt, "2020", **dat)


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def test_a_conversion_changes_the_description_and_the_category() -> None:
    mark = {**MARK, "kind": "converter", "text": {"known": "CONV-1"}}
    category = {"scheme": "eu_2021_555", "as_of": "2021", "code": "B1"}
    form = {"calibre": {"known": ".22 LR"}, "kind": "rifle"}
    after = {**form, "category": category, "barrel_mm": 400}
    state = life(KNOWN, now("converted", after=after, markings=[mark])).state
    assert state.description
    assert state.description.kind == "rifle"
    assert state.description.model_dump(mode="json")["calibre"] == {"known": ".22 LR"}
    assert state.category
    assert (state.category.model_dump(), state.markings[-1].kind) == (category, "converter")
    assert state.description.action == "semi_automatic"


def test_after_a_conversion_a_description_is_compared_with_the_new_form() -> None:
    seen = happened("seized", "2021", described={"calibre": {"known": ".22 LR"}})
    assert contradicted(life(KNOWN, now("converted"), seen)) == []


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ({}, {"barrel_mm": 400}, None),
        ({"barrel_mm": 500}, {"barrel_mm": 400}, None),
        ({"barrel_mm": 400}, {"barrel_mm": 400}, "conversion_empty"),
        ({"kind": "pistol"}, {}, "conversion_empty"),
    ],
    ids=str,
)
def test_a_conversion_states_what_changed(
    before: dict[str, Any], after: dict[str, Any], rule: str | None
) -> None:
    assert rule_of((KNOWN,), now("converted", before=before, after=after)) == rule


@pytest.mark.parametrize(
    ("before", "noted"),
    [
        ({"calibre": {"known": "9X19"}, "kind": "pistol"}, []),
        ({"calibre": "unknown", "kind": "unknown"}, []),
        ({"calibre": {"known": ".45"}}, [(1, "form_differs")]),
        ({"kind": "rifle"}, [(1, "form_differs")]),
    ],
    ids=str,
)
def test_a_form_before_that_is_not_the_one_on_record_is_noted(
    before: dict[str, Any], noted: list[tuple[int, str]]
) -> None:
    assert contradicted(life(KNOWN, now("converted", before=before))) == noted


def test_a_conversion_dated_before_every_record_is_compared_with_nothing() -> None:
    early = happened("converted", "2010")
    assert verdict((KNOWN,), early) is None
    assert life(KNOWN, early).contradictions == ()


@pytest.mark.parametrize(
    "evt",
    ["converted", "leading-component-replaced", "dismantled", "deactivation-performed"],
)
def test_while_an_alert_is_open_a_firearm_is_not_altered_out_of_sight(evt: str) -> None:
    refusal = verdict((KNOWN, LOST), now(evt))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("alert_open", "A", "lost")


@pytest.mark.parametrize(
    "evt",
    [
        *("converted", "component-replaced", "leading-component-replaced", "dismantled"),
        *("deactivation-performed", "deactivation-verified", "proof-tested", "re-marked"),
        *("admin-serial-assigned", "duplicate-flagged", "duplicate-resolved"),
    ],
)
def test_nothing_of_this_is_done_to_a_destroyed_firearm(evt: str) -> None:
    refusal = verdict((GONE,), now(evt))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("destroyed", "T", "destroyed")


@pytest.mark.parametrize(
    "evt",
    ["reactivated-illicitly", "converted-illicitly", "obliteration-discovered"],
)
def test_a_destroyed_firearm_that_is_seen_again_is_a_conflict(evt: str) -> None:
    sighting = now(evt)
    assert verdict((GONE,), sighting) is None
    firearm = life(GONE, sighting)
    assert (1, "destroyed") in contradicted(firearm)
    assert firearm.state.technical == "destroyed"


@pytest.mark.parametrize(
    ("evt", "legal"),
    [
        ("converted", ("complete",)),
        ("component-replaced", ("complete", "unfinished")),
        ("leading-component-replaced", ("complete", "unfinished")),
        ("dismantled", ("complete", "unfinished")),
        ("deactivation-performed", ("complete",)),
    ],
)
def test_a_deactivated_firearm_is_not_worked_on(evt: str, legal: tuple[str, ...]) -> None:
    old = happened("registered", "2016", technical="deactivated")
    refusal = verdict((old,), now(evt))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("technical_state", "T", "deactivated")
    assert refusal.legal == legal


@pytest.mark.parametrize(
    ("leading", "part", "rule"),
    [
        ("frame", "barrel", None),
        ("frame", "frame", "leading_part"),
        ("receiver_upper", "receiver_upper", "leading_part"),
        ("receiver_upper", "receiver_lower", None),
        (None, "receiver_upper", None),
        (None, "receiver_lower", "leading_part"),
        (None, "receiver", "leading_part"),
    ],
)
def test_any_other_part_than_the_leading_one_is_swapped_without_change(
    leading: str | None, part: str, rule: str | None
) -> None:
    made = happened("registered", "2016", leading_part=leading or "absent")
    swap = now("component-replaced", part=part)
    assert rule_of((made,), swap) == rule
    assert life(made, swap).state.identity == life(made).state.identity


def test_the_mark_of_a_part_put_in_is_kept() -> None:
    mark = {**MARK, "kind": "component", "text": {"known": "B-7"}, "location": "barrel"}
    state = life(KNOWN, now("component-replaced", markings=[mark])).state
    assert [each.kind for each in state.markings] == ["component"]


@pytest.mark.parametrize("member", ["component_out", "component_in"])
@pytest.mark.parametrize(
    ("events", "rule"),
    [
        (None, "component_unknown"),
        ((BARREL,), None),
        ((FRAME,), "component_kind"),
        ((BARREL, part_event("installed", firearm=ELSEWHERE)), "component_elsewhere"),
        ((BARREL, part_event("installed", firearm=OWN)), None),
        ((BARREL, part_event("destroyed")), "component_destroyed"),
    ],
    ids=["unknown", "loose", "kind", "elsewhere", "here", "destroyed"],
)
def test_a_component_that_a_swap_names_exists_and_is_free(
    member: str, events: Any, rule: str | None
) -> None:
    others = {PART: component(*events)} if events else {}
    swap = now("component-replaced", **{member: PART})
    assert slug(swap, life(KNOWN), others) == rule


def test_a_used_leading_part_keeps_the_identity() -> None:
    swap = now("leading-component-replaced", component_in=PART, serial_in={"known": "F-9"})
    state = life(KNOWN, swap).state
    assert (state.identity.ended, state.identity.successor) == (None, None)
    assert (state.identity.leading_part, state.identity.leading_component) == ("frame", PART)
    assert state.description
    assert state.description.model_dump(mode="json")["serial"] == {"known": "F-9"}
    assert rule_of((KNOWN, swap), happened("transferred", "2021")) is None


def test_a_used_leading_part_without_a_number_leaves_the_description() -> None:
    state = life(KNOWN, now("leading-component-replaced")).state
    assert state.description == life(KNOWN).state.description


def test_a_leading_part_never_installed_ends_the_record_and_names_a_successor() -> None:
    swap = now("leading-component-replaced", **NEW)
    assert verdict((KNOWN,), swap) is None
    state = life(KNOWN, swap).state
    assert (state.identity.ended, state.identity.successor) == ("leading_part_replaced", SUCCESSOR)
    assert state.technical == "complete"
    refusal = verdict((KNOWN, swap), happened("transferred", "2021"))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("record_ended", (SUCCESSOR,))


def test_an_ended_firearm_that_turns_up_is_noted() -> None:
    swap = now("leading-component-replaced", **NEW)
    seen = happened("found", "2021")
    assert verdict((KNOWN, swap), seen) is None
    assert contradicted(life(KNOWN, swap, seen)) == [(2, "record_ended")]


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"part_history": "never_installed"}, "successor_missing"),
        ({"part_history": "used", "successor": SUCCESSOR}, "successor_unexpected"),
        ({"part": "receiver_upper"}, "part_not_leading"),
    ],
    ids=str,
)
def test_a_new_leading_part_says_clearly_what_becomes_of_the_identity(
    dat: dict[str, str], rule: str
) -> None:
    assert rule_of((KNOWN,), now("leading-component-replaced", **dat)) == rule


@pytest.mark.parametrize(
    ("events", "history", "rule"),
    [
        ((FRAME,), NEW, None),
        ((FRAME,), {}, "part_history_differs"),
        ((FRAME, part_event("installed"), part_event("removed")), NEW, "part_history_differs"),
        ((FRAME, part_event("installed"), part_event("removed")), {}, None),
        ((part_event("registered"),), NEW, None),
        ((part_event("registered"),), {}, None),
        ((part_event("registered", installed_before=True),), NEW, "part_history_differs"),
    ],
    ids=["new", "not used", "not new", "used", "new unproved", "used unproved", "by record"],
)
def test_the_record_of_a_component_decides_whether_it_was_installed_before(
    events: tuple[Event, ...], history: dict[str, Any], rule: str | None
) -> None:
    swap = now("leading-component-replaced", component_in=PART, **history)
    assert slug(swap, life(KNOWN), {PART: component(*events)}) == rule


def test_a_successor_is_not_on_record_before_its_predecessor_ends() -> None:
    swap = now("leading-component-replaced", **NEW)
    assert ruling(swap, life(KNOWN)) is None
    assert slug(swap, life(KNOWN), {SUCCESSOR: life(KNOWN)}) == "successor_exists"


@pytest.mark.parametrize("member", ["component_out", "component_in"])
def test_a_leading_component_that_nobody_knows_is_refused(member: str) -> None:
    swap = now("leading-component-replaced", **{member: PART})
    assert slug(swap, life(KNOWN)) == "component_unknown"


def test_dismantling_ends_the_record_and_the_parts_live_on() -> None:
    apart = now("dismantled")
    assert ruling(apart, life(KNOWN), {PART: component(FRAME)}) is None
    state = life(KNOWN, apart).state
    assert (state.technical, state.identity.ended) == ("dismantled", "dismantled")
    assert rule_of((KNOWN, apart), happened("transferred", "2021")) == "record_ended"
    assert rule_of((KNOWN, apart), now("component-replaced")) == "record_ended"


def test_dismantling_needs_every_part_on_record_and_the_leading_one_among_them() -> None:
    apart = now("dismantled", components=[PART, OTHER_COMPONENT])
    assert slug(apart, life(KNOWN), {PART: component(FRAME)}) == "component_unknown"
    led = happened("registered", "2016", leading_component=OTHER_COMPONENT)
    refusal = ruling(now("dismantled"), life(led), {PART: component(FRAME)})
    assert refusal
    assert (refusal.rule, refusal.legal) == ("leading_part_missing", (OTHER_COMPONENT,))
    both = {PART: component(FRAME), OTHER_COMPONENT: component(BARREL)}
    assert ruling(apart, life(led), both) is None
