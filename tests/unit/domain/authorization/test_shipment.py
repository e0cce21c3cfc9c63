# SPDX-License-Identifier: Apache-2.0
"""Shipments: declared as drawn, tracked on their way, received with whatever differs."""

from __future__ import annotations

from typing import Any

import pytest

from domain.authorization.shipment.state import Crossing, Finding
from tests.unit.domain.authorization.movements import (
    FIREARM_ID,
    IMPORT_ID,
    UNKNOWN_AUTHORIZATION,
    Movements,
    arm,
    declared,
    issued,
    shp,
    stated,
)
from tests.unit.domain.least.authorization import AUTHORIZATION_ID, ITEM

DECLARED = "shipment.declared"
EXTENDED = "shipment.extended"
CROSSED = "shipment.crossed"
RECEIVED = "shipment.received"
CLOSED = "shipment.closed"
AMMUNITION = {"line": 2, "goods": "ammunition", "calibre": {"known": "9x19"}, "quantity": 5000}


def counts(*quantities: int) -> dict[str, Any]:
    return {"counts": [{"line": n, "quantity": each} for n, each in enumerate(quantities, 1)]}


def drawn() -> Movements:
    """Give a ledger in which a shipment of ten pistols may be declared."""
    return issued().done("authorization.drawn").done("firearm.registered", "2016")


def listed(number: int = 10) -> Movements:
    """Give a ledger in which all firearms of a declared shipment are named."""
    ledger = drawn()
    for each in range(1, number):
        ledger.done("firearm.registered", "2016", on_stream=arm(each))
    return ledger.done(DECLARED, firearms=[FIREARM_ID, *map(arm, range(1, number))])


def test_a_shipment_is_declared_as_it_was_drawn() -> None:
    state = declared().shipment()
    assert (state.status, state.total, state.firearms_declared) == ("declared", 10, 10)
    assert (state.exit_point, state.exit_on, state.route) == ("PORT XA", "2026-06-01", ("XC",))
    assert (state.authorizations, state.firearms) == ((AUTHORIZATION_ID,), (FIREARM_ID,))


def test_nothing_is_declared_that_was_not_drawn() -> None:
    assert issued().record(DECLARED) == "shipment_not_drawn"
    drawn_by_another = issued().done("authorization.drawn", shipment=shp(9))
    assert drawn_by_another.record(DECLARED) == "shipment_not_drawn"
    unknown = {"authorization": UNKNOWN_AUTHORIZATION}
    assert drawn().record(DECLARED, **unknown) == "authorization_unknown"
    cancelled = drawn().done("authorization.draw-cancelled")
    assert cancelled.record(DECLARED) == "shipment_not_drawn"


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"items": [{**ITEM, "quantity": 11}]}, "shipment_quantity"),
        ({"items": [{**ITEM, "quantity": 9}]}, "shipment_quantity"),
        ({"items": [{**ITEM, "line": 2}]}, "shipment_quantity"),
        ({"items": [ITEM, AMMUNITION]}, "shipment_quantity"),
        ({"items": [ITEM, ITEM]}, "line_repeated"),
        ({"items": [{**ITEM, "kind": "rifle"}]}, "shipment_goods"),
        ({"items": [{**ITEM, "goods": "component"}]}, "shipment_goods"),
        ({"items": [{**ITEM, "calibre": "unknown"}]}, None),
        ({"transit_countries": ["XC", "XD"]}, "route_not_authorized"),
        ({"transit_countries": "none"}, None),
        ({"exit_on": "2025-12-31"}, "authorization_not_valid"),
        ({"exit_on": "2027-01-01"}, "authorization_not_valid"),
        ({"firearms": [FIREARM_ID, FIREARM_ID]}, "firearm_repeated"),
        ({"firearms": [arm(99)]}, "firearm_unknown"),
        ({"firearms": [arm(each) for each in range(11)]}, "quantity_exceeded"),
    ],
    ids=str,
)
def test_rule_6_what_is_declared_keeps_to_the_authorization(
    dat: dict[str, Any], rule: str | None
) -> None:
    """Firearms Protocol 7(b) and 10: quantity, description, dates, transit countries."""
    assert drawn().record(DECLARED, **dat) == rule


def test_a_shipment_does_not_leave_after_a_revocation_took_effect() -> None:
    ledger = drawn().done("authorization.revoked", effective_on="2026-06-01")
    refusal = ledger.verdict(stated(DECLARED))
    assert refusal
    assert (refusal.rule, refusal.found) == ("authorization_not_valid", "2026-06-01: revoked")
    assert ledger.record(DECLARED, exit_on="2026-05-31") is None


@pytest.mark.parametrize(("quantity", "rule"), [(10, None), (9, "shipment_quantity")])
def test_further_authorizations_are_drawn_on_for_as_much(quantity: int, rule: str | None) -> None:
    ledger = drawn().done("authorization.applied", kind="import", on_stream=IMPORT_ID)
    ledger.done("authorization.issued", on_stream=IMPORT_ID)
    further: dict[str, Any] = {"further_authorizations": [IMPORT_ID]}
    assert ledger.record(DECLARED, **further) == "shipment_not_drawn"
    portions = [{"line": 1, "quantity": quantity}]
    ledger.done("authorization.drawn", on_stream=IMPORT_ID, portions=portions)
    assert ledger.record(DECLARED, **further) == rule


def test_more_firearms_are_named_up_to_the_number_declared() -> None:
    ledger = listed(9)
    ledger.done("firearm.registered", "2016", on_stream=arm(20))
    assert ledger.record(EXTENDED, firearms=[arm(21)]) == "firearm_unknown"
    assert ledger.record(EXTENDED, firearms=[arm(1)]) == "firearm_repeated"
    ledger.done(EXTENDED, firearms=[arm(20)])
    assert len(ledger.shipment().firearms) == 10
    ledger.done("firearm.registered", "2016", on_stream=arm(21))
    refusal = ledger.verdict(stated(EXTENDED, firearms=[arm(21)]))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == (
        "quantity_exceeded",
        "11",
        ("at most 10",),
    )


PISTOLS = {"line": 1, "quantity": 2}
RIFLES = {"line": 2, "quantity": 1, "kind": "rifle"}
ANY = {"line": 3, "quantity": 1, "kind": "absent"}


def lines(*differing: dict[str, Any]) -> dict[str, Any]:
    """Give data of an authorization or declaration with lines like the usual one."""
    items = [{**ITEM, **each} for each in differing]
    return {
        "items": [{n: v for n, v in each.items() if v != "absent"} for each in items],
        "portions": [{"line": each["line"], "quantity": each["quantity"]} for each in items],
    }


def loaded(kinds: list[str], *differing: dict[str, Any], now: int | None = None) -> str | None:
    """Declare a shipment of firearms of some kinds; give the rule that refuses it.

    Args:
        kinds: The kind of each firearm.
        differing: Lines that were authorized.
        now: How many are named in the declaration; the others follow.
    """
    data = lines(*differing)
    ledger = issued(items=data["items"]).done("authorization.drawn", portions=data["portions"])
    for number, kind in enumerate(kinds):
        ledger.done("firearm.registered", "2016", on_stream=arm(number), kind=kind)
    named, later = list(map(arm, range(len(kinds))))[:now], list(map(arm, range(len(kinds))))[now:]
    refused = ledger.record(DECLARED, items=data["items"], firearms=named or "absent")
    return refused or (ledger.record(EXTENDED, firearms=later) if now is not None else None)


@pytest.mark.parametrize(
    ("kinds", "authorized", "rule"),
    [
        (["pistol", "pistol"], (PISTOLS,), None),
        (["machine_gun"], (PISTOLS,), "shipment_kind"),
        (["pistol", "rifle"], (PISTOLS, RIFLES), None),
        (["rifle", "rifle"], (PISTOLS, RIFLES), "shipment_kind"),
        (["rifle", "rifle"], (PISTOLS, RIFLES, ANY), None),
        (["rifle", "rifle", "machine_gun"], (PISTOLS, RIFLES, ANY), "shipment_kind"),
        (["unknown", "pistol"], (PISTOLS,), None),
        (["machine_gun"], (ANY,), None),
        (["machine_gun"], ({**ANY, "kind": "unknown"},), None),
        (["pistol"], ({**PISTOLS, "goods": "component"}, RIFLES), "shipment_kind"),
    ],
)
def test_rule_6_firearms_are_of_the_kinds_that_the_lines_declare(
    kinds: list[str], authorized: tuple[dict[str, Any], ...], rule: str | None
) -> None:
    """A machine gun does not pass as a pistol (Firearms Protocol 10(3): description)."""
    assert loaded(kinds, *authorized) == rule
    assert loaded(kinds, *authorized, now=0) == rule


def test_a_refused_kind_is_told_with_the_lines() -> None:
    ledger = drawn().done("firearm.registered", "2016", on_stream=arm(1), kind="machine_gun")
    refusal = ledger.verdict(stated(DECLARED, firearms=[arm(1)]))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("shipment_kind", "lines")
    assert (refusal.found, refusal.legal) == ("machine_gun: 1 too many", ("line 1: 10 pistol",))


def test_a_shipment_is_followed_over_its_borders() -> None:
    ledger = listed().done(CROSSED).done(CROSSED, point="PASS XC")
    state = ledger.shipment()
    assert (state.status, state.findings) == ("in_transit", ())
    assert state.crossings == (Crossing("XC", "PORT XC"), Crossing("XC", "PASS XC"))


def test_a_state_off_the_route_and_a_short_count_are_findings_and_no_refusals() -> None:
    ledger = listed().done(CROSSED, country="XD", **counts(9))
    assert ledger.shipment().findings == (
        Finding(code="off_route", country="XD"),
        Finding(code="short", line=1, quantity=1),
    )


def test_a_crossing_may_be_reported_after_the_receipt() -> None:
    ledger = listed().done(RECEIVED).done(CROSSED)
    assert ledger.shipment().status == "received"
    assert ledger.done(CLOSED).record(CROSSED) == "shipment_status"


@pytest.mark.parametrize("evt", [CROSSED, RECEIVED])
def test_only_lines_of_the_shipment_are_counted_and_each_once(evt: str) -> None:
    twice: dict[str, Any] = {"counts": [{"line": 1, "quantity": 10}, {"line": 1, "quantity": 10}]}
    assert listed().record(evt, **twice) == "line_repeated"
    refusal = listed().verdict(stated(evt, counts=[{"line": 3, "quantity": 1}]))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == ("lines_differ", "3", ("1",))


def test_the_receiver_counts_every_line() -> None:
    ledger = issued(items=[ITEM, AMMUNITION])
    portions = [{"line": 1, "quantity": 10}, {"line": 2, "quantity": 500}]
    ledger.done("authorization.drawn", portions=portions)
    ledger.done(DECLARED, items=[ITEM, {**AMMUNITION, "quantity": 500}])
    assert ledger.shipment().firearms_declared == 10
    assert ledger.record(RECEIVED) == "lines_differ"
    assert ledger.record(RECEIVED, **counts(10, 500)) is None


def test_a_receipt_that_agrees_ends_complete() -> None:
    ledger = listed().done(CROSSED).done(RECEIVED)
    assert ledger.shipment().findings == ()
    for outcome in ("discrepant", "not_received"):
        refusal = ledger.verdict(stated(CLOSED, outcome=outcome))
        assert refusal
        assert (refusal.rule, refusal.legal) == ("shipment_outcome", ("complete",))
    state = ledger.done(CLOSED).shipment()
    assert (state.status, state.outcome) == ("closed", "complete")


def test_discrepancies_at_the_receipt_open_findings_that_stay_visible() -> None:
    """Firearms Protocol 10(4): receipt confirmed; domain facts, section 5: discrepancies."""
    ledger = listed()
    ledger.done("firearm.registered", "2016", on_stream=arm(50))
    stated_as: dict[str, Any] = {
        "missing": [arm(3)],
        "extra": [arm(50)],
        "discrepancies": ["seal_broken"],
    }
    ledger.done(RECEIVED, **counts(12), **stated_as)
    open_findings = (
        Finding(code="over", line=1, quantity=2),
        Finding(code="firearm_missing", firearm=arm(3)),
        Finding(code="firearm_extra", firearm=arm(50)),
        Finding(code="seal_broken"),
    )
    assert ledger.shipment().findings == open_findings
    refusal = ledger.verdict(stated(CLOSED))
    assert refusal
    assert refusal.found == "over, firearm_missing, firearm_extra, seal_broken"
    assert ledger.done(CLOSED, outcome="discrepant").shipment().findings == open_findings


def test_firearms_that_were_never_named_are_a_finding() -> None:
    ledger = declared().done(RECEIVED)
    assert ledger.shipment().findings == (Finding(code="firearms_not_listed", quantity=9),)


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"missing": [arm(99)]}, "shipment_list"),
        ({"extra": [FIREARM_ID]}, "shipment_list"),
        ({"extra": [arm(99)]}, "firearm_unknown"),
    ],
    ids=str,
)
def test_the_lists_of_a_receipt_agree_with_the_shipment(dat: dict[str, Any], rule: str) -> None:
    assert listed().record(RECEIVED, **dat) == rule


@pytest.mark.parametrize("status", ["declared", "in_transit"])
def test_a_shipment_that_never_arrives_stays_a_finding(status: str) -> None:
    ledger = listed()
    if status == "in_transit":
        ledger.done(CROSSED)
    refusal = ledger.verdict(stated(CLOSED))
    assert refusal
    assert (refusal.found, refusal.legal) == (status, ("not_received",))
    ledger.done(CLOSED, outcome="not_received")
    assert ledger.shipment().findings == (Finding(code="not_received"),)


@pytest.mark.parametrize("evt", [EXTENDED, CROSSED, RECEIVED, CLOSED])
def test_nothing_happens_to_a_closed_shipment(evt: str) -> None:
    ledger = listed().done(RECEIVED).done(CLOSED)
    refusal = ledger.verdict(stated(evt))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("shipment_status", "status", "closed")


def test_a_received_shipment_is_not_extended_or_received_again() -> None:
    ledger = listed().done(RECEIVED)
    assert ledger.record(EXTENDED) == "shipment_status"
    assert ledger.record(RECEIVED) == "shipment_status"


def test_a_shipment_begins_with_its_declaration() -> None:
    assert Movements().record(CROSSED) == "origin_missing"
    assert declared().record(DECLARED) == "origin_repeated"
