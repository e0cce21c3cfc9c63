# SPDX-License-Identifier: Apache-2.0
"""Lots: lists reconciled before they are destroyed, and ammunition that is never overdrawn."""

from __future__ import annotations

from typing import Any, cast

import pytest

from domain.aggregate.naming import linked, references
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.lot.events import LOT_FIREARMS_MAX, Extended
from domain.lot.rules import list_bounded
from domain.lot.state import Lot
from domain.lot.table import LOT as AGGREGATE
from domain.lot.table import ORIGINS, TABLE
from tests.unit.domain.disposing.desk import ARMS, LOT, SECOND_KEY, WITNESS, Desk, ready, register
from tests.unit.domain.least.lot import LOTS

ARM, OTHER, THIRD = ARMS[:3]
STRANGER = "arm.01a2076b-4018-7111-8222-999999999999"
FIREARM_LOTS = ("lot.extended", "lot.reconciled", "lot.destroyed", "lot.cancelled")
AMMUNITION = tuple(
    evt for evt in LOTS if "ammunition" in evt and evt != "lot.ammunition-registered"
)


def listed(*firearms: str) -> Desk:
    desk = register(*ARMS)
    assert desk.put("lot.scheduled", LOT, firearms=list(firearms or (ARM, OTHER))) is None
    return desk


def ammunition(quantity: int = 1000) -> Desk:
    desk = Desk()
    assert desk.put("lot.ammunition-registered", LOT, quantity=quantity) is None
    return desk


def test_every_lot_event_is_in_the_catalogue_with_its_least_data() -> None:
    assert {line.evt for line in TABLE} == set(LOTS)
    assert set(LOTS) > ORIGINS
    desk = Desk()
    for evt, dat in LOTS.items():
        event = desk.build(evt, LOT)
        assert event.dat.model_dump(mode="json", exclude_unset=True) == dat
        assert CATALOGUE.find(evt, 1).subject == AGGREGATE.kind


@pytest.mark.parametrize("evt", sorted(LOTS))
def test_each_required_member_is_asked_for_and_no_other_member_is_admitted(evt: str) -> None:
    fields = CATALOGUE.latest(evt).dat.model_fields
    for name in (name for name, field in fields.items() if field.is_required()):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            Desk().build(evt, LOT, **{name: "absent"})
    with pytest.raises(EnvelopeError, match=r"dat\.remark"):
        Desk().build(evt, LOT, remark="free text")


@pytest.mark.parametrize("evt", sorted(LOTS))
def test_an_absent_member_is_left_out_and_never_null(evt: str) -> None:
    kind = CATALOGUE.latest(evt)
    for name in (name for name, field in kind.dat.model_fields.items() if not field.is_required()):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            Desk().build(evt, LOT, **{str(name): cast("Any", None)})
    assert not kind.claims or "hld" in kind.dat.model_fields


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("lot.scheduled", {"basis": "habit"}),
        ("lot.scheduled", {"firearms": []}),
        ("lot.scheduled", {"firearms": [ARM, ARM]}),
        ("lot.scheduled", {"firearms": [LOT]}),
        ("lot.extended", {"firearms": [ARM] * 65}),
        ("lot.reconciled", {"unidentified": 0}),
        ("lot.destroyed", {"method": "bury"}),
        ("lot.destroyed", {"count": 0}),
        ("lot.cancelled", {"reason": "mood"}),
        ("lot.ammunition-registered", {"quantity": 0}),
        ("lot.ammunition-registered", {"quantity": 1.5}),
        ("lot.ammunition-registered", {"maker": "TESTWERK"}),
        ("lot.ammunition-issued", {"purpose": "fun"}),
        ("lot.ammunition-issued", {"quantity": -1}),
        ("lot.ammunition-destroyed", {"method": "bury"}),
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        Desk().build(evt, LOT, **wrong)


@pytest.mark.parametrize("evt", sorted({*FIREARM_LOTS, *AMMUNITION}))
def test_a_lot_begins_with_an_origin_and_has_only_one(evt: str) -> None:
    assert register().put(evt, LOT) == "origin_missing"
    assert listed().put("lot.scheduled", LOT) == "origin_repeated"
    assert ammunition().put("lot.ammunition-registered", LOT) == "origin_repeated"


@pytest.mark.parametrize("evt", FIREARM_LOTS)
def test_a_lot_of_ammunition_has_no_list_of_firearms(evt: str) -> None:
    refusal = ammunition().judge(evt, LOT)
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == (
        "lot_purpose",
        "ammunition",
        ("destruction",),
    )


@pytest.mark.parametrize("evt", AMMUNITION)
def test_a_list_of_firearms_has_no_quantity_of_ammunition(evt: str) -> None:
    refusal = listed().judge(evt, LOT, by=WITNESS)
    assert refusal
    assert (refusal.rule, refusal.found) == ("lot_purpose", "destruction")


def test_what_is_listed_is_on_record_and_was_not_destroyed_before() -> None:
    desk = ready()
    other = LOT.replace("444", "555")
    assert desk.put("lot.scheduled", other, firearms=[STRANGER]) == "firearm_unknown"
    assert desk.put("firearm.destroyed", ARM, by=WITNESS) is None
    assert desk.put("lot.scheduled", other, firearms=[ARM]) == "destroyed"


def test_the_listed_firearms_are_found_by_their_lot() -> None:
    event = Desk().build("lot.scheduled", LOT, firearms=[ARM, OTHER])
    assert [str(each) for each in linked(event)] == [ARM, OTHER]
    assert references(event) == (ARM, OTHER)


def test_a_list_grows_and_names_each_firearm_once() -> None:
    desk = listed(ARM)
    assert desk.put("lot.extended", LOT, firearms=[OTHER]) is None
    assert desk.lot().firearms == (ARM, OTHER)
    assert desk.put("lot.extended", LOT, firearms=[THIRD, OTHER]) == "already_listed"
    assert desk.put("lot.extended", LOT, firearms=[STRANGER]) == "firearm_unknown"


def test_a_list_stays_one_that_a_person_can_check() -> None:
    full = Lot(firearms=tuple(f"arm.{n}" for n in range(LOT_FIREARMS_MAX - 1)))
    assert list_bounded(full, Extended(firearms=(ARM,))) is None
    objection = list_bounded(full, Extended(firearms=(ARM, OTHER)))
    assert objection
    assert objection.refusal.rule == "lot_too_long"


def test_a_list_is_reconciled_serial_by_serial_in_several_events() -> None:
    desk = listed()
    assert desk.put("lot.reconciled", LOT, found=[ARM]) is None
    assert (desk.lot().status, set(desk.lot().outstanding)) == ("scheduled", {OTHER})
    assert desk.put("lot.destroyed", LOT, by=WITNESS) == "lot_not_reconciled"
    assert desk.put("lot.reconciled", LOT, found="absent", not_found=[OTHER]) is None
    assert (desk.lot().status, set(desk.lot().missing)) == ("reconciled", {OTHER})


def test_what_was_missing_may_come_to_light_and_the_other_way_round() -> None:
    desk = listed()
    assert desk.put("lot.reconciled", LOT, found=[ARM], not_found=[OTHER]) is None
    assert desk.put("lot.reconciled", LOT, found=[OTHER], not_found=[ARM]) is None
    assert (set(desk.lot().found), set(desk.lot().missing)) == ({OTHER}, {ARM})


def test_a_list_that_grows_is_reconciled_again() -> None:
    desk = listed(ARM)
    extra: dict[str, Any] = {"found": [ARM], "extra": [OTHER], "unidentified": 2}
    assert desk.put("lot.reconciled", LOT, **extra) is None
    assert (desk.lot().status, set(desk.lot().extra)) == ("reconciled", {OTHER})
    assert desk.lot().unidentified == 2
    assert desk.put("lot.extended", LOT, firearms=[OTHER]) is None
    assert (desk.lot().status, desk.lot().extra) == ("scheduled", frozenset())


@pytest.mark.parametrize(
    ("stated", "rule"),
    [
        ({"found": "absent"}, "nothing_reconciled"),
        ({"found": [ARM], "not_found": [ARM]}, "counted_twice"),
        ({"found": [THIRD]}, "not_in_lot"),
        ({"found": "absent", "not_found": [THIRD]}, "not_in_lot"),
        ({"extra": [OTHER]}, "already_listed"),
        ({"extra": [STRANGER]}, "firearm_unknown"),
        ({"extra": [THIRD]}, None),
        ({"found": "absent", "unidentified": 1}, None),
    ],
    ids=str,
)
def test_a_reconciliation_agrees_with_the_list(stated: dict[str, Any], rule: str | None) -> None:
    assert listed().put("lot.reconciled", LOT, **stated) == rule


@pytest.mark.parametrize("by", [None, SECOND_KEY], ids=str)
def test_a_lot_is_destroyed_before_a_second_person(by: str | None) -> None:
    desk = listed()
    assert desk.put("lot.reconciled", LOT, found=[ARM, OTHER]) is None
    assert desk.put("lot.destroyed", LOT, by=by, count=2) == "witness_missing"
    assert desk.put("lot.destroyed", LOT, by=WITNESS, count=2) is None
    assert (desk.lot().status, desk.lot().certificate_no) == ("destroyed", "D-1")


def test_the_certificate_counts_only_what_was_reconciled_as_found() -> None:
    desk = listed()
    assert desk.put("lot.reconciled", LOT, found=[ARM], not_found=[OTHER]) is None
    refusal = desk.judge("lot.destroyed", LOT, by=WITNESS, count=2)
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == ("lot_count", "2", ("1",))
    assert desk.put("lot.destroyed", LOT, by=WITNESS, count=1) is None


@pytest.mark.parametrize("end", ["lot.destroyed", "lot.cancelled"])
@pytest.mark.parametrize("evt", FIREARM_LOTS)
def test_a_lot_that_was_destroyed_or_cancelled_is_closed(end: str, evt: str) -> None:
    desk = listed(ARM)
    assert desk.put("lot.reconciled", LOT) is None
    assert desk.put(end, LOT, by=WITNESS) is None
    refusal = desk.judge(evt, LOT, by=WITNESS)
    assert refusal
    assert (refusal.rule, refusal.found) == ("lot_closed", end.removeprefix("lot."))


def test_ammunition_is_issued_and_destroyed_until_nothing_is_left() -> None:
    desk = ammunition()
    assert desk.put("lot.ammunition-issued", LOT, quantity=600) is None
    assert desk.lot().remaining == 400
    refusal = desk.judge("lot.ammunition-issued", LOT, quantity=401)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found, refusal.legal) == (
        "quantity_exceeded",
        "quantity",
        "401",
        ("up to 400",),
    )
    assert desk.put("lot.ammunition-destroyed", LOT, by=WITNESS, quantity=400) is None
    assert (desk.lot().remaining, desk.lot().status) == (0, "used_up")
    assert desk.put("lot.ammunition-issued", LOT, quantity=1) == "quantity_exceeded"


def test_ammunition_is_destroyed_before_a_second_person() -> None:
    assert ammunition().put("lot.ammunition-destroyed", LOT) == "witness_missing"
