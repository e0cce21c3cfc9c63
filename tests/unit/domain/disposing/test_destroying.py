# SPDX-License-Identifier: Apache-2.0
"""Destruction of one firearm: its lot, its witness, its certificate, and the end of its life."""

from __future__ import annotations

import pytest

from domain.identifiers import parse_stream_id
from tests.unit.domain.disposing.desk import (
    ARMS,
    CLERK,
    LOT,
    OTHER_LOT,
    SECOND_KEY,
    WITNESS,
    confiscated,
    ready,
    register,
)
from tests.unit.domain.lives import contradicted

ARM, OTHER = ARMS[:2]
DESTROYED = "firearm.destroyed"
SCHEDULED = "firearm.destruction-scheduled"
WHEN = "2020-03-01"


def test_a_firearm_is_destroyed_in_its_lot_before_a_witness() -> None:
    desk = ready()
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) is None
    state = desk.arm().state
    assert (state.technical, state.holder, state.custody) == (
        "destroyed",
        "none",
        "destruction_site",
    )
    assert (state.alerts, state.forfeiture, state.disposal) == (frozenset(), None, None)
    assert (state.lot, contradicted(desk.arm())) == (LOT, [])


@pytest.mark.parametrize("by", [None, SECOND_KEY, CLERK, "x" * 43], ids=str)
def test_rule_16_a_second_key_of_one_officer_is_no_witness(by: str | None) -> None:
    refusal = ready().judge(DESTROYED, ARM, WHEN, by=by)
    assert refusal
    assert (refusal.rule, refusal.legal) == ("witness_missing", ("DST", "POL"))


def test_a_firearm_is_not_destroyed_twice() -> None:
    desk = ready()
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) is None
    assert desk.put(DESTROYED, ARM, "2020-04", by=WITNESS) == "destroyed"


@pytest.mark.parametrize(
    ("lot", "arm", "rule"),
    [
        ("melt", "melt", None),
        ("melt", "crush", "method_differs"),
        ("other", "crush", None),
        ("crush", "other", "method_differs"),
    ],
)
def test_a_firearm_is_destroyed_in_the_way_of_its_lot(lot: str, arm: str, rule: str | None) -> None:
    desk = confiscated()
    assert desk.put("lot.scheduled", LOT, firearms=[ARM]) is None
    assert desk.put("firearm.destruction-scheduled", ARM, "2020-01", lot=LOT) is None
    assert desk.put("lot.reconciled", LOT, found=[ARM]) is None
    assert desk.put("lot.destroyed", LOT, by=WITNESS, count=1, method=lot) is None
    refusal = desk.judge(DESTROYED, ARM, WHEN, by=WITNESS, method=arm)
    assert (refusal.rule if refusal else None) == rule
    if refusal:
        assert (refusal.found, refusal.legal) == (arm, (lot,))


def test_a_firearm_and_its_lot_have_one_certificate() -> None:
    refusal = ready().judge(DESTROYED, ARM, WHEN, by=WITNESS, certificate_no="D-2")
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == ("certificate_differs", "D-2", ("D-1",))


def test_rule_16_only_what_the_reconciled_list_names_as_found_is_destroyed() -> None:
    desk = confiscated(ARM, OTHER)
    assert desk.put("lot.scheduled", LOT, firearms=[ARM, OTHER]) is None
    for each in (ARM, OTHER):
        assert desk.put(SCHEDULED, each, "2020-01", lot=LOT) is None
    refusal = desk.judge(DESTROYED, ARM, WHEN, by=WITNESS)
    assert refusal
    assert (refusal.rule, refusal.found) == ("not_reconciled", "not looked for")
    assert desk.put("lot.reconciled", LOT, found=[ARM], not_found=[OTHER]) is None
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) == "lot_status"
    assert desk.put("lot.destroyed", LOT, by=WITNESS) is None
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) is None
    refusal = desk.judge(DESTROYED, OTHER, WHEN, by=WITNESS)
    assert refusal
    assert (refusal.rule, refusal.found) == ("not_reconciled", "missing")


def test_a_firearm_is_scheduled_in_an_open_lot_that_lists_it() -> None:
    desk = confiscated(ARM, OTHER)
    assert desk.put(SCHEDULED, ARM, "2020-01") == "lot_unknown"
    assert desk.put("lot.scheduled", LOT, firearms=[OTHER]) is None
    assert desk.put(SCHEDULED, ARM, "2020-01", lot=LOT) == "not_in_lot"
    assert desk.put("lot.extended", LOT, firearms=[ARM]) is None
    assert desk.put("lot.cancelled", LOT) is None
    assert desk.put(SCHEDULED, ARM, "2020-01", lot=LOT) == "lot_status"


def test_a_firearm_is_destroyed_only_from_the_destruction_site_of_its_lot() -> None:
    desk = ready()
    assert desk.put("lot.scheduled", OTHER_LOT, firearms=[ARM]) is None
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS, lot=OTHER_LOT) == "not_scheduled"
    assert desk.put("firearm.found", ARM, "2020-02") is None
    refusal = desk.judge(DESTROYED, ARM, WHEN, by=WITNESS)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found, refusal.legal) == (
        "not_scheduled",
        "C",
        "official_safekeeping",
        ("destruction_site",),
    )


def test_a_lot_that_is_not_on_record_destroys_nothing() -> None:
    desk = ready()
    del desk.streams[parse_stream_id(LOT).uuid]
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) == "lot_unknown"


def test_a_firearm_of_a_cancelled_lot_is_scheduled_in_another() -> None:
    desk = confiscated()
    assert desk.put("lot.scheduled", LOT, firearms=[ARM]) is None
    assert desk.put(SCHEDULED, ARM, "2020-01", lot=LOT) is None
    assert desk.put("lot.cancelled", LOT) is None
    assert desk.put("lot.scheduled", OTHER_LOT, firearms=[ARM]) is None
    assert desk.put(SCHEDULED, ARM, "2020-02", lot=OTHER_LOT) is None
    assert desk.arm().state.lot == OTHER_LOT


@pytest.mark.parametrize("evt", ["firearm.stolen-reported", "firearm.sought", "firearm.seized"])
def test_a_firearm_that_is_listed_or_seized_again_is_not_destroyed(evt: str) -> None:
    desk = ready()
    assert desk.put(evt, ARM, "2020-02") is None
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) == "alert_open"
    assert desk.put(SCHEDULED, ARM, WHEN, lot=LOT) == "alert_open"


def test_an_owner_may_have_a_firearm_destroyed_that_nobody_took_from_him() -> None:
    desk = register(ARM)
    assert desk.put("lot.scheduled", LOT, firearms=[ARM]) is None
    assert desk.put(SCHEDULED, ARM, "2020", lot=LOT) == "disposal_not_authorised"
    assert desk.put(SCHEDULED, ARM, "2020", lot=LOT, basis="owner_consent") is None


@pytest.mark.parametrize("taken", ["firearm.surrendered", "firearm.found"])
def test_what_came_into_official_hands_is_destroyed_only_by_decision(taken: str) -> None:
    desk = register(ARM)
    assert desk.put("lot.scheduled", LOT, firearms=[ARM]) is None
    assert desk.put(taken, ARM, "2018") is None
    for basis in ("owner_consent", "disposal_authorised"):
        refusal = desk.judge(SCHEDULED, ARM, "2020", lot=LOT, basis=basis)
        assert refusal
        assert (refusal.rule, refusal.axis) == ("disposal_not_authorised", "A")


@pytest.mark.parametrize(
    "evt", ["firearm.seized", "firearm.found", "firearm.surrendered", "firearm.stock-counted"]
)
def test_a_destroyed_firearm_seen_again_is_recorded_as_a_conflict(evt: str) -> None:
    desk = ready()
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) is None
    assert desk.put(evt, ARM, "2021") is None
    assert [rule for _, rule in contradicted(desk.arm())] == ["destroyed"]
    assert desk.arm().state.technical == "destroyed"
    assert desk.put("firearm.transferred", ARM, "2022") == "destroyed"


def test_a_destroyed_firearm_on_the_laboratorys_table_is_a_conflict() -> None:
    desk = ready()
    assert desk.put(DESTROYED, ARM, WHEN, by=WITNESS) is None
    assert desk.put("firearm.forensically-examined", ARM, "2021") is None
    assert [rule for _, rule in contradicted(desk.arm())] == ["destroyed"]


@pytest.mark.parametrize(
    ("expected", "seen", "discrepancy", "rules"),
    [
        (True, True, None, []),
        (False, False, None, []),
        (True, False, "missing", ["stock_discrepancy"]),
        (False, True, "surplus", ["stock_discrepancy"]),
    ],
)
def test_a_count_that_differs_is_a_finding_and_moves_nothing(
    expected: bool, seen: bool, discrepancy: str | None, rules: list[str]
) -> None:
    desk = register()
    before = desk.arm().state
    assert desk.put("firearm.stock-counted", ARM, "2020", expected=expected, seen=seen) is None
    after = desk.arm().state
    assert (after.discrepancy, after.custody, after.holder) == (
        discrepancy,
        before.custody,
        before.holder,
    )
    assert [rule for _, rule in contradicted(desk.arm())] == rules


def test_a_discrepancy_stays_until_a_count_or_a_report_explains_it() -> None:
    for explained in ("firearm.stock-counted", "firearm.lost-reported", "firearm.found"):
        desk = register()
        assert desk.put("firearm.discrepancy-found", ARM, "2019", kind="wrong_place") is None
        assert desk.arm().state.discrepancy == "wrong_place"
        assert desk.put(explained, ARM, "2020") is None
        assert desk.arm().state.discrepancy is None


def test_a_missing_firearm_that_a_count_sees_is_noted() -> None:
    desk = register()
    assert desk.put("firearm.stolen-reported", ARM, "2018") is None
    assert desk.put("firearm.stock-counted", ARM, "2019", expected=False, seen=False) is None
    assert contradicted(desk.arm()) == []
    assert desk.put("firearm.stock-counted", ARM, "2020") is None
    assert [rule for _, rule in contradicted(desk.arm())] == ["alert_open"]
