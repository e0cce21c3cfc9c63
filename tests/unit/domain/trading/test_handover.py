# SPDX-License-Identifier: Apache-2.0
"""Both ends of a hand-over: one side opens it, the other closes it, and a gap stays visible."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.firearm.history import Moment, history, since
from domain.firearm.state import Firearm, Handover
from tests.unit.domain.lives import (
    HOLDING,
    OTHER_HOLDING,
    contradicted,
    correction,
    happened,
    life,
    verdict,
)

DEALER = happened("registered", "2016", holder="dealer")
TO_DEALER: dict[str, Any] = {"holder": "dealer", "hld": OTHER_HOLDING}
SERIAL = {"serial": {"known": "TW9-000042"}}
OTHER_SERIAL = {"serial": {"known": "TW9-000043"}}


def handover(*events: Event) -> Handover | None:
    return life(DEALER, *events).state.handover


def handed_over(firearm: Firearm) -> Moment | None:
    """Give the moment since which a hand-over waits, if one does."""
    waits = firearm.state.handover is not None
    return since(history(firearm), lambda state: state.handover) if waits else None


def given(occ: str = "2018", **dat: Any) -> Event:
    return happened("transferred", occ, **{"to_report": True, **dat})


@pytest.mark.parametrize(
    ("event", "opened"),
    [
        (given(), True),
        (given(to_report=False), False),
        (given(to_report="absent"), False),
        (given(to_report="absent", holder="dealer"), True),
        (given(to_report="absent", holder="museum"), False),
        (given(to_report=False, holder="dealer"), False),
        (happened("dealer-disposed", "2018"), False),
        (happened("dealer-disposed", "2018", to_report=True), True),
        (happened("dealer-disposed", "2018", **TO_DEALER), True),
        (happened("dealer-disposed", "2018", holder="maker"), True),
        (happened("dealer-disposed", "2018", **TO_DEALER, to_report=False), False),
        (happened("dealer-acquired", "2018"), False),
        (happened("receipt-confirmed", "2018"), True),
        (happened("stock-received", "2018"), False),
        (happened("custody-received", "2018"), False),
    ],
    ids=lambda value: value.evt if isinstance(value, Event) else str(value),
)
def test_a_hand_over_opens_where_the_other_side_has_to_report(
    event: Event, *, opened: bool
) -> None:
    assert (handover(event) is not None) is opened


def test_an_open_hand_over_tells_who_reported_it_and_who_receives() -> None:
    assert handover(happened("dealer-disposed", "2018", **TO_DEALER)) == Handover(
        evt="firearm.dealer-disposed", awaits="receiver", holder="dealer", holding=OTHER_HOLDING
    )
    assert handover(happened("receipt-confirmed", "2018", described=SERIAL)) == Handover(
        evt="firearm.receipt-confirmed",
        awaits="giver",
        holder="civilian",
        holding=HOLDING,
        described=happened("receipt-confirmed", described=SERIAL).dat.__dict__["described"],
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (given(), happened("receipt-confirmed", "2019")),
        (given(holder="museum"), happened("receipt-confirmed", "2019")),
        (given(holder="dealer"), happened("dealer-acquired", "2019")),
        (happened("dealer-disposed", "2018", **TO_DEALER), happened("dealer-acquired", "2019")),
        (
            happened("dealer-disposed", "2018", holder="state_stock", to_report=True),
            happened("stock-received", "2019"),
        ),
        (happened("receipt-confirmed", "2018"), given("2019")),
        (happened("receipt-confirmed", "2018"), given("2019", to_report=False)),
        (happened("receipt-confirmed", "2018"), happened("dealer-disposed", "2019")),
    ],
    ids=lambda event: event.evt,
)
def test_the_report_of_the_other_side_closes_it(first: Event, second: Event) -> None:
    assert handover(first) is not None
    assert verdict((DEALER, first), second) is None
    assert handover(first, second) is None
    assert contradicted(life(DEALER, first, second)) in ([], [(2, "holding_differs")])


def test_a_supplier_with_a_licence_has_to_report_what_a_dealer_acquired() -> None:
    licence = "lic.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
    bought = happened("dealer-acquired", "2018", from_licence=licence)
    opened = handover(bought)
    assert opened
    assert (opened.awaits, opened.holder) == ("giver", "dealer")
    assert handover(bought, happened("dealer-disposed", "2019", **TO_DEALER)) is None


def test_a_hand_over_stays_open_through_what_is_no_report_of_it() -> None:
    opened = given()
    later = [happened(evt, "2019") for evt in ("custody-received", "custody-returned")]
    lost = happened("lost-reported", "2020")
    assert handover(opened, *later, lost) == handover(opened)


def test_since_when_it_is_open_is_told_by_the_moment_that_opened_it() -> None:
    opened = given("2018-03-01")
    firearm = life(DEALER, opened, happened("custody-received", "2019"))
    moment = handed_over(firearm)
    assert moment
    assert (moment.entry.index, moment.event.occ.text) == (1, "2018-03-01")
    assert handed_over(life(DEALER)) is None
    assert handed_over(life(DEALER, opened, happened("receipt-confirmed", "2019"))) is None


def test_a_correction_of_the_opening_date_moves_its_age() -> None:
    opened = given("2018-03-01")
    fix = correction(opened, {"field": "occ", "old": "2018-03-01", "new": "2017"})
    moment = handed_over(life(DEALER, opened, fix))
    assert moment
    assert moment.event.occ.text == "2017"


def test_a_receipt_of_the_same_day_may_be_recorded_before_the_giver_reports() -> None:
    receipt, sale = happened("receipt-confirmed", "2018-03-01"), given("2018-03-01")
    assert handover(receipt, sale) is None
    assert handover(sale, receipt) is None
    assert contradicted(life(DEALER, receipt, sale)) == []


def test_a_giver_who_reports_second_leaves_the_holding_of_before() -> None:
    receipt = happened("receipt-confirmed", "2018-03-01", hld=HOLDING)
    sale = given("2018-03-01", hld=HOLDING, from_hld=OTHER_HOLDING)
    assert contradicted(life(DEALER, receipt, sale)) == []
    again = given("2019", hld=HOLDING, from_hld=OTHER_HOLDING)
    assert (3, "holding_differs") in contradicted(life(DEALER, receipt, sale, again))


@pytest.mark.parametrize("evt", ["inherited", "possession-taken"])
def test_a_receiver_who_dies_before_reporting_leaves_it_open_and_noted(evt: str) -> None:
    firearm = life(DEALER, given(), happened(evt, "2019"))
    assert contradicted(firearm) == [(2, "handover_open")]
    assert firearm.state.handover == handover(given())


def test_a_late_report_of_the_giver_closes_what_the_receiver_opened() -> None:
    assert handover(happened("receipt-confirmed", "2019"), given("2018")) is None


@pytest.mark.parametrize(
    ("first", "second", "members"),
    [
        ({"described": SERIAL}, {"described": OTHER_SERIAL}, "serial"),
        ({"hld": HOLDING}, {"hld": OTHER_HOLDING}, "holding"),
        (
            {"hld": HOLDING, "described": {**SERIAL, "make": {"known": "A"}}},
            {"hld": OTHER_HOLDING, "described": {**OTHER_SERIAL, "make": {"known": "B"}}},
            "holding, make, serial",
        ),
    ],
    ids=["serial", "holding", "both"],
)
def test_two_sides_that_differ_are_noted_and_not_refused(
    first: dict[str, Any], second: dict[str, Any], members: str
) -> None:
    receipt = happened("receipt-confirmed", "2019", **second)
    events = (DEALER, given(**first), receipt)
    assert verdict(events[:-1], receipt) is None
    told = {each.refusal.rule: each.refusal.sentence for each in life(*events).contradictions}
    assert told["handover_differs"] == f"The two sides do not agree: {members}."


@pytest.mark.parametrize(
    "described", [SERIAL, {"serial": "unknown"}, {"model": {"known": "TW-9"}}], ids=str
)
def test_two_sides_that_may_mean_one_firearm_are_not_noted(described: dict[str, Any]) -> None:
    receipt = happened("receipt-confirmed", "2019", described=described)
    assert contradicted(life(DEALER, given(described=SERIAL), receipt)) == []
    assert contradicted(life(DEALER, given(), receipt)) == []


def test_the_next_change_of_hands_before_the_last_was_answered_is_noted() -> None:
    onward = happened("transferred", "2020", hld=OTHER_HOLDING)
    assert verdict((DEALER, given()), onward) is None
    firearm = life(DEALER, given(), onward)
    assert contradicted(firearm) == [(2, "handover_open")]
    assert firearm.state.handover is None


def test_a_dealer_disposes_of_nothing_whose_receipt_is_not_reported() -> None:
    to_dealer = happened("dealer-disposed", "2018", **TO_DEALER)
    refusal = verdict((DEALER, to_dealer), happened("dealer-disposed", "2020"))
    assert refusal
    assert (refusal.rule, refusal.found) == ("acquisition_missing", "dealer, receipt not reported")


def test_an_acquisition_by_a_dealer_does_not_answer_a_sale_to_somebody_else() -> None:
    events = (DEALER, given(), happened("dealer-acquired", "2019"))
    assert contradicted(life(*events)) == [(2, "handover_open")]
