# SPDX-License-Identifier: Apache-2.0
"""A firearm crosses borders: exported, in transit, imported, and for a time (rules 3, 5, 6, 13)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.authorization.border import ImportDue, Stay
from domain.firearm.state import Firearm
from tests.unit.domain.authorization.movements import (
    FIREARM_ID,
    IMPORT_ID,
    UNKNOWN_AUTHORIZATION,
    Movements,
    applied,
    arm,
    declared,
    shp,
    stated,
)
from tests.unit.domain.least.authorization import SHIPMENT_ID
from tests.unit.domain.lives import HOLDING, MARK, contradicted, life

EXPORTED = "firearm.exported"
CROSSED = "firearm.transit-crossed"
IMPORTED = "firearm.imported"
LENT_OUT = "firearm.temporarily-exported"
LENT_IN = "firearm.temporarily-imported"
RETURNED = "firearm.returned-from-abroad"
LEFT = "2026-06-01"
ARRIVED = {"authorization": IMPORT_ID, "year": 2026}
IMPORT_MARK = {**MARK, "kind": "import", "text": {"known": "XB 26"}, "country": "XB", "year": 2026}


def importing(**origin: Any) -> Movements:
    """Give a ledger with a shipment of one firearm, drawn on an export and an import licence."""
    ledger = applied("import", on_stream=IMPORT_ID).done(
        "authorization.issued", on_stream=IMPORT_ID
    )
    ledger.done("authorization.drawn", on_stream=IMPORT_ID)
    ledger.done("authorization.applied").done("authorization.import-licence-recorded")
    ledger.done("authorization.transit-no-objection-recorded").done("authorization.issued")
    ledger.done("authorization.drawn").done("firearm.registered", "2016", **origin)
    further: dict[str, Any] = {"firearms": [FIREARM_ID], "further_authorizations": [IMPORT_ID]}
    return ledger.done("shipment.declared", **further)


def arrived(mark: dict[str, Any] | None = None, **origin: Any) -> Movements:
    """Give a ledger in which the firearm was imported."""
    seen = {"markings": [mark]} if mark else {}
    return importing(**origin).done(IMPORTED, "2026-06-20", **ARRIVED, **seen)


def cut(ledger: Movements, **mark: Any) -> Firearm:
    """Record a mark that was cut."""
    return ledger.done("firearm.marked", "2026-07-01", mark={**MARK, **mark}).firearm()


def test_a_firearm_goes_from_one_state_through_another_into_a_third() -> None:
    ledger = importing(holder="dealer", custody="holder", presence="XA")
    state = ledger.done(EXPORTED, LEFT).firearm().state
    assert (state.custody, state.country, state.shipment) == ("transit", "XB", SHIPMENT_ID)
    state = ledger.done(CROSSED, "2026-06-10").firearm().state
    assert (state.custody, state.country, state.marks) == ("transit", "XC", "adequate")
    ledger.done(IMPORTED, "2026-06-20", **ARRIVED, holder="civilian", hld=HOLDING)
    state = ledger.firearm().state
    assert (state.custody, state.country, state.holder) == ("holder", "XB", "civilian")
    assert (state.marks, state.holding, state.shipment) == ("import_mark_due", HOLDING, None)
    assert contradicted(ledger.firearm()) == []


def test_rule_3_an_import_mark_is_due_until_one_with_the_country_is_cut() -> None:
    """Firearms Protocol 8(1)(b): a simple mark identifying the country of import."""
    ledger = arrived()
    assert ledger.firearm().state.marks == "import_mark_due"
    assert ledger.record("firearm.transferred", "2026-06-30") == "marks_inadequate"
    other = cut(ledger, kind="import", country="XC").state
    assert other.marks == "import_mark_due"
    assert cut(ledger, kind="proof").state.marks == "import_mark_due"
    done = cut(ledger, **IMPORT_MARK).state
    assert (done.marks, done.import_due) == ("adequate", None)
    assert ledger.record("firearm.transferred", "2026-07-02") is None


def test_an_import_mark_without_country_is_no_mark() -> None:
    bare = {**MARK, "kind": "import"}
    assert arrived().record("firearm.marked", "2026-07-01", mark=bare) == "mark_incomplete"


UNIQUE = {"kind": "manufacture", "maker": "TESTWERK", "country": "XA"}
SERIAL = {"kind": "admin_serial", "text": {"known": "XB-000001"}, "country": "XB"}


@pytest.mark.parametrize("order", [1, -1], ids=["import mark first", "unique mark first"])
@pytest.mark.parametrize(
    ("unique", "marks"), [(UNIQUE, "adequate"), (SERIAL, "re_marked")], ids=["maker", "authority"]
)
def test_rule_3_a_firearm_without_unique_mark_also_gets_a_new_one(
    unique: dict[str, Any], marks: str, order: int
) -> None:
    """Firearms Protocol 8(1)(b): "and a unique marking, if the firearm does not bear one"."""
    ledger = arrived(serial="none")
    due = ledger.firearm().state.import_due
    assert due == ImportDue(country="XB", import_mark=True, unique_mark=True, then="unmarked")
    first, second = (IMPORT_MARK, unique)[::order]
    assert cut(ledger, **first).state.marks == "import_mark_due"
    state = cut(ledger, **second).state
    assert (state.marks, state.import_due) == (marks, None)


def test_a_new_number_of_the_authority_counts_as_the_unique_mark() -> None:
    ledger = arrived(serial="none")
    serial = {"kind": "admin_serial", "condition": "legible", "country": "XB"}
    mark = {**serial, "text": {"known": "XB-000001"}}
    event = stated("firearm.admin-serial-assigned", "2026-07-01", mark=mark)
    assert ledger.verdict(event) is None
    ledger.take(event)
    assert ledger.firearm().state.marks == "import_mark_due"
    assert cut(ledger, **IMPORT_MARK).state.marks == "re_marked"


@pytest.mark.parametrize(
    ("mark", "marks"),
    [
        (IMPORT_MARK, "adequate"),
        ({**IMPORT_MARK, "year": 2015}, "import_mark_due"),
        ({key: value for key, value in IMPORT_MARK.items() if key != "year"}, "adequate"),
        ({**IMPORT_MARK, "country": "XC"}, "import_mark_due"),
        ({**IMPORT_MARK, "condition": "partial"}, "import_mark_due"),
        ({**IMPORT_MARK, "kind": "proof"}, "import_mark_due"),
    ],
    ids=str,
)
def test_a_mark_cut_for_this_import_before_the_border_is_enough(
    mark: dict[str, Any], marks: str
) -> None:
    assert arrived(mark).firearm().state.marks == marks


def test_an_old_import_mark_on_record_counts_only_with_the_year_of_this_import() -> None:
    old = {key: value for key, value in IMPORT_MARK.items() if key != "year"}
    ledger = arrived(markings=[MARK, old])
    assert ledger.firearm().state.marks == "import_mark_due"
    assert arrived(markings=[MARK, IMPORT_MARK]).firearm().state.marks == "adequate"


def test_a_second_import_knows_what_the_marks_were_before_the_first() -> None:
    ledger = arrived(serial="none").done(IMPORTED, "2026-06-25", **ARRIVED)
    due = ledger.firearm().state.import_due
    assert due
    assert (due.then, due.unique_mark) == ("unmarked", True)


def test_an_older_record_from_after_the_import_leaves_the_mark_due() -> None:
    ledger = importing().done(IMPORTED, "2026-06-20", **ARRIVED)
    origin = stated("firearm.registered", "2026-08", serial="none")
    late = life(origin, *(each for each in ledger.recorded if each.evt == IMPORTED))
    assert late.state.marks == "import_mark_due"
    assert late.state.import_due == ImportDue(
        country="XB", import_mark=True, unique_mark=True, then="unmarked"
    )


def test_an_older_record_that_shows_the_serial_settles_what_was_only_unique() -> None:
    gone = [{**IMPORT_MARK}, {**MARK, "text": "none", "condition": "none"}]
    ledger = importing().done(IMPORTED, "2026-06-20", **ARRIVED, markings=gone)
    due = ledger.firearm().state.import_due
    assert due
    assert (due.import_mark, due.unique_mark) == (False, True)
    imports = (each for each in ledger.recorded if each.evt == IMPORTED)
    late = life(stated("firearm.registered", "2026-08"), *imports)
    assert (late.state.marks, late.state.import_due) == ("adequate", None)


def test_a_mark_filed_off_while_an_import_mark_is_due_hides_nothing() -> None:
    gone = [{"kind": "manufacture", "text": "unknown", "condition": "obliterated"}]
    ledger = arrived().done("firearm.seized", "2026-06-25", markings=gone)
    assert ledger.firearm().state.marks == "obliterated"
    state = cut(ledger, **{**IMPORT_MARK, "kind": "proof"}).state
    assert (state.marks, state.import_due is None) == ("obliterated", False)
    assert cut(ledger, **SERIAL).state.marks == "import_mark_due"
    assert cut(ledger, **IMPORT_MARK).state.marks == "re_marked"


def test_an_import_mark_on_a_firearm_filed_since_leaves_it_unreadable() -> None:
    gone = [{"kind": "manufacture", "text": "unknown", "condition": "obliterated"}]
    ledger = arrived().done("firearm.seized", "2026-06-25", markings=gone)
    state = cut(ledger, **IMPORT_MARK).state
    assert (state.marks, state.import_due) == ("obliterated", None)


def test_rule_3_a_temporary_import_makes_no_mark_due() -> None:
    """Firearms Protocol 8(1)(b): temporary imports for verifiable lawful purposes."""
    ledger = Movements().done("firearm.registered", "2016", presence="XA")
    state = ledger.done(LENT_IN).firearm().state
    assert (state.marks, state.country, state.import_due) == ("adequate", "XB", None)
    assert state.stay == Stay(
        imported=True, home="XA", country="XB", purpose="hunting", due_on="2026-12-31"
    )
    state = ledger.done(RETURNED, "2026-03-01").firearm().state
    assert (state.country, state.stay, contradicted(ledger.firearm())) == ("XA", None, [])


def test_a_firearm_leaves_for_a_time_and_comes_back() -> None:
    ledger = Movements().done("firearm.registered", "2016", presence="XA", custody="holder")
    ledger.done(LENT_OUT)
    assert ledger.record(EXPORTED, LEFT, authorization=UNKNOWN_AUTHORIZATION)
    away = ledger.firearm().state
    assert away.stay
    assert (away.custody, away.stay.imported, away.country) == ("holder", False, "XB")
    seen = ledger.done(RETURNED, "2026-03-01", markings=[MARK]).firearm().state
    assert (seen.country, seen.stay) == ("XA", None)


def test_a_temporary_import_that_stays_becomes_an_import() -> None:
    ledger = importing(presence="XA").done(LENT_IN).done(IMPORTED, "2026-06-20", **ARRIVED)
    state = ledger.firearm().state
    assert (state.stay, state.marks) == (None, "import_mark_due")
    assert contradicted(ledger.firearm()) == []


@pytest.mark.parametrize("evt", [EXPORTED, LENT_OUT])
@pytest.mark.parametrize("alert", ["lost-reported", "stolen-reported", "seized"])
def test_rule_13_nothing_leaves_while_an_alert_is_open(evt: str, alert: str) -> None:
    """Domain facts, section 5: blocked while axis A is not clear."""
    ledger = importing().done(f"firearm.{alert}", "2026-03-01")
    refusal = ledger.verdict(stated(evt, LEFT))
    assert refusal
    by = "firearm.returned-to-owner" if alert == "seized" else "firearm.alert-cleared"
    assert (refusal.rule, refusal.axis, refusal.legal) == ("alert_open", "A", ("clear", by))


@pytest.mark.parametrize("evt", [EXPORTED, LENT_OUT])
def test_an_unmarked_firearm_does_not_leave(evt: str) -> None:
    assert importing(serial="none").record(evt, LEFT) == "marks_inadequate"


@pytest.mark.parametrize("evt", [EXPORTED, LENT_OUT])
def test_a_destroyed_firearm_does_not_leave(evt: str) -> None:
    assert importing(technical="destroyed").record(evt, LEFT) == "destroyed"


@pytest.mark.parametrize(
    ("evt", "dat"), [(CROSSED, {}), (IMPORTED, ARRIVED), (LENT_IN, {}), (RETURNED, {})]
)
def test_what_arrives_is_recorded_with_whatever_does_not_fit(evt: str, dat: dict[str, Any]) -> None:
    ledger = importing(technical="destroyed", holder="none").done(evt, LEFT, **dat)
    assert "destroyed" in {rule for _, rule in contradicted(ledger.firearm())}
    state = ledger.firearm().state
    assert (state.holder, state.technical, state.marks) == ("none", "destroyed", "adequate")
    ledger = importing().done("firearm.stolen-reported", "2026-03-01").done(evt, LEFT, **dat)
    assert "alert_open" in {rule for _, rule in contradicted(ledger.firearm())}


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"authorization": UNKNOWN_AUTHORIZATION}, "authorization_unknown"),
        ({"authorization": IMPORT_ID}, "authorization_kind"),
        ({"destination": "XC"}, "authorization_countries"),
        ({"shipment": shp(99)}, "shipment_unknown"),
        ({}, None),
    ],
    ids=str,
)
def test_an_export_rests_on_its_authorization_and_its_shipment(
    dat: dict[str, Any], rule: str | None
) -> None:
    assert importing().record(EXPORTED, LEFT, **dat) == rule


@pytest.mark.parametrize("occ", ["2025-12-31", "2027-01-01", "unknown"])
def test_rule_6_an_export_outside_the_dates_is_refused(occ: str) -> None:
    """Firearms Protocol 7(b), 10(3): valid on the day on which it left."""
    assert importing().record(EXPORTED, occ) == "authorization_not_valid"


def test_a_late_report_of_an_export_before_the_revocation_is_lawful() -> None:
    ledger = importing().done("authorization.revoked")
    refusal = ledger.verdict(stated(EXPORTED, "2026-07-01"))
    assert refusal
    assert (refusal.rule, refusal.found) == ("authorization_not_valid", "2026-07-01: revoked")
    assert ledger.record(EXPORTED, "2026-06-30") is None


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"authorization": UNKNOWN_AUTHORIZATION}, "authorization_unknown"),
        ({"authorization": "aut.01a2076b-4018-7111-8222-000000000001"}, "authorization_kind"),
        ({"country": "XC"}, "authorization_countries"),
        ({"shipment": shp(99)}, "shipment_unknown"),
    ],
    ids=str,
)
def test_an_import_rests_on_its_authorization_and_its_shipment(
    dat: dict[str, Any], rule: str
) -> None:
    assert importing().record(IMPORTED, LEFT, **{**ARRIVED, **dat}) == rule
    assert importing().record(IMPORTED, "2027-01-01", **ARRIVED) == "authorization_not_valid"


def test_the_year_of_import_is_the_year_of_the_event() -> None:
    refusal = importing().verdict(stated(IMPORTED, LEFT, **{**ARRIVED, "year": 2025}))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("import_year_differs", ("2026",))


def test_a_shipment_that_did_not_draw_on_the_authorization_does_not_carry_the_firearm() -> None:
    ledger = declared().done("authorization.applied", kind="import", on_stream=IMPORT_ID)
    ledger.done("authorization.issued", on_stream=IMPORT_ID)
    assert ledger.record(IMPORTED, LEFT, **ARRIVED) == "shipment_authorization"


@pytest.mark.parametrize(("evt", "dat"), [(EXPORTED, {}), (CROSSED, {}), (IMPORTED, ARRIVED)])
def test_only_a_firearm_that_the_shipment_names_moves_in_it(evt: str, dat: dict[str, Any]) -> None:
    ledger = importing().done("firearm.registered", "2016", on_stream=arm(5))
    refusal = ledger.verdict(stated(evt, LEFT, on_stream=arm(5), **dat))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("firearm_not_in_shipment", ("shipment.extended",))


def test_a_crossing_in_an_unknown_shipment_is_refused() -> None:
    assert importing().record(CROSSED, LEFT, shipment=shp(99)) == "shipment_unknown"


TEMPORARY = {"document": "absent", "document_no": "absent", "authorization": IMPORT_ID}


@pytest.mark.parametrize("evt", [LENT_OUT, LENT_IN])
@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({}, None),
        ({"document_no": "absent"}, "movement_undocumented"),
        ({"document": "absent"}, "movement_undocumented"),
        ({"due_on": "2026-01-31"}, "stay_dates"),
        ({**TEMPORARY, "authorization": UNKNOWN_AUTHORIZATION}, "authorization_unknown"),
        (TEMPORARY, None),
        ({**TEMPORARY, "country": "XC"}, "authorization_countries"),
    ],
    ids=str,
)
def test_a_movement_for_a_time_has_a_document_and_an_end(
    evt: str, dat: dict[str, Any], rule: str | None
) -> None:
    ledger = applied("temporary", purpose="exhibition", on_stream=IMPORT_ID)
    ledger.done("authorization.issued", on_stream=IMPORT_ID).done("firearm.registered", "2016")
    assert ledger.record(evt, **dat) == rule


def test_a_movement_for_a_time_rests_on_no_other_authorization() -> None:
    ledger = applied("import", on_stream=IMPORT_ID)
    ledger.done("authorization.issued", on_stream=IMPORT_ID).done("firearm.registered", "2016")
    assert ledger.record(LENT_IN, **TEMPORARY) == "authorization_kind"


def notes(ledger: Movements) -> list[str]:
    return [rule for _, rule in contradicted(ledger.firearm())]


def test_what_leaves_twice_or_arrives_unannounced_is_noted() -> None:
    ledger = importing(presence="XA").done(EXPORTED, LEFT).done(EXPORTED, "2026-06-05")
    assert notes(ledger) == ["return_not_recorded"]
    ledger = importing(presence="XA").done(LENT_OUT).done(EXPORTED, LEFT)
    assert notes(ledger) == ["return_not_recorded"]
    assert notes(importing(presence="XB").done(IMPORTED, LEFT, **ARRIVED)) == [
        "export_not_recorded"
    ]
    assert notes(importing().done(CROSSED, LEFT)) == ["export_not_recorded"]
    ledger = Movements().done("firearm.registered", "2016").done(RETURNED)
    assert notes(ledger) == ["stay_not_recorded"]
    ledger = Movements().done("firearm.registered", "2016", presence="XA").done(LENT_OUT)
    assert notes(ledger.done(RETURNED, "2026-03-01", country="XD")) == ["home_differs"]


def test_a_destroyed_firearm_in_a_shipment_is_not_held_again() -> None:
    ledger = importing(technical="destroyed", custody="destruction_site").done(CROSSED, LEFT)
    state = ledger.firearm().state
    assert (state.custody, state.country) == ("destruction_site", "XC")
