# SPDX-License-Identifier: Apache-2.0
"""Duties follow from what happened: opened, met, met late or overdue, and in doubt never late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.event import Event
from domain.occurrence import parse_occurrence
from domain.policy.duties import duties
from tests.unit.domain.least.licence import DECISION
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import correction, happened, reversal
from tests.unit.domain.policy.policies import (
    HEAD,
    IMPORT,
    LOSS,
    PLACING,
    REPAIR,
    entries,
    imported,
    in_log_order,
    marked,
    only,
    policy,
    recorded,
    signed,
    told,
)

BORN = happened("registered", "2012")
ARRIVED = imported("2020-03-01", country="XA")
MARKING = {"kind": "import", "text": {"known": "XA"}, "country": "XA", "condition": "legible"}
LICENCE = "lic.01a2076b-4018-7111-8222-000000000009"
OTHER_LICENCE = "lic.01a2076b-4018-7111-8222-000000000010"


@pytest.mark.parametrize(
    ("mark", "on", "state"),
    [
        (None, "2020-03-31", "open"),
        (None, "2020-04-01", "overdue"),
        (marked("2020-03-31"), "2020-04-01", "met"),
        (marked("2020-03-31"), "2020-03-30", "open"),
        (marked("2020-04-01"), "2020-04-01", "met_late"),
        (marked("2020-04"), "2020-04-30", "met_late"),
        (marked("2020"), "2021", "met"),
        (marked("unknown"), "2021", "met"),
        (marked("2020-03-05", country="XB"), "2021", "overdue"),
        (marked("2020-03-05", kind="proof"), "2021", "overdue"),
        (marked("2020-02-01"), "2021", "overdue"),
    ],
)
def test_a_duty_stands_by_what_was_done_until_a_date(
    mark: Event | None, on: str, state: str
) -> None:
    events = (BORN, ARRIVED, mark) if mark else (BORN, ARRIVED)
    assert told(policy(IMPORT), on, *events) == [("import_mark", state, "2020-03-31")]


def test_a_duty_names_the_events_behind_it() -> None:
    found = only(policy(IMPORT), "2021", BORN, ARRIVED, marked("2020-03-31"))
    assert (found.opened_by.index, found.opened_by.event) == (1, ARRIVED)
    assert found.closed_by
    assert (found.closed_by.index, str(found.closed_at)) == (2, "2020-03-31")


def test_what_has_not_happened_by_the_date_opens_nothing() -> None:
    assert told(policy(IMPORT), "2020-02-29", BORN, ARRIVED) == []


@pytest.mark.parametrize(
    ("occ", "due"),
    [
        ("2020-03-01T10:00:00Z", "2020-03-31"),
        ("2020-03", "2020-04-30"),
        ("2020", "2021-01-30"),
        ("unknown", None),
        ("9999-12-31", None),
    ],
)
def test_an_imprecise_date_counts_by_its_last_second(occ: str, due: str | None) -> None:
    state = "open" if due is None else "overdue"
    on = "9999-12-31" if occ == "9999-12-31" else "2026"
    assert told(policy(IMPORT), on, imported(occ, country="XA")) == [("import_mark", state, due)]


def test_an_instant_counts_to_the_second() -> None:
    noon = happened("lost-reported", "2020-03-03", discovered_on="2020-03-01T12:00:00Z")
    for second, state in (("2020-03-03T12:00:00Z", "met"), ("2020-03-03T12:00:01Z", "met_late")):
        assert only(policy(LOSS), "2021", BORN, signed(noon, second)).state == state


@pytest.mark.parametrize(
    ("at", "state"), [("2020-03-03T23:59:59Z", "met"), ("2020-03-04T00:00:00Z", "met_late")]
)
def test_a_report_meets_its_own_duty_when_it_is_signed(at: str, state: str) -> None:
    """27 CFR 478.39a: 48 hours after discovery; the report is the meeting of the duty itself."""
    report = happened("lost-reported", "2020-02", discovered_on="2020-03-01")
    found = only(policy(LOSS), "2026", BORN, signed(report, at))
    assert (found.state, found.due_on, str(found.closed_at)) == (state, "2020-03-03", at)
    assert found.opened_by == found.closed_by


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2020-02-29", []),
        ("2020-03-02", ["open"]),
        ("2020-03-04", ["overdue"]),
        ("2021", ["met_late"]),
    ],
)
def test_a_loss_is_to_be_reported_from_its_discovery_on(on: str, expected: list[str]) -> None:
    report = happened("lost-reported", "2020-03-09", discovered_on="2020-03-01")
    found = told(policy(LOSS), on, BORN, signed(report, "2020-03-09"))
    assert [state for _, state, _ in found] == expected


def test_before_it_was_signed_a_report_was_not_made() -> None:
    report = signed(happened("lost-reported", "2020-02", discovered_on="2020-03-01"), "2020-03-09")
    assert told(policy(LOSS), "2020-03-05", BORN, report)[0][1] == "overdue"


def test_a_clock_beyond_the_calendar_breaks_nothing() -> None:
    report = replace(happened("lost-reported", "2020"), iat=2**53 - 1)
    assert only(policy(LOSS), "2021", BORN, report).state == "met"


def test_a_mark_cut_before_the_border_meets_the_duty_at_once() -> None:
    struck = imported("2020-03-01", country="XA", markings=[MARKING])
    assert only(policy(IMPORT), "2021", BORN, struck).state == "met"
    other = imported("2020-03-01", country="XA", markings=[{**MARKING, "country": "XB"}])
    assert only(policy(IMPORT), "2021", BORN, other).state == "overdue"


@pytest.mark.parametrize(
    ("event", "opened"),
    [
        (imported("2020", country="XB"), False),
        (imported("2020", country="XA", jur="XA-NW"), True),
        (imported("2020", country="XA", jur="XB"), False),
        (imported("2009", country="XA"), False),
        (imported("2010", country="XA"), True),
        (imported("unknown", country="XA"), True),
    ],
)
def test_a_policy_counts_where_and_since_when_it_says(event: Event, *, opened: bool) -> None:
    assert bool(told(policy(IMPORT), "2026", event)) is opened


def test_a_policy_for_everywhere_counts_everywhere() -> None:
    rules = policy(LOSS, head=HEAD.replace('"XA"', '"*"'))
    assert told(rules, "2026", BORN, happened("lost-reported", "2019", jur="XB"))


def test_a_day_that_the_event_states_goes_before_the_days_of_the_policy() -> None:
    received = happened("custody-received", "2020-03-01", due_on="2020-03-10")
    assert told(policy(REPAIR), "2020-03-11", BORN, received)[0][1:] == ("overdue", "2020-03-10")
    received = happened("custody-received", "2020-03-01")
    assert told(policy(REPAIR), "2020-03-11", BORN, received)[0][1:] == ("open", "2020-03-31")
    sold = happened("custody-received", "2020-03-01", purpose="sale")
    assert told(policy(REPAIR), "2020-03-11", BORN, sold) == []


def test_where_the_member_that_is_counted_from_is_absent_the_event_itself_is() -> None:
    rules = policy(REPAIR.replace('counts_from = "occ"', 'counts_from = "due_on"'))
    assert (
        told(rules, "2021", BORN, happened("custody-received", "2020-03-01"))[0][2] == "2020-03-31"
    )


def test_each_opening_is_met_by_what_comes_after_it() -> None:
    events = (
        happened("custody-received", "2020-01-01", name="one"),
        happened("custody-returned", "2020-01-05", name="one"),
        happened("custody-received", "2020-05-01", name="two"),
    )
    assert told(policy(REPAIR), "2021", BORN, *events) == [
        ("repair_return", "overdue", "2020-05-31"),
        ("repair_return", "met", "2020-01-31"),
    ]


def test_what_is_learned_late_is_put_in_its_place() -> None:
    returned, received = (
        happened("custody-returned", "2020-01-05"),
        happened("custody-received", "2020-01-01"),
    )
    assert only(policy(REPAIR), "2021", BORN, returned, received).state == "met"


def test_duties_are_told_by_urgency() -> None:
    events = (
        ARRIVED,
        happened("lost-reported", "2020-03-02", discovered_on="2020-03-02"),
        happened("custody-received", "2026-01-01"),
    )
    found = told(policy(LOSS, REPAIR, IMPORT), "2026-01-02", BORN, *events)
    assert [each[:2] for each in found] == [
        ("loss_to_report", "overdue"),
        ("import_mark", "overdue"),
        ("repair_return", "open"),
    ]


def test_a_corrected_event_counts_as_corrected() -> None:
    fixed = correction(ARRIVED, {"field": "occ", "old": "2020-03-01", "new": "2020-06-01"})
    assert told(policy(IMPORT), "2020-05-01", BORN, ARRIVED, fixed) == []
    assert told(policy(IMPORT), "2020-06-02", BORN, ARRIVED, fixed)[0][1:] == ("open", "2020-07-01")


def test_a_reversed_event_opens_and_meets_nothing() -> None:
    assert told(policy(IMPORT), "2021", BORN, ARRIVED, reversal(ARRIVED)) == []
    mark = marked("2020-03-05")
    assert only(policy(IMPORT), "2021", BORN, ARRIVED, mark, reversal(mark)).state == "overdue"


def test_streams_in_log_order_have_duties_too() -> None:
    rules = policy(
        REPAIR.replace("firearm.custody-returned", "trace.responded").replace(
            '"firearm.custody-received", when = { purpose = ["repair", "test"] }',
            '"trace.acknowledged"',
        )
    )
    sub = "trc.01a2076b-4018-7111-8222-333333333333"
    asked, taken, answered = (
        recorded(f"trace.{name}", TRACING[f"trace.{name}"], sub=sub, occ=occ)
        for name, occ in (
            ("requested", "2026-11-01"),
            ("acknowledged", "2026-11-02"),
            ("responded", "2026-12-02"),
        )
    )
    on = parse_occurrence("2026-12-05")
    (late,) = duties(in_log_order([asked, taken, answered]), rules, on=on)
    assert (late.state, late.due_on) == ("met_late", "2026-12-01")
    (overdue,) = duties(in_log_order([asked, taken]), rules, on=on)
    assert overdue.state == "overdue"


def revoked(occ: str, *, sub: str = LICENCE, **dat: str) -> Event:
    return recorded("licence.revoked", {**DECISION, "effective_on": occ, **dat}, sub=sub, occ=occ)


def held(occ: str, licence: str = LICENCE) -> Event:
    return happened("transferred", occ, name=licence, licence=licence)


@pytest.mark.parametrize(
    ("firearm", "licence", "expected"),
    [
        ((held("2018"),), (revoked("2020-06-01"),), ("overdue", "2020-07-01")),
        (
            (held("2018"),),
            (revoked("2020-06-01", place_by="2020-12-31"),),
            ("overdue", "2020-12-31"),
        ),
        (
            (held("2018"), held("2020-06-10", OTHER_LICENCE)),
            (revoked("2020-06-01"),),
            ("met", "2020-07-01"),
        ),
        (
            (held("2018"), happened("surrendered", "2020-08-01")),
            (revoked("2020-06-01"),),
            ("met_late", "2020-07-01"),
        ),
        ((held("2018"), held("2019", OTHER_LICENCE)), (revoked("2020-06-01"),), None),
        ((held("2021"),), (revoked("2020-06-01"),), None),
        ((held("2018", OTHER_LICENCE),), (revoked("2020-06-01"),), None),
    ],
)
def test_a_revoked_licence_makes_the_firearms_held_under_it_due_to_be_placed(
    firearm: tuple[Event, ...], licence: tuple[Event, ...], expected: tuple[str, str] | None
) -> None:
    """Domain facts, section 5: revocation opens a task per held object (WaffG 46)."""
    found = duties(
        entries(BORN, *firearm),
        policy(PLACING),
        on=parse_occurrence("2026"),
        others=in_log_order(licence),
    )
    assert [(each.state, each.due_on) for each in found] == ([expected] if expected else [])


def test_a_licence_that_is_given_back_leaves_nothing_to_be_placed() -> None:
    back = recorded("licence.reinstated", DECISION, sub=LICENCE, occ="2020-06-20")
    of_another = recorded("licence.reinstated", DECISION, sub=OTHER_LICENCE, occ="2020-06-02")
    others = (*in_log_order([revoked("2020-06-01"), back]), *in_log_order([of_another]))
    on = parse_occurrence("2026")
    (found,) = duties(entries(BORN, held("2018")), policy(PLACING), on=on, others=others)
    assert (found.state, str(found.closed_at)) == ("met", "2020-06-20")
    assert duties(entries(BORN, held("2018")), policy(PLACING), on=on) == ()
