# SPDX-License-Identifier: Apache-2.0
"""Whoever touches a component that somebody listed learns what it is listed as, and by whom."""

from __future__ import annotations

from domain.firearm.hits import Hit, hits, hits_among
from domain.judgement import Accepted
from tests.unit.domain.bad.office import Office
from tests.unit.domain.identity.scenes import component, part_event
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.lives import happened, life
from tests.unit.domain.signed_ledger import AUTHORITY

SUB = "cmp.01a2076b-4018-7111-8222-aaaaaaaaaaaa"
KNOWN = part_event("registered")
LOST, STOLEN = part_event("lost-reported"), part_event("stolen-reported")


def test_a_component_gives_a_hit_for_each_open_alert_with_its_newest_listing() -> None:
    again = part_event("lost-reported", name="again")
    assert hits(component(KNOWN)) == ()
    listed = component(KNOWN, LOST, STOLEN, again, part_event("seized"))
    assert set(hits(listed)) == {
        Hit("lost", LOST.iss, 3, str(LOST.sub)),
        Hit("stolen", STOLEN.iss, 2, str(STOLEN.sub)),
    }


def test_a_cleared_alert_gives_no_hit() -> None:
    cleared = part_event("alert-cleared", reason="listed_in_error")
    assert hits(component(KNOWN, LOST, cleared)) == ()


def test_whatever_is_listed_among_several_records_is_a_hit_once() -> None:
    barrel, gun = component(KNOWN, STOLEN), life(happened("registered"), happened("sought"))
    among = hits_among((barrel, gun, barrel, component(KNOWN), None))
    assert [(each.alert, each.record) for each in among] == [
        ("stolen", str(STOLEN.sub)),
        ("sought", str(gun.entries[0].event.sub)),
    ]


def test_the_ledger_tells_the_hit_to_who_records_and_to_who_listed() -> None:
    office = Office()
    events = [
        office.signed(f"component.{name}", SUB, **COMPONENT[f"component.{name}"])
        for name in ("registered", "stolen-reported", "found")
    ]
    known, listed, found = office.ledger.record(events)
    assert isinstance(known, Accepted)
    assert isinstance(listed, Accepted)
    assert isinstance(found, Accepted)
    assert (known.hits, listed.hits) == ((), ())
    assert found.hits == (Hit("stolen", AUTHORITY, listed.index, SUB),)
