# SPDX-License-Identifier: Apache-2.0
"""The order of the world, late entries, corrections and the two times."""

from __future__ import annotations

from typing import Any

import pytest

from domain.firearm.aggregate import decide, evolve
from domain.firearm.history import as_at, as_known_on, history, replay, since
from domain.firearm.state import BLANK
from domain.occurrence import parse_occurrence
from tests.unit.domain.lives import (
    HOLDING,
    OTHER_HOLDING,
    contradicted,
    correction,
    happened,
    life,
)

KNOWN = happened("registered", "2010", holder="civilian", custody="holder", hld=HOLDING)
SOLD = happened("transferred", "2015", hld=OTHER_HOLDING)
STOLEN = happened("stolen-reported", "2020", discovered_on="2020")
LAB = {"known": "LAB"}
SEIZED = happened("seized", "2021", station="STATION 1", crimes=["drugs"])


def order(*events: Any) -> list[int]:
    return [entry.index for entry in life(*events).entries]


def test_entries_stand_in_the_order_of_the_world() -> None:
    assert order(KNOWN, STOLEN, SOLD) == [0, 2, 1]


def test_an_entry_of_unknown_time_stands_where_the_log_learned_of_it() -> None:
    unknown = happened("marked", "unknown")
    assert order(KNOWN, SOLD, unknown, STOLEN) == [0, 1, 2, 3]


def test_an_unknown_time_between_never_breaks_a_certain_order() -> None:
    unknown = happened("marked", "unknown")
    assert order(SOLD, unknown, STOLEN, KNOWN) == [3, 0, 1, 2]


def test_a_day_inside_a_year_stands_in_log_order() -> None:
    day = happened("marked", "2015-03-01")
    assert order(KNOWN, SOLD, day) == [0, 1, 2]
    assert order(KNOWN, day, SOLD) == [0, 1, 2]


def test_a_late_transfer_is_judged_on_the_state_of_its_own_time() -> None:
    assert decide(life(KNOWN, STOLEN), SOLD) is None
    firearm = life(KNOWN, STOLEN, SOLD)
    assert firearm.state.holding == OTHER_HOLDING
    assert firearm.state.alerts == {"stolen"}
    assert firearm.contradictions == ()


def test_a_late_theft_makes_an_accepted_transfer_a_contradiction() -> None:
    early = happened("stolen-reported", "2012")
    assert decide(life(KNOWN, SOLD), early) is None
    firearm = life(KNOWN, SOLD, early)
    assert contradicted(firearm) == [(1, "alert_open")]
    assert firearm.state.holding == OTHER_HOLDING
    assert firearm.state.alerts == {"stolen"}


def test_an_event_dated_before_the_manufacture_is_noted() -> None:
    made = happened("manufactured", "2015")
    early = happened("seized", "2001")
    assert decide(life(made), early) is None
    assert contradicted(life(made, early)) == [(0, "before_manufacture")]


def test_an_event_older_than_the_legacy_record_keeps_its_alert() -> None:
    state = life(KNOWN, happened("stolen-reported", "2001")).state
    assert (state.custody, state.holding, set(state.alerts)) == ("holder", HOLDING, {"stolen"})


def test_the_holder_at_a_date_as_then_believed_and_as_now_known() -> None:
    firearm = life(KNOWN, STOLEN, SOLD)
    date = parse_occurrence("2017-06-30")
    then = replay(firearm.entries, as_at=date, as_known_on=1)
    now = replay(firearm.entries, as_at=date)
    assert then[-1].state_after.holding == HOLDING
    assert now[-1].state_after.holding == OTHER_HOLDING
    assert as_at(firearm, date).holding == OTHER_HOLDING
    assert as_known_on(firearm, 1).holding == HOLDING


def test_before_the_first_entry_nothing_is_known() -> None:
    firearm = life(KNOWN, SOLD)
    assert as_at(firearm, parse_occurrence("1999")) == BLANK
    assert as_known_on(firearm, -1) == BLANK
    assert replay(firearm.entries, as_known_on=-1) == ()


def test_each_moment_tells_state_and_contradictions_after_it() -> None:
    moments = history(life(KNOWN, SEIZED, happened("seized", "2022")))
    assert [each.state_after.custody for each in moments] == ["holder", "evidence", "evidence"]
    assert [len(each.contradictions) for each in moments] == [0, 0, 1]


def test_a_correction_is_read_in_the_place_of_its_target() -> None:
    wrong = happened("transferred", "2015", hld=HOLDING, name="wrong")
    fix = correction(wrong, {"field": "hld", "old": HOLDING, "new": OTHER_HOLDING})
    firearm = life(KNOWN, wrong, STOLEN, fix)
    assert firearm.state.holding == OTHER_HOLDING
    assert [entry.event for entry in firearm.entries] == [KNOWN, wrong, STOLEN, fix]
    assert [entry.corrected_by for entry in firearm.entries] == [(), (3,), (), ()]


def test_a_corrected_time_moves_the_entry_to_its_place() -> None:
    late = happened("transferred", "2022", hld=OTHER_HOLDING)
    fix = correction(late, {"field": "occ", "old": "2022", "new": "2015"})
    firearm = life(KNOWN, STOLEN, late, fix)
    assert [entry.index for entry in firearm.entries] == [0, 2, 1, 3]
    assert contradicted(life(KNOWN, STOLEN, late)) == [(2, "alert_open")]
    assert contradicted(firearm) == []


def test_the_original_the_corrected_and_both_readings_are_told() -> None:
    fix = correction(SOLD, {"field": "hld", "old": OTHER_HOLDING, "new": HOLDING})
    firearm = life(KNOWN, SOLD, fix)
    holdings = {
        view: [(each.state_after.holding, each.superseded) for each in history(firearm, view)]
        for view in ("original", "corrected", "both")
    }
    was, now = (OTHER_HOLDING, True), (HOLDING, False)
    assert holdings["original"] == [(HOLDING, False), was, (OTHER_HOLDING, False)]
    assert holdings["corrected"] == [(HOLDING, False), now, (HOLDING, False)]
    assert holdings["both"] == [(HOLDING, False), was, now, (HOLDING, False)]
    assert [each.corrected_by for each in history(firearm, "both")] == [(), (2,), (2,), ()]


def test_a_history_known_before_the_correction_tells_the_original() -> None:
    fix = correction(SOLD, {"field": "hld", "old": OTHER_HOLDING, "new": HOLDING})
    assert as_known_on(life(KNOWN, SOLD, fix), 1).holding == OTHER_HOLDING


def test_a_second_correction_starts_from_the_first() -> None:
    once = correction(SEIZED, {"field": "station", "old": "STATION 1", "new": "STATION 2"})
    twice = correction(SEIZED, {"field": "station", "old": "STATION 2", "new": "STATION 3"})
    assert decide(life(KNOWN, SEIZED, once), twice) is None
    firearm = life(KNOWN, SEIZED, once, twice)
    assert firearm.state.custodian == "STATION 3"
    assert firearm.entries[1].corrected_by == (2, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"field": "station", "old": "STATION 1", "new": "STATION 2"},
        {"field": "station", "old": "STATION 1"},
        {"field": "case_no", "new": "128-1/2017"},
        {"field": "crimes.0", "old": "drugs", "new": "homicide"},
        {"field": "crimes.1", "new": "homicide"},
        {"field": "crimes.0", "old": "drugs"},
        {"field": "loaded", "new": True},
        {"field": "described.make", "new": {"known": "TESTWERK"}},
        {"field": "occ", "old": "2021", "new": "2021-05"},
    ],
    ids=str,
)
def test_a_correction_that_fits_is_accepted(change: dict[str, Any]) -> None:
    fix = correction(SEIZED, change)
    assert decide(life(KNOWN, SEIZED), fix) is None
    assert life(KNOWN, SEIZED, fix).entries[1].effective != SEIZED


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"field": "station", "old": "STATION 2", "new": "STATION 3"}, "correction_stale"),
        ({"field": "station", "new": "STATION 3"}, "correction_stale"),
        ({"field": "station", "old": "STATION 1", "new": "STATION 1"}, "correction_empty"),
        ({"field": "station"}, "correction_empty"),
        ({"field": "case_no"}, "correction_empty"),
        ({"field": "ground", "old": "illicit_possession"}, "correction_result"),
        ({"field": "ground", "old": "illicit_possession", "new": "luck"}, "correction_result"),
        ({"field": "remark", "new": "free text"}, "correction_result"),
        ({"field": "crimes.5", "new": "homicide"}, "correction_result"),
        ({"field": "loaded", "new": 1}, "correction_result"),
        ({"field": "station.0", "new": "S"}, "correction_result"),
        ({"field": "occ", "old": "2021", "new": "2027"}, "correction_result"),
        ({"field": "occ", "old": "2021", "new": "May"}, "correction_result"),
        ({"field": "occ", "old": "2021"}, "correction_result"),
    ],
    ids=str,
)
def test_a_correction_that_does_not_fit_is_refused(change: dict[str, Any], rule: str) -> None:
    fix = correction(SEIZED, change)
    refusal = decide(life(KNOWN, SEIZED), fix)
    assert refusal
    assert refusal.rule == rule
    assert life(KNOWN, SEIZED, fix).entries[1].effective == SEIZED or "2027" in str(change)


def test_only_an_event_of_this_firearm_that_is_no_correction_is_corrected() -> None:
    fix = correction(SEIZED, {"field": "station", "old": "STATION 1", "new": "STATION 2"})
    firearm = life(KNOWN, SEIZED, fix)
    for target in (SOLD, fix):
        refusal = decide(firearm, correction(target, {"field": "station", "new": "X"}))
        assert refusal
        assert refusal.rule == "correction_target"


def test_what_the_log_holds_is_folded_even_where_it_would_be_refused() -> None:
    firearm = evolve(life(KNOWN, STOLEN), happened("transferred", "2022"), 2)
    assert firearm.state.holding == HOLDING
    assert contradicted(firearm) == [(2, "alert_open")]


def test_since_when_something_is_so_is_told_by_the_first_moment_of_the_last_time() -> None:
    moved = [happened("custody-moved", f"201{n}", to_custodian=LAB) for n in (7, 9)]
    away = happened("custody-moved", "2018", to_custodian={"known": "COURT"})
    told = history(life(happened("seized", "2016"), moved[0], away, moved[1]))
    begun = since(told, lambda state: state.custodian)
    assert begun
    assert begun.event.occ.text == "2019"
    assert since((), lambda state: state.custodian) is None
