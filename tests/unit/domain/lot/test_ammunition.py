# SPDX-License-Identifier: Apache-2.0
"""Ammunition is counted where it is: in stock, issued, missing, in evidence, abroad, destroyed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.identifiers import parse_stream_id
from domain.lot.ammunition import Whereabouts
from domain.lot.state import Lot
from tests.unit.domain.authorization.movements import STREAMS, Movements, prepared
from tests.unit.domain.disposing.desk import LOT, WITNESS, Desk
from tests.unit.domain.least.authorization import ITEM

LOST, STOLEN = "lot.ammunition-lost-reported", "lot.ammunition-stolen-reported"
SEIZED, DESTROYED = "lot.ammunition-seized", "lot.ammunition-destroyed"
ISSUED = "lot.ammunition-issued"
EXPORTED, IMPORTED = "lot.ammunition-exported", "lot.ammunition-imported"
CARTRIDGES = {"line": 1, "goods": "ammunition", "calibre": ITEM["calibre"], "quantity": 500}


def stocked() -> Desk:
    desk = Desk()
    assert desk.put("lot.ammunition-registered", LOT, quantity=1000) is None
    return desk


def held(lot: Lot, *places: Whereabouts) -> list[int]:
    return [lot.held(place) for place in places]


@pytest.mark.parametrize("evt", [LOST, STOLEN])
def test_what_is_missing_leaves_the_stock_or_what_was_issued(evt: str) -> None:
    desk = stocked()
    assert desk.put(ISSUED, LOT, quantity=300) is None
    assert desk.put(evt, LOT, quantity=200) is None
    assert desk.put(evt, LOT, quantity=100, out_of="issued") is None
    assert held(desk.lot(), "stock", "issued", "missing") == [500, 200, 300]


@pytest.mark.parametrize("evt", [LOST, STOLEN])
def test_no_more_is_missed_than_was_there(evt: str) -> None:
    desk = stocked()
    refusal = desk.judge(evt, LOT, quantity=1001)
    assert refusal
    assert (refusal.rule, refusal.legal) == ("quantity_exceeded", ("up to 1000",))
    assert desk.put(evt, LOT, quantity=1, out_of="issued") == "quantity_exceeded"
    assert desk.put(evt, LOT, discovered_on="2019", window_from="2020") == "loss_dates"


def test_a_seizure_takes_what_was_missing_into_evidence_and_a_destruction_ends_it() -> None:
    desk = stocked()
    assert desk.put(STOLEN, LOT, quantity=400) is None
    assert desk.put(SEIZED, LOT, quantity=300, out_of="missing") is None
    assert held(desk.lot(), "stock", "missing", "seized") == [600, 100, 300]
    assert desk.lot().contradictions == ()
    assert desk.put(DESTROYED, LOT, by=WITNESS, quantity=301, out_of="seized") == (
        "quantity_exceeded"
    )
    assert desk.put(DESTROYED, LOT, by=WITNESS, quantity=300, out_of="seized") is None
    assert (desk.lot().destroyed, desk.lot().remaining) == (300, 600)


def test_a_seizure_of_more_than_the_record_has_is_recorded_with_a_note() -> None:
    desk = stocked()
    assert desk.put(SEIZED, LOT, quantity=50) is None
    assert [each.refusal.rule for each in desk.lot().contradictions] == ["quantity_not_recorded"]
    assert held(desk.lot(), "stock", "issued", "seized") == [1000, 0, 0]
    assert desk.put(SEIZED, LOT, quantity=1000, out_of="stock") is None
    assert (desk.lot().status, desk.lot().seized) == ("used_up", 1000)


def shipped(kind: str = "export") -> Movements:
    """Give a ledger with a lot of 1,000 cartridges, and a shipment that declares 500."""
    ledger = (
        prepared() if kind == "export" else Movements().done("authorization.applied", kind=kind)
    )
    ledger.done("authorization.issued", items=[CARTRIDGES])
    drawn = [{"line": 1, "quantity": 500}]
    ledger.done("authorization.drawn", portions=drawn)
    ledger.done("lot.ammunition-registered", quantity=1000)
    return ledger.done("shipment.declared", items=[CARTRIDGES])


def lot_of(ledger: Movements) -> Lot:
    found = ledger.states[parse_stream_id(STREAMS["lot"]).uuid]
    assert isinstance(found, Lot)
    return found


def test_no_ammunition_leaves_in_a_shipment_that_has_ended() -> None:
    ledger = shipped().done("shipment.closed", "2026-07-01", outcome="not_received")
    assert ledger.record(EXPORTED, "2026-07-02", quantity=500) == "shipment_closed"
    ledger.done(EXPORTED, "2026-06-01", quantity=500)


def test_ammunition_leaves_in_a_shipment_that_declares_it_and_no_more_than_that() -> None:
    ledger = shipped()
    assert ledger.record(EXPORTED, "2026-06-01", quantity=501) == "quantity_exceeded"
    assert ledger.record(EXPORTED, "2026-06-01", destination="XD") == "authorization_countries"
    assert ledger.record(EXPORTED, "2027-06-01") == "authorization_not_valid"
    assert held(lot_of(ledger.done(EXPORTED, "2026-06-01", quantity=500)), "stock", "abroad") == [
        500,
        500,
    ]


@pytest.mark.parametrize(("abroad", "expected"), [(0, [1000, 0]), (400, [700, 300])])
def test_only_what_had_left_before_comes_back_into_stock(abroad: int, expected: list[int]) -> None:
    """What was registered when it arrived is not counted twice."""
    ledger = shipped("import")
    if abroad:
        uuid = parse_stream_id(STREAMS["lot"]).uuid
        ledger.states[uuid] = _exported(lot_of(ledger), abroad)
    ledger.done(IMPORTED, "2026-06-01", quantity=100)
    assert held(lot_of(ledger), "stock", "abroad") == expected
    assert ledger.record(IMPORTED, "2026-06-01", quantity=501) == "quantity_exceeded"


def test_ammunition_of_a_shipment_that_nobody_knows_crosses_no_border() -> None:
    unknown = "shp.01a2076b-4018-7444-8222-000000000009"
    assert shipped().record(EXPORTED, "2026-06-01", shipment=unknown) == "shipment_unknown"


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        (LOST, {"out_of": "abroad"}),
        (SEIZED, {"out_of": "abroad"}),
        (DESTROYED, {"out_of": "issued"}),
    ],
    ids=str,
)
def test_cartridges_are_taken_only_from_where_they_can_be(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"dat\.out_of"):
        Desk().build(evt, LOT, **wrong)


def _exported(lot: Lot, quantity: int) -> Lot:
    return replace(lot, abroad=quantity)
