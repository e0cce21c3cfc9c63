# SPDX-License-Identifier: Apache-2.0
"""What is destroyed cannot be traced any more: a trace that is named is closed first (rule 15)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.bad.office import Office
from tests.unit.domain.disposing.desk import ARMS, LOT, Desk, register

ARM, ANOTHER = ARMS[:2]
TRACE = "trc.01a2076b-4018-7111-8222-555555555555"
OTHER_TRACE = "trc.01a2076b-4018-7111-8222-555555555556"
DECIDED = "firearm.disposal-authorised"
SCHEDULED = "firearm.destruction-scheduled"


def asked(trace: str = TRACE, *, firearm: str = ARM, closed: bool = True) -> Desk:
    """Give a desk with a forfeited firearm and a tracing request about a firearm."""
    desk = register(ARM, ANOTHER)
    done(desk, "firearm.seized", ARM, "2018")
    done(desk, "firearm.forfeited", ARM, "2019-02-01")
    done(desk, "trace.requested", trace, firearm=firearm)
    done(desk, "trace.acknowledged", trace)
    if closed:
        done(desk, "trace.closed", trace, outcome="not_identified", reason="no_reply")
    return desk


def done(desk: Desk, evt: str, sub: str, occ: str = "unknown", **dat: Any) -> None:
    """Record an event that has to be legal."""
    assert desk.put(evt, sub, occ, **dat) is None, (evt, dat)


def decided(**dat: Any) -> Desk:
    """Give a desk on which the disposal rests on a closed request, and the firearm is listed."""
    desk = asked()
    done(desk, DECIDED, ARM, "2019-06-01", trace=TRACE, **dat)
    done(desk, "lot.scheduled", LOT, firearms=[ARM])
    return desk


def test_a_disposal_rests_on_a_closed_request_about_this_firearm() -> None:
    desk = asked()
    done(desk, DECIDED, ARM, "2019-06-01", trace=TRACE)
    disposal = desk.arm().state.disposal
    assert disposal
    assert disposal.trace == TRACE


@pytest.mark.parametrize("evt", ["responded", "refused", "more-info-asked", None])
def test_a_request_that_is_open_stands_against_a_disposal(evt: str | None) -> None:
    desk = asked(closed=False)
    if evt:
        done(desk, f"trace.{evt}", TRACE)
    refusal = desk.judge(DECIDED, ARM, "2019-06-01", trace=TRACE)
    assert refusal
    assert (refusal.rule, refusal.axis) == ("trace_open", "status")
    assert refusal.found == (evt or "acknowledged").replace("-", "_")
    assert "trace.closed" in refusal.legal
    excepted = {"trace_outcome": "absent", "trace_exception": "diversion_risk_of_delay"}
    assert desk.judge(DECIDED, ARM, "2019-06-01", **excepted) is None


def test_a_request_that_nobody_made_is_no_trace() -> None:
    refusal = asked().judge(DECIDED, ARM, "2019-06-01", trace=OTHER_TRACE)
    assert refusal
    assert (refusal.rule, refusal.found) == ("trace_unknown", OTHER_TRACE)


def test_a_request_about_another_firearm_is_no_trace_of_this_one() -> None:
    refusal = asked(firearm=ANOTHER).judge(DECIDED, ARM, "2019-06-01", trace=TRACE)
    assert refusal
    assert (refusal.rule, refusal.found) == ("trace_firearm", ANOTHER)
    assert ARM in refusal.legal


def test_a_request_that_names_no_firearm_on_record_may_be_about_this_one() -> None:
    desk = asked(firearm="absent")
    assert desk.judge(DECIDED, ARM, "2019-06-01", trace=TRACE) is None


def test_a_destruction_names_the_request_on_which_the_disposal_rests() -> None:
    desk = decided()
    refusal = desk.judge(SCHEDULED, ARM, "2020-01", lot=LOT)
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal[0]) == ("trace_not_named", "none", TRACE)
    assert desk.put(SCHEDULED, ARM, "2020-01", lot=LOT, trace=OTHER_TRACE) == "trace_not_named"
    done(desk, SCHEDULED, ARM, "2020-01", lot=LOT, trace=TRACE)
    assert desk.arm().state.custody == "destruction_site"


def test_a_request_that_was_reopened_since_the_disposal_stands_against_the_destruction() -> None:
    desk = decided()
    done(desk, "trace.reopened", TRACE)
    assert desk.put(SCHEDULED, ARM, "2020-01", lot=LOT, trace=TRACE) == "trace_open"
    done(desk, "trace.closed", TRACE)
    done(desk, SCHEDULED, ARM, "2020-01", lot=LOT, trace=TRACE)


def test_a_destruction_that_waits_for_no_trace_states_why() -> None:
    desk = decided()
    done(desk, "trace.reopened", TRACE)
    excepted = {"trace_exception": "diversion_risk_of_delay"}
    both = desk.put(SCHEDULED, ARM, "2020-01", lot=LOT, trace=TRACE, **excepted)
    assert both == "trace_or_exception"
    done(desk, SCHEDULED, ARM, "2020-01", lot=LOT, **excepted)


@pytest.mark.parametrize(("closed", "rule"), [(True, None), (False, "trace_open")])
def test_an_owner_who_wants_it_destroyed_waits_for_the_trace_that_is_named(
    *, closed: bool, rule: str | None
) -> None:
    desk = asked(firearm=ANOTHER, closed=closed)
    done(desk, "lot.scheduled", LOT, firearms=[ANOTHER])
    stated = {"lot": LOT, "basis": "owner_consent", "trace": TRACE}
    assert desk.put(SCHEDULED, ANOTHER, "2020-01", **stated) == rule


def test_an_open_request_that_nobody_names_stands_against_a_disposal() -> None:
    desk = asked(closed=False)
    refusal = desk.judge(DECIDED, ARM, "2019-06-01")
    assert refusal
    assert (refusal.rule, refusal.found) == ("trace_open", "acknowledged")
    excepted = {"trace_outcome": "absent", "trace_exception": "diversion_risk_of_delay"}
    assert desk.judge(DECIDED, ARM, "2019-06-01", **excepted) is None
    done(desk, "trace.closed", TRACE)
    done(desk, DECIDED, ARM, "2019-06-01")


def test_a_request_made_after_the_disposal_stands_against_the_destruction() -> None:
    desk = decided()
    done(desk, "trace.requested", OTHER_TRACE, firearm=ARM)
    assert desk.put(SCHEDULED, ARM, "2020-01", lot=LOT, trace=TRACE) == "trace_open"
    done(desk, SCHEDULED, ARM, "2020-01", lot=LOT, trace_exception="diversion_risk_of_delay")


def test_an_open_request_about_another_firearm_stands_against_nothing() -> None:
    desk = decided()
    done(desk, "trace.requested", OTHER_TRACE, firearm=ANOTHER)
    done(desk, SCHEDULED, ARM, "2020-01", lot=LOT, trace=TRACE)


def test_at_a_ledger_the_requests_about_a_firearm_are_found() -> None:
    """From the store as well as from the same batch."""
    office = Office(roles=("LIC", "POL", "TRC", "CRT"))
    start = office.ledger.size
    before = [
        office.signed("firearm.registered", ARM, "2016", holder="civilian"),
        office.signed("firearm.seized", ARM, "2018"),
        office.signed("firearm.forfeited", ARM, "2019-02-01"),
        office.signed("trace.requested", TRACE, firearm=ARM),
        office.signed(DECIDED, ARM, "2019-06-01"),
    ]
    assert office.record(*before) == [*range(start, start + 4), "trace_open"]
    assert office.record(before[-1]) == ["trace_open"]
    assert office.record(office.signed("trace.closed", TRACE)) == [start + 4]
    assert office.record(before[-1]) == [start + 5]


def test_a_destruction_of_what_was_not_traced_names_no_request() -> None:
    desk = asked()
    done(desk, DECIDED, ARM, "2019-06-01")
    done(desk, "lot.scheduled", LOT, firearms=[ARM])
    done(desk, SCHEDULED, ARM, "2020-01", lot=LOT)
