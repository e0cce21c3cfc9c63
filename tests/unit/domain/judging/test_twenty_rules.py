# SPDX-License-Identifier: Apache-2.0
"""The twenty rules that an expert checks first, each under its number with its source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.client.signer import sign
from api.policies.loading import load_policy
from audit.proof.envelope import opening
from domain.access.events import Accessed
from domain.access.retention import destroyed_at
from domain.aggregate.recorded import Entry
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import Event, read_data
from domain.firearm.history import as_at, as_known_on, replay
from domain.markings import check_serial
from domain.occurrence import parse_occurrence
from domain.policy.duties import duties
from domain.tracing.indicator import indicator
from projections.marking_search.fold import texts_of
from projections.marking_search.reading import Reading
from projections.marking_search.tiers import Tier, likeness
from tests.unit.domain.access.looking import LOOK, judged, looked, shown
from tests.unit.domain.authorization.movements import applied, issued, prepared
from tests.unit.domain.bad.office import Office
from tests.unit.domain.disposing.desk import (
    ARMS,
    LOT,
    SECOND_KEY,
    WITNESS,
    confiscated,
    ready,
    register,
)
from tests.unit.domain.identity.scenes import OTHER, SIGNER, ruling, signed
from tests.unit.domain.least.altering import SUCCESSOR
from tests.unit.domain.lives import HOLDING, MARK, contradicted, correction, happened, life, verdict
from tests.unit.domain.signed_ledger import (
    AUDIENCE,
    AUTHORITY,
    KEYS,
    MAKER,
    Pen,
    admitted,
    founded_ledger,
    place,
)
from tests.unit.domain.tracing.asking import asked
from tests.unit.domain.tracing.asking import rule_of as rule_of_request

MADE = happened("manufactured", "2015")
KNOWN = happened("registered", "2016", holder="civilian", hld="absent", leading_part="frame")
STOCK = happened("registered", "2016", holder="state_stock")
LOST = happened("lost-reported", "2018-05-01", discovered_on="2018-05-03")
ARM = ARMS[0]


DAYS_AFTER = ("2030-03-01", "2030-05-01", "2050-05-01")
SALE = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def test_rule_1_a_correction_is_a_new_event_with_original_corrected_and_both_views() -> None:
    """ATF Ruling 2016-1; WaffRG 12."""
    record = life(MADE, correction(MADE, {"field": "year", "old": 2015, "new": 2014}))
    years = {
        view: [
            moment.event.dat.__dict__["year"]
            for moment in replay(record.entries, view=view)
            if moment.event.evt == MADE.evt
        ]
        for view in ("original", "corrected", "both")
    }
    assert years == {"original": [2015], "corrected": [2014], "both": [2015, 2014]}


CODED = {**MARK, "symbols": ["triangle", "26"], "text": {"known": "A7-1234"}}
UNNAMED = {"make": "unknown", "serial": "none", "country": "unknown"}


@pytest.mark.parametrize(
    ("marked", "rule"),
    [
        ({}, None),
        ({"serial": "unknown"}, "mark_incomplete"),
        ({"make": "none"}, "mark_incomplete"),
        ({"country": "unknown"}, "mark_incomplete"),
        ({**UNNAMED, "markings": [{**CODED, "country": "XA"}]}, None),
        ({**UNNAMED, "markings": [CODED]}, "mark_incomplete"),
        ({**UNNAMED, "markings": [{**CODED, "text": "none"}]}, "mark_incomplete"),
        ({**UNNAMED, "markings": [{**CODED, "kind": "proof"}]}, "mark_incomplete"),
    ],
    ids=[
        "named",
        "serial",
        "maker",
        "country",
        "symbols and code",
        "of no country",
        "no code",
        "other mark",
    ],
)
def test_rule_2_a_manufacture_mark_has_maker_country_and_serial_or_symbols_with_a_code(
    marked: dict[str, Any], rule: str | None
) -> None:
    """Firearms Protocol 8(1)(a); ITI 8(a)."""
    refusal = ruling(happened("manufactured", **marked), None)
    assert (refusal.rule if refusal else None) == rule


def test_rule_3_an_import_makes_a_mark_due_and_a_temporary_import_does_not() -> None:
    """Firearms Protocol 8(1)(b)."""
    arrived = life(KNOWN, happened("imported", "2020"))
    assert arrived.state.marks == "import_mark_due"
    visitor = life(KNOWN, happened("temporarily-imported", "2020"))
    assert visitor.state.marks != "import_mark_due"


def test_rule_4_state_stock_becomes_civilian_only_with_a_transfer_mark() -> None:
    """Firearms Protocol 8(1)(c); AWaffV 21(6)."""
    released = happened("released-to-civilian", "2020")
    assert rule_of((STOCK,), released) == "transfer_mark_missing"
    mark = {**MARK, "kind": "civil_transfer", "country": "XA"}
    marked = happened("marked", "2019", mark=mark)
    assert rule_of((STOCK, marked), released) is None
    assert len(life(STOCK, marked, released).state.markings) == 1


def test_rule_4_the_old_state_mark_stays_legible_and_searchable() -> None:
    """AWaffV 21(6): struck with two lines, and the earlier holder can still be recognized."""
    civil = {**MARK, "kind": "civil_transfer", "country": "XA"}
    marked = happened("marked", "2019", mark=civil)
    old = {**MARK, "kind": "state_stock", "text": {"known": "POL-XA 17"}}
    state_marked = happened("marked", "2018", mark=old)
    for condition, expected in (("legible", None), ("partial", "state_mark_illegible")):
        released = happened("released-to-civilian", "2020", struck={**old, "condition": condition})
        assert rule_of((STOCK, state_marked, marked), released) == expected
    ground_off = {**old, "text": "unknown", "condition": "obliterated"}
    gone = happened("obliteration-discovered", "2019-06", mark=ground_off)
    unseen = happened("released-to-civilian", "2020")
    assert rule_of((STOCK, state_marked, marked, gone), unseen) == "state_mark_illegible"
    kept = life(STOCK, state_marked, marked, unseen)
    assert [mark.kind for mark in kept.state.markings] == ["state_stock", "civil_transfer"]
    struck = happened("released-to-civilian", "2020", struck=old)
    assert "POL-XA 17" in [each.text for each in texts_of(struck)]


def test_rule_5_no_export_is_issued_before_import_licence_and_transit_no_objections() -> None:
    """Firearms Protocol 10(2)."""
    ledger = applied()
    assert ledger.record("authorization.issued") == "import_licence_missing"
    ledger.done("authorization.import-licence-recorded")
    assert ledger.record("authorization.issued") == "transit_no_objection_missing"
    assert prepared().record("authorization.issued") is None


def test_rule_6_a_shipment_exceeds_neither_quantity_nor_dates() -> None:
    """Firearms Protocol 7(b), 10(3)."""
    over = issued().record("authorization.drawn", portions=[{"line": 1, "quantity": 11}])
    late = issued().record("authorization.drawn", "2031-01-01")
    assert (over, late) == ("quantity_exceeded", "authorization_not_valid")


def test_rule_7_a_deactivation_counts_once_another_person_has_verified_it() -> None:
    """Firearms Protocol 9; Implementing Regulation (EU) 2015/2403, articles 3 and 5."""
    done = signed(happened("deactivation-performed", "2020"), by=SIGNER)
    checked = happened("deactivation-verified", "2021")
    refusal = ruling(signed(checked, by=SIGNER), life(KNOWN, done))
    assert refusal
    assert refusal.rule == "verifier_is_performer"
    state = life(KNOWN, done, signed(checked, by=OTHER)).state
    assert state.technical == "deactivated"
    assert state.description == life(KNOWN).state.description


def test_rule_8_the_leading_part_identifies_and_other_numbers_are_beside_it() -> None:
    """Directive (EU) 2021/555, article 4(5)(a) and (b)."""
    slide = {**MARK, "kind": "component", "text": {"known": "S-9"}, "location": "slide"}
    state = life(KNOWN, happened("marked", "2019", mark=slide)).state
    assert state.description == life(KNOWN).state.description
    assert [mark.location for mark in state.markings] == ["slide"]


def test_rule_9_a_new_leading_part_or_dismantling_ends_the_identity() -> None:
    """WaffG, Anlage 1, Abschnitt 2, 8.1; NWR 2.14 and 2.15."""
    new = happened(
        "leading-component-replaced", "2020", part_history="never_installed", successor=SUCCESSOR
    )
    assert life(KNOWN, new).state.identity.successor == SUCCESSOR
    assert life(KNOWN, happened("dismantled", "2020")).state.technical == "dismantled"
    other = life(KNOWN, happened("component-replaced", "2020")).state
    assert (other.technical, other.identity.successor) == ("complete", None)


def test_rule_10_a_second_firearm_of_one_maker_and_serial_needs_a_reason_and_is_not_merged() -> (
    None
):
    """27 CFR 478.92: a serial is unique only within one licensee."""
    pen = Pen()
    ledger = founded_ledger(pen)
    twins = [pen.born("S1"), pen.born("S1"), pen.born("S1", reason="maker_reused_number")]
    outcomes = ledger.record([admitted(each) for each in twins])
    assert [place(each) for each in outcomes] == [3, "marking_claimed", 4]


@pytest.mark.parametrize("seen", ["369257", "369M257"])
def test_rule_11_letters_between_digits_and_look_alikes_are_found_with_the_reason(
    seen: str,
) -> None:
    """NCIC and ATF guidance on reading serials."""
    found = likeness(Reading("369J257"), seen)
    assert found
    assert found.tier is Tier.EMBEDDED
    alike = likeness(Reading("AXO77"), "AX077")
    assert alike
    assert (alike.tier, bool(alike.reason)) == (Tier.LOOKALIKE, True)


@pytest.mark.parametrize("remark", ["unreadable", "rust", "unknown", "none"])
def test_rule_12_a_remark_is_never_a_serial_and_leading_zeros_survive(remark: str) -> None:
    """Plausibility rules of the German NWR."""
    with pytest.raises(InvalidValueError, match="serial"):
        check_serial(remark)
    assert check_serial("000042") == "000042"


def test_rule_13_a_missing_firearm_changes_no_hands_and_a_find_clears_nothing() -> None:
    """Firearms Protocol 11; practice of iARMS and NCIC."""
    for listed in (LOST, happened("stolen-reported", "2018", discovered_on="2018")):
        for evt in ("transferred", "exported", "deactivation-performed", "deactivation-verified"):
            assert rule_of((KNOWN, listed), happened(evt, "2020")) == "alert_open"
    for recovery in ("found", "seized"):
        assert "lost" in life(KNOWN, LOST, happened(recovery, "2019")).state.alerts
    cleared = happened("alert-cleared", "2019-06", flag="lost", reason="recovered_and_identified")
    found = happened("found", "2019")
    assert rule_of((KNOWN, LOST), cleared) == "not_recovered"
    assert rule_of((KNOWN, LOST, found), cleared) is None
    assert life(KNOWN, LOST, found, cleared).state.alerts == set()


@pytest.mark.parametrize(
    ("signed_at", "state"),
    [("2018-05-05T23:59:59Z", "met"), ("2018-05-06T00:00:00Z", "met_late")],
)
def test_rule_14_the_deadline_runs_from_discovery_where_the_law_says_so(
    signed_at: str, state: str
) -> None:
    """27 CFR 478.39a: 48 hours from discovery; the loss itself was two days before."""
    report = replace(LOST, iat=parse_occurrence(signed_at).earliest)
    law = load_policy("example-state").policy
    found = duties(life(KNOWN, report).entries, law, on=parse_occurrence("2020"))
    (due,) = [each for each in found if each.rule.code == "loss_to_report"]
    assert (due.rule.counts_from, due.due_on, due.state) == ("discovered_on", "2018-05-05", state)


def test_rule_14_a_loss_has_a_window_and_a_day_of_discovery() -> None:
    """27 CFR 478.39a; WaffG 37b."""
    data = {"window_from": "2018-04-01", "discovered_on": "2018-03-01"}
    assert rule_of((KNOWN,), happened("lost-reported", "2018", **data)) == "loss_dates"
    with pytest.raises(EnvelopeError, match="discovered_on"):
        read_data(LOST.type, {})


def test_rule_15_disposal_needs_an_authority_a_method_and_a_trace_or_an_exception() -> None:
    """Firearms Protocol 6(2); MOSAIC 05.31."""
    desk = register()
    assert desk.put("firearm.seized", ARM, "2018") is None
    assert desk.put("firearm.forfeited", ARM, "2019-02-01") is None
    untraced = desk.put(
        "firearm.disposal-authorised", ARM, "2019-06", trace_outcome="absent",
        trace_exception="absent",
    )  # fmt: skip
    assert untraced == "trace_or_exception"
    assert desk.put("firearm.destroyed", ARM, "2020", by=WITNESS) is not None


def test_rule_16_destruction_is_witnessed_reconciled_and_terminal() -> None:
    """Directive (EU) 2021/555, article 4(5); MOSAIC 05.50."""
    assert ready().put("firearm.destroyed", ARM, "2020-03", by=SECOND_KEY) == "witness_missing"
    desk = confiscated()
    assert desk.put("lot.scheduled", LOT, firearms=[ARM]) is None
    assert desk.put("lot.destroyed", LOT, by=WITNESS, count=1) == "lot_not_reconciled"
    done = ready()
    assert done.put("firearm.destroyed", ARM, "2020-03", by=WITNESS) is None
    assert done.put("firearm.transferred", ARM, "2021") == "destroyed"
    assert done.put("firearm.seized", ARM, "2021") is None
    assert "destroyed" in [rule for _, rule in contradicted(done.arm())]


def test_rule_16_the_thirty_years_count_from_the_destruction_and_not_from_the_last_transfer() -> (
    None
):
    """Directive (EU) 2021/555, article 4(5): thirty years after the destruction."""
    sold = happened("transferred", "1990-01-01")
    gone = life(happened("manufactured", "1980"), sold, happened("destroyed", "2020-03-10"))
    assert destroyed_at(gone) == parse_occurrence("2020-03-10").latest
    days = ("2021-01-01", "2050-03-10", "2050-03-11")
    assert [shown(day, of=gone, by="POL") for day in days] == [None, None, "access_ended"]
    kept = life(happened("manufactured", "1980"), sold)
    assert destroyed_at(kept) is None
    assert [shown(day, of=kept, by="POL") for day in days] == [None, None, None]


def test_rule_17_access_ends_by_role_and_the_chain_verifies_without_the_persons() -> None:
    """WaffRG 27 and 29; Directive (EU) 2021/555, article 4(5)."""
    gone = life(MADE, happened("destroyed", "2020-03"))
    shown_on = {by: [shown(day, of=gone, by=by) for day in DAYS_AFTER] for by in ("LIC", "POL")}
    assert shown_on["LIC"] == [None, "access_ended", "access_ended"]
    assert shown_on["POL"] == [None, None, "access_ended"]
    sale = replace(Pen().born("F1"), evt="firearm.transferred", dat=SALE)
    signed_sale = sign(sale, {"holder_name": "A PERSON"}, MAKER, catalogue=CATALOGUE)
    whole, *persons = signed_sale.to_bytes().split(b"~")
    read = opening.Reading(KEYS.get, CATALOGUE, AUDIENCE)
    erased = opening.open_envelope(whole + b"~", read)
    assert any(persons)
    assert not erased.disclosures
    assert erased.event.eid == opening.open_envelope(signed_sale.to_bytes(), read).event.eid


def test_rule_18_a_request_is_complete_a_refusal_has_a_reason_and_limits_are_honoured() -> None:
    """ITI 17, 22 and 23."""
    data = {"recipient": "XB", "urgency": "routine"}
    with pytest.raises(EnvelopeError, match="dat"):
        read_data(asked("requested").type, data)
    with pytest.raises(EnvelopeError, match="reason"):
        read_data(asked("refused").type, {"ground": "national_security"})
    answer = asked("responded", restrictions=["no_onward_disclosure"])
    before = (asked("requested"), asked("acknowledged"), answer)
    assert rule_of_request(before, asked("onward-disclosed")) == "use_restricted"


def test_rule_19_the_indicator_is_counted_again_for_any_state_of_knowledge() -> None:
    """SDG indicator 16.4.2, metadata of 2018-07-26."""
    home_made = happened("seized", "2018", condition="home_made")
    by_the_way = happened("seized", "2018", proceeding="administrative")
    told = happened("point-of-diversion-established", "2018")
    lives = [
        [KNOWN, happened("seized", "2018"), told],
        [KNOWN, home_made],
        [KNOWN, by_the_way],
        [KNOWN, happened("found", "2018")],
        [KNOWN, happened("surrendered", "2018")],
    ]
    record = [[Entry(index, each) for index, each in enumerate(events)] for events in lives]
    now, then = indicator(record, [], year=2018), indicator(record, [], year=2018, known=1)
    assert (now.numerator, now.denominator) == (2, 4)
    assert (then.numerator, then.denominator) == (1, 4)


def test_rule_20_a_late_report_changes_the_past_as_now_known_and_not_as_then_believed() -> None:
    """WaffG 37e; WaffRG 25."""
    late = happened("stock-issued", "2017")
    record = life(STOCK, happened("seized", "2018", station="STATION 1"), late)
    day = parse_occurrence("2017-06")
    assert as_at(record, day).custodian == "POLICE XA"
    assert as_known_on(record, 1).custodian == "STATION 1"
    believed = replay(record.entries, as_at=day, as_known_on=1)
    assert late.evt not in [moment.event.evt for moment in believed]


def test_rule_20_every_read_of_personal_data_is_logged_with_its_purpose() -> None:
    """WaffRG 25: who, when, what and what for; a refused attempt is logged too."""
    office = Office()
    start = office.ledger.size
    subs = [office.pen.identifier("acc.") for _ in range(2)]
    read = {**LOOK, "firearm": ARM, "claims": ["holder_name"], "purpose": "licensing"}
    kept_out = {**read, "granted": False, "answers": 0, "purpose": "statistics"}
    held = office.signed("firearm.registered", ARM, "2016", holder="civilian")
    looks = [
        office.signed("record.accessed", subs[0], **read),
        office.signed("record.accessed", subs[1], **{**kept_out, "claims": "absent"}),
    ]
    assert office.record(held, *looks) == [start, start + 1, start + 2]
    logged = [(each.iss, each.dat) for each in office.log(start + 1)]
    told = [(by, dat.purpose, dat.granted) for by, dat in logged if isinstance(dat, Accessed)]
    assert told == [(AUTHORITY, "licensing", True), (AUTHORITY, "statistics", False)]
    for purpose in ({"purpose": "curiosity"}, {}):
        without = {name: value for name, value in LOOK.items() if name != "purpose"}
        with pytest.raises(EnvelopeError, match="purpose"):
            read_data(looked().type, {**without, **purpose})
    idle = {**kept_out, "claims": ["holder_name"]}
    assert judged(looked(**idle), of=life(KNOWN)) == "access_contradictory"
