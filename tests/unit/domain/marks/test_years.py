# SPDX-License-Identifier: Apache-2.0
"""A year of manufacture fits the day of the manufacture, and no antique was made after 1899."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.identity.scenes import part_event, ruling, slug
from tests.unit.domain.lives import happened, verdict


@pytest.mark.parametrize(
    ("occ", "year", "legal"),
    [
        ("2015-06-01", 2015, True),
        ("2015", 2014, True),
        ("2015-12-31T23:59:59Z", 2016, False),
        ("2015", 2016, False),
        ("unknown", 2200, True),
        ("2015", "unknown", True),
    ],
)
@pytest.mark.parametrize("what", ["firearm", "component"])
def test_nothing_is_made_in_a_year_that_had_not_begun(
    what: str, occ: str, year: Any, legal: bool
) -> None:
    stated = "absent" if (what, year) == ("component", "unknown") else year
    build = happened if what == "firearm" else part_event
    refusal = ruling(build("manufactured", occ, year=stated), None)
    assert (refusal is None) is legal
    if refusal:
        assert (refusal.rule, refusal.axis, refusal.found) == ("year_after_event", "year", "2016")
        assert refusal.legal == ("up to 2015", "unknown")


def test_an_older_record_may_give_any_year() -> None:
    assert slug(happened("registered", "2015", year=2016), None) is None


@pytest.mark.parametrize("evt", ["manufactured", "registered"])
@pytest.mark.parametrize(
    ("year", "antique", "legal"),
    [
        (1899, True, True),
        (1900, True, False),
        (1900, False, True),
        (1900, "absent", True),
        ("unknown", True, True),
    ],
)
def test_no_antique_was_made_after_1899(evt: str, year: Any, antique: Any, legal: bool) -> None:
    refusal = ruling(happened(evt, "2015", year=year, antique=antique), None)
    assert (refusal is None) is legal
    if refusal:
        assert (refusal.rule, refusal.axis, refusal.found) == ("antique_year", "year", "1900")
        assert refusal.legal == ("up to 1899", "antique: false")


def test_what_the_record_calls_no_antique_is_not_excepted_from_tracing_as_one() -> None:
    forfeited = (happened("seized", "2018"), happened("forfeited", "2019-02-01"))
    stated = {"trace_outcome": "absent", "trace_exception": "antique"}
    for antique, rule in ((True, None), (False, "trace_exception_year")):
        old = happened("registered", "2010", year=1890, antique=antique)
        refusal = verdict((old, *forfeited), happened("disposal-authorised", "2020", **stated))
        assert (refusal.rule if refusal else None) == rule
