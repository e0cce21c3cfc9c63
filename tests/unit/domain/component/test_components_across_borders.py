# SPDX-License-Identifier: Apache-2.0
"""Components and ammunition cross borders under authorizations like firearms (Protocol art. 10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.component.state import Component
from domain.identifiers import parse_stream_id
from tests.unit.domain.authorization.movements import (
    STREAMS,
    UNKNOWN_AUTHORIZATION,
    Movements,
    prepared,
    shp,
)
from tests.unit.domain.least.authorization import ITEM, SHIPMENT_ID

EXPORTED, IMPORTED = "component.exported", "component.imported"
LEFT = "2026-06-01"


def shipped(goods: str = "component") -> Movements:
    """Give a ledger with a component, and a declared shipment of some goods from XA to XB."""
    item = {**ITEM, "goods": goods}
    item = {name: value for name, value in item.items() if goods != "ammunition" or name != "kind"}
    ledger = prepared().done("authorization.issued", items=[item]).done("authorization.drawn")
    ledger.done("component.registered", part="barrel", presence="XA")
    return ledger.done("shipment.declared", items=[item])


def part(ledger: Movements) -> Component:
    found = ledger.states[parse_stream_id(STREAMS["component"]).uuid]
    assert isinstance(found, Component)
    return found


def test_a_component_leaves_in_a_shipment_of_components() -> None:
    state = part(shipped().done(EXPORTED, LEFT))
    assert (state.custody, state.country, state.shipment) == ("transit", "XB", SHIPMENT_ID)


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"authorization": UNKNOWN_AUTHORIZATION}, "authorization_unknown"),
        ({"shipment": shp(9)}, "shipment_unknown"),
        ({"destination": "XD"}, "authorization_countries"),
    ],
)
def test_a_component_leaves_only_with_what_an_export_needs(dat: dict[str, Any], rule: str) -> None:
    assert shipped().record(EXPORTED, LEFT, **dat) == rule


def test_a_component_does_not_leave_after_the_last_day() -> None:
    assert shipped().record(EXPORTED, "2027-02-01") == "authorization_not_valid"


def test_no_component_leaves_in_a_shipment_that_has_ended() -> None:
    ledger = shipped().done("shipment.closed", "2026-07-01", outcome="not_received")
    assert ledger.record(EXPORTED, "2026-07-02") == "shipment_closed"
    ledger.done(EXPORTED, LEFT)


def test_a_shipment_of_firearms_carries_no_component() -> None:
    ledger = shipped("firearm")
    assert ledger.record(EXPORTED, LEFT) == "goods_not_in_shipment"


def test_a_shipment_that_drew_on_another_authorization_carries_nothing_under_this_one() -> None:
    ledger = shipped()
    other = "aut.01a2076b-4018-7111-8222-000000000099"
    for evt in ("applied", "import-licence-recorded", "transit-no-objection-recorded", "issued"):
        ledger.done(f"authorization.{evt}", on_stream=other)
    assert ledger.record(EXPORTED, LEFT, authorization=other) == "shipment_authorization"


def test_a_component_arrives_and_leaves_again_only_after_an_import() -> None:
    ledger = shipped().done(EXPORTED, LEFT)
    assert ledger.record(IMPORTED, LEFT) == "authorization_kind"
    ledger.done(EXPORTED, LEFT)
    assert [each.refusal.rule for each in part(ledger).contradictions] == ["return_not_recorded"]


def test_an_import_places_the_component_in_its_country() -> None:
    ledger = Movements().done("authorization.applied", kind="import")
    item = {**ITEM, "goods": "component"}
    ledger.done("authorization.issued", items=[item]).done("authorization.drawn")
    ledger.done("component.registered", part="barrel").done("shipment.declared", items=[item])
    ledger.done("component.stolen-reported", "2026-05-01")
    state = part(ledger.done(IMPORTED, LEFT, holder="dealer"))
    assert (state.custody, state.country, state.holder) == ("holder", "XB", "dealer")
    assert [each.refusal.rule for each in state.contradictions] == ["alert_open"]
    gone = part(ledger.done("component.alert-cleared", flag="stolen", reason="listed_in_error"))
    assert gone.alerts == frozenset()


def test_a_destroyed_component_that_arrives_is_only_somewhere_else() -> None:
    ledger = Movements().done("authorization.applied", kind="import")
    item = {**ITEM, "goods": "component"}
    ledger.done("authorization.issued", items=[item]).done("authorization.drawn")
    ledger.done("component.registered", part="barrel").done("shipment.declared", items=[item])
    before = part(ledger)
    uuid = parse_stream_id(STREAMS["component"]).uuid
    ledger.states[uuid] = replace(before, technical="destroyed")
    state = part(ledger.done(IMPORTED, LEFT))
    assert (state.technical, state.country, state.custody) == ("destroyed", "XB", before.custody)
