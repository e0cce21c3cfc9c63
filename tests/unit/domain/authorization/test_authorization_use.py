# SPDX-License-Identifier: Apache-2.0
"""Rule 6 while an authorization is used: quantity and dates over many shipments, and its end."""

from __future__ import annotations

from typing import Any

import pytest

from domain.authorization.state import NOT_BEGUN
from domain.authorization.table import AUTHORIZATION as AGGREGATE
from tests.unit.domain.authorization.movements import (
    LICENCE_ID,
    Movements,
    applied,
    day,
    declared,
    issued,
    prepared,
    shp,
    stated,
)
from tests.unit.domain.least.authorization import EXPORTER, ITEM, RECIPIENT, SHIPMENT_ID
from tests.unit.domain.lives import NOW

DRAWN = "authorization.drawn"
VARIED = "authorization.varied"
BROKERED = "authorization.brokering-recorded"
EXPIRED = "authorization.expired"
OBJECTION = "authorization.transit-objection-recorded"
TWO_LINES = [ITEM, {**ITEM, "line": 2, "kind": "rifle", "quantity": 4}]


def draw(number: int, *quantities: int) -> dict[str, Any]:
    """Give a draw of a shipment: so many of line 1, so many of line 2."""
    lines = [{"line": line, "quantity": each} for line, each in enumerate(quantities, 1) if each]
    return {"shipment": shp(number), "portions": lines}


def test_rule_6_many_partial_shipments_never_exceed_the_quantity() -> None:
    """Firearms Protocol 7(b): quantity; over three shipments, none of them too large by itself."""
    ledger = issued()
    assert ledger.authorization().status == "issued"
    ledger.done(DRAWN, **draw(1, 4)).done(DRAWN, **draw(2, 4))
    assert ledger.authorization().status == "used_part"
    refusal = ledger.verdict(stated(DRAWN, **draw(3, 3)))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("quantity_exceeded", "quantity")
    assert (refusal.found, refusal.legal) == ("3", ("at most 2",))
    ledger.done(DRAWN, **draw(3, 2))
    assert ledger.authorization().status == "used_up"
    assert ledger.record(DRAWN, **draw(4, 1)) == "quantity_exceeded"


def test_each_line_is_counted_by_itself() -> None:
    ledger = issued(items=TWO_LINES).done(DRAWN, **draw(1, 10, 1))
    assert ledger.authorization().status == "used_part"
    assert ledger.record(DRAWN, **draw(2, 1, 1)) == "quantity_exceeded"
    assert ledger.record(DRAWN, **draw(2, 0, 3)) is None
    assert ledger.record(DRAWN, **draw(3, 0, 0, 1)) == "quantity_exceeded"


def test_a_line_is_drawn_once_in_one_draw() -> None:
    twice: dict[str, Any] = {"portions": [{"line": 1, "quantity": 6}, {"line": 1, "quantity": 6}]}
    assert issued().record(DRAWN, **twice) == "line_repeated"


@pytest.mark.parametrize(
    ("occ", "found"),
    [
        ("2025-12-31", "not_yet_valid"),
        ("2026-01-01", None),
        ("2026-06", None),
        ("2026", None),
        ("2026-12-31T23:59:59Z", None),
        ("2027-01-01", "expired"),
        ("2025", "not_yet_valid"),
        ("unknown", "not_yet_valid"),
    ],
)
def test_rule_6_nothing_is_drawn_outside_the_dates(occ: str, found: str | None) -> None:
    """Firearms Protocol 7(b): dates of issue and expiry; a vague date shows no lawfulness."""
    refusal = issued().verdict(stated(DRAWN, occ))
    if found is None:
        assert refusal is None
    else:
        assert refusal
        assert (refusal.rule, refusal.found) == ("authorization_not_valid", f"{occ}: {found}")
        assert refusal.legal == ("2026-01-01 to 2026-12-31",)


@pytest.mark.parametrize("kind", ["import", "transit"])
def test_nothing_is_drawn_before_it_is_issued(kind: str) -> None:
    assert applied(kind).record(DRAWN) == "authorization_stage"


def test_one_shipment_draws_once() -> None:
    ledger = issued().done(DRAWN, **draw(1, 4))
    assert ledger.record(DRAWN, **draw(1, 4)) == "shipment_drawn"


def test_nothing_is_drawn_while_a_transit_state_objects() -> None:
    ledger = issued().done(OBJECTION)
    assert ledger.record(DRAWN) == "transit_no_objection_missing"
    ledger.done("authorization.transit-no-objection-recorded").done(DRAWN)


def test_an_objection_concerns_exports_only() -> None:
    ledger = applied("import").done("authorization.issued").done(OBJECTION)
    assert ledger.record(DRAWN) is None


@pytest.mark.parametrize("order", ["draw first", "revocation first"])
def test_a_draw_and_a_revocation_of_one_day_count_in_the_order_of_the_log(order: str) -> None:
    ledger, revoked = issued(), stated("authorization.revoked", effective_on="2026-02-01")
    if order == "draw first":
        assert (ledger.record(DRAWN), ledger.take(revoked)) == (None, None)
    else:
        assert (ledger.take(revoked), ledger.record(DRAWN)) == (None, "authorization_stage")


@pytest.mark.parametrize(
    ("occ", "standing"),
    [
        ("2025", "not_yet_valid"),
        ("2026-06-30", "valid"),
        ("2026-07-01", "revoked"),
        ("2026-07", "revoked"),
        ("2027", "revoked"),
        ("unknown", "not_yet_valid"),
    ],
)
def test_a_revocation_leaves_lawful_what_certainly_came_before_it(occ: str, standing: str) -> None:
    state = issued().done("authorization.revoked").authorization()
    assert state.status == "revoked"
    assert state.standing_on(day(occ)) == standing
    assert state.days == "2026-01-01 to 2026-12-31, before 2026-07-01"


def test_what_was_never_issued_is_worth_nothing_on_any_day() -> None:
    assert prepared().authorization().standing_on(day("2026-02-01")) == "not_issued"
    refused = prepared().done("authorization.refused").authorization()
    assert refused.standing_on(day("2026-02-01")) == "refused"


def test_an_expiry_is_recorded_only_once_the_last_day_is_over() -> None:
    ledger = issued()
    refusal = ledger.verdict(stated(EXPIRED))
    assert refusal
    assert (refusal.rule, refusal.found) == ("authorization_dates", "2026-12-31")
    year = 366 * 86_400
    ledger.done(EXPIRED, "2027-01-02", signed=NOW + year)
    assert ledger.authorization().status == "expired"
    assert ledger.authorization().standing_on(day("2026-02-01")) == "valid"
    assert ledger.record(DRAWN) == "authorization_stage"


def test_what_an_abandoned_shipment_drew_is_free_again() -> None:
    ledger = issued().done(DRAWN).done("authorization.draw-cancelled")
    assert ledger.authorization().left(1) == 10
    assert ledger.record("authorization.draw-cancelled") == "shipment_not_drawn"


def test_what_a_declared_shipment_drew_stays_drawn() -> None:
    ledger = declared()
    assert ledger.record("authorization.draw-cancelled") == "shipment_declared"
    late = {"shipment": SHIPMENT_ID, "on_stream": "aut.01a2076b-4018-7111-8222-000000000099"}
    ledger.done("authorization.applied", kind="import", on_stream=late["on_stream"])
    ledger.done("authorization.issued", on_stream=late["on_stream"])
    assert ledger.record(DRAWN, **late) == "shipment_declared"


NOT_ALL = {"expires_on": "absent"}


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({}, None),
        (NOT_ALL, "variation_empty"),
        ({"expires_on": "2025-12-31"}, "authorization_dates"),
        ({**NOT_ALL, "final_recipient": EXPORTER}, None),
        ({**NOT_ALL, "transit_countries": "none"}, None),
        ({**NOT_ALL, "transit_countries": ["XD"]}, "transit_no_objection_missing"),
        ({**NOT_ALL, "transit_countries": ["XA"]}, "route_repeated"),
        ({**NOT_ALL, "items": [{**ITEM, "quantity": 4}]}, None),
        ({**NOT_ALL, "items": [{**ITEM, "quantity": 3}]}, "quantity_exceeded"),
        ({**NOT_ALL, "items": [{**ITEM, "line": 2}]}, "quantity_exceeded"),
        ({**NOT_ALL, "items": [{**ITEM, "kind": "machine_gun"}]}, "quantity_exceeded"),
        ({**NOT_ALL, "items": [ITEM, ITEM]}, "line_repeated"),
        (
            {**NOT_ALL, "items": [{**ITEM, "kind": "unknown", "calibre": "unknown"}]},
            "authorization_incomplete",
        ),
    ],
    ids=str,
)
def test_a_variation_keeps_to_the_rules_of_the_issue(dat: dict[str, Any], rule: str | None) -> None:
    assert issued().done(DRAWN, **draw(1, 4)).record(VARIED, **dat) == rule


def test_a_variation_of_an_import_asks_no_transit_state() -> None:
    ledger = applied("import").done("authorization.issued")
    assert ledger.record(VARIED, transit_countries=["XD"]) is None


def test_a_variation_changes_what_it_names_and_leaves_the_rest() -> None:
    before = issued().authorization()
    after = issued().done(VARIED, final_recipient=EXPORTER, items=TWO_LINES).authorization()
    assert before.document
    assert after.document
    assert after.document.expires_on.text == "2027-01-31"
    assert (after.document.final_recipient, after.document.number) == (
        EXPORTER,
        before.document.number,
    )
    assert (after.transit, after.left(2)) == (before.transit, 4)
    moved = issued().done(VARIED, transit_countries="none").authorization()
    assert (moved.transit, moved.items) == ((), before.items)


def licensed_broker(kind: str = "broker") -> Movements:
    """Give a ledger with an export authorization and a licence of some kind."""
    return issued().done("licence.applied", "2025", kind=kind).done("licence.issued", "2025")


def test_a_broker_is_licensed_or_registered() -> None:
    """Firearms Protocol, article 15: the broker on record with the transaction."""
    ledger = issued().done(BROKERED)
    broker = ledger.authorization().brokers[0]
    assert (broker.broker, broker.registered_as) == (EXPORTER, "BRK-9")
    assert broker.parties[1].model_dump() == RECIPIENT  # type: ignore[union-attr]
    assert ledger.record(BROKERED, registration_no="absent") == "broker_unregistered"


@pytest.mark.parametrize(
    ("kind", "occ", "found"),
    [
        ("broker", "2026-02-01", None),
        ("dealer", "2026-02-01", "dealer: valid"),
        ("broker", "1990", "broker: not_yet_valid"),
    ],
)
def test_a_brokers_licence_is_one_and_valid_on_the_day(
    kind: str, occ: str, found: str | None
) -> None:
    linked = {"registration_no": "absent", "licence": LICENCE_ID}
    refusal = licensed_broker(kind).verdict(stated(BROKERED, occ, **linked))
    assert (refusal.found if refusal else None) == found
    assert refusal is None or refusal.rule == "broker_unlicensed"


def test_a_licence_that_the_ledger_does_not_hold_is_none() -> None:
    refusal = issued().verdict(stated(BROKERED, licence=LICENCE_ID))
    assert refusal
    assert (refusal.rule, refusal.found) == ("broker_unlicensed", "unknown")


@pytest.mark.parametrize("evt", [VARIED, EXPIRED, DRAWN, "authorization.draw-cancelled"])
def test_the_fold_is_total_even_over_what_would_be_refused(evt: str) -> None:
    event = stated(evt)
    state = AGGREGATE.evolve(None, event, 0)
    assert state.document is NOT_BEGUN.document
    assert AGGREGATE.evolve(state, event, 1) is not None
