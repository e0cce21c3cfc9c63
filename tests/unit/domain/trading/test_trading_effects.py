# SPDX-License-Identifier: Apache-2.0
"""What each event of trade, trade custody, estates and release changes on the axes."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.firearm.state import State
from tests.unit.domain.lives import HOLDING, MARK, OTHER_HOLDING, happened, life

KNOWN = happened("registered", "2016", holder="civilian", custody="holder", hld=HOLDING, jur="XA")
LENT = happened("custody-received", "2017", custodian="SMITH")
STATE_MARK = {**MARK, "kind": "state_stock", "text": {"known": "POL-XA 17"}}


def after(evt: str, *before: Event, **dat: Any) -> State:
    return life(KNOWN, *before, happened(evt, "2020", **dat)).state


def axes(state: State) -> tuple[str, str, str | None, str | None]:
    return (state.holder, state.custody, state.holding, state.custodian)


def test_a_dealer_acquires_and_disposes() -> None:
    bought = happened("dealer-acquired", "2018", hld=HOLDING, to_hld=OTHER_HOLDING)
    assert axes(life(KNOWN, bought).state) == ("dealer", "holder", OTHER_HOLDING, None)
    assert axes(after("dealer-disposed", bought)) == ("civilian", "holder", HOLDING, None)
    museum = after("dealer-disposed", bought, holder="museum", jur="XB")
    assert (museum.holder, museum.country) == ("museum", "XB")


@pytest.mark.parametrize(
    ("purpose", "custody"),
    [
        ("repair", "repair"),
        ("cleaning", "repair"),
        ("sale", "repair"),
        ("storage", "repair"),
        ("destruction", "repair"),
        ("proof", "proof"),
        ("test", "proof"),
    ],
)
def test_custody_changes_where_it_is_and_nobody_who_answers_for_it(
    purpose: str, custody: str
) -> None:
    state = after("custody-received", purpose=purpose, custodian="SMITH", hld=OTHER_HOLDING)
    assert axes(state) == ("civilian", custody, HOLDING, "SMITH")
    assert state.entrusted == purpose


def test_what_was_entrusted_comes_back() -> None:
    state = after("custody-returned", LENT)
    assert axes(state) == ("civilian", "holder", HOLDING, None)
    assert state.entrusted is None


@pytest.mark.parametrize(
    "evt", ["transferred", "possession-taken", "dealer-acquired", "receipt-confirmed"]
)
def test_what_changes_hands_is_entrusted_to_nobody_any_more(evt: str) -> None:
    state = after(evt, LENT)
    assert (state.custody, state.custodian, state.entrusted) == ("holder", None, None)


def test_a_death_changes_who_answers_for_it_and_not_where_it_lies() -> None:
    state = after("inherited", LENT, hld=OTHER_HOLDING)
    assert axes(state) == ("estate", "repair", OTHER_HOLDING, "SMITH")
    assert state.entrusted == "repair"


@pytest.mark.parametrize("role", ["heir", "insolvency_administrator", "finder"])
def test_who_takes_possession_answers_for_it(role: str) -> None:
    state = after("possession-taken", role=role, hld=OTHER_HOLDING)
    assert axes(state) == ("estate", "holder", OTHER_HOLDING, None)


def test_a_release_ends_government_stock_and_keeps_its_mark() -> None:
    stock = happened("registered", "2016", holder="state_stock", markings=[STATE_MARK])
    struck = {**STATE_MARK, "damage": "over_stamped"}
    state = life(stock, happened("released-to-civilian", "2020", struck=struck)).state
    assert axes(state) == ("civilian", "holder", HOLDING, None)
    assert [mark.kind for mark in state.markings] == ["state_stock", "state_stock"]
    dealer = life(stock, happened("released-to-civilian", "2020", holder="dealer")).state
    assert dealer.holder == "dealer"


def test_a_receipt_puts_it_with_its_receiver() -> None:
    assert axes(after("receipt-confirmed", hld=OTHER_HOLDING)) == (
        "civilian", "holder", OTHER_HOLDING, None,
    )  # fmt: skip
    assert after("receipt-confirmed", holder="estate").holder == "estate"
