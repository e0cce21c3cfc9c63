# SPDX-License-Identifier: Apache-2.0
"""No accepted sequence of trade reaches a state that the law does not know."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event
from domain.firearm.aggregate import decide, evolve
from domain.firearm.state import Firearm
from domain.refusal import Refusal
from tests.unit.domain.least.trading import TRADING
from tests.unit.domain.lives import MARK, happened

HOLDERS = ("maker", "dealer", "civilian", "estate", "museum", "state_stock", "none", "unknown")
FACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    *((name.removeprefix("firearm."), {}) for name in TRADING),
    ("dealer-disposed", {"holder": "dealer"}),
    ("dealer-disposed", {"holder": "state_stock", "to_report": True}),
    ("receipt-confirmed", {"holder": "state_stock"}),
    ("receipt-confirmed", {"holder": "dealer"}),
    ("transferred", {}),
    ("transferred", {"to_report": True, "holder": "dealer"}),
    ("stock-received", {}),
    ("stolen-reported", {}),
    ("seized", {}),
    ("marked", {"mark": {**MARK, "kind": "civil_transfer", "country": "XA"}}),
)
PRIVATE = {"dealer", "civilian", "estate", "museum", "maker"}
CHANGES = {"firearm.transferred", "firearm.dealer-disposed", "firearm.released-to-civilian"}


@st.composite
def attempts(draw: st.DrawFn) -> list[Event]:
    """Give an origin and what somebody tries to record after it, one year each."""
    origin = happened("registered", "2000", holder=draw(st.sampled_from(HOLDERS)))
    facts = draw(st.lists(st.sampled_from(FACTS), max_size=10))
    later = [
        happened(name, str(2001 + number), name=str(number), **dat)
        for number, (name, dat) in enumerate(facts)
    ]
    return [origin, *later]


def accepted(events: list[Event]) -> list[tuple[Firearm | None, Event, Firearm]]:
    """Give each accepted event with the firearm before and after it."""
    steps = []
    firearm: Firearm | None = None
    for index, event in enumerate(events):
        outcome = decide(firearm, event)
        assert outcome is None or isinstance(outcome, Refusal)
        if outcome is None:
            after = evolve(firearm, event, index)
            steps.append((firearm, event, after))
            firearm = after
    return steps


@given(attempts())
def test_government_stock_reaches_private_hands_only_with_a_transfer_mark(
    events: list[Event],
) -> None:
    for before, _, after in accepted(events):
        if before and before.state.holder == "state_stock" and after.state.holder in PRIVATE:
            assert any(mark.kind == "civil_transfer" for mark in before.state.markings)


@given(attempts())
def test_nobody_disposes_of_a_firearm_under_an_alert_or_not_in_hand(events: list[Event]) -> None:
    for before, event, _ in accepted(events):
        if before and event.evt in CHANGES:
            assert before.state.alerts == frozenset()


@given(attempts())
def test_what_is_entrusted_is_in_trade_custody_and_nothing_else_is(events: list[Event]) -> None:
    for _, _, after in accepted(events):
        if after.state.custody in {"repair", "proof"}:
            assert after.state.entrusted
        if after.state.entrusted:
            assert after.state.custody in {"repair", "proof", "evidence", "unknown"}


@given(attempts())
def test_an_open_hand_over_names_the_present_class_of_holder_or_is_noted(
    events: list[Event],
) -> None:
    for _, _, after in accepted(events):
        handover = after.state.handover
        if handover and handover.holder != after.state.holder:
            assert after.state.holder in {"estate", "state_stock", *PRIVATE}
            assert any(each.refusal.rule == "handover_open" for each in after.contradictions)
