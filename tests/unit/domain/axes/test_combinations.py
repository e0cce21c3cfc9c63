# SPDX-License-Identifier: Apache-2.0
"""The table of what cannot be true together, and where it refuses (design section 5)."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from domain.firearm.aggregate import decide
from domain.firearm.axes.combinations import (
    EXCLUSIONS,
    VALUES,
    Axes,
    Exclusion,
    contradictions_of,
    impossible,
)
from tests.unit.domain.lives import contradicted, correction, happened, life, reversal, verdict

SEIZED = happened("seized", "2018")
STOCK = happened("registered", "2010", holder="state_stock", custody="holder")


@pytest.mark.parametrize("row", EXCLUSIONS, ids=lambda row: row.because)
def test_a_row_names_values_of_two_axes_and_leaves_something_legal(row: Exclusion) -> None:
    assert row.values <= set(VALUES[row.axis])
    assert row.never < set(VALUES[row.other]) or row.other == "A"
    assert row.axis != row.other
    assert row.because.endswith(".")
    assert "unknown" not in row.values | row.never


def test_an_older_record_is_refused_exactly_where_its_axes_cannot_be_true_together() -> None:
    for technical, holder, custody in product(VALUES["T"], VALUES["H"], VALUES["C"]):
        axes: Any = (technical, holder, custody)
        event = happened("registered", technical=technical, holder=holder, custody=custody)
        rows = contradictions_of(Axes(*axes))
        refusal = decide(None, event)
        assert (refusal is None) == (not rows), axes
        if refusal:
            assert (refusal.rule, refusal.sentence) == ("axes_illegal", rows[0].because)
            assert refusal.axis == rows[0].other
            assert set(refusal.legal) == set(VALUES[rows[0].other]) - rows[0].never


@pytest.mark.parametrize(
    "says",
    [
        {"technical": "destroyed", "holder": "civilian", "custody": "evidence"},
        {"technical": "planned", "holder": "state_stock", "custody": "repair"},
    ],
    ids=lambda says: str(says["technical"]),
)
def test_the_axis_the_value_found_and_what_would_be_legal_are_named(says: dict[str, str]) -> None:
    refusal = decide(None, happened("registered", **says))
    assert refusal
    assert (refusal.axis, refusal.found) == ("H", f"{says['holder']}, beside {says['technical']}")
    assert "unknown" in refusal.legal


def test_what_was_impossible_before_is_not_held_against_what_follows() -> None:
    before = Axes("destroyed", "none", "evidence")
    assert impossible(before, before) is None
    assert impossible(before, Axes("destroyed", "none", "evidence", frozenset({"seized"})))
    assert impossible(before, Axes("destroyed", "none", "official_safekeeping")) is None


def test_under_an_alert_alone_nothing_else_would_be_legal_than_none() -> None:
    refusal = impossible(
        Axes("complete", "none", "unknown", frozenset({"seized"})),
        Axes("destroyed", "none", "unknown", frozenset({"seized"})),
    )
    assert refusal
    assert (refusal.axis, refusal.found, refusal.legal) == (
        "A", "seized, beside destroyed", ("clear",),
    )  # fmt: skip


def test_a_late_record_that_cannot_be_true_with_what_is_known_is_noted() -> None:
    origin = happened("registered", "2010", technical="destroyed")
    late = happened("stolen-reported", "2005")
    assert (1, "axes_illegal") not in contradicted(life(origin, late))
    firearm = life(origin, late)
    assert "axes_illegal" in [rule for _, rule in contradicted(firearm)]


@pytest.mark.parametrize(
    ("field", "new"), [("technical", "destroyed"), ("technical", "planned"), ("holder", "none")]
)
def test_no_correction_makes_a_record_impossible(field: str, new: str) -> None:
    old = getattr(STOCK.dat, field)
    change = {"field": field, "new": new} | ({"old": old} if old else {})
    refusal = verdict((STOCK,), correction(STOCK, change))
    assert refusal
    assert refusal.rule == "axes_illegal"
    whole = [change, {"field": "custody", "old": "holder", "new": "unknown"}]
    freed = {"field": "holder", "old": "state_stock", "new": "unknown"}
    whole += [freed] if field != "holder" else []
    assert verdict((STOCK,), correction(STOCK, *whole)) is None


def test_a_reversal_gives_back_what_was_recorded_before_with_its_contradiction() -> None:
    before = (happened("registered", "2010"), SEIZED, happened("dealer-acquired", "2019"))
    returned = happened("returned-to-owner", "2020")
    assert contradictions_of(life(*before).state.axes)
    assert not contradictions_of(life(*before, returned).state.axes)
    assert verdict((*before, returned), reversal(returned)) is None
    assert life(*before, returned, reversal(returned)).contradictions


@pytest.mark.parametrize("evt", ["stock-issued", "stock-received"])
@pytest.mark.parametrize("taken", ["seized", "surrendered"])
def test_stock_that_was_taken_and_not_released_is_moved_with_a_note(evt: str, taken: str) -> None:
    events = (STOCK, happened(taken, "2018"), happened("lost-reported", "2019"), CLEARED)
    moved = happened(evt, "2020")
    assert verdict(events, moved) is None
    assert (4, "release_not_recorded") in contradicted(life(*events, moved))


CLEARED = happened("alert-cleared", "2019-06", flag="lost", reason="listed_in_error")


@pytest.mark.parametrize("evt", ["transferred", "seized", "stolen-reported", "inherited"])
def test_a_firearm_that_was_registered_as_dismantled_has_an_ended_record(evt: str) -> None:
    apart = happened("registered", "2010", technical="dismantled", holder="civilian")
    told = contradicted(life(apart, happened(evt, "2020")))
    assert (1, "record_ended") in told


def test_a_planned_firearm_that_was_seized_is_made_with_a_note() -> None:
    planned = happened("production-planned", "2010")
    events = (planned, happened("seized", "2011"), happened("manufactured", "2012"))
    assert (2, "before_manufacture") in contradicted(life(*events))


def test_what_its_holder_has_again_is_not_forfeited() -> None:
    again = happened("dealer-acquired", "2019")
    before = (happened("registered", "2010", holder="civilian"), SEIZED, again)
    refusal = verdict(before, happened("forfeited", "2020"))
    assert refusal
    assert (refusal.rule, refusal.found) == ("not_in_official_hands", "seized, holder")


def test_a_business_gives_nothing_back_that_nobody_owns() -> None:
    lent = happened("registered", "2010", holder="none", custody="repair")
    refusal = verdict((lent,), happened("custody-returned", "2020"))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("nobody_to_return_to", "H", "none")


def test_an_import_of_what_nobody_had_says_who_has_it_or_is_noted() -> None:
    nobodys = happened("registered", "2010", holder="none")
    assert (1, "holder_unstated") in contradicted(life(nobodys, happened("imported", "2020")))
    stated = happened("imported", "2020", holder="dealer")
    assert contradicted(life(nobodys, stated)) == []
