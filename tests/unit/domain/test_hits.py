# SPDX-License-Identifier: Apache-2.0
"""Whoever touches a firearm that somebody listed learns what it is listed as, and by whom."""

from __future__ import annotations

from domain.firearm.hits import Hit, hits, hits_among
from tests.unit.domain.lives import happened, life

MADE = happened("manufactured", "2015")
LOST = happened("lost-reported", "2018", discovered_on="2018")
STOLEN = happened("stolen-reported", "2019", discovered_on="2019")
SEIZED = happened("seized", "2020")
ARM = str(MADE.sub)


def test_a_firearm_that_nobody_listed_gives_no_hit() -> None:
    assert hits(life(MADE)) == ()
    assert hits(life(MADE, SEIZED)) == ()


def test_each_open_alert_is_a_hit_with_its_newest_listing() -> None:
    again = happened("lost-reported", "2018", name="again", discovered_on="2018")
    firearm = life(MADE, LOST, STOLEN, again, SEIZED)
    found = {Hit("lost", LOST.iss, 3, ARM), Hit("stolen", STOLEN.iss, 2, ARM)}
    assert set(hits(firearm)) == found


def test_a_firearm_that_is_met_twice_is_one_hit_and_other_records_are_none() -> None:
    listed = life(MADE, LOST)
    among = hits_among([listed, None, life(MADE), listed, "no record"])
    assert among == (Hit("lost", LOST.iss, 1, ARM),)
