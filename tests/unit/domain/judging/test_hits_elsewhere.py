# SPDX-License-Identifier: Apache-2.0
"""A listed firearm is a hit wherever it is named, and under whichever record its number occurs."""

from __future__ import annotations

from typing import Any

import pytest

from audit.appending.admission import AdmittedEvent
from domain.firearm.aggregate import evolve
from domain.firearm.hits import Hit, hit_tag
from domain.firearm.state import Firearm
from domain.identifiers import parse_stream_id
from domain.judgement import Accepted
from tests.unit.domain.bad.office import Office
from tests.unit.domain.signed_ledger import AUTHORITY, COLLEAGUE

STOLEN, CLEAR, TWIN = (f"arm.01a2076b-4018-7111-8222-33333333333{number}" for number in (3, 4, 5))
TRACE = "trc.01a2076b-4018-7111-8222-000000000001"
LOT = "lot.01a2076b-4018-7111-8222-000000000001"
LOOK = "acc.01a2076b-4018-7111-8222-000000000001"
OTHER_NUMBER = {"serial": {"known": "TW9-000077"}}
LISTED_AT, RESOLVED_AT = 7, 11
HIT = Hit("stolen", AUTHORITY, LISTED_AT, STOLEN)
REASON = {"duplicate_reason": "maker_reused_number", "holder": "civilian"}


@pytest.fixture
def office() -> Office:
    """Give an office with two firearms on record, one of them reported stolen."""
    opened = Office(roles=("LIC", "POL", "TRC", "DST", "DLR"))
    batch = (
        opened.signed("firearm.registered", STOLEN, "2016", holder="civilian"),
        opened.signed("firearm.registered", CLEAR, "2016", holder="civilian", **OTHER_NUMBER),
        opened.signed("firearm.stolen-reported", STOLEN, "2026-11-10"),
    )
    assert opened.record(*batch) == [5, 6, LISTED_AT]
    return opened


def hits_of(office: Office, *events: AdmittedEvent) -> list[tuple[Hit, ...]]:
    """Record one batch, all of which has to be legal, and give the hits of each event."""
    outcomes = office.ledger.record(events)
    assert all(isinstance(each, Accepted) for each in outcomes), outcomes
    return [each.hits for each in outcomes if isinstance(each, Accepted)]


def look(office: Office) -> AdmittedEvent:
    return office.signed(
        "record.accessed", LOOK, purpose="tracing", legal_basis="waffrg_25", read=["history"],
        granted=True, answers=1, firearm=STOLEN,
    )  # fmt: skip


def arm(office: Office, sub: str) -> Firearm:
    """Give a firearm as the ledger folds it."""
    stream = parse_stream_id(sub).uuid
    rows = office.ledger.store.context(streams=[stream], requests=(), claims=()).histories[stream]
    state: Any = None
    for row in rows:
        event: Any = office.ledger.mapper.to_domain_event(row)
        state = evolve(state, event, row.id - 1)
    assert isinstance(state, Firearm)
    return state


@pytest.mark.parametrize(
    ("evt", "sub", "dat"),
    [
        ("trace.requested", TRACE, {"firearm": STOLEN}),
        ("lot.scheduled", LOT, {"firearms": [CLEAR, STOLEN]}),
        ("firearm.duplicate-flagged", CLEAR, {"firearms": [STOLEN]}),
    ],
)
def test_an_event_that_names_a_listed_firearm_is_a_hit(
    evt: str, sub: str, dat: dict[str, Any], office: Office
) -> None:
    named = office.signed(evt, sub, "2026-11-12", **dat)
    assert hits_of(office, named) == [(HIT,)]
    assert office.ledger.store.newest_reference(hit_tag(HIT)) == LISTED_AT + 1


def test_a_look_at_a_listed_firearm_is_a_hit(office: Office) -> None:
    assert hits_of(office, look(office)) == [(HIT,)]


def test_a_listed_firearm_at_the_site_of_a_destruction_is_a_hit(office: Office) -> None:
    lot = [
        office.signed("lot.scheduled", LOT, "2026-11-12", firearms=[CLEAR]),
        office.signed("firearm.stolen-reported", CLEAR, "2026-11-13"),
        office.signed("lot.reconciled", LOT, "2026-11-14", found=[CLEAR], extra=[STOLEN]),
    ]
    listed_later = Hit("stolen", AUTHORITY, LISTED_AT + 2, CLEAR)
    none, _, both = hits_of(office, *lot)
    assert (none, set(both)) == ((), {HIT, listed_later})


def test_an_event_that_names_only_what_nobody_listed_is_no_hit(office: Office) -> None:
    named = office.signed("trace.requested", TRACE, "2026-11-12", firearm=CLEAR)
    assert hits_of(office, named) == [()]


def test_the_number_of_a_listed_firearm_registered_again_is_a_hit(office: Office) -> None:
    twin = office.signed("firearm.registered", TWIN, "2017", **REASON)
    assert hits_of(office, twin) == [(HIT,)]
    assert office.ledger.store.newest_reference(hit_tag(HIT)) == LISTED_AT + 1
    assert arm(office, TWIN).state.marks == "duplicate_suspected"


def test_what_is_recorded_of_the_second_record_is_a_hit_too(office: Office) -> None:
    """Also in the batch that brings it, and after another process has read the ledger anew."""
    twin = office.signed("firearm.registered", TWIN, "2017", **REASON)
    found = office.signed("firearm.found", TWIN, "2026-11-12")
    assert hits_of(office, twin, found) == [(HIT,), (HIT,)]
    office.ledger._streams.clear()
    assert hits_of(office, office.signed("firearm.seized", TWIN, "2026-11-13")) == [(HIT,)]


@pytest.mark.parametrize("apart", [True, False], ids=["two batches", "one batch"])
def test_what_may_be_a_listed_firearm_changes_no_hands(office: Office, *, apart: bool) -> None:
    twin = office.signed("firearm.registered", TWIN, "2017", **REASON)
    sale = office.signed("firearm.transferred", TWIN, "2026-11-12")
    if apart:
        assert office.record(twin) == [LISTED_AT + 1]
        assert office.record(sale) == ["counterpart_listed"]
    else:
        assert office.record(twin, sale) == [LISTED_AT + 1, "counterpart_listed"]
    foreseen = office.ledger.foresee(sale.event).refusal
    assert foreseen
    assert (foreseen.rule, foreseen.axis, foreseen.found) == (
        "counterpart_listed", "A", f"{STOLEN}: stolen",
    )  # fmt: skip


def test_what_was_flagged_as_a_listed_firearm_changes_no_hands(office: Office) -> None:
    flag = office.signed("firearm.duplicate-flagged", CLEAR, "2026-11-12", firearms=[STOLEN])
    assert office.record(flag) == [LISTED_AT + 1]
    office.ledger._streams.clear()
    assert office.record(office.signed("firearm.transferred", CLEAR)) == ["counterpart_listed"]


def test_a_counterpart_that_was_not_read_with_the_batch_is_left_out(office: Office) -> None:
    flag = office.signed("firearm.duplicate-flagged", CLEAR, "2026-11-12", firearms=[STOLEN])
    assert office.record(flag) == [LISTED_AT + 1]
    found = office.signed("firearm.found", CLEAR, "2026-11-13")
    judgement = office.ledger._judgement([found.event], careful=True)
    del judgement.streams[parse_stream_id(STOLEN).uuid]
    judgement.take(found)
    (outcome,) = judgement.outcomes
    assert isinstance(outcome, Accepted)
    assert outcome.hits == ()


def dispelled(office: Office, *, reason: bool) -> AdmittedEvent:
    """Record a doubt about the listed firearm and that it is none; give what reverses that."""
    office.enrol(COLLEAGUE)
    if reason:
        doubt = office.signed("firearm.registered", TWIN, "2017", **REASON)
    else:
        doubt = office.signed("firearm.duplicate-flagged", CLEAR, "2026-11-12", firearms=[STOLEN])
    sub = str(doubt.event.sub)
    resolved = office.signed_by_two(
        "firearm.duplicate-resolved", sub, "2026-11-13", firearms=[STOLEN]
    )
    assert office.record(doubt, resolved) == [RESOLVED_AT - 1, RESOLVED_AT]
    office.ledger._streams.clear()
    return office.signed_by_two("firearm.reversed", sub, target=resolved.event.eid, reason="other")


@pytest.mark.parametrize("reason", [True, False], ids=["number", "flag"])
def test_a_doubt_that_a_reversal_brings_back_counts_for_the_rest_of_its_batch(
    office: Office, *, reason: bool
) -> None:
    reversal = dispelled(office, reason=reason)
    sub = str(reversal.event.sub)
    found = office.signed("firearm.found", sub, "2026-11-14")
    assert hits_of(office, reversal, found)[1] == (HIT,)
    assert office.ledger.store.newest_reference(hit_tag(HIT)) == RESOLVED_AT + 2


def test_what_a_reversal_makes_doubtful_again_changes_no_hands_in_its_batch(
    office: Office,
) -> None:
    reversal = dispelled(office, reason=False)
    sale = office.signed("firearm.transferred", CLEAR, "2026-11-14")
    assert office.record(reversal, sale) == [RESOLVED_AT + 1, "counterpart_listed"]


def test_a_number_that_a_correction_brings_counts_for_the_rest_of_its_batch(
    office: Office,
) -> None:
    wrong = {"serial": {"known": "TW9-000078"}}
    twin = office.signed("firearm.registered", TWIN, "2017", **REASON, **wrong)
    assert office.record(twin) == [LISTED_AT + 1]
    office.ledger._streams.clear()
    change = {"field": "serial.known", "old": "TW9-000078", "new": "TW9-000042"}
    correction = office.signed(
        "firearm.corrected", TWIN, target=twin.event.eid, changes=[change], reason="clerical_error"
    )
    found = office.signed("firearm.found", TWIN, "2026-11-14")
    assert hits_of(office, correction, found) == [(), (HIT,)]


def test_what_cannot_be_put_right_is_refused_and_nothing_else_is(office: Office) -> None:
    unknown = office.signed(
        "firearm.reversed", "arm.01a2076b-4018-7111-8222-333333333339", target="A" * 43,
        reason="other",
    )  # fmt: skip
    look_on = office.signed("firearm.found", CLEAR, "2026-11-14")
    refused, index = office.record(unknown, look_on)
    assert isinstance(refused, str)
    assert index == LISTED_AT + 1


def test_a_second_record_of_a_firearm_that_nobody_lists_changes_hands_with_a_note(
    office: Office,
) -> None:
    twin = office.signed("firearm.registered", TWIN, "2017", **REASON, **OTHER_NUMBER)
    sale = office.signed("firearm.transferred", TWIN, "2026-11-12")
    assert hits_of(office, twin, sale) == [(), ()]
    rules = [each.refusal.rule for each in arm(office, TWIN).contradictions]
    assert rules == ["duplicate_open"]
