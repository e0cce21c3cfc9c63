# SPDX-License-Identifier: Apache-2.0
"""What the rules of trade, trade custody, estates and release refuse, and what they note."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from tests.unit.domain.lives import (
    HOLDING,
    MARK,
    OTHER_HOLDING,
    contradicted,
    happened,
    life,
    verdict,
)

OURS = (
    "dealer-acquired",
    "dealer-disposed",
    "receipt-confirmed",
    "custody-received",
    "custody-returned",
    "inherited",
    "possession-taken",
    "released-to-civilian",
)
NEXT = "2020"
MADE = happened("manufactured", "2015")
STATE_MARK = {**MARK, "kind": "state_stock", "text": {"known": "POL-XA 17"}}
CIVIL_MARK = happened("marked", "2019", mark={**MARK, "kind": "civil_transfer", "country": "XA"})
OBLITERATED = [{"kind": "manufacture", "text": "unknown", "condition": "obliterated"}]


def held(holder: str, **says: Any) -> Event:
    return happened("registered", "2016", holder=holder, custody="holder", hld=HOLDING, **says)


CIVILIAN, DEALER, STOCK, NOBODY = map(held, ("civilian", "dealer", "state_stock", "none"))
LENT = happened("custody-received", "2018", custodian="SMITH")
RULES_OF_ALERTS = {
    "lost": happened("lost-reported", "2018"),
    "stolen": happened("stolen-reported", "2018"),
    "seized": happened("seized", "2018"),
}


def rule_of(*events: Event) -> str | None:
    refusal = verdict(events[:-1], events[-1])
    return refusal.rule if refusal else None


@pytest.mark.parametrize("evt", OURS)
def test_nothing_is_done_to_a_destroyed_firearm(evt: str) -> None:
    gone = happened("registered", "2016", technical="destroyed")
    refusal = verdict((gone,), happened(evt, NEXT))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("destroyed", "T", "destroyed")


@pytest.mark.parametrize("alert", RULES_OF_ALERTS)
@pytest.mark.parametrize(
    ("origin", "evt"),
    [(CIVILIAN, "transferred"), (DEALER, "dealer-disposed"), (STOCK, "released-to-civilian")],
    ids=["transferred", "dealer-disposed", "released-to-civilian"],
)
def test_nothing_changes_hands_while_an_alert_is_open(alert: str, origin: Event, evt: str) -> None:
    before = (origin, CIVIL_MARK, RULES_OF_ALERTS[alert])
    assert rule_of(*before[:2], happened(evt, NEXT)) is None
    refusal = verdict(before, happened(evt, NEXT))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("alert_open", "A", alert)


@pytest.mark.parametrize(
    "evt",
    ["dealer-acquired", "receipt-confirmed", "custody-received", "inherited", "possession-taken"],
)
@pytest.mark.parametrize("alert", RULES_OF_ALERTS)
def test_a_firearm_under_an_alert_that_turns_up_is_recorded_with_a_note(
    alert: str, evt: str
) -> None:
    events = (CIVILIAN, RULES_OF_ALERTS[alert], happened(evt, NEXT))
    assert rule_of(*events) is None
    assert (2, "alert_open") in contradicted(life(*events))
    assert life(*events).state.alerts == {alert}


def test_what_was_in_evidence_is_acquired_with_a_note_of_the_missing_release() -> None:
    events = (CIVILIAN, RULES_OF_ALERTS["seized"], happened("dealer-acquired", NEXT))
    assert contradicted(life(*events)) == [(2, "alert_open"), (2, "release_not_recorded")]


@pytest.mark.parametrize(
    ("origin", "rule"),
    [
        (MADE, None),
        (DEALER, None),
        (CIVILIAN, "acquisition_missing"),
        (held("unknown"), "acquisition_missing"),
        (NOBODY, "acquisition_missing"),
        (STOCK, "acquisition_missing"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_dealer_disposes_only_of_what_is_in_the_book(origin: Event, rule: str | None) -> None:
    refusal = verdict((origin,), happened("dealer-disposed", NEXT))
    assert (refusal.rule if refusal else None) == rule
    if refusal:
        assert (refusal.axis, refusal.found) == ("H", life(origin).state.holder)
        assert "firearm.dealer-acquired" in refusal.legal


@pytest.mark.parametrize("stated", [OTHER_HOLDING, "absent"])
def test_a_dealer_disposes_of_nothing_that_is_in_the_book_of_another(stated: str) -> None:
    """27 CFR 478.125(e): what is disposed of is the entry of an acquisition in one's own book."""
    bought = happened("dealer-acquired", "2018", to_hld=HOLDING)
    assert rule_of(CIVILIAN, bought, happened("dealer-disposed", NEXT, from_hld=HOLDING)) is None
    refusal = verdict((CIVILIAN, bought), happened("dealer-disposed", NEXT, from_hld=stated))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("acquisition_of_another", "H")
    assert refusal.found == ("no holding stated" if stated == "absent" else OTHER_HOLDING)
    assert refusal.legal[0] == HOLDING
    unnamed = happened("dealer-acquired", "2018")
    assert rule_of(CIVILIAN, unnamed, happened("dealer-disposed", NEXT, from_hld=stated)) is None


REACTIVATED = happened("registered", "2016", technical="illicitly_reactivated", holder="dealer")


@pytest.mark.parametrize(
    "evt", ["transferred", "dealer-disposed", "exported", "temporarily-exported"]
)
def test_what_was_reactivated_without_authorization_changes_no_hands(evt: str) -> None:
    refusal = verdict((REACTIVATED,), happened(evt, NEXT))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == (
        "technical_state", "T", "illicitly_reactivated",
    )  # fmt: skip
    assert refusal.legal == ("unfinished", "complete", "deactivated")


@pytest.mark.parametrize("technical", ["unfinished", "complete", "deactivated"])
def test_what_is_lawfully_so_changes_hands(technical: str) -> None:
    lawful = happened("registered", "2016", technical=technical, holder="civilian")
    assert rule_of(lawful, happened("transferred", NEXT)) is None


@pytest.mark.parametrize("evt", ["dealer-acquired", "receipt-confirmed"])
def test_that_somebody_received_what_was_reactivated_is_recorded_with_a_note(evt: str) -> None:
    received = happened(evt, NEXT)
    assert rule_of(REACTIVATED, received) is None
    assert (1, "technical_state") in contradicted(life(REACTIVATED, received))


def test_what_was_reactivated_while_seized_goes_back_to_nobody() -> None:
    opened = happened("reactivated-illicitly", "2019")
    before = (CIVILIAN, RULES_OF_ALERTS["seized"], opened)
    assert rule_of(*before, happened("returned-to-owner", NEXT)) == "technical_state"


def test_what_was_disposed_of_is_not_disposed_of_twice() -> None:
    sold = happened("dealer-disposed", "2018")
    assert rule_of(DEALER, sold, happened("dealer-disposed", NEXT)) == "acquisition_missing"
    again = happened("dealer-acquired", "2019")
    assert rule_of(DEALER, sold, again, happened("dealer-disposed", NEXT)) is None


@pytest.mark.parametrize("evt", OURS)
@pytest.mark.parametrize("origin", [STOCK, NOBODY], ids=["state_stock", "none"])
def test_what_is_the_states_or_forfeited_reaches_nobody_without_a_release(
    origin: Event, evt: str
) -> None:
    refusal = verdict((origin,), happened(evt, NEXT))
    if evt == "custody-received":
        assert refusal is None
        assert life(origin, happened(evt, NEXT)).state.holder == life(origin).state.holder
        return
    assert refusal
    assert refusal.rule in {
        "holder_class", "transfer_mark_missing", "acquisition_missing", "custody_state",
    }  # fmt: skip


@pytest.mark.parametrize("evt", ["dealer-acquired", "receipt-confirmed", "released-to-civilian"])
def test_a_transfer_mark_releases_government_stock(evt: str) -> None:
    refusal = verdict((STOCK,), happened(evt, NEXT))
    assert refusal
    assert refusal.rule == "transfer_mark_missing"
    assert rule_of(STOCK, CIVIL_MARK, happened(evt, NEXT)) is None


def test_government_stock_is_received_by_a_stock_without_a_transfer_mark() -> None:
    received = happened("receipt-confirmed", NEXT, holder="state_stock")
    assert rule_of(STOCK, received) is None


@pytest.mark.parametrize(
    ("known", "struck", "found"),
    [
        (None, None, None),
        (STATE_MARK, STATE_MARK, None),
        ({**STATE_MARK, "condition": "partial"}, None, "partial"),
        ({**STATE_MARK, "condition": "partial"}, STATE_MARK, None),
        (STATE_MARK, {**STATE_MARK, "text": "unknown", "condition": "obliterated"}, "obliterated"),
        (STATE_MARK, {**STATE_MARK, "kind": "owner"}, "owner"),
    ],
    ids=str,
)
def test_the_old_state_mark_stays_legible_on_release(
    known: dict[str, Any] | None, struck: dict[str, Any] | None, found: str | None
) -> None:
    origin = held("state_stock", markings=[known] if known else "absent")
    release = happened("released-to-civilian", NEXT, struck=struck or "absent")
    refusal = verdict((origin, CIVIL_MARK), release)
    assert (refusal.found if refusal else None) == found
    if refusal:
        assert (refusal.rule, refusal.axis) == ("state_mark_illegible", "M")


@pytest.mark.parametrize("origin", [CIVILIAN, DEALER, MADE], ids=["civilian", "dealer", "maker"])
def test_only_government_stock_is_released(origin: Event) -> None:
    assert rule_of(origin, CIVIL_MARK, happened("released-to-civilian", NEXT)) == "holder_class"


@pytest.mark.parametrize("evt", ["dealer-disposed", "released-to-civilian"])
def test_a_firearm_without_readable_marks_leaves_no_stock(evt: str) -> None:
    holder = "dealer" if evt == "dealer-disposed" else "state_stock"
    refusal = verdict((held(holder, markings=OBLITERATED), CIVIL_MARK), happened(evt, NEXT))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("marks_inadequate", "M")


@pytest.mark.parametrize(
    ("before", "found"),
    [((CIVILIAN,), "holder"), ((CIVILIAN, RULES_OF_ALERTS["seized"]), "evidence")],
    ids=["holder", "evidence"],
)
def test_only_what_a_business_has_is_given_back_by_one(
    before: tuple[Event, ...], found: str
) -> None:
    refusal = verdict(before, happened("custody-returned", NEXT))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("custody_state", "C", found)
    assert refusal.legal == ("repair", "proof")
    assert rule_of(CIVILIAN, LENT, happened("custody-returned", NEXT)) is None


@pytest.mark.parametrize(
    ("events", "rule"),
    [
        ((happened("registered", "2016"), happened("custody-returned", NEXT)), "custody_unknown"),
        ((CIVILIAN, LENT, happened("custody-received", NEXT)), "return_not_recorded"),
        ((CIVILIAN, happened("custody-received", NEXT, hld=OTHER_HOLDING)), "holding_differs"),
        (
            (CIVILIAN, LENT, happened("custody-returned", NEXT, hld=OTHER_HOLDING)),
            "holding_differs",
        ),
        (
            (CIVILIAN, LENT, happened("custody-returned", NEXT, custodian="JONES")),
            "custodian_differs",
        ),
        ((CIVILIAN, happened("inherited", NEXT, from_hld=OTHER_HOLDING)), "holding_differs"),
        (
            (DEALER, happened("dealer-disposed", NEXT, described={"serial": {"known": "ZZ 1"}})),
            "description_differs",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_facts_that_contradict_each_other_are_recorded_with_a_note(
    events: tuple[Event, ...], rule: str
) -> None:
    assert rule_of(*events) is None
    assert contradicted(life(*events)) == [(len(events) - 1, rule)]


def test_what_agrees_is_not_noted() -> None:
    same = {"make": {"known": "Testwerk"}, "serial": {"known": "tw9-000042"}, "model": "unknown"}
    events = (
        CIVILIAN,
        happened("custody-received", "2018", custodian="SMITH", hld=HOLDING, described=same),
        happened("custody-returned", "2019", custodian="Smith", hld=HOLDING, described=same),
        happened("inherited", NEXT, from_hld=HOLDING),
    )
    assert contradicted(life(*events)) == []
    undescribed = happened("custody-returned", "2019", described=same)
    assert contradicted(life(undescribed)) == [(0, "custody_unknown")]
