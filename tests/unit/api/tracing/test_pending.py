# SPDX-License-Identifier: Apache-2.0
"""What is open about a firearm is told with its age, and no older than is certain."""

from __future__ import annotations

from typing import Any

import pytest

from api.tracing import words
from api.tracing.pending import pending
from domain.event import Event
from domain.firearm.history import history, since
from domain.occurrence import parse_occurrence
from tests.unit.domain.least.disposing import LOT
from tests.unit.domain.least.identifying import OTHER_FIREARM
from tests.unit.domain.lives import happened, life

DEALER = happened("registered", "2016", holder="dealer", presence="XB")
TODAY = parse_occurrence("2026-11-24")


def sentences(*events: Event, on: str = "2026-11-24") -> list[str]:
    told = pending(history(life(DEALER, *events)), parse_occurrence(on))
    return [each.sentence for each in told]


def given(occ: str = "2024-03-01", **dat: Any) -> Event:
    return happened("transferred", occ, **{"to_report": True, **dat})


def test_a_one_sided_transfer_is_open_with_its_age() -> None:
    told = "hand-over open since 2024-03-01 (998 days), awaits the receiver's report"
    assert sentences(given()) == [told]
    assert sentences(given(), on="2024-03-02") == [told.replace("998 days", "1 day")]
    assert sentences(given(), happened("receipt-confirmed", "2024-05")) == []


def test_a_receipt_that_nobody_gave_awaits_the_giver() -> None:
    (told,) = sentences(happened("receipt-confirmed", "2024-03-01"))
    assert told.endswith("awaits the giver's report")


@pytest.mark.parametrize(
    ("occ", "on", "age"),
    [
        ("2024-03-01T23:59:59Z", "2024-03-02", "2024-03-01 23:59:59 UTC (1 day)"),
        ("2024", "2025-01-05", "2024 (the year is known) (at least 5 days)"),
        ("2024", "2024-06-01", "2024 (the year is known)"),
        ("2024-03-01", "unknown", "2024-03-01"),
        ("unknown", "2024-03-01", "an unknown day (entry 1)"),
    ],
)
def test_an_age_is_told_as_exactly_as_it_is_known(occ: str, on: str, age: str) -> None:
    assert sentences(given(occ), on=on) == [
        f"hand-over open since {age}, awaits the receiver's report"
    ]


def test_what_happens_meanwhile_makes_it_no_younger() -> None:
    (told,) = sentences(given(), happened("lost-reported", "2025-01-01"))
    assert told.startswith("hand-over open since 2024-03-01")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            happened("imported", "2024-03-01", country="XA"),
            "import mark open since 2024-03-01 (998 days), awaits an import mark of XA",
        ),
        (
            happened("temporarily-exported", "2024-03-01", country="XC", due_on="2024-05-01"),
            "stay abroad open since 2024-03-01 (998 days), in XC for ",
        ),
        (
            happened("discrepancy-found", "2024-03-01", kind="wrong_place"),
            "discrepancy open since 2024-03-01 (998 days), a count found it wrong place",
        ),
        (
            happened("destruction-scheduled", "2024-03-01"),
            f"destruction open since 2024-03-01 (998 days), listed in {LOT}",
        ),
    ],
    ids=lambda value: value.evt if isinstance(value, Event) else "",
)
def test_every_open_end_is_told(event: Event, told: str) -> None:
    (found,) = sentences(event)
    assert found.startswith(told)


def test_the_last_day_of_a_stay_is_told() -> None:
    stay = happened("temporarily-exported", "2024-03-01", country="XC", due_on="2024-05-01")
    assert sentences(stay)[0].endswith("ends 2024-05-01 at the latest")


def test_an_import_without_a_unique_mark_awaits_both_marks() -> None:
    unmarked = happened("registered", "2016", serial="none", presence="XB")
    arrived = happened("imported", "2024-03-01", country="XA")
    (told,) = pending(history(life(unmarked, arrived)), TODAY)
    assert told.waits == "awaits an import mark of XA and a unique mark"


def test_what_was_destroyed_waits_for_no_destruction() -> None:
    gone = happened("destroyed", "2024-04-01", lot=LOT)
    assert sentences(happened("destruction-scheduled", "2024-03-01"), gone) == []


def test_nothing_is_open_where_nothing_is_on_record() -> None:
    assert pending((), TODAY) == ()
    assert since((), lambda state: state.lot) is None


def test_a_state_tells_what_is_open_at_every_entry() -> None:
    assert words.details(life(DEALER, given()).state)["hand-over"] == "awaits the receiver's report"
    lot = words.details(life(DEALER, happened("destruction-scheduled")).state)["lot"]
    assert (lot[:4], lot[-8:]) == (LOT[:4], LOT[-8:])


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (happened("duplicate-flagged"), f"possibly the same as {OTHER_FIREARM}"),
        (
            happened("identity-merged"),
            f"same as {OTHER_FIREARM}, merged into this record",
        ),
        (
            happened("marked", duplicate_reason="maker_uncertain"),
            "maker and serial occur already: maker uncertain",
        ),
        (
            happened("manufactured", predecessor=OTHER_FIREARM),
            f"continues {OTHER_FIREARM}",
        ),
        (
            happened(
                "leading-component-replaced",
                part_history="never_installed",
                successor=OTHER_FIREARM,
            ),
            f"continued by {OTHER_FIREARM}",
        ),
    ],
    ids=lambda value: value.evt if isinstance(value, Event) else "",
)
def test_a_record_tells_which_others_are_of_the_same_firearm(event: Event, told: str) -> None:
    assert words.identity(life(DEALER, event).state) == (told,)
