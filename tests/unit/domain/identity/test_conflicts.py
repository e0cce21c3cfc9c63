# SPDX-License-Identifier: Apache-2.0
"""A destroyed firearm that is seen again is a conflict, which two persons settle."""

from __future__ import annotations

from typing import Any

from domain.event import Event
from tests.unit.domain.identity.scenes import OTHER, SECOND_KEY_OF_SIGNER, signed, slug
from tests.unit.domain.lives import contradicted, correction, happened, life

GONE = happened("registered", "2016", technical="destroyed")
SEEN = happened("seized", "2021")


def settled(target: Event, **dat: Any) -> Event:
    return signed(
        happened("conflict-settled", "2021-06", target=target.eid, **dat), endorsed=(OTHER,)
    )


def test_a_sighting_after_the_end_is_settled_by_two_persons() -> None:
    firearm = life(GONE, SEEN)
    assert slug(settled(SEEN), firearm) is None
    alone = happened("conflict-settled", "2021-06", target=SEEN.eid)
    for endorsed in ((), (SECOND_KEY_OF_SIGNER,)):
        assert slug(signed(alone, endorsed=endorsed), firearm) == "second_person_missing"
    after = life(GONE, SEEN, settled(SEEN))
    assert after.state.identity.settled == {SEEN.eid}
    assert (after.state.technical, after.state.custody) == ("destroyed", "evidence")


def test_only_a_sighting_that_does_not_fit_is_settled() -> None:
    alive = happened("registered", "2016")
    assert slug(settled(SEEN), life(alive, SEEN)) == "conflict_unknown"
    assert slug(settled(GONE), life(GONE, SEEN)) == "conflict_unknown"
    assert slug(settled(SEEN), life(GONE)) == "conflict_unknown"
    change = {"field": "technical", "old": "destroyed", "new": "complete"}
    assert slug(settled(SEEN), life(GONE, SEEN, correction(GONE, change))) == "conflict_unknown"


def test_a_sighting_of_a_dismantled_firearm_is_a_conflict_as_well() -> None:
    apart = happened("dismantled", "2018")
    assert slug(settled(SEEN), life(happened("registered", "2016"), apart, SEEN)) is None


def test_a_second_finding_about_one_sighting_is_told_beside_the_first() -> None:
    other = settled(SEEN, decision="undecidable")
    firearm = life(GONE, SEEN, settled(SEEN), other)
    assert (3, "conflict_settled_already") in contradicted(firearm)
