# SPDX-License-Identifier: Apache-2.0
"""Rules 5 and 6 before and at the issue of an authorization."""

from __future__ import annotations

from typing import Any

import pytest

from domain.authorization.state import Answer
from tests.unit.domain.authorization.movements import (
    IMPORT_ID,
    UNKNOWN_AUTHORIZATION,
    Movements,
    applied,
    issued,
    prepared,
    stated,
)
from tests.unit.domain.least.authorization import AUTHORIZATION, ITEM

LICENCE = "authorization.import-licence-recorded"
NO_OBJECTION = "authorization.transit-no-objection-recorded"
OBJECTION = "authorization.transit-objection-recorded"
WITHDRAWN = "authorization.transit-objection-withdrawn"
ISSUED = "authorization.issued"
STRAIGHT = {"transit_countries": "none"}


def test_rule_5_no_export_is_issued_before_licence_and_no_objections_are_recorded() -> None:
    """Firearms Protocol 10(2): the import licence first, and the transit States in writing."""
    ledger = applied()
    assert ledger.record(ISSUED) == "import_licence_missing"
    ledger.done(LICENCE)
    refusal = ledger.verdict(stated(ISSUED))
    assert refusal
    assert (refusal.rule, refusal.found) == ("transit_no_objection_missing", "XC: none")
    assert refusal.legal == (NO_OBJECTION,)
    ledger.done(NO_OBJECTION).done(ISSUED)
    assert ledger.authorization().status == "issued"


def test_every_transit_state_has_to_answer() -> None:
    two: dict[str, Any] = {"transit_countries": ["XC", "XD"]}
    ledger = prepared()
    assert ledger.record(ISSUED, **two) == "transit_no_objection_missing"
    ledger.done(NO_OBJECTION, country="XD", reply="landlocked_arrangement")
    assert ledger.record(ISSUED, **two) is None


def test_an_objection_stops_the_issue_and_its_withdrawal_alone_does_not_free_it() -> None:
    ledger = prepared().done(OBJECTION)
    refusal = ledger.verdict(stated(ISSUED))
    assert refusal
    assert refusal.found == "XC: objection"
    ledger.done(WITHDRAWN)
    assert ledger.authorization().answers == (Answer("XC", "objection_withdrawn"),)
    assert ledger.record(ISSUED) == "transit_no_objection_missing"
    assert ledger.done(NO_OBJECTION).record(ISSUED) is None


def test_only_an_objection_on_record_is_withdrawn() -> None:
    assert applied().record(WITHDRAWN) == "objection_missing"
    assert prepared().record(WITHDRAWN) == "objection_missing"


@pytest.mark.parametrize("country", ["XA", "XB"])
def test_the_states_of_export_and_import_are_no_transit_states(country: str) -> None:
    assert applied().record(NO_OBJECTION, country=country) == "transit_country"
    assert applied().record(OBJECTION, country=country) == "transit_country"


def test_a_straight_way_needs_no_transit_state() -> None:
    assert applied().done(LICENCE).record(ISSUED, **STRAIGHT) is None


def test_an_import_licence_that_has_expired_does_not_count() -> None:
    ledger = applied().done(LICENCE, expires_on="2025-12-31")
    refusal = ledger.verdict(stated(ISSUED, **STRAIGHT))
    assert refusal
    assert (refusal.rule, refusal.found) == ("import_licence_missing", "expired on 2025-12-31")


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"country": "XC"}, "authorization_countries"),
        ({"expires_on": "2025-11-30"}, "authorization_dates"),
        ({"foreign_number": "absent"}, "import_licence_unnamed"),
        ({"authorization": IMPORT_ID}, "import_licence_unnamed"),
        (
            {"foreign_number": "absent", "authorization": UNKNOWN_AUTHORIZATION},
            "authorization_unknown",
        ),
    ],
    ids=str,
)
def test_an_import_licence_that_does_not_fit_is_refused(dat: dict[str, Any], rule: str) -> None:
    assert applied().record(LICENCE, **dat) == rule


@pytest.mark.parametrize("kind", ["import", "prior_consent"])
def test_an_import_licence_rests_on_no_other(kind: str) -> None:
    ledger = applied(kind)
    assert ledger.record(LICENCE) == "authorization_kind"
    assert ledger.record(ISSUED) is None


def licensed(kind: str = "import", **dat: Any) -> Movements:
    """Give a ledger with an application for export, and an authorization of the importer."""
    ledger = applied().done("authorization.applied", kind=kind, on_stream=IMPORT_ID)
    dates = {"issued_on": "2025-12-01", "expires_on": "2026-12-31", **dat}
    return ledger.done(ISSUED, on_stream=IMPORT_ID, **STRAIGHT, **dates)


LINKED = {"foreign_number": "absent", "authorization": IMPORT_ID}


@pytest.mark.parametrize("kind", ["import", "prior_consent"])
def test_an_import_licence_of_this_ledger_is_linked(kind: str) -> None:
    ledger = licensed(kind).done(LICENCE, **LINKED)
    licence = ledger.authorization().import_licence
    assert licence
    assert (licence.number, licence.expires_on.text) == (IMPORT_ID, "2026-12-31")


def test_a_linked_licence_is_for_import_in_force_and_has_the_dates_stated() -> None:
    assert licensed("transit").record(LICENCE, **LINKED) == "authorization_kind"
    other = licensed(expires_on="2026-06-30").verdict(stated(LICENCE, **LINKED))
    assert other
    assert (other.rule, other.legal) == ("import_licence_differs", ("XB 2025-12-01 2026-06-30",))
    revoked = licensed().done("authorization.revoked", on_stream=IMPORT_ID)
    assert revoked.record(LICENCE, **LINKED) == "authorization_stage"


def test_a_union_transfer_needs_the_prior_consent_unless_the_arms_are_exempt() -> None:
    ledger = applied("intra_union_transfer")
    assert ledger.record(ISSUED) == "import_licence_missing"
    assert ledger.record(ISSUED, consent_exempt=False) == "import_licence_missing"
    assert applied("intra_union_transfer").record(ISSUED, consent_exempt=True) is None
    assert ledger.done(LICENCE).record(ISSUED) is None


def test_a_union_transfer_that_does_not_say_how_it_travels_is_noted() -> None:
    ledger = applied("intra_union_transfer").done(ISSUED, consent_exempt=True)
    assert [each.refusal.rule for each in ledger.authorization().contradictions] == [
        "carriage_missing"
    ]
    carriage = {"means": "road", "leaves_on": "2026-02-01", "arrives_on": "2026-02-03"}
    told = applied("intra_union_transfer").done(ISSUED, consent_exempt=True, carriage=carriage)
    assert told.authorization().contradictions == ()
    assert issued().authorization().contradictions == ()


def test_an_exemption_does_not_help_an_export() -> None:
    assert applied().record(ISSUED, consent_exempt=True) == "import_licence_missing"


@pytest.mark.parametrize("kind", ["import", "transit", "prior_consent"])
def test_other_authorizations_have_no_precondition(kind: str) -> None:
    assert applied(kind).record(ISSUED) is None


def test_a_temporary_movement_and_no_other_states_its_purpose() -> None:
    ledger = Movements()
    applied_for = {"kind": "temporary"}
    assert ledger.record("authorization.applied", **applied_for) == "purpose_stated"
    assert ledger.record("authorization.applied", purpose="hunting") == "purpose_stated"
    ledger.done("authorization.applied", **applied_for, purpose="hunting").done(ISSUED)
    assert ledger.authorization().purpose == "hunting"


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"expires_on": "2025-12-31"}, "authorization_dates"),
        ({"import_country": "XD"}, "authorization_countries"),
        ({"export_country": "XD"}, "authorization_countries"),
        ({"transit_countries": ["XB"]}, "route_repeated"),
        ({"transit_countries": ["XC", "XC"]}, "route_repeated"),
        ({"items": [ITEM, ITEM]}, "line_repeated"),
        ({"items": [{**ITEM, "kind": "unknown", "calibre": "none"}]}, "authorization_incomplete"),
        ({"items": [{"line": 1, "goods": "component", "calibre": "none", "quantity": 5}]},
         "authorization_incomplete"),
        ({"items": [{"line": 1, "goods": "component", "calibre": "none", "quantity": 5,
                     "category": "b1"}]}, None),
        ({"items": [{"line": 1, "goods": "ammunition", "calibre": {"known": "9x19"},
                     "quantity": 5000}]}, None),
        ({"expires_on": "2026-01-01"}, None),
    ],
    ids=str,
)  # fmt: skip
def test_rule_6_a_licence_that_contradicts_or_describes_nothing_is_refused(
    dat: dict[str, Any], rule: str | None
) -> None:
    """Firearms Protocol 7(b) and 10(3): dates, countries, final recipient, description."""
    assert prepared().record(ISSUED, **dat) == rule


def test_an_application_between_one_state_and_itself_is_refused() -> None:
    same = {"import_country": "XA"}
    assert Movements().record("authorization.applied", **same) == "route_repeated"


def test_an_application_keeps_what_it_says() -> None:
    state = applied(items=[ITEM], transit_countries=["XC"]).authorization()
    assert (state.transit, state.items[0].quantity, state.left(2)) == (("XC",), 10, 0)
    assert (state.status, state.days) == ("applied", "none")
    assert applied(transit_countries="none").authorization().transit == ()


def test_the_document_issued_is_kept_whole() -> None:
    state = issued().authorization()
    least = AUTHORIZATION[ISSUED]
    assert state.document
    assert state.document.number == least["number"]
    assert state.document.exporter == least["exporter"]
    assert state.document.importer == least["importer"]
    assert state.days == "2026-01-01 to 2026-12-31"


def test_a_record_begins_with_its_application() -> None:
    assert Movements().record(ISSUED) == "origin_missing"
    assert applied().record("authorization.applied") == "origin_repeated"


AFTER: dict[str, tuple[str, ...]] = {
    "applied": ("issued", "refused"),
    "issued": ("drawn", "varied", "revoked"),
    "refused": (),
    "revoked": (),
}
DECISIONS = ("issued", "refused", "drawn", "varied", "revoked")


@pytest.mark.parametrize("stage", AFTER)
@pytest.mark.parametrize("decision", DECISIONS)
def test_decisions_follow_one_another_in_their_legal_order(stage: str, decision: str) -> None:
    ledger = issued() if stage in ("issued", "revoked") else prepared()
    if stage in ("refused", "revoked"):
        ledger.done(f"authorization.{stage}")
    refusal = ledger.verdict(stated(f"authorization.{decision}"))
    if decision in AFTER[stage]:
        assert refusal is None
    else:
        assert refusal
        assert (refusal.rule, refusal.axis) == ("authorization_stage", "status")
        assert refusal.found == stage


def test_nothing_is_prepared_once_it_is_decided_against() -> None:
    ledger = prepared().done("authorization.refused")
    for evt in (LICENCE, NO_OBJECTION, OBJECTION, WITHDRAWN):
        assert ledger.record(evt) == "authorization_stage"
    assert ledger.authorization().status == "refused"
