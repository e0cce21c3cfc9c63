# SPDX-License-Identifier: Apache-2.0
"""A firearm is planned, made, proved, and may continue one whose leading part was replaced."""

from __future__ import annotations

from typing import Any

import pytest

from domain.firearm.aggregate import decide
from tests.unit.domain.identity.scenes import PART, component, part_event, ruling, slug
from tests.unit.domain.least.altering import SUCCESSOR
from tests.unit.domain.lives import MARK, contradicted, happened, life, verdict

PLANNED = happened("production-planned", "2014")
MADE = happened("manufactured", "2015")
UNPROVED = happened("manufactured", "2015", technical="unfinished")
FRAME = part_event("manufactured")
OLD = "arm.01a2076b-4018-7111-8222-666666666666"
OWN = "arm.01a2076b-4018-7111-8222-333333333333"


def test_a_planned_firearm_is_made_under_the_same_identifier() -> None:
    assert decide(None, PLANNED) is None
    assert life(PLANNED).state.technical == "planned"
    assert life(PLANNED).state.holder == "maker"
    assert verdict((PLANNED,), MADE) is None
    firearm = life(PLANNED, MADE)
    assert (firearm.state.technical, firearm.contradictions) == ("complete", ())
    refusal = verdict((PLANNED, MADE), MADE)
    assert refusal
    assert refusal.rule == "origin_repeated"


@pytest.mark.parametrize("evt", ["production-planned", "registered"])
def test_a_planned_firearm_is_not_planned_or_registered_again(evt: str) -> None:
    refusal = verdict((PLANNED,), happened(evt, "2015"))
    assert refusal
    assert refusal.rule == "origin_repeated"


@pytest.mark.parametrize("evt", ["transferred", "marked", "proof-tested", "converted"])
def test_nothing_is_done_to_what_is_only_planned(evt: str) -> None:
    refusal = verdict((PLANNED,), happened(evt, "2016"))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("not_made_yet", "T", "planned")


def test_a_planned_firearm_that_turns_up_is_noted() -> None:
    seen = happened("seized", "2016")
    assert verdict((PLANNED,), seen) is None
    assert contradicted(life(PLANNED, seen)) == [(1, "not_made_yet")]


def test_a_plan_dated_after_the_manufacture_changes_nothing_and_is_noted() -> None:
    late = happened("production-planned", "2016")
    assert verdict((late,), MADE) is None
    firearm = life(late, MADE)
    assert firearm.state.technical == "complete"
    assert contradicted(firearm) == [(0, "before_manufacture")]


@pytest.mark.parametrize(
    ("passed", "technical"), [(True, "complete"), (False, "unfinished")], ids=["pass", "fail"]
)
def test_a_passed_proof_finishes_a_firearm(passed: bool, technical: str) -> None:
    proof = happened("proof-tested", "2016", passed=passed)
    assert verdict((UNPROVED,), proof) is None
    assert life(UNPROVED, proof).state.technical == technical


def test_a_proof_keeps_the_mark_and_leaves_a_complete_firearm_complete() -> None:
    mark = {**MARK, "kind": "proof", "text": {"known": "XA/N"}}
    proved = life(MADE, happened("proof-tested", "2016", markings=[mark], date_code="26"))
    assert proved.state.technical == "complete"
    assert [each.kind for each in proved.state.markings] == ["proof"]
    assert proved.contradictions == ()


@pytest.mark.parametrize(
    ("mark", "passed", "rule"),
    [
        ({**MARK, "kind": "proof"}, False, "proof_mark_without_pass"),
        ({**MARK, "kind": "import"}, True, "proof_mark_kind"),
    ],
)
def test_a_proof_mark_that_does_not_fit_is_noted(
    mark: dict[str, Any], passed: bool, rule: str
) -> None:
    proof = happened("proof-tested", "2016", markings=[mark], passed=passed)
    assert contradicted(life(MADE, proof)) == [(1, rule)]


def test_a_dismantled_firearm_is_not_proved() -> None:
    old = happened("registered", "2015", technical="dismantled")
    refusal = verdict((old,), happened("proof-tested", "2016"))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("record_ended", "T", "dismantled")


@pytest.mark.parametrize("technical", ["deactivated", "illicitly_reactivated"])
def test_a_proof_needs_a_firearm_that_can_be_fired(technical: str) -> None:
    old = happened("registered", "2015", technical=technical)
    refusal = verdict((old,), happened("proof-tested", "2016"))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("proof_state", "T", technical)
    assert refusal.legal == ("complete", "unfinished")


@pytest.mark.parametrize("evt", ["manufactured", "registered"])
def test_the_leading_component_that_an_origin_names_must_be_on_record(evt: str) -> None:
    born = happened(evt, "2015", leading_part="frame", leading_component=PART)
    assert slug(born, None) == "component_unknown"
    assert ruling(born, None, {PART: component(FRAME)}) is None
    identity = life(born).state.identity
    assert (identity.leading_part, identity.leading_component) == ("frame", PART)


@pytest.mark.parametrize(
    ("events", "rule"),
    [
        ((FRAME, part_event("destroyed")), "component_destroyed"),
        ((FRAME, part_event("installed", firearm=OLD)), "component_elsewhere"),
        ((part_event("manufactured", part="receiver"),), "component_kind"),
        ((FRAME, part_event("installed", firearm=OWN)), None),
    ],
    ids=["destroyed", "elsewhere", "kind", "already here"],
)
def test_the_leading_component_is_free_and_of_its_kind(events: Any, rule: str | None) -> None:
    born = happened("manufactured", "2015", leading_part="frame", leading_component=PART)
    assert slug(born, None, {PART: component(*events)}) == rule


def test_a_successor_continues_only_a_firearm_that_names_it() -> None:
    born = happened("manufactured", "2020", predecessor=OLD)
    assert slug(born, None) == "predecessor_differs"
    assert slug(born, None, {OLD: life(MADE)}) == "predecessor_differs"
    new_part = {"part_history": "never_installed"}
    for successor, rule in ((SUCCESSOR, "predecessor_differs"), (OWN, None)):
        end = happened("leading-component-replaced", "2019", successor=successor, **new_part)
        assert slug(born, None, {OLD: life(MADE, end)}) == rule
    assert life(born).state.identity.predecessor == OLD
