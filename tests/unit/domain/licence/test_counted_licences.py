# SPDX-License-Identifier: Apache-2.0
"""A licence that admits a number of firearms is counted over all of them, at one head."""

from __future__ import annotations

from typing import Any

import pytest

from audit.proof.verify.replay.judge import Replay
from audit.proof.verify.replay.memory import Memory
from domain.errors import RefusedError
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.trading import HOLDING
from tests.unit.domain.licence.licences import Desk

TERM = {"valid_from": "2020-01-01", "valid_to": "2027-12-31"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def limited(desk: Desk, number: int, kind: str = "acquisition") -> str:
    return desk.licence(("issued", {**TERM, "firearms": number}), kind=kind)


def sale(desk: Desk, arm: str, licence: str, **dat: Any) -> Any:
    data = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport", "licence": licence, **dat}
    return desk.event("firearm.transferred", arm, data)


def sold(desk: Desk, *, under: str, serial: str, **dat: Any) -> int | str:
    return desk.record(sale(desk, desk.firearm(serial), under, **dat))[0]


def test_a_licence_for_one_firearm_admits_one(desk: Desk) -> None:
    licence = limited(desk, 1)
    assert sold(desk, under=licence, serial="A1") == desk.ledger.size - 1
    refusal = desk.ledger.record([sale(desk, desk.firearm("A2"), licence)])[0]
    assert isinstance(refusal, RefusedError)
    assert refusal.slug == "licence_used_up"
    assert refusal.next_step.startswith("Found: 1 of 1. Legal would be: licence.varied")


def test_the_firearms_of_one_batch_are_counted_too(desk: Desk) -> None:
    licence = limited(desk, 2)
    sales = [sale(desk, desk.firearm(f"B{number}"), licence) for number in range(3)]
    at = desk.ledger.size
    assert desk.record(*sales) == [at, at + 1, "licence_used_up"]


def test_a_number_that_is_given_in_the_same_batch_counts_what_came_before(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    assert isinstance(sold(desk, under=licence, serial="C1"), int)
    less = {**LICENCE["licence.varied"], "effective_on": "2026-11-22", "firearms": 1}
    varied = desk.event("licence.varied", licence, less)
    outcomes = desk.record(varied, sale(desk, desk.firearm("C2"), licence))
    assert outcomes == [desk.ledger.size - 1, "licence_used_up"]


def test_a_variation_makes_room(desk: Desk) -> None:
    licence = limited(desk, 1)
    assert isinstance(sold(desk, under=licence, serial="D1"), int)
    more = {**LICENCE["licence.varied"], "firearms": 2}
    assert desk.record(desk.event("licence.varied", licence, more)) == [desk.ledger.size - 1]
    assert isinstance(sold(desk, under=licence, serial="D2"), int)


@pytest.mark.parametrize(
    ("kind", "outcome"), [("acquisition", "licence_used_up"), ("possession", None)]
)
def test_a_permit_to_acquire_is_used_up_and_a_licence_to_have_has_room_again(
    desk: Desk, kind: str, outcome: str | None
) -> None:
    licence = limited(desk, 1, kind)
    arm = desk.firearm("E1")
    assert desk.record(sale(desk, arm, licence)) == [desk.ledger.size - 1]
    passed_on = {"hld": "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e55", "licence": desk.licence(
        ("issued", TERM))}  # fmt: skip
    assert desk.record(sale(desk, arm, passed_on["licence"], hld=passed_on["hld"])) == [
        desk.ledger.size - 1
    ]
    found = sold(desk, under=licence, serial="E2")
    assert found == (outcome or desk.ledger.size - 1)


def test_both_reports_of_one_hand_over_count_once(desk: Desk) -> None:
    licence = limited(desk, 1)
    arm = desk.firearm("F1")
    assert desk.record(sale(desk, arm, licence, to_report=True)) == [desk.ledger.size - 1]
    receipt = desk.event("firearm.receipt-confirmed", arm, {"hld": HOLDING, "licence": licence})
    assert desk.record(receipt) == [desk.ledger.size - 1]


def test_a_sale_that_was_reversed_counts_no_more(desk: Desk) -> None:
    licence = limited(desk, 1)
    arm = desk.firearm("G1")
    first = sale(desk, arm, licence)
    assert desk.record(first) == [desk.ledger.size - 1]
    undo = {"target": first.event.eid, "reason": "wrong_firearm"}
    assert desk.record(desk.event("firearm.reversed", arm, undo)) == [desk.ledger.size - 1]
    assert isinstance(sold(desk, under=licence, serial="G2"), int)


def test_custody_with_a_business_uses_nothing_up(desk: Desk) -> None:
    licence = limited(desk, 1, "dealer")
    arm = desk.firearm("H1")
    lent = desk.event("firearm.custody-received", arm, {"purpose": "repair", "licence": licence})
    assert desk.record(lent) == [desk.ledger.size - 1]
    assert isinstance(sold(desk, under=licence, serial="H2", holder="dealer"), int)


def test_another_process_counts_the_same(desk: Desk) -> None:
    licence = limited(desk, 1)
    assert isinstance(sold(desk, under=licence, serial="I1"), int)
    desk.ledger._streams.clear()
    assert sold(desk, under=licence, serial="I2") == "licence_used_up"


def test_a_verifier_that_replays_the_log_counts_the_same(desk: Desk, tmp_path: Any) -> None:
    licence = limited(desk, 1)
    assert isinstance(sold(desk, under=licence, serial="J1"), int)
    second = sale(desk, desk.firearm("J2"), licence)
    rows = desk.ledger.recorder.select_notifications(1, 99)
    log = [bytes(each.state) for each in rows]
    with Memory(tmp_path) as memory:
        replay = Replay(memory)
        assert [replay.judge(index, jws) for index, jws in enumerate(log)] == [None] * len(log)
        finding = replay.judge(len(log), second.jws)
    assert finding
    assert (finding.code, finding.evidence.partition(";")[0]) == (
        "licence_used_up",
        "found: 1 of 1",
    )
