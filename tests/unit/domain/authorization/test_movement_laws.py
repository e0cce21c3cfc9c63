# SPDX-License-Identifier: Apache-2.0
"""Laws of authorizations and shipments, whatever is tried and in whatever order."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.authorization.border import LACKS_UNIQUE_MARK
from domain.authorization.shipment.state import Shipment
from domain.authorization.state import Authorization
from domain.catalogue import AGGREGATES
from domain.event import Event
from domain.firearm.aggregate import evolve
from domain.refusal import Refusal
from tests.unit.domain.authorization.movements import FIREARM_ID, Movements, arm, shp, stated
from tests.unit.domain.least.authorization import AUTHORIZATION, ITEM
from tests.unit.domain.least.shipment import SHIPMENT
from tests.unit.domain.lives import MARK, NOW
from tests.unit.tries import tries

KINDS = ["export", "import", "transit", "intra_union_transfer", "prior_consent"]
DAYS = ["2025-12-31", "2026-02-01", "2026-06-15", "2026", "2027-01-01", "unknown"]
LATER = 366 * 86_400


@st.composite
def decisions(draw: st.DrawFn) -> Event:
    """Give an event of an authorization with data that vary where rules look."""
    evt = draw(st.sampled_from([*AUTHORIZATION, "authorization.drawn", "authorization.drawn"]))
    dat: dict[str, Any] = {}
    if evt == "authorization.applied":
        dat = {"kind": draw(st.sampled_from(KINDS))}
    if "transit" in evt:
        dat = {"country": draw(st.sampled_from(["XB", "XC", "XD"]))}
    if evt == "authorization.issued":
        dat = {"transit_countries": draw(st.sampled_from(["none", ["XC"], ["XC", "XD"]]))}
    if evt == "authorization.varied":
        dat = {"items": [{**ITEM, "quantity": draw(st.integers(1, 12))}]}
    if evt.startswith("authorization.draw"):
        dat = {"shipment": shp(draw(st.integers(1, 6)))}
    if evt == "authorization.drawn":
        dat["portions"] = [{"line": 1, "quantity": draw(st.integers(1, 6))}]
    signed = draw(st.sampled_from([NOW, NOW + LATER]))
    return stated(evt, draw(st.sampled_from(DAYS)), signed=signed, **dat)


@st.composite
def files(draw: st.DrawFn) -> list[Event]:
    """Give events in log order, mostly such as may follow one another."""
    kind = draw(st.sampled_from(["export", *KINDS]))
    opening = [
        stated("authorization.applied", kind=kind),
        stated("authorization.import-licence-recorded"),
        stated("authorization.transit-no-objection-recorded"),
        stated("authorization.issued"),
    ]
    kept = [each for each in opening if draw(st.integers(0, 9))]
    return [*kept, *draw(st.lists(decisions(), max_size=12))]


@given(files())
def test_no_accepted_sequence_reaches_what_rules_5_and_6_forbid(events: list[Event]) -> None:
    ledger = Movements()
    for event in events:
        if ledger.take(event) is None:
            check(ledger.authorization())


def check(state: Authorization) -> None:
    """Assert what holds of every authorization at any time."""
    assert all(state.drawn(item.line) <= item.quantity for item in state.items)
    assert len({draw.shipment for draw in state.draws}) == len(state.draws)
    assert (state.document is not None) == (state.stage in ("issued", "revoked", "expired"))
    assert (state.revoked_from is not None) == (state.stage == "revoked")
    assert state.document is not None or not state.draws
    if state.kind == "export" and state.document is not None:
        assert state.import_licence
        assert state.import_licence.country == state.import_country
        assert {each.country for each in state.answers} >= set(state.transit)


@given(files())
def test_a_refusal_is_all_that_a_decision_ever_gives(events: list[Event]) -> None:
    ledger = Movements()
    for event in events:
        refusal = ledger.verdict(event)
        assert refusal is None or isinstance(refusal, Refusal)
        assert refusal is None or (refusal.rule and refusal.sentence.endswith("."))
        ledger.take(event)


@given(files(), st.integers(0, 16))
def test_a_history_replays_to_the_same_state_in_one_fold_and_in_any_split(
    events: list[Event], split: int
) -> None:
    ledger = Movements()
    for event in events:
        ledger.take(event)
    first, rest = ledger.recorded[:split], ledger.recorded[split:]
    assert fold(fold(None, first), rest) == fold(None, ledger.recorded)


@given(st.lists(decisions(), min_size=1, max_size=8))
def test_the_fold_is_total(events: list[Event]) -> None:
    assert fold(None, events) is not None


def fold(state: Any, events: list[Event]) -> Any:
    return reduce(lambda now, event: AGGREGATES["aut"].evolve(now, event, 0), events, state)


@st.composite
def journeys(draw: st.DrawFn) -> Event:
    """Give an event of a shipment with data that vary where rules look."""
    evt = draw(st.sampled_from([*SHIPMENT]))
    dat: dict[str, Any] = {}
    if evt in ("shipment.declared", "shipment.extended"):
        named = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
        dat = {"firearms": [arm(each) for each in named]}
    if evt == "shipment.received":
        dat = {"counts": [{"line": draw(st.integers(1, 2)), "quantity": draw(st.integers(0, 4))}]}
        dat["missing"] = [draw(st.sampled_from([arm(1), arm(2), FIREARM_ID]))]
    if evt == "shipment.declared":
        dat["items"] = [{**ITEM, "quantity": 3}]
    if evt == "shipment.crossed":
        dat = {"country": draw(st.sampled_from(["XC", "XD"]))}
    if evt == "shipment.closed":
        dat = {"outcome": draw(st.sampled_from(["complete", "discrepant", "not_received"]))}
    return stated(evt, **dat)


@settings(max_examples=tries(60))
@given(st.lists(journeys(), max_size=12))
def test_no_accepted_journey_hides_a_finding_or_names_too_many(events: list[Event]) -> None:
    ledger = shipping()
    findings = 0
    for event in [stated("shipment.declared", items=[{**ITEM, "quantity": 3}]), *events]:
        if ledger.take(event) is None:
            state = ledger.shipment()
            check_shipment(state)
            assert len(state.findings) >= findings
            findings = len(state.findings)


def check_shipment(state: Shipment) -> None:
    """Assert what holds of every shipment at any time."""
    assert len(set(state.firearms)) == len(state.firearms) <= state.firearms_declared
    assert (state.outcome is not None) == (state.status == "closed")
    assert state.outcome != "complete" or not state.findings
    assert bool(state.counts) or state.status != "received"


def shipping() -> Movements:
    """Give a ledger in which a shipment of three firearms may be declared."""
    ledger = Movements().done("authorization.applied").done("authorization.import-licence-recorded")
    ledger.done("authorization.transit-no-objection-recorded").done("authorization.issued")
    ledger.done("authorization.drawn", portions=[{"line": 1, "quantity": 3}])
    for number in range(1, 5):
        ledger.done("firearm.registered", "2016", on_stream=arm(number))
    return ledger


BORDER = [
    ("firearm.exported", {}),
    ("firearm.imported", {"country": "XB", "year": 2020}),
    ("firearm.imported", {"country": "XC", "year": 2021}),
    ("firearm.temporarily-imported", {}),
    ("firearm.returned-from-abroad", {}),
    ("firearm.marked", {"mark": {**MARK, "kind": "import", "country": "XB"}}),
    ("firearm.marked", {"mark": {**MARK, "kind": "import", "country": "XC", "year": 2021}}),
    ("firearm.marked", {"mark": {**MARK, "kind": "admin_serial", "country": "XB"}}),
    ("firearm.marked", {}),
    ("firearm.re-marked", {}),
    ("firearm.seized", {"markings": [{**MARK, "text": "unknown", "condition": "obliterated"}]}),
    ("firearm.seized", {"markings": [{**MARK, "text": "none", "condition": "none"}]}),
]
YEARS = st.one_of(st.just("unknown"), st.integers(2014, 2020).map(str))


@given(
    st.sampled_from(["none", "unknown", {"known": "TW9-000042"}]),
    st.lists(st.tuples(st.sampled_from(BORDER), YEARS), max_size=10),
)
def test_an_import_mark_is_due_until_it_is_cut_whatever_else_happens(
    serial: Any, lived: list[tuple[tuple[str, dict[str, Any]], str]]
) -> None:
    firearm = None
    events = [stated("firearm.registered", "2016", serial=serial)]
    events += [stated(evt, occ, **dat) for (evt, dat), occ in lived]
    for index, event in enumerate(events):
        firearm = evolve(firearm, event, index)
        state = firearm.state
        assert state.import_due is None or state.import_due.open
        if state.marks == "import_mark_due":
            assert state.import_due
        if state.import_due:
            assert state.marks == "import_mark_due" or state.marks in LACKS_UNIQUE_MARK
