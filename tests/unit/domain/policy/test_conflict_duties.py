# SPDX-License-Identifier: Apache-2.0
"""A sighting of a firearm that is on record as gone makes somebody settle the conflict in time."""

from __future__ import annotations

from typing import Any

import pytest

from api.policies.loading import NAMES, load_policy
from domain.errors import InvalidValueError
from domain.event import Event
from domain.occurrence import parse_occurrence
from domain.policy.duties import Duty, duties
from domain.policy.model import Policy
from tests.unit.domain.lives import correction, happened, life
from tests.unit.domain.policy.policies import HEAD, policy, signed

CONFLICT = """
[[duty]]
code = "conflict_to_settle"
sentence = "Settle it."
source = "Firearms Protocol, article 7"
opens = { event = "*", noted = ["destroyed", "record_ended"] }
closes = [{ event = "firearm.conflict-settled", same = { target = "eid" } }]
days = 30
counts_from = "iat"
who = "STW"
severity = "high"
"""
RULES = policy(CONFLICT)
KNOWN = happened("registered", "2016", technical="destroyed")
SEEN = signed(happened("seized", "2026-01-10"), "2026-01-20")
FOUND = signed(happened("found", "2026-02-10"), "2026-02-20")


def settled(sighting: Event, occ: str = "2026-02-01", **dat: Any) -> Event:
    return happened("conflict-settled", occ, name=sighting.eid, target=sighting.eid, **dat)


def told(on: str, *events: Event, rules: Policy = RULES) -> list[Duty]:
    firearm = life(*events)
    found = duties(firearm.entries, rules, on=parse_occurrence(on), notes=firearm.contradictions)
    return [each for each in found if each.rule.code == "conflict_to_settle"]


def test_a_sighting_after_the_destruction_has_an_owner_and_a_day() -> None:
    (duty,) = told("2026-02-01", KNOWN, SEEN)
    assert (duty.rule.who, duty.due_on, duty.state) == ("STW", "2026-02-19", "open")
    assert duty.opened_by.event is SEEN
    (late,) = told("2026-03-01", KNOWN, SEEN)
    assert late.state == "overdue"


def test_a_sighting_of_a_firearm_that_is_there_opens_no_conflict() -> None:
    assert told("2026-03-01", happened("registered", "2016"), SEEN, FOUND) == []


def test_each_sighting_is_settled_for_itself() -> None:
    history = (KNOWN, SEEN, FOUND, settled(SEEN))
    states = {each.opened_by.index: each.state for each in told("2026-04-01", *history)}
    assert states == {1: "met", 2: "overdue"}


def test_a_record_that_was_wrong_about_the_destruction_has_no_conflict_any_more() -> None:
    change = {"field": "technical", "old": "destroyed", "new": "complete"}
    assert told("2026-04-01", KNOWN, SEEN, correction(KNOWN, change)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_policy_has_conflicts_settled(name: str) -> None:
    (duty,) = told("2030-01-01", KNOWN, SEEN, rules=load_policy(name).policy)
    assert (duty.state, duty.rule.who) == ("overdue", "STW")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (', noted = ["destroyed", "record_ended"]', "", "state the rules that are noted"),
        ('"iat"', '"discovered_on"', "can ask for no member of that event"),
        ('"record_ended"]', '"record_ended"], when = { place = "x" }', "can ask for no member"),
        ("days = 30", 'days = 30\nthrough = "licence"', "can ask for no member"),
        ("days = 30", 'days = 30\ndue = "due_on"', "can ask for no member"),
        ("firearm.conflict-settled", "firearm.settled", "there is no event firearm.settled"),
        ('target = "eid"', 'goal = "eid"', "firearm.conflict-settled has no member goal"),
        ('target = "eid"', 'target = "place"', "can be the same as its eid alone"),
        ("same = {", 'when = { decision = "x" }, same = {', "decision of firearm.conflict-settled"),
        ("noted = [", "noted = [7, ", "duty conflict_to_settle, opens.noted"),
    ],
)
def test_what_such_a_duty_cannot_say_is_told(old: str, new: str, problem: str) -> None:
    assert old in CONFLICT
    with pytest.raises(InvalidValueError, match="The policy cannot be used") as caught:
        policy(CONFLICT.replace(old, new), head=HEAD)
    assert problem in caught.value.sentence


def test_a_note_can_also_narrow_a_duty_of_one_type() -> None:
    narrow = policy(CONFLICT.replace('event = "*"', 'event = "firearm.found"'))
    assert [
        each.opened_by.index for each in told("2026-04-01", KNOWN, SEEN, FOUND, rules=narrow)
    ] == [2]
