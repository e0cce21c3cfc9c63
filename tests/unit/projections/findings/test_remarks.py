# SPDX-License-Identifier: Apache-2.0
"""What is said of a firearm's record besides what contradicts itself, entry by entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.firearm.history import replay
from domain.occurrence import parse_occurrence
from projections.asking.gaps import SILENCE_YEARS_MIN
from projections.findings.remarks import LATE_DAYS, Remark, remarks
from tests.unit.domain.lives import happened, reversal

OTHER = "arm.01a2076b-4018-7111-8222-444444444444"


def _told(*events: Event) -> list[Remark]:
    return list(remarks(replay([Entry(at, event) for at, event in enumerate(events)])))


def _said(*events: Event) -> list[tuple[int, str]]:
    return [(each.index, each.code) for each in _told(*events)]


def _signed(event: Event, day: str) -> Event:
    return replace(event, iat=parse_occurrence(day).latest)


def _made(**dat: Any) -> Event:
    return _signed(happened("manufactured", "2015-03-02", **dat), "2015-03-02")


def test_nothing_is_said_of_nothing() -> None:
    assert _told() == []


def test_nothing_is_said_of_a_record_in_order() -> None:
    sale = _signed(happened("transferred", "2015-05-01"), "2015-05-02")
    assert _told(_made(), sale) == []


@pytest.mark.parametrize(("year", "told"), [(2015 + SILENCE_YEARS_MIN + 1, True), (2016, False)])
def test_a_long_silence_is_told_at_the_entry_after_it(year: int, told: bool) -> None:
    found = _signed(happened("found", f"{year}-03-04"), f"{year}-03-04")
    assert _said(_made(), found) == ([(1, "silence")] if told else [])


def test_a_record_that_begins_with_an_older_one_is_no_silence() -> None:
    taken_over = _signed(happened("registered", "2018"), "2018-12-31")
    assert _told(taken_over) == []


@pytest.mark.parametrize(("days", "told"), [(LATE_DAYS, False), (LATE_DAYS + 1, True)])
def test_what_was_signed_long_afterwards_is_told(days: int, told: bool) -> None:
    sale = happened("transferred", "2015-05-01")
    sale = replace(sale, iat=sale.occ.latest + days * 86_400)
    assert _said(_made(), sale) == ([(1, "signed_late")] if told else [])


def test_what_was_taken_over_from_an_older_record_is_never_late() -> None:
    assert _told(happened("registered", "2018")) == []


def test_an_unknown_date_is_never_late() -> None:
    assert "signed_late" not in {code for _, code in _said(_made(), happened("found"))}


def test_an_entry_that_was_reversed_stays_and_names_what_reversed_it() -> None:
    sale = _signed(happened("transferred", "2015-05-01"), "2015-05-02")
    undone = _signed(reversal(sale), "2026-11-23")
    (told,) = _told(_made(), sale, undone)
    assert (told.index, told.code, told.other) == (1, "reversed", "2")
    assert told.sentence == "Entry 2 reversed it; it is kept and counts no longer."


def test_a_hand_over_of_one_side_is_told_at_the_entry_that_opened_it() -> None:
    sale = happened("dealer-disposed", "2015-05-01", holder="dealer")
    sale = _signed(sale, "2015-05-01")
    receipt = _signed(happened("dealer-acquired", "2015-05-03"), "2015-05-03")
    (told,) = _told(_made(), sale)
    assert (told.index, told.code) == (1, "handover_one_sided")
    assert told.sentence.endswith("the report of its receiver is not on record.")
    assert _told(_made(), sale, receipt) == []


def test_a_flagged_duplicate_is_told_until_it_is_looked_into() -> None:
    flagged = _signed(happened("duplicate-flagged", "2015-06-01", firearms=[OTHER]), "2015-06-01")
    resolved = happened("duplicate-resolved", "2015-07-01", firearms=[OTHER])
    (told,) = _told(_made(), flagged)
    assert (told.index, told.code, told.other) == (1, "duplicate_flagged", OTHER)
    assert _told(_made(), flagged, _signed(resolved, "2015-07-01")) == []


@pytest.mark.parametrize(
    "serial", ["2010/00795672961", "00795672961/2010", "1999-12345", "2001.123456"]
)
def test_a_number_of_a_register_in_the_place_of_the_serial_is_told(serial: str) -> None:
    assert _said(_made(serial={"known": serial})) == [(0, "serial_like_register_number")]


def test_a_serial_that_is_another_number_of_the_same_firearm_is_told() -> None:
    numbers = [{"scheme": "inventory", "value": {"known": "INV-7"}}]
    dat = {"serial": {"known": "INV-7"}, "numbers": numbers}
    assert _said(_made(**dat)) == [(0, "serial_like_register_number")]


@pytest.mark.parametrize("serial", ["TW9-000042", "201012345", "2010/1", "A2010/12345", "007956"])
def test_a_number_that_makers_use_is_not(serial: str) -> None:
    assert _told(_made(serial={"known": serial})) == []


@pytest.mark.parametrize("serial", ["unknown", "none"])
def test_no_serial_is_no_number(serial: str) -> None:
    assert _told(_made(serial=serial)) == []
