# SPDX-License-Identifier: Apache-2.0
"""What was forfeited is to be marked as confiscated: a duty, and visible on the firearm."""

from __future__ import annotations

from typing import Any

import pytest

from api.policies.loading import load_policy
from api.tracing.words import details
from domain.event import Event
from domain.occurrence import parse_occurrence
from domain.policy.duties import duties
from tests.unit.domain.lives import MARK, happened, life

KNOWN = happened("registered", "2010", holder="civilian", custody="holder")
SEIZED = happened("seized", "2018")
FINAL = happened("forfeited", "2019-02-01")
APPEALED = happened("forfeited", "2019-01-01", final=False, appeal_until="2019-02-01", name="first")
CONFISCATED: dict[str, Any] = {**MARK, "kind": "confiscation", "text": {"known": "XA-C-1"}}
CUT = happened("marked", "2019-02-15", mark=CONFISCATED)


def told(*after: Event, on: str = "2021-01-01", policy: str = "example-state") -> list[Any]:
    entries = life(KNOWN, SEIZED, *after).entries
    found = duties(entries, load_policy(policy).policy, on=parse_occurrence(on))
    return [(each.state, each.due_on) for each in found if each.rule.code == "confiscation_mark"]


@pytest.mark.parametrize(
    ("policy", "due"),
    [("example-state", "2019-03-03"), ("firearms-protocol-minimum", "2019-05-02")],
)
def test_a_forfeiture_makes_a_confiscation_mark_due(policy: str, due: str) -> None:
    assert told(FINAL, on="2019-02-02", policy=policy) == [("open", due)]
    assert told(FINAL, policy=policy) == [("overdue", due)]
    assert told(FINAL, CUT, policy=policy) == [("met", due)]


def test_the_days_count_from_the_end_of_appeal() -> None:
    assert told(APPEALED) == [("overdue", "2019-03-03")]
    assert told(APPEALED, CUT) == [("met", "2019-03-03")]


def test_the_final_order_takes_the_place_of_the_one_that_was_appealed() -> None:
    assert told(APPEALED, FINAL) == [("overdue", "2019-03-03"), ("met", "2019-03-03")]


def test_a_mark_that_was_cut_before_the_final_order_is_stated_by_it() -> None:
    early = happened("marked", "2019-01-15", mark=CONFISCATED)
    final = happened("forfeited", "2019-02-01", name="final", markings=[CONFISCATED])
    assert [state for state, _ in told(APPEALED, early, final)] == ["met", "met"]


@pytest.mark.parametrize("condition", ["partial", "unknown"])
def test_a_mark_that_cannot_be_read_leaves_it_due(condition: str) -> None:
    worn = happened("marked", "2019-02-15", mark={**CONFISCATED, "condition": condition})
    assert told(FINAL, worn) == [("overdue", "2019-03-03")]
    assert life(KNOWN, SEIZED, FINAL, worn).state.confiscation_due


@pytest.mark.parametrize("done", ["returned-to-owner", "destroyed"])
def test_what_is_returned_or_destroyed_needs_no_mark(done: str) -> None:
    assert told(FINAL, happened(done, "2019-02-15")) == [("met", "2019-03-03")]


def test_the_mark_that_is_due_is_shown_with_the_state_of_the_firearm() -> None:
    forfeited = life(KNOWN, SEIZED, FINAL).state
    assert details(forfeited)["due"] == "confiscation mark"
    assert "due" not in details(life(KNOWN, SEIZED).state)
    assert "due" not in details(life(KNOWN, SEIZED, FINAL, CUT).state)
