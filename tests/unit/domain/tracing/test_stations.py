# SPDX-License-Identifier: Apache-2.0
"""The record of a firearm says by itself what its last legal record was, and what led to it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.firearm.history import history
from domain.tracing.stations import last_lawful, lawful_before, stations
from tests.unit.domain.lives import HOLDING, OTHER_HOLDING, happened, life

MADE = happened("manufactured", "2015")
SOLD = happened("transferred", "2016", hld=HOLDING)
STOLEN = happened("stolen-reported", "2019-05")
SEIZED = happened("seized", "2020-07-09")


def told(*events: Event) -> list[tuple[Any, ...]]:
    """Give status, day and holding of each station."""
    found = stations(history(life(*events)))
    return [(each.status, each.since.event.occ.text, each.holding) for each in found]


def test_each_change_of_hands_is_a_station_and_a_mark_is_none() -> None:
    sold_on = happened("transferred", "2018", hld=OTHER_HOLDING)
    assert told(MADE, SOLD, happened("marked", "2017"), sold_on) == [
        ("dealer_stock", "2015", None),
        ("lawful_holder", "2016", HOLDING),
        ("lawful_holder", "2018", OTHER_HOLDING),
    ]


def test_the_last_legal_record_is_that_before_it_came_into_official_hands() -> None:
    assert [each[0] for each in told(MADE, SOLD, STOLEN, SEIZED)] == [
        *("dealer_stock", "lawful_holder", "stolen"),
    ]
    found = happened("found", "2020-07-09")
    assert told(MADE, SOLD, found)[-1] == ("lawful_holder", "2016", HOLDING)


def test_what_came_to_hand_first_of_all_has_no_other_record() -> None:
    assert [each[0] for each in told(SEIZED)] == ["seized"]


def test_a_gun_that_was_made_to_fire_unlawfully_is_at_no_lawful_station() -> None:
    again = happened("reactivated-illicitly", "2018")
    verified = happened("deactivation-verified", "2017")
    assert told(SOLD, verified, again)[-1][0] == "deactivated"


def test_of_a_gun_that_nobody_is_known_to_have_held_nothing_is_said() -> None:
    assert told(happened("registered", "2010")) == []
    assert stations(()) == ()


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([happened("exported", "2017")], "exported"),
        ([happened("exported", "2017"), happened("transit-crossed", "2017-02")], "in_transit"),
        ([happened("lost-reported", "2017")], "lost"),
        ([happened("deactivation-verified", "2017")], "deactivated"),
        ([happened("destroyed", "2017")], "destroyed"),
        ([SEIZED, happened("destroyed", "2021")], "destroyed"),
    ],
)
def test_a_status_is_read_from_the_state(events: list[Event], status: str) -> None:
    assert told(MADE, SOLD, *events)[-1][0] == status


def test_what_is_on_its_way_to_be_destroyed_and_was_never_seen_elsewhere_is_told_so() -> None:
    assert told(happened("destruction-scheduled", "2020"))[-1][0] == "sent_for_destruction"


def test_the_lawful_stations_before_the_last_leave_out_theft_and_loss() -> None:
    back = happened("returned-to-owner", "2021", hld=HOLDING)
    cleared = happened("alert-cleared", "2022", flag="stolen", reason="returned")
    again = happened("lost-reported", "2023")
    found = stations(
        history(life(MADE, SOLD, STOLEN, happened("found", "2020"), back, cleared, again))
    )
    assert [each.status for each in found] == [
        *("dealer_stock", "lawful_holder", "stolen", "lawful_holder", "lost"),
    ]
    assert [each.since.event.occ.text for each in lawful_before(found)] == ["2015", "2016", "2022"]


def test_who_had_it_last_is_told_by_the_last_lawful_station() -> None:
    holder = last_lawful(stations(history(life(MADE, SOLD, STOLEN, SEIZED))))
    assert holder is not None
    assert holder.holding == HOLDING
    assert last_lawful(()) is None
