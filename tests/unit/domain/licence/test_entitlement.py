# SPDX-License-Identifier: Apache-2.0
"""A receiver's licence is looked at where the event stands in the log, and for its own day."""

from __future__ import annotations

from typing import Any

import pytest

from domain.aggregate.naming import references
from domain.errors import RefusedError
from tests.unit.domain.least.trading import HOLDING
from tests.unit.domain.licence.licences import Desk

ISSUED: tuple[str, dict[str, Any]] = (
    "issued",
    {"valid_from": "2020-01-01", "valid_to": "2027-12-31"},
)
REVOKED = {"effective_on": "2026-11-23", "ground": "unreliable"}
NOBODY = "lic.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
CATEGORY = {"scheme": "eu_2021_555", "as_of": "2021", "code": "B4"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def sale(desk: Desk, licence: str, *, occ: str = "2026-11-23", **dat: Any) -> Any:
    """Sign a transfer of a new firearm under a licence."""
    data = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport", "licence": licence, **dat}
    arm = desk.firearm(f"S{desk.ledger.size}")
    return desk.event("firearm.transferred", arm, data, occ=occ)


def test_a_transfer_after_the_revocation_in_the_same_batch_is_refused(desk: Desk) -> None:
    licence = desk.licence(ISSUED)
    sold = sale(desk, licence)
    revoked = desk.event("licence.revoked", licence, REVOKED)
    at = desk.ledger.size
    outcomes = desk.ledger.record([revoked, sold])
    assert desk.ledger.size == at + 1
    refusal = outcomes[1]
    assert isinstance(refusal, RefusedError)
    assert refusal.slug == "licence_not_valid"
    assert refusal.next_step == "Found: revoked. Legal would be: valid."


def test_a_transfer_before_the_revocation_in_the_same_batch_is_accepted(desk: Desk) -> None:
    licence = desk.licence(ISSUED)
    sold = sale(desk, licence)
    revoked = desk.event("licence.revoked", licence, REVOKED)
    at = desk.ledger.size
    assert desk.record(sold, revoked) == [at, at + 1]


def test_a_transfer_recorded_late_is_judged_for_its_own_day(desk: Desk) -> None:
    licence = desk.licence(ISSUED, ("revoked", REVOKED))
    assert desk.record(sale(desk, licence, occ="2026-11-22")) == [desk.ledger.size - 1]
    for occ, slug in (("2026-11-23", "licence_not_valid"), ("2019", "licence_not_valid")):
        assert desk.record(sale(desk, licence, occ=occ)) == [slug]


def test_a_licence_is_issued_and_used_in_one_batch(desk: Desk) -> None:
    licence = desk.licence()
    sold = sale(desk, licence)
    issued = desk.event("licence.issued", licence, ISSUED[1])
    at = desk.ledger.size
    assert desk.record(issued, sold) == [at, at + 1]


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ((), "applied"),
        ((("refused", {}),), "refused"),
        ((("issued", {"valid_from": "2026-12-01"}),), "not_yet_valid"),
        ((("issued", {"valid_from": "2020", "valid_to": "2025"}),), "expired"),
        ((ISSUED, ("suspended", REVOKED)), "suspended"),
        ((ISSUED, ("ban-imposed", REVOKED)), "banned"),
    ],
)
def test_a_refusal_says_what_the_licence_is_worth(desk: Desk, events: Any, found: str) -> None:
    outcome = desk.ledger.record([sale(desk, desk.licence(*events))])[0]
    assert isinstance(outcome, RefusedError)
    assert outcome.slug == "licence_not_valid"
    assert f"Found: {found}." in outcome.next_step


def test_a_licence_that_the_ledger_does_not_hold_is_refused(desk: Desk) -> None:
    assert desk.record(sale(desk, NOBODY)) == ["licence_unknown"]
    arm = desk.firearm("X1")
    assert desk.record(sale(desk, f"lic{arm[3:]}")) == ["licence_unknown"]


def test_a_category_outside_the_scope_is_refused(desk: Desk) -> None:
    scope = {**ISSUED[1], "categories": [{**CATEGORY, "code": "C"}]}
    licence = desk.licence(("issued", scope))
    assert desk.record(sale(desk, licence, category=CATEGORY)) == ["licence_scope"]
    inside = sale(desk, licence, category={**CATEGORY, "code": "C1"})
    assert desk.record(inside) == [desk.ledger.size - 1]


def test_who_receives_as_a_dealer_has_a_licence_to_deal(desk: Desk) -> None:
    person, dealer = desk.licence(ISSUED), desk.licence(ISSUED, kind="dealer")
    assert desk.record(sale(desk, person, holder="dealer")) == ["licence_kind"]
    assert desk.record(sale(desk, dealer, holder="dealer")) == [desk.ledger.size - 1]
    for licence, outcome in ((person, "licence_kind"), (dealer, None)):
        data = {"acq": "purchase", "licence": licence}
        event = desk.event("firearm.dealer-acquired", desk.firearm(f"D{licence[-3:]}"), data)
        assert desk.record(event) == [outcome or desk.ledger.size - 1]


def test_the_licence_of_a_supplier_is_known_but_may_have_ended(desk: Desk) -> None:
    ended = desk.licence(ISSUED, ("revoked", REVOKED), kind="dealer")
    for supplier, outcome in ((NOBODY, "licence_unknown"), (ended, None)):
        data = {"acq": "purchase", "from_licence": supplier}
        event = desk.event("firearm.dealer-acquired", desk.firearm(f"E{supplier[-3:]}"), data)
        assert desk.record(event) == [outcome or desk.ledger.size - 1]


def test_a_transfer_names_the_licences_of_both_sides(desk: Desk) -> None:
    licence, giver = desk.licence(ISSUED), desk.licence(ISSUED, ("revoked", REVOKED))
    assert desk.record(sale(desk, licence, from_licence=NOBODY)) == ["licence_unknown"]
    between = sale(desk, licence, from_licence=giver)
    assert desk.record(between) == [desk.ledger.size - 1]
    assert references(between.event) == (HOLDING, licence, giver)


def test_an_event_refers_to_the_licences_that_it_names(desk: Desk) -> None:
    licence = desk.licence(ISSUED)
    assert references(sale(desk, licence).event) == (HOLDING, licence)


@pytest.mark.parametrize(
    ("successor", "kind", "outcome"),
    [
        ((ISSUED,), "dealer", None),
        ((ISSUED,), "collecting", "successor_not_entitled"),
        ((), "dealer", "successor_not_entitled"),
    ],
)
def test_the_register_of_a_business_goes_only_to_a_business(
    desk: Desk, successor: Any, kind: str, outcome: str | None
) -> None:
    business = desk.licence(ISSUED, kind="dealer")
    heir = desk.licence(*successor, kind=kind)
    data = {"effective_on": "2026-11-23", "successor": heir, "entries": 120}
    event = desk.event("licence.business-ceased", business, data)
    assert desk.record(event) == [outcome or desk.ledger.size - 1]


@pytest.mark.parametrize(
    ("receiver", "outcome"),
    [
        ({"authority": "auth.xa"}, None),
        ({"authority": "auth.nowhere"}, "authority_unknown"),
        ({"successor": NOBODY}, "successor_not_entitled"),
    ],
    ids=str,
)
def test_the_register_of_a_business_goes_to_somebody_on_record(
    desk: Desk, receiver: dict[str, str], outcome: str | None
) -> None:
    business = desk.licence(ISSUED, kind="dealer")
    data = {"effective_on": "2026-11-23", **receiver}
    event = desk.event("licence.business-ceased", business, data)
    assert desk.record(event) == [outcome or desk.ledger.size - 1]
