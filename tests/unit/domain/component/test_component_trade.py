# SPDX-License-Identifier: Apache-2.0
"""A loose component is traded, lost, found, seized and forfeited like a firearm (EU art. 1)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.component.rules import is_loose
from domain.component.state import Component
from domain.component.trade.lines import TRADE
from domain.event import Event
from domain.firearm.lines.holding import HOLDING as FIREARM_HOLDING
from domain.firearm.rules.common import counterparts_clear
from domain.firearm.table import LINES
from tests.unit.domain.identity.scenes import OTHER, component, part_event, ruling, signed, slug
from tests.unit.domain.least.component import FIREARM
from tests.unit.domain.lives import HOLDING, OTHER_HOLDING, happened, life

MADE = part_event("manufactured", part="barrel")
BUILT_IN = part_event("installed")
GONE = part_event("destroyed")
LOST, STOLEN = part_event("lost-reported"), part_event("stolen-reported")
FOUND, SEIZED = part_event("found"), part_event("seized")
FORFEITED, RETURNED = part_event("forfeited"), part_event("returned")
SOLD = part_event("transferred")
KNOWN = {FIREARM: life(happened("registered", "2016"))}
LISTED = [(LOST, "lost"), (STOLEN, "stolen")]


def noted(*events: Event) -> list[str]:
    """Name what does not fit in a history."""
    return [each.refusal.rule for each in component(*events).contradictions]


def rule(event: Event, *before: Event) -> str | None:
    return slug(event, component(*before), KNOWN)


def test_a_loose_component_changes_hands() -> None:
    assert ruling(SOLD, component(MADE)) is None
    state = component(MADE, SOLD)
    assert (state.holder, state.custody, state.holding) == ("civilian", "holder", HOLDING)
    to_museum = part_event("transferred", holder="museum", from_hld=HOLDING, hld=OTHER_HOLDING)
    assert component(MADE, SOLD, to_museum).holder == "museum"
    assert noted(MADE, SOLD, to_museum) == []
    assert noted(MADE, SOLD, part_event("transferred", from_hld=OTHER_HOLDING)) == [
        "holding_differs"
    ]


def test_a_component_in_a_firearm_changes_hands_with_it_and_not_alone() -> None:
    for event in (SOLD, part_event("exported"), part_event("deactivated")):
        assert rule(event, MADE, BUILT_IN) == "component_installed"


@pytest.mark.parametrize(("listing", "flag"), LISTED)
@pytest.mark.parametrize("evt", ["transferred", "exported", "deactivated", "installed"])
def test_rule_13_a_component_listed_as_missing_goes_nowhere(
    listing: Event, flag: str, evt: str
) -> None:
    refusal = ruling(part_event(evt), component(MADE, listing), KNOWN)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("alert_open", "A", flag)


@pytest.mark.parametrize(("listing", "flag"), LISTED)
@pytest.mark.parametrize(("coming", "custody"), [(FOUND, "official_safekeeping"),
                                                  (SEIZED, "evidence")])  # fmt: skip
def test_rule_13_a_find_or_seizure_clears_no_alert_by_itself(
    listing: Event, flag: str, coming: Event, custody: str
) -> None:
    missing = component(MADE, SOLD, listing)
    assert (missing.custody, missing.alerts, missing.holding) == (
        "unknown",
        frozenset({flag}),
        HOLDING,
    )
    clearing = part_event("alert-cleared", flag=flag)
    refusal = ruling(clearing, missing)
    assert refusal
    assert (refusal.rule, refusal.legal) == (
        "not_recovered",
        ("component.found", "component.seized"),
    )
    assert rule(coming, MADE, SOLD, listing) is None
    at_hand = component(MADE, SOLD, listing, coming)
    assert at_hand.custody == custody
    assert flag in at_hand.alerts
    assert rule(clearing, MADE, SOLD, listing, coming) is None
    assert flag not in component(MADE, SOLD, listing, coming, clearing).alerts


def test_a_component_listed_in_error_is_cleared_although_nobody_found_it() -> None:
    mistaken = part_event("alert-cleared", reason="listed_in_error")
    assert rule(mistaken, MADE, LOST) is None
    assert component(MADE, LOST, mistaken).alerts == frozenset()
    assert rule(mistaken, MADE) == "alert_not_open"


def test_a_loss_states_dates_that_can_be_true_and_opens_one_alert() -> None:
    wrong = part_event("lost-reported", discovered_on="2019", window_from="2020")
    assert rule(wrong, MADE) == "loss_dates"
    assert noted(MADE, LOST, part_event("lost-reported", name="again")) == ["alert_already_open"]


@pytest.mark.parametrize("event", [LOST, STOLEN, FOUND, SEIZED, part_event("imported")])
def test_what_is_missed_or_turns_up_alone_has_left_its_firearm(event: Event) -> None:
    state = component(MADE, BUILT_IN, event)
    assert (state.firearm, state.firearms) == (None, (FIREARM,))
    assert noted(MADE, BUILT_IN, event) == ["removal_not_recorded"]


@pytest.mark.parametrize("event", [FOUND, SEIZED])
def test_a_destroyed_component_that_is_seen_again_is_a_conflict_and_no_refusal(
    event: Event,
) -> None:
    assert rule(event, MADE, GONE) is None
    assert noted(MADE, GONE, event) == ["component_destroyed"]
    assert component(MADE, GONE, event).technical == "destroyed"
    for later in (SOLD, LOST, part_event("deactivated"), FORFEITED, RETURNED):
        assert rule(later, MADE, GONE) == "component_destroyed"


def test_what_is_in_hand_is_compared_with_what_was_registered() -> None:
    other = part_event("seized", described={"serial": {"known": "X-7"}, "make": {"known": "FN"}})
    assert noted(MADE, other) == ["description_differs"]
    same = part_event("found", described={"serial": {"known": "F 0042"}})
    assert noted(MADE, same) == []


def test_a_seized_component_goes_back_to_whoever_may_have_it() -> None:
    assert rule(RETURNED, MADE, SOLD) == "nothing_to_return"
    state = component(MADE, SOLD, SEIZED, RETURNED)
    assert (state.custody, state.alerts, state.holder) == ("holder", frozenset(), "civilian")
    unlicensed = part_event("returned", entitlement="licence")
    assert rule(unlicensed, MADE, SEIZED) == "licence_missing"
    assert noted(MADE, SOLD, SEIZED, part_event("returned", hld=OTHER_HOLDING)) == [
        "holding_differs"
    ]
    nobody = component(part_event("registered"), SEIZED, RETURNED)
    assert nobody.holder == "civilian"
    assert noted(MADE, SEIZED, part_event("seized", name="again")) == ["release_not_recorded"]


def test_an_alert_outlives_the_return_of_a_component() -> None:
    assert component(MADE, STOLEN, SEIZED, RETURNED).alerts == {"stolen"}


def test_rule_15_a_forfeited_component_is_destroyed_once_the_order_is_final() -> None:
    destroyed = signed(part_event("destroyed", "2020-06-01"), endorsed=(OTHER,))
    open_order = part_event("forfeited", final=False, appeal_until="2020-07-01")
    assert rule(FORFEITED, MADE) == "not_in_official_hands"
    assert rule(part_event("forfeited", final=False), MADE, SEIZED) == "appeal_end_missing"
    assert rule(destroyed, MADE, SEIZED) == "alert_open"
    assert rule(destroyed, MADE, SEIZED, open_order) == "forfeiture_not_final"
    later = signed(part_event("destroyed", "2020-08-01"), endorsed=(OTHER,))
    assert rule(later, MADE, SEIZED, open_order) is None
    assert rule(destroyed, MADE, SEIZED, FORFEITED) is None
    assert noted(MADE, SEIZED, FORFEITED, part_event("forfeited", name="again")) == [
        "forfeited_already"
    ]
    state = component(MADE, SOLD, SEIZED, FORFEITED)
    assert (state.holder, state.holding, state.alerts) == ("none", None, frozenset({"forfeited"}))
    gone = component(MADE, SOLD, SEIZED, FORFEITED, destroyed)
    assert (gone.technical, gone.alerts, gone.forfeiture) == ("destroyed", frozenset(), None)


@pytest.mark.parametrize("event", [SOLD, RETURNED])
def test_a_finally_forfeited_component_has_no_owner_any_more(event: Event) -> None:
    expected = "alert_open" if event is SOLD else "forfeited"
    assert rule(event, MADE, SEIZED, FORFEITED) == expected


def test_rule_7_a_deactivation_needs_two_persons_and_keeps_the_number() -> None:
    done = part_event("deactivated")
    assert rule(done, MADE) == "deactivator_missing"
    both = signed(done, endorsed=(OTHER,))
    assert rule(both, MADE) is None
    cut_off = signed(part_event("deactivated", serials_kept=False), endorsed=(OTHER,))
    assert rule(cut_off, MADE) == "serials_not_kept"
    state = component(MADE, both)
    assert state.technical == "deactivated"
    assert [mark.kind for mark in state.markings] == ["deactivation"]
    assert state.serial == component(MADE).serial
    again = ruling(both, state)
    assert again
    assert (again.rule, again.found) == ("technical_state", "deactivated")


def test_a_listed_component_is_not_fitted_by_an_event_of_a_firearm() -> None:
    part = str(MADE.sub)
    swap = happened("component-replaced", part="barrel", reason="worn", component_in=part)
    firearm = KNOWN[FIREARM]
    assert slug(swap, firearm, {part: component(MADE)}) is None
    assert slug(swap, firearm, {part: component(MADE, STOLEN)}) == "alert_open"


def test_a_component_shares_schema_and_rules_with_the_firearm() -> None:
    """What is said once cannot drift apart."""
    lines = {line.evt.partition(".")[2]: line for line in TRADE}
    for name in ("lost-reported", "stolen-reported", "found", "forfeited", "exported"):
        own, firearm = lines[name], LINES[f"firearm.{name}", 1]
        shared = {base.__module__ for base in own.dat.__mro__} & {firearm.dat.__module__}
        assert shared, name
        assert own.roles == firearm.roles
    (transfer,) = (line for line in FIREARM_HOLDING if line.evt == "firearm.transferred")
    own_checks = [each for each in lines["transferred"].checks if each is not is_loose]
    assert own_checks == [each for each in transfer.checks if each is not counterparts_clear]


def test_a_component_is_with_its_maker_or_where_the_older_record_says() -> None:
    made = component(part_event("manufactured", jur="XA"))
    assert (made.holder, made.custody, made.country) == ("maker", "holder", "XA")
    says: dict[str, Any] = {"holder": "dealer", "presence": "XB", "custodian": "SHOP"}
    known = component(part_event("registered", **says))
    assert isinstance(known, Component)
    assert (known.holder, known.country, known.custodian) == ("dealer", "XB", "SHOP")
