# SPDX-License-Identifier: Apache-2.0
"""What the rules refuse, what they let pass, and what they note as a contradiction."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from domain.catalogue import CATALOGUE
from domain.codes import Alert
from domain.event import Event
from domain.firearm.aggregate import decide
from domain.firearm.rules.common import CLOSED_BY
from tests.unit.domain.lives import (
    HOLDING,
    MARK,
    OTHER_HOLDING,
    SOURCE,
    contradicted,
    happened,
    life,
    verdict,
)

MADE = happened("manufactured", "2015")
KNOWN = happened("registered", "2016", holder="civilian", custody="holder", hld=HOLDING)
STOCK = happened("registered", "2016", holder="state_stock")
GONE = happened("registered", "2016", technical="destroyed")
SEIZED = happened("seized", "2018", station="STATION 1")
LOST = happened("lost-reported", "2018", discovered_on="2018")
STOLEN = happened("stolen-reported", "2018", discovered_on="2018")
NEXT = "2020"


def sold(**dat: Any) -> Event:
    return happened("transferred", NEXT, **dat)


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


@pytest.mark.parametrize("evt", ["manufactured", "registered"])
def test_a_record_begins_with_an_origin_and_has_only_one(evt: str) -> None:
    assert decide(None, happened(evt)) is None
    refusal = verdict((MADE,), happened(evt))
    assert refusal
    assert refusal.rule == "origin_repeated"


def test_nothing_happens_to_a_firearm_without_an_origin() -> None:
    refusal = decide(None, SEIZED)
    assert refusal
    assert refusal.rule == "origin_missing"
    assert refusal.legal == (
        "firearm.manufactured",
        "firearm.production-planned",
        "firearm.registered",
    )


@pytest.mark.parametrize(
    "lacking", [{"serial": "unknown"}, {"make": "none"}, {"country": "unknown"}], ids=str
)
def test_a_manufacture_without_a_complete_mark_is_refused(lacking: dict[str, Any]) -> None:
    refusal = decide(None, happened("manufactured", **lacking))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("mark_incomplete", "M")
    coded = {**MARK, "symbols": ["triangle"], "text": {"known": "A7-1234"}}
    made = happened("manufactured", **lacking, markings=[{**coded, "country": "XA"}])
    assert decide(None, made) is None
    bare = decide(None, happened("manufactured", **lacking, markings=[coded]))
    assert (bare is None) == ("country" not in lacking)


@pytest.mark.parametrize(
    ("mark", "rule"),
    [
        ({"kind": "manufacture"}, "mark_incomplete"),
        ({"kind": "manufacture", "maker": "TESTWERK"}, "mark_incomplete"),
        ({"kind": "manufacture", "maker": "TESTWERK", "country": "XA"}, None),
        ({"kind": "manufacture", "symbols": ["triangle"]}, "mark_incomplete"),
        ({"kind": "manufacture", "symbols": ["triangle"], "country": "XA"}, None),
        ({"kind": "import"}, "mark_incomplete"),
        ({"kind": "import", "country": "XB", "year": 2019}, None),
        ({"kind": "civil_transfer"}, "mark_incomplete"),
        ({"kind": "civil_transfer", "country": "XA"}, None),
        ({"kind": "proof"}, None),
    ],
    ids=str,
)
def test_a_mark_names_what_its_kind_demands(mark: dict[str, Any], rule: str | None) -> None:
    assert rule_of((MADE,), happened("marked", NEXT, mark={**MARK, **mark})) == rule


@pytest.mark.parametrize("alert", [LOST, STOLEN, SEIZED], ids=lambda event: event.evt)
def test_a_transfer_is_refused_while_an_alert_is_open(alert: Event) -> None:
    refusal = verdict((KNOWN, alert), sold())
    assert refusal
    by = "firearm.returned-to-owner" if alert is SEIZED else "firearm.alert-cleared"
    assert (refusal.rule, refusal.axis, refusal.legal) == ("alert_open", "A", ("clear", by))


def test_every_flag_has_an_event_that_closes_it_or_leads_there() -> None:
    assert set(CLOSED_BY) == set(get_args(Alert))
    known = {kind.evt for kind in CATALOGUE}
    for firearm, component in CLOSED_BY.values():
        assert {f"firearm.{firearm}", f"component.{component}"} <= known


@pytest.mark.parametrize("alert", [LOST, STOLEN], ids=lambda event: event.evt)
@pytest.mark.parametrize("comes_to_light", ["found", "seized"])
def test_a_find_or_seizure_does_not_clear_the_alert(alert: Event, comes_to_light: str) -> None:
    before = (KNOWN, alert, happened(comes_to_light, "2019"))
    assert life(*before).state.alerts >= life(KNOWN, alert).state.alerts > frozenset()
    assert rule_of(before, sold()) == "alert_open"


@pytest.mark.parametrize("alert", [LOST, STOLEN], ids=lambda event: event.evt)
def test_a_missing_firearm_is_not_issued_from_stock(alert: Event) -> None:
    assert rule_of((STOCK,), happened("stock-issued", NEXT)) is None
    assert rule_of((STOCK, alert), happened("stock-issued", NEXT)) == "alert_open"


def test_a_civilian_firearm_is_neither_issued_nor_received() -> None:
    for evt in ("stock-issued", "stock-received"):
        refusal = verdict((KNOWN,), happened(evt, NEXT))
        assert refusal
        assert (refusal.rule, refusal.axis, refusal.found) == ("holder_class", "H", "civilian")


def test_a_maker_delivers_to_a_government_stock() -> None:
    assert rule_of((MADE,), happened("stock-received", NEXT)) is None


def test_government_stock_needs_a_transfer_mark_before_it_becomes_civilian() -> None:
    mark = happened("marked", "2019", mark={**MARK, "kind": "civil_transfer", "country": "XA"})
    assert rule_of((STOCK,), sold()) == "transfer_mark_missing"
    assert rule_of((STOCK, mark), sold()) is None


@pytest.mark.parametrize("condition", ["partial", "obliterated", "none"])
def test_a_firearm_without_readable_marks_is_not_transferred(condition: str) -> None:
    text = "none" if condition == "none" else "unknown"
    marks = [{"kind": "manufacture", "text": text, "condition": condition}]
    refusal = verdict((happened("registered", "2016", markings=marks),), sold())
    assert refusal
    assert (refusal.rule, refusal.axis) == ("marks_inadequate", "M")


def test_a_firearm_re_marked_by_an_authority_is_transferred_again() -> None:
    bare = happened("registered", "2016", serial="none")
    mark = happened("marked", "2019", mark={**MARK, "kind": "admin_serial"})
    assert rule_of((bare,), sold()) == "marks_inadequate"
    assert rule_of((bare, mark), sold()) is None


def test_evidence_moves_only_from_evidence_or_official_safekeeping() -> None:
    move = happened("custody-moved", NEXT)
    assert rule_of((KNOWN, SEIZED), move) is None
    assert rule_of((KNOWN, happened("found", "2018")), move) is None
    refusal = verdict((KNOWN,), move)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("custody_state", "C", "holder")
    assert refusal.legal == ("evidence", "official_safekeeping")


@pytest.mark.parametrize(
    ("dates", "rule"),
    [
        ({"discovered_on": "2019-05-02"}, None),
        ({"discovered_on": "unknown", "window_from": "2019-05-01"}, None),
        ({"discovered_on": "2019", "window_from": "2019-05-01"}, None),
        ({"discovered_on": "2019-04-30", "window_from": "2019-05-01"}, "loss_dates"),
        ({"window_from": "2019-05-01", "window_to": "2019-04"}, "loss_dates"),
    ],
    ids=str,
)
def test_the_dates_of_a_loss_have_an_order(dates: dict[str, str], rule: str | None) -> None:
    assert rule_of((KNOWN,), happened("lost-reported", NEXT, **dates)) == rule


@pytest.mark.parametrize(
    "evt",
    ["marked", "stock-issued", "stock-received", "transferred", "lost-reported", "stolen-reported"],
)
def test_nothing_is_done_to_a_destroyed_firearm(evt: str) -> None:
    refusal = verdict((GONE,), happened(evt, NEXT))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("destroyed", "T", "destroyed")


@pytest.mark.parametrize("evt", ["found", "seized"])
def test_a_destroyed_firearm_seen_again_is_recorded_as_a_conflict(evt: str) -> None:
    sighting = happened(evt, NEXT)
    assert verdict((GONE,), sighting) is None
    assert contradicted(life(GONE, sighting)) == [(1, "destroyed")]


def test_a_second_seizure_is_recorded_and_the_missing_release_noted() -> None:
    again = happened("seized", NEXT)
    assert verdict((KNOWN, SEIZED), again) is None
    assert contradicted(life(KNOWN, SEIZED, again)) == [(2, "release_not_recorded")]


@pytest.mark.parametrize("giver", ["unknown", "none", {"known": "Station-1"}], ids=str)
def test_evidence_is_handed_over_by_whoever_had_it(giver: Any) -> None:
    moved = happened("custody-moved", NEXT, from_custodian=giver)
    assert rule_of((KNOWN, SEIZED), moved) is None
    assert contradicted(life(KNOWN, SEIZED, moved)) == []
    onward = happened("custody-moved", NEXT, from_custodian={"known": "LAB"}, name="onward")
    assert rule_of((KNOWN, SEIZED, moved), onward) is None
    assert rule_of((KNOWN, SEIZED), onward) == "custodian_differs"


def test_a_hand_over_by_another_than_the_custodian_breaks_the_chain() -> None:
    moved = happened("custody-moved", NEXT, from_custodian={"known": "STATION 9"})
    refusal = verdict((KNOWN, SEIZED), moved)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("custodian_differs", "C", "STATION 9")
    assert refusal.legal == ("STATION 1",)
    nobody_known = happened("seized", "2018", station="absent")
    assert rule_of((KNOWN, nobody_known), moved) is None


def test_a_hand_over_taken_over_from_a_register_is_recorded_and_its_break_noted() -> None:
    giver = {"known": "STATION 9"}
    moved = happened("custody-moved", NEXT, from_custodian=giver, source=SOURCE)
    assert verdict((KNOWN, SEIZED), moved) is None
    assert contradicted(life(KNOWN, SEIZED, moved)) == [(2, "custodian_differs")]


@pytest.mark.parametrize(
    ("described", "noted"),
    [
        ({"make": {"known": "Testwerk"}, "calibre": {"known": "9X19"}}, []),
        ({"make": "unknown", "model": "none"}, []),
        ({"calibre": {"known": ".380"}}, [(1, "description_differs")]),
        ({"serial": {"known": "TW9-000043"}}, [(1, "description_differs")]),
    ],
    ids=str,
)
def test_a_description_that_differs_is_noted(
    described: dict[str, Any], noted: list[tuple[int, str]]
) -> None:
    assert contradicted(life(KNOWN, happened("seized", NEXT, described=described))) == noted


@pytest.mark.parametrize(
    ("before", "event", "rule"),
    [
        ((KNOWN,), sold(from_hld=OTHER_HOLDING), "holding_differs"),
        ((KNOWN, LOST), happened("lost-reported", NEXT), "alert_already_open"),
        ((KNOWN, SEIZED), happened("found", NEXT), "release_not_recorded"),
        ((STOCK, SEIZED), happened("stock-issued", NEXT), "release_not_recorded"),
        ((STOCK, STOLEN), happened("stock-received", NEXT), "alert_open"),
    ],
    ids=["holding", "alert", "find", "issue", "receipt"],
)
def test_facts_that_contradict_each_other_are_recorded_with_a_note(
    before: tuple[Event, ...], event: Event, rule: str
) -> None:
    assert verdict(before, event) is None
    assert contradicted(life(*before, event)) == [(len(before), rule)]


def test_a_serial_that_is_not_the_one_of_the_mark_is_noted() -> None:
    marks = [{**MARK, "text": {"known": "ZZ 1"}}]
    assert contradicted(life(happened("registered", markings=marks))) == [(0, "serial_differs")]


def test_a_transfer_from_the_recorded_holding_is_not_noted() -> None:
    assert contradicted(life(KNOWN, sold(from_hld=HOLDING))) == []
