# SPDX-License-Identifier: Apache-2.0
"""The newest event of a firearm can be undone for a while; both events stay to be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event
from domain.firearm.aggregate import evolve
from domain.firearm.history import as_known_on, history
from domain.firearm.hits import hits
from domain.firearm.reversals import WINDOW_DAYS
from tests.unit.domain.lives import (
    HOLDING,
    NOW,
    OTHER_HOLDING,
    contradicted,
    correction,
    happened,
    life,
    reversal,
    verdict,
)

DAY_SECONDS = 86_400
KNOWN = happened("registered", "2012", hld=HOLDING)
SOLD = happened("transferred", "2015", hld=OTHER_HOLDING)
STOLEN = happened("stolen-reported", "2018")
SEIZED = happened("seized", "2020")


def refused(before: list[Event], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def test_a_reversal_undoes_the_effect_and_keeps_both_events() -> None:
    undo = reversal(SOLD)
    assert verdict([KNOWN, SOLD], undo) is None
    firearm = life(KNOWN, SOLD, undo)
    assert firearm.state == life(KNOWN).state
    assert [each.event for each in firearm.entries] == [KNOWN, SOLD, undo]
    assert [each.reversed_by for each in firearm.entries] == [None, 2, None]


def test_what_was_reversed_contradicts_nothing() -> None:
    twice = happened("stolen-reported", "2018", name="twice")
    assert contradicted(life(KNOWN, STOLEN, twice)) == [(2, "alert_already_open")]
    assert contradicted(life(KNOWN, STOLEN, twice, reversal(twice))) == []


def test_the_original_the_present_and_both_readings_are_told() -> None:
    firearm = life(KNOWN, SOLD, reversal(SOLD))
    told = {
        view: [(each.state_after.holding, each.superseded) for each in history(firearm, view)]
        for view in ("original", "corrected", "both")
    }
    was, now = (OTHER_HOLDING, True), (HOLDING, False)
    assert told["original"] == [now, was, (OTHER_HOLDING, False)]
    assert told["corrected"] == [now, now, now]
    assert told["both"] == [now, was, now, now]
    assert [each.reversed_by for each in history(firearm, "both")] == [None, 2, 2, None]


def test_before_the_reversal_was_known_the_event_counted() -> None:
    firearm = life(KNOWN, SOLD, reversal(SOLD))
    assert as_known_on(firearm, 1).holding == OTHER_HOLDING
    assert as_known_on(firearm, 2).holding == HOLDING


def test_events_are_reversed_newest_first_and_each_once() -> None:
    record = [KNOWN, SOLD, STOLEN]
    assert refused(record, reversal(SOLD)) == "reversal_order"
    record.append(reversal(STOLEN))
    assert refused(record, reversal(STOLEN)) == "reversal_repeated"
    assert refused(record, reversal(SOLD)) is None
    record.append(reversal(SOLD))
    assert life(*record).state == life(KNOWN).state


def test_the_newest_event_is_the_one_that_the_ledger_learned_of_last() -> None:
    late = happened("transferred", "2014", hld=OTHER_HOLDING, name="late")
    assert refused([KNOWN, STOLEN, late], reversal(STOLEN)) == "reversal_order"
    assert refused([KNOWN, STOLEN, late], reversal(late)) is None


@pytest.mark.parametrize(
    ("seconds", "rule"),
    [
        (0, None),
        (WINDOW_DAYS * DAY_SECONDS, None),
        (WINDOW_DAYS * DAY_SECONDS + 1, "reversal_late"),
        (9_000 * DAY_SECONDS, "reversal_late"),
    ],
)
def test_after_its_window_an_event_is_corrected_and_not_reversed(
    seconds: int, rule: str | None
) -> None:
    refusal = verdict([KNOWN, SOLD], reversal(SOLD, iat=NOW + seconds))
    assert (refusal.rule if refusal else None) == rule
    if refusal:
        assert refusal.legal == ("firearm.corrected",)
        assert str(WINDOW_DAYS) in refusal.sentence


def test_what_cannot_be_reversed_is_refused_by_name() -> None:
    fix = correction(SOLD, {"field": "hld", "old": OTHER_HOLDING, "new": HOLDING})
    undo = reversal(SOLD)
    assert refused([KNOWN, SOLD], reversal(STOLEN)) == "reversal_target"
    assert refused([KNOWN, SOLD], reversal(KNOWN)) == "reversal_target"
    assert refused([KNOWN, SOLD, fix], reversal(fix)) == "reversal_target"
    assert refused([KNOWN, SOLD, fix], reversal(SOLD)) == "reversal_order"
    assert refused([KNOWN, SOLD, undo], reversal(undo)) == "reversal_target"


def test_a_reversed_event_is_not_corrected_and_neither_is_its_reversal() -> None:
    undo = reversal(SOLD)
    for target in (SOLD, undo):
        fix = correction(target, {"field": "hld", "old": OTHER_HOLDING, "new": HOLDING})
        assert refused([KNOWN, SOLD, undo], fix) == "correction_target"


def test_what_was_reversed_can_be_recorded_anew() -> None:
    again = happened("transferred", "2015", hld=OTHER_HOLDING, name="again")
    firearm = life(KNOWN, SOLD, reversal(SOLD), again)
    assert firearm.state == life(KNOWN, SOLD).state
    assert refused([KNOWN, SOLD, reversal(SOLD), again], reversal(again)) is None


def test_a_listing_that_was_reversed_is_nobody_s_hit() -> None:
    again = replace(happened("stolen-reported", "2018", name="again"), iss="auth.xb")
    firearm = life(KNOWN, STOLEN, again, reversal(again))
    assert [(each.authority, each.index) for each in hits(firearm)] == [(STOLEN.iss, 1)]


EVENTS = (SOLD, STOLEN, SEIZED, happened("found", "2019"), happened("custody-moved", "2021"))


def eid_of(event: Event) -> str:
    return event.eid


@given(st.lists(st.sampled_from(EVENTS), unique_by=eid_of, max_size=4), st.sampled_from(EVENTS))
def test_recorded_and_reversed_is_as_never_recorded(before: list[Event], event: Event) -> None:
    events = [KNOWN, *(each for each in before if each is not event)]
    firearm = life(*events, event, reversal(event))
    assert firearm.state == life(*events).state
    assert firearm.contradictions == life(*events).contradictions


@given(st.lists(st.sampled_from(EVENTS), unique_by=eid_of, min_size=1, max_size=4), st.data())
def test_reversals_fold_the_same_in_any_order_of_steps(
    events: list[Event], data: st.DataObject
) -> None:
    undone = data.draw(st.integers(0, len(events)))
    record = [KNOWN, *events, *(reversal(each) for each in reversed(events[:undone]))]
    whole, known = life(*record), data.draw(st.integers(0, len(record) - 1))
    begun = life(*record[: known + 1])
    for index, event in enumerate(record[known + 1 :], start=known + 1):
        begun = evolve(begun, event, index)
    assert begun == whole
    assert as_known_on(whole, known) == life(*record[: known + 1]).state
