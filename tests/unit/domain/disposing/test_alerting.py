# SPDX-License-Identifier: Apache-2.0
"""Listing and delisting: what opens and closes a flag, and what is published elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EnvelopeError
from domain.event import Event
from domain.firearm.hits import Hit, hits
from tests.unit.domain.lives import contradicted, happened, life, verdict

KNOWN = happened("registered", "2010", holder="civilian", custody="holder")
LOST = happened("lost-reported", "2018", discovered_on="2018")
STOLEN = happened("stolen-reported", "2018", discovered_on="2018")
SOUGHT = happened("sought", "2018")
FOUND = happened("found", "2019")
SEIZED = happened("seized", "2019")
SURRENDERED = happened("surrendered", "2019")
PUBLISHED = happened("alert-published", "2018-12")
LISTINGS = {"lost": LOST, "stolen": STOLEN, "sought": SOUGHT}


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def cleared(flag: str, reason: str = "recovered_and_identified") -> Event:
    return happened("alert-cleared", "2020", flag=flag, reason=reason)


def test_the_police_list_a_firearm_as_sought_wherever_it_is() -> None:
    state = life(KNOWN, SOUGHT).state
    assert set(state.alerts) == {"sought"}
    assert (state.custody, state.holder) == ("holder", "civilian")
    assert rule_of((KNOWN,), SOUGHT) is None
    assert rule_of((KNOWN, SOUGHT), happened("transferred", "2020")) == "alert_open"


def test_whoever_touches_a_sought_firearm_learns_who_seeks_it() -> None:
    assert hits(life(KNOWN, SOUGHT, SEIZED)) == (Hit("sought", SOUGHT.iss, 1, str(KNOWN.sub)),)


@pytest.mark.parametrize("flag", LISTINGS)
@pytest.mark.parametrize("recovery", [FOUND, SEIZED, SURRENDERED], ids=lambda each: each.evt)
def test_rule_13_a_recovery_keeps_the_flag_and_a_clearing_closes_it_alone(
    flag: str, recovery: Event
) -> None:
    recovered = (KNOWN, LISTINGS[flag], recovery)
    assert flag in life(*recovered).state.alerts
    assert rule_of(recovered, cleared(flag)) is None
    before, after = life(*recovered).state, life(*recovered, cleared(flag)).state
    assert after.alerts == before.alerts - {flag}
    assert (after.custody, after.holder, after.country) == (
        before.custody,
        before.holder,
        before.country,
    )


@pytest.mark.parametrize("flag", LISTINGS)
@pytest.mark.parametrize("reason", ["recovered_and_identified", "returned", "other"])
def test_a_flag_is_not_cleared_before_the_firearm_came_to_hand(flag: str, reason: str) -> None:
    refusal = verdict((KNOWN, LISTINGS[flag]), cleared(flag, reason))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("not_recovered", "A", flag)
    assert "firearm.found" in refusal.legal


@pytest.mark.parametrize(
    ("flag", "reason", "rule"),
    [
        ("lost", "listed_in_error", None),
        ("sought", "listed_in_error", None),
        ("sought", "no_longer_sought", None),
        ("stolen", "no_longer_sought", "not_recovered"),
    ],
)
def test_a_listing_in_error_is_cleared_without_a_recovery(
    flag: str, reason: str, rule: str | None
) -> None:
    assert rule_of((KNOWN, LISTINGS[flag]), cleared(flag, reason)) == rule


def test_a_firearm_stolen_again_after_its_recovery_has_to_be_recovered_again() -> None:
    again = happened("stolen-reported", "2019-06", name="again", discovered_on="2019-06")
    assert rule_of((KNOWN, STOLEN, happened("found", "2019-01"), again), cleared("stolen")) == (
        "not_recovered"
    )
    assert rule_of((KNOWN, SOUGHT, SEIZED, happened("sought", "2019-06")), cleared("sought")) == (
        "not_recovered"
    )


def test_each_flag_has_its_own_closing() -> None:
    before = (KNOWN, LOST, STOLEN, SOUGHT, SEIZED)
    state = life(*before, cleared("stolen")).state
    assert set(state.alerts) == {"lost", "sought", "seized"}
    assert set(state.recovered) == {"lost", "sought"}


@pytest.mark.parametrize("event", [cleared("lost"), happened("alert-published", category="lost")])
def test_a_flag_that_is_not_open_is_neither_cleared_nor_published(event: Event) -> None:
    refusal = verdict((KNOWN, STOLEN), event)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("alert_not_open", "A", "stolen")
    assert refusal.legal == ("lost",)
    clear = verdict((KNOWN,), event)
    assert clear
    assert clear.found == "clear"


def test_an_alert_is_published_until_it_is_withdrawn() -> None:
    other = happened("alert-published", "2018-12", system="sis", reference="S-1")
    state = life(KNOWN, STOLEN, PUBLISHED, other).state
    assert [each.system for each in state.published] == ["iarms", "sis"]
    withdrawn = life(KNOWN, STOLEN, PUBLISHED, other, FOUND, happened("alert-withdrawn", "2020"))
    assert [each.system for each in withdrawn.state.published] == ["sis"]


def test_a_withdrawal_follows_a_recovery_or_a_clearing() -> None:
    listed = (KNOWN, STOLEN, PUBLISHED)
    withdrawn = happened("alert-withdrawn", "2020-02")
    assert rule_of(listed, withdrawn) == "not_recovered"
    assert rule_of((*listed, FOUND), withdrawn) is None
    assert rule_of((*listed, cleared("stolen", "listed_in_error")), withdrawn) is None


def test_only_an_entry_that_was_published_is_withdrawn() -> None:
    refusal = verdict((KNOWN, STOLEN, PUBLISHED, FOUND), happened("alert-withdrawn", system="sis"))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == (
        "alert_not_published",
        "sis IA-7",
        ("iarms IA-7",),
    )


@pytest.mark.parametrize(
    ("before", "event", "rule"),
    [
        ((KNOWN, STOLEN, PUBLISHED), PUBLISHED, "alert_already_published"),
        ((KNOWN, SOUGHT), SOUGHT, "alert_already_open"),
        ((KNOWN, SEIZED), happened("sought", "2020"), "already_in_hand"),
    ],
    ids=["published", "open", "in hand"],
)
def test_what_does_not_fit_is_recorded_with_a_note(
    before: tuple[Event, ...], event: Event, rule: str
) -> None:
    assert verdict(before, event) is None
    assert contradicted(life(*before, event)) == [(len(before), rule)]


def test_nothing_is_listed_or_cleared_of_a_destroyed_firearm_but_an_entry_is_taken_back() -> None:
    gone = happened("registered", "2010", technical="destroyed")
    for event in (SOUGHT, happened("alert-published", "2020"), cleared("stolen")):
        assert rule_of((gone,), event) == "destroyed"
    left_over = (KNOWN, STOLEN, PUBLISHED, FOUND, cleared("stolen"))
    assert rule_of(left_over, happened("alert-withdrawn", "2021")) is None


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("sought", {"ground": "a whim"}),
        ("alert-published", {"system": "facebook"}),
        ("alert-published", {"category": "seized"}),
        ("alert-withdrawn", {"reason": "duplicate"}),
        ("alert-cleared", {"flag": "forfeited"}),
        ("alert-cleared", {"reason": "found"}),
    ],
    ids=str,
)
def test_a_code_outside_its_list_is_refused(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        happened(evt, **wrong)
