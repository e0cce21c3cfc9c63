# SPDX-License-Identifier: Apache-2.0
"""An officer's name and log-in have a clock, from the end of the last key, and can be held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.erasure.officers import NOT_HELD, Officer, officer_in
from domain.erasure.records import begun, kept
from domain.event import Event, read_event
from domain.identifiers import parse_stream_id
from domain.occurrence import parse_occurrence
from domain.registry.state import KeyRecord, Registry
from tests.unit.domain.correcting.records import folded
from tests.unit.domain.erasure.erasing import CLOCK, approved, at, erasure, state_after
from tests.unit.domain.erasure.holding import holds
from tests.unit.domain.identity.scenes import INDEX, OTHER, REGISTRY, key
from tests.unit.domain.lives import NOW, digest

OFFICER = "off.01a2076b-4018-7111-8222-333333333333"
TODAY = parse_occurrence("2026-11-23")
LEFT = at("2010-03-02")
CLOCK_OF_OFFICER = {**CLOCK, "starts": "service_end", "began_on": "2010-03-02", "years": 10}


def held_key(name: str, **facts: Any) -> KeyRecord:
    """Give a key of the officer."""
    told = {"proposal": digest(f"proposal {name}"), **facts}
    return replace(key(digest(name), OFFICER), **told)


def registry(*keys: KeyRecord) -> Registry:
    """Give the registry in which the officer has these keys, and others have theirs."""
    return replace(REGISTRY, keys={**REGISTRY.keys, **{each.kid: each for each in keys}})


GONE = held_key("gone", ended=50, ended_at=LEFT)
AGAIN = held_key("again")


def hold(step: str, **dat: Any) -> Event:
    """Build an event of the officer's stream."""
    evt = f"officer.hold-{step}"
    payload = {
        "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "evt": evt, "iat": NOW,
        "dat": {**holds("officer")[evt], **dat}, "iss": "auth.xa.0410",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab", "occ": "2026-11-23", "prev": "A" * 43,
        "seq": 1, "sub": OFFICER, "ver": 1,
    }  # fmt: skip
    return read_event(payload, kid="k" * 43, eid=digest(f"{evt} {dat}"), catalogue=CATALOGUE)


def judged(
    event: Event, known: Registry, state: Any = None, officer: Sequence[Event] = ()
) -> str | None:
    """Name the rule that refuses an event, beside what the officer's stream says."""
    others = {parse_stream_id(OFFICER).uuid: folded(officer) if officer else None}
    scene = Scene(event=event, index=INDEX, state=state, others=others, registry=known)
    refusal = AGGREGATES[event.sub.kind].decide(scene)
    return refusal.rule if refusal else None


def proposed(**dat: Any) -> Event:
    """Build the proposal to erase the officer whose retention ended."""
    stated = {"record": OFFICER, "events": [GONE.proposal], "holdings": [OFFICER]}
    return erasure("proposed", **{**stated, "clock": CLOCK_OF_OFFICER, **dat})


def service_end(*keys: KeyRecord) -> int | None:
    return begun(Officer(keys=keys), TODAY).get("service_end")


def test_the_clock_begins_with_the_end_of_the_last_key() -> None:
    assert service_end() is None, "nobody is known"
    assert service_end(AGAIN) is service_end(GONE, AGAIN) is None, "still in service"
    later = replace(AGAIN, ended=60, ended_at=LEFT + 9)
    assert service_end(later, GONE) == service_end(GONE, later) == LEFT + 9
    assert service_end(replace(GONE, not_after=LEFT - 5)) == LEFT - 5, "it had run out before"
    assert service_end(replace(AGAIN, not_after=LEFT)) == LEFT, "nobody revoked it"
    assert service_end(replace(AGAIN, not_after=TODAY.latest + 1)) is None, "it runs still"


@given(st.lists(st.none() | st.integers(0, NOW), min_size=1, max_size=5))
def test_no_key_of_an_officer_can_sign_after_the_end_of_service(ends: list[int | None]) -> None:
    keys = tuple(held_key(str(n), ended=None if end is None else n, ended_at=end)
                 for n, end in enumerate(ends))  # fmt: skip
    left = Officer(keys=keys).left_at
    assert (left is None) == (None in ends)
    assert left is None or all(each.ended_at is not None and each.ended_at <= left for each in keys)


def test_what_may_disclose_the_name_are_the_proposals_of_the_keys() -> None:
    introduced = held_key("first", proposed=3, approved=5)
    rotated = held_key("second", proposed=9, approved=9)
    assert Officer(keys=(introduced, rotated)).introduced_by == (introduced.proposal,)
    assert Officer(keys=(rotated, rotated)).introduced_by == (rotated.proposal,), "a root"


def test_the_registry_gives_the_keys_and_the_stream_the_holds() -> None:
    known = registry(GONE, AGAIN)
    assert officer_in(known, OFFICER) == replace(NOT_HELD, keys=(GONE, AGAIN))
    assert officer_in(REGISTRY, OFFICER) is None
    held = officer_in(known, OFFICER, folded([hold("placed")]))
    assert held is not None
    assert (held.holds, held.keys) == (("H-1",), (GONE, AGAIN))


def test_an_erasure_is_proposed_once_the_retention_has_run_out() -> None:
    known = registry(GONE)
    assert judged(proposed(), known) is None
    assert judged(proposed(), REGISTRY) == "reference_unknown"
    assert judged(proposed(events=["B" * 43]), known) == "erasure_of_another_record"
    assert judged(proposed(clock={**CLOCK_OF_OFFICER, "years": 20}), known) == "retention_not_ended"
    early = {**CLOCK_OF_OFFICER, "began_on": "2010-03-01"}
    assert judged(proposed(clock=early), known) == "retention_not_begun"
    assert judged(proposed(), registry(GONE, AGAIN)) == "retention_not_begun"
    few = {**CLOCK_OF_OFFICER, "years": 1}
    assert judged(proposed(clock=few), known) is None, "no treaty sets a least number"
    found = kept(OFFICER)
    assert found is not None
    assert found.years_min == 0


def test_whoever_comes_back_into_service_is_not_erased_by_an_older_proposal() -> None:
    event = proposed()
    parts: dict[str, Any] = {
        "record": OFFICER, "events": [GONE.proposal], "holdings": [OFFICER],
    }  # fmt: skip
    agreed = approved(record=OFFICER, target=event.eid)
    done = erasure("executed", by=OTHER, **parts)
    for step, before in ((agreed, [event]), (done, [event, agreed])):
        assert judged(step, registry(GONE), state_after(*before)) is None
        assert judged(step, registry(GONE, AGAIN), state_after(*before)) == "retention_not_begun"


def test_an_order_needs_no_end_of_service() -> None:
    known = registry(GONE, AGAIN)
    event = proposed(basis="ordered", clock="absent", reference="COURT 7")
    agreed = approved(record=OFFICER, target=event.eid)
    assert judged(event, known) is None
    assert judged(agreed, known, state_after(event)) is None


def test_a_hold_stops_it_until_it_is_released() -> None:
    known = registry(GONE)
    placed, released = hold("placed"), hold("released")
    assert judged(placed, known) is None
    assert judged(hold("placed", hold_no="H-2"), known, folded([placed])) is None
    assert judged(released, known, folded([placed])) is None
    assert judged(released, known) == "hold_unknown"
    assert judged(proposed(), known, officer=[placed]) == "hold_active"
    assert judged(proposed(), known, officer=[placed, released]) is None


def test_nobody_holds_an_officer_whom_the_registry_does_not_know() -> None:
    assert judged(hold("placed"), REGISTRY) == "reference_unknown"


@pytest.mark.parametrize(
    ("review", "rule"), [("2027-11-20", None), ("2028-11-20", "second_person_missing")]
)
def test_a_long_hold_takes_two_persons_here_too(review: str, rule: str | None) -> None:
    assert judged(hold("placed", review_on=review), registry(GONE)) == rule
