# SPDX-License-Identifier: Apache-2.0
"""Forfeiture, disposal and return: who may decide what, and what has to stand before."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EnvelopeError
from domain.event import Event
from tests.unit.domain.disposing.desk import ARMS, Desk, confiscated, register
from tests.unit.domain.lives import (
    HOLDING,
    MARK,
    OTHER_HOLDING,
    contradicted,
    happened,
    life,
    verdict,
)

ARM = ARMS[0]
KNOWN = happened("registered", "2010", holder="civilian", custody="holder", hld=HOLDING)
SEIZED = happened("seized", "2018", station="STATION 1")
SURRENDERED = happened("surrendered", "2018")
FORFEITED = happened("forfeited", "2019-02-01")
DECIDED = happened("disposal-authorised", "2019-06-01")
RETURNED = happened("returned-to-owner", "2020")
STOLEN = happened("stolen-reported", "2018", discovered_on="2018")
LATER = "2019-06-01"


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def decided(**dat: Any) -> Event:
    return happened("disposal-authorised", "2019-06-01", **dat)


@pytest.mark.parametrize("taken", [SEIZED, SURRENDERED], ids=lambda each: each.evt)
def test_a_forfeited_firearm_has_no_owner(taken: Event) -> None:
    state = life(KNOWN, taken, FORFEITED).state
    assert rule_of((KNOWN, taken), FORFEITED) is None
    assert set(state.alerts) == {"forfeited"}
    assert (state.holder, state.holding) == ("none", None)
    assert state.custody == life(KNOWN, taken).state.custody


def test_a_found_firearm_is_forfeited_from_safekeeping() -> None:
    assert rule_of((KNOWN, happened("found", "2018")), FORFEITED) is None


def test_nobody_forfeits_what_its_holder_has() -> None:
    refusal = verdict((KNOWN,), FORFEITED)
    assert refusal
    assert (refusal.rule, refusal.axis) == ("not_in_official_hands", "A")
    assert refusal.found == "clear, holder"


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        ({"final": True}, None),
        ({"final": False, "appeal_until": "2019-03-01"}, None),
        ({"final": False}, "appeal_end_missing"),
        ({"final": False, "appeal_until": "2019-01-31"}, "appeal_dates"),
    ],
    ids=str,
)
def test_an_order_states_whether_and_until_when_it_can_be_appealed(
    order: dict[str, Any], rule: str | None
) -> None:
    event = happened("forfeited", "2019-02-01", **{"final": "absent", **order})
    assert rule_of((KNOWN, SEIZED), event) == rule


def test_an_order_becomes_final_by_a_second_event_and_a_third_is_noted() -> None:
    appealed = happened("forfeited", "2019-02-01", final=False, appeal_until="2019-03-01")
    final = happened("forfeited", "2019-03-02", name="final")
    third = happened("forfeited", "2019-03-03", name="third")
    assert contradicted(life(KNOWN, SEIZED, appealed, final)) == []
    assert contradicted(life(KNOWN, SEIZED, appealed, final, third)) == [(4, "forfeited_already")]


@pytest.mark.parametrize(
    ("until", "on", "rule"),
    [
        ("2019-03-01", "2019-03-02", None),
        ("2019-03-01", "2019-03-01", "forfeiture_not_final"),
        ("2019-03-01", "2019", "forfeiture_not_final"),
        ("unknown", "2019-03-02", "forfeiture_not_final"),
    ],
)
def test_nothing_is_disposed_of_while_an_appeal_is_possible(
    until: str, on: str, rule: str | None
) -> None:
    order = happened("forfeited", "2019-02-01", final=False, appeal_until=until)
    assert rule_of((KNOWN, SEIZED, order), decided(authorised_on=on)) == rule


@pytest.mark.parametrize(
    ("before", "basis", "rule"),
    [
        ((SEIZED, FORFEITED), "forfeiture", None),
        ((SURRENDERED,), "owner_consent", None),
        ((SURRENDERED,), "forfeiture", "disposal_basis"),
        ((SEIZED, FORFEITED), "owner_consent", "disposal_basis"),
        ((), "owner_consent", "disposal_basis"),
        ((SEIZED,), "forfeiture", "alert_open"),
        ((STOLEN, SEIZED, FORFEITED), "forfeiture", "alert_open"),
    ],
)
def test_a_disposal_needs_a_final_order_or_the_consent_of_who_surrendered_it(
    before: tuple[Event, ...], basis: str, rule: str | None
) -> None:
    assert rule_of((KNOWN, *before), decided(basis=basis)) == rule


@pytest.mark.parametrize(
    ("stated", "rule"),
    [
        ({"trace_outcome": "no_record"}, None),
        ({"trace_outcome": "no_record", "trace_report_no": "absent"}, "trace_missing"),
        ({"trace_exception": "diversion_risk_of_delay"}, None),
        ({}, "trace_or_exception"),
        ({"trace_outcome": "refused", "trace_exception": "other"}, "trace_or_exception"),
        ({"trace_exception": "made_before_1946"}, "trace_exception_year"),
        ({"trace_exception": "antique"}, "trace_exception_year"),
        (
            {"trace_exception": "other", "trace": "trc.01a2076b-4018-7111-8222-555555555555"},
            "trace_or_exception",
        ),
    ],
    ids=str,
)
def test_rule_15_every_seized_gun_has_a_trace_or_a_stated_exception(
    stated: dict[str, Any], rule: str | None
) -> None:
    event = decided(**{"trace_outcome": "absent", **stated})
    assert rule_of((KNOWN, SEIZED, FORFEITED), event) == rule


@pytest.mark.parametrize(
    ("year", "exception", "rule"),
    [
        (1945, "made_before_1946", None),
        (1899, "antique", None),
        (1900, "antique", "trace_exception_year"),
        ("unknown", "antique", None),
    ],
)
def test_nothing_made_after_1899_is_an_antique(year: Any, exception: str, rule: str | None) -> None:
    old = happened("registered", "2010", year=year)
    event = decided(trace_outcome="absent", trace_exception=exception)
    assert rule_of((old, SEIZED, FORFEITED), event) == rule


def test_a_tracing_request_that_is_named_is_on_record() -> None:
    desk = register()
    assert desk.put("firearm.seized", ARM, "2018") is None
    assert desk.put("firearm.forfeited", ARM, "2019-02-01") is None
    trace = "trc.01a2076b-4018-7111-8222-555555555555"
    assert desk.put("firearm.disposal-authorised", ARM, LATER, trace=trace) == "trace_unknown"


@pytest.mark.parametrize(
    ("evt", "method", "holder"),
    [
        ("retained-for-state", "retain", "state_stock"),
        ("placed-in-museum", "museum", "museum"),
        ("released-to-trade", "release_to_trade", "dealer"),
    ],
)
def test_rule_15_what_is_not_destroyed_is_authorized_marked_and_recorded(
    evt: str, method: str, holder: str
) -> None:
    desk = register()
    assert desk.put("firearm.seized", ARM, "2018") is None
    assert desk.put("firearm.forfeited", ARM, "2019-02-01") is None
    assert desk.put(f"firearm.{evt}", ARM, "2020") == "disposal_not_authorised"
    assert desk.put("firearm.disposal-authorised", ARM, LATER) is None
    assert desk.put(f"firearm.{evt}", ARM, "2020") == "disposal_not_authorised"
    assert desk.put("firearm.disposal-authorised", ARM, LATER, method=method) is None
    assert desk.put(f"firearm.{evt}", ARM, "2020") == "mark_event_unknown"
    mark = _marked(desk, "confiscation")
    assert desk.put(f"firearm.{evt}", ARM, "2020", mark_event=mark) is None
    state = desk.arm().state
    assert (state.holder, state.custody, state.alerts) == (holder, "holder", frozenset())
    assert (state.forfeiture, state.disposal, state.holding) == (None, None, None)
    assert state.custodian
    assert contradicted(desk.arm()) == []


def test_a_mark_that_cannot_be_read_or_was_reversed_identifies_nothing_that_is_kept() -> None:
    desk = confiscated()
    assert desk.put("firearm.disposal-authorised", ARM, LATER, method="retain") is None
    worn = {**MARK, "kind": "confiscation", "condition": "partial"}
    assert desk.put("firearm.marked", ARM, "2019-07", mark=worn) is None
    partial = desk.events[-1].eid
    reversed_ = _marked(desk, "confiscation")
    desk._record(desk.build("firearm.reversed", ARM, "2019-08", target=reversed_))
    for eid in (partial, reversed_):
        kept = desk.put("firearm.retained-for-state", ARM, "2020", mark_event=eid)
        assert kept == "mark_event_unknown"


def test_a_missing_confiscation_mark_is_noted() -> None:
    desk = confiscated()
    assert desk.put("firearm.disposal-authorised", ARM, LATER, method="retain") is None
    mark = _marked(desk, "owner")
    assert desk.put("firearm.retained-for-state", ARM, "2020", mark_event=mark) is None
    assert [rule for _, rule in contradicted(desk.arm())] == ["confiscation_mark_due"]


def test_a_surrendered_firearm_that_is_kept_needs_no_confiscation_mark() -> None:
    desk = register()
    assert desk.put("firearm.surrendered", ARM, "2018") is None
    consent = {"basis": "owner_consent", "method": "museum"}
    assert desk.put("firearm.disposal-authorised", ARM, LATER, **consent) is None
    mark = _marked(desk, "owner")
    assert desk.put("firearm.placed-in-museum", ARM, "2020", mark_event=mark) is None
    assert contradicted(desk.arm()) == []


def test_a_release_to_civilian_use_names_a_mark_of_this_firearm() -> None:
    for mark_event, rule in (("F" * 43, "mark_event_unknown"), ("own", None)):
        desk = register(ARM, holder="state_stock")
        own = _marked(desk, "civil_transfer")
        named = own if mark_event == "own" else mark_event
        assert desk.put("firearm.released-to-civilian", ARM, "2020", mark_event=named) == rule


@pytest.mark.parametrize("serial", ["none", "unknown"])
def test_a_firearm_without_readable_marks_is_not_kept(serial: str) -> None:
    desk = register(ARM, serial=serial)
    assert desk.put("firearm.seized", ARM, "2018") is None
    assert desk.put("firearm.forfeited", ARM, "2019-02-01") is None
    assert desk.put("firearm.disposal-authorised", ARM, LATER, method="retain") is None
    assert desk.put("firearm.retained-for-state", ARM, "2020") == "marks_inadequate"


@pytest.mark.parametrize("taken", [SEIZED, SURRENDERED, happened("found", "2018")])
def test_a_return_closes_the_seizure_and_names_the_holding(taken: Event) -> None:
    assert rule_of((KNOWN, taken), RETURNED) is None
    state = life(KNOWN, taken, RETURNED).state
    assert (state.alerts, state.custody, state.holder) == (frozenset(), "holder", "civilian")
    assert (state.holding, state.custodian, state.seals) == (HOLDING, None, ())


def test_a_return_leaves_a_listing_open_until_it_is_cleared() -> None:
    before = (KNOWN, STOLEN, happened("seized", "2019"))
    assert rule_of(before, RETURNED) is None
    assert life(*before, RETURNED).state.alerts == {"stolen"}
    cleared = happened("alert-cleared", "2021", reason="returned")
    assert rule_of((*before, RETURNED), cleared) is None
    assert life(*before, RETURNED, cleared).state.alerts == frozenset()


@pytest.mark.parametrize(
    ("before", "dat", "rule"),
    [
        ((), {}, "nothing_to_return"),
        ((SEIZED, FORFEITED), {}, "forfeited"),
        ((SEIZED, FORFEITED), {"basis": "forfeiture_set_aside"}, "forfeited"),
        ((happened("sought", "2017"), SEIZED), {}, "alert_open"),
        ((SEIZED,), {"entitlement": "licence"}, "licence_missing"),
    ],
)
def test_a_return_is_refused_where_somebody_else_has_the_say(
    before: tuple[Event, ...], dat: dict[str, Any], rule: str
) -> None:
    refusal = verdict((KNOWN, *before), happened("returned-to-owner", "2020", **dat))
    assert refusal
    assert refusal.rule == rule
    assert refusal.axis
    assert refusal.legal


def test_a_forfeiture_that_was_set_aside_leads_to_a_return() -> None:
    order = happened("forfeited", "2019-02-01", final=False, appeal_until="2019-03-01")
    aside = happened("returned-to-owner", "2020", basis="forfeiture_set_aside")
    assert rule_of((KNOWN, SEIZED, order), aside) is None
    assert rule_of((KNOWN, SEIZED, order), RETURNED) == "forfeited"
    state = life(KNOWN, SEIZED, order, aside).state
    assert (state.alerts, state.holder, state.forfeiture) == (frozenset(), "civilian", None)


def test_a_firearm_whose_marks_were_removed_is_marked_anew_before_its_return() -> None:
    seen = [{**MARK, "text": "unknown", "condition": "obliterated"}]
    taken = happened("seized", "2018", markings=seen)
    refusal = verdict((KNOWN, taken), RETURNED)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("marks_inadequate", "M", "obliterated")
    mark = happened("marked", "2019", mark={**MARK, "kind": "admin_serial"})
    assert rule_of((KNOWN, taken, mark), RETURNED) is None


def test_a_licence_that_is_named_is_on_record() -> None:
    desk = register()
    assert desk.put("firearm.seized", ARM, "2018") is None
    licence = "lic.01a2076b-4018-7111-8222-666666666666"
    shown = {"entitlement": "licence", "licence": licence}
    assert desk.put("firearm.returned-to-owner", ARM, "2020", **shown) == "licence_unknown"


@pytest.mark.parametrize(
    ("before", "dat", "rule"),
    [
        ((SEIZED,), {"hld": OTHER_HOLDING}, "holding_differs"),
        ((SURRENDERED, decided(basis="owner_consent")), {}, "disposal_overtaken"),
    ],
    ids=["holding", "disposal"],
)
def test_a_return_that_does_not_fit_the_record_is_noted(
    before: tuple[Event, ...], dat: dict[str, Any], rule: str
) -> None:
    back = happened("returned-to-owner", "2020", **dat)
    assert verdict((KNOWN, *before), back) is None
    assert contradicted(life(KNOWN, *before, back)) == [(len(before) + 1, rule)]


@pytest.mark.parametrize(
    "evt",
    [
        "forfeited",
        "disposal-authorised",
        "returned-to-owner",
        "retained-for-state",
        "placed-in-museum",
        "released-to-trade",
        "destruction-scheduled",
        "destroyed",
    ],
)
def test_nothing_is_decided_about_a_destroyed_firearm(evt: str) -> None:
    gone = happened("registered", "2010", technical="destroyed")
    assert rule_of((gone, SEIZED), happened(evt, "2020")) == "destroyed"


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("disposal-authorised", {"method": "sell"}),
        ("disposal-authorised", {"basis": "habit"}),
        ("disposal-authorised", {"trace_outcome": "success"}),
        ("disposal-authorised", {"trace_exception": "no time"}),
        ("disposal-authorised", {"trace": ARM}),
        ("returned-to-owner", {"basis": "kindness"}),
        ("returned-to-owner", {"entitlement": "trust"}),
        ("returned-to-owner", {"hld": "John Doe"}),
        ("retained-for-state", {"mark_event": "1"}),
        ("destruction-scheduled", {"lot": ARM}),
        ("destroyed", {"method": "bury"}),
        ("destroyed", {"endorsements": [{"kid": "x"}]}),
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        happened(evt, **wrong)


def test_a_forfeited_firearm_becomes_stock_only_by_an_authorized_disposal() -> None:
    refusal = verdict((KNOWN, SEIZED, FORFEITED), happened("stock-received", "2020"))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("forfeited", "A", "forfeited")


def _marked(desk: Desk, kind: str) -> str:
    mark = {**MARK, "kind": kind, "text": {"known": "XA-C-1"}, "country": "XA"}
    assert desk.put("firearm.marked", ARM, "2019-07", mark=mark) is None
    return desk.events[-1].eid
