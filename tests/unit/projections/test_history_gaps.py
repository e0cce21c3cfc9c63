# SPDX-License-Identifier: Apache-2.0
"""What is not on record is said, and nothing else is called a gap."""

from __future__ import annotations

from domain.event import Event
from domain.firearm.history import replay
from domain.firearm.state import Entry
from projections.asking.gaps import gaps_before
from tests.unit.domain.lives import correction, happened


def _gaps(*events: Event) -> list[str | None]:
    return list(gaps_before(replay([Entry(at, event) for at, event in enumerate(events)])))


def test_a_record_that_begins_with_an_older_register_says_what_is_missing() -> None:
    assert "Nothing before this" in (_gaps(happened("registered", "2001"))[0] or "")


def test_a_record_that_begins_with_the_manufacture_is_whole() -> None:
    assert _gaps(happened("manufactured", "2015")) == [None]


def test_years_of_silence_are_counted() -> None:
    gaps = _gaps(happened("manufactured", "2001-06-01"), happened("found", "2012-07-01"))
    assert gaps[1] == "Nothing is on record for 11 years."


def test_a_few_years_are_no_gap() -> None:
    gaps = _gaps(happened("manufactured", "2001"), happened("found", "2006"))
    assert gaps[1] is None


def test_an_unknown_date_opens_no_gap() -> None:
    gaps = _gaps(
        happened("manufactured", "2001"),
        happened("found", "unknown"),
        happened("seized", "2003"),
    )
    assert gaps == [None, None, None]


def test_a_correction_fills_no_gap() -> None:
    made = happened("manufactured", "2001")
    corrected = correction(made, {"field": "year", "old": 2015, "new": 2001})
    gaps = _gaps(made, corrected, happened("found", "2026-11-24"))
    assert gaps == [None, None, "Nothing is on record for 24 years."]
