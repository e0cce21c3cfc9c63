# SPDX-License-Identifier: Apache-2.0
"""One batch at one head: each event is judged after those accepted before it, and alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from audit.appending.admission import AdmittedEvent
from domain.aggregate.naming import references
from domain.judgement import Accepted, Judgement, Stream
from domain.ports import NOTHING, Context, Recorded
from domain.registry.aggregate import evolve
from domain.registry.state import Registry
from tests.unit.domain.signed_ledger import AUTHORITY, MAKER, ROOTS, Pen, admitted, place

HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
START = 100


@pytest.fixture
def pen() -> Pen:
    return Pen()


def judged(
    events: Sequence[AdmittedEvent],
    registry: Registry | None = None,
    *,
    context: Context = NOTHING,
    size: int = START,
) -> Judgement:
    """Judge a batch on new streams."""
    streams = {each.event.sub.uuid: Stream() for each in events}
    judgement = Judgement(
        size=size, registry=registry or Registry.empty(), context=context, streams=streams
    )
    for each in events:
        judgement.take(each)
    return judgement


def places(judgement: Judgement) -> list[int | str]:
    return [place(each) for each in judgement.outcomes]


def founded(pen: Pen) -> Registry:
    registry = Registry.empty()
    for index, each in enumerate(pen.founding()):
        registry = evolve(registry, each.event, index)
    return registry


def test_accepted_events_get_the_next_indexes_and_refused_ones_none(pen: Pen) -> None:
    good = [admitted(pen.born(f"S{number}")) for number in range(3)]
    bad = admitted(pen.born("S9", seq=7))
    judgement = judged([good[0], bad, *good[1:]], founded(pen))
    assert places(judgement) == [START, "seq_conflict", START + 1, START + 2]
    assert judgement.refused
    assert list(judgement.commitment().admitted) == good


def test_an_event_names_the_one_before_it_in_its_stream(pen: Pen) -> None:
    born = admitted(pen.born("S1"))
    stray = admitted(pen.marked(born, prev="B" * 43))
    judgement = judged([born, stray, admitted(pen.marked(born))], founded(pen))
    assert places(judgement) == [START, "prev_mismatch", START + 1]


def test_a_batch_may_found_a_ledger_and_use_it_at_once(pen: Pen) -> None:
    events = [*pen.founding(), admitted(pen.born("S1"))]
    assert places(judged(events, size=0)) == [0, 1, 2, 3]


def test_a_key_suspended_in_a_batch_signs_nothing_after_it(pen: Pen) -> None:
    registry = founded(pen)
    record = registry.keys[MAKER.kid]
    draft = pen.draft("key.suspended", f"key.{record.stream}", {"kid": MAKER.kid})
    halt = admitted(draft, ROOTS[0])
    events = [admitted(pen.born("S1")), halt, admitted(pen.born("S2"))]
    assert places(judged(events, registry)) == [START, START + 1, "key_not_valid"]


def test_what_is_in_the_log_is_answered_before_anything_is_judged(pen: Pen) -> None:
    event = admitted(pen.born("S1"))
    known = {(AUTHORITY, event.event.jti): Recorded(17, event.event.eid)}
    judgement = judged([event], Registry.empty(), context=replace(NOTHING, requests=known))
    assert judgement.outcomes == [Accepted(17, event.event.eid, repeated=True)]
    assert not judgement.refused
    assert list(judgement.commitment().admitted) == []


def test_an_event_twice_in_a_batch_is_recorded_once(pen: Pen) -> None:
    event = admitted(pen.born("S1"))
    first, second = judged([event, event], founded(pen)).outcomes
    assert (first, second) == (
        Accepted(START, event.event.eid),
        Accepted(START, event.event.eid, repeated=True),
    )


def test_another_event_under_one_jti_in_a_batch_is_a_conflict(pen: Pen) -> None:
    first = pen.born("S1")
    second = pen.born("S2", jti=first.jti)
    judgement = judged([admitted(first), admitted(second)], founded(pen))
    assert places(judgement) == [START, "jti_conflict"]


def test_the_first_of_two_markings_in_a_batch_claims_it(pen: Pen) -> None:
    drafts = [pen.born("S1"), pen.born("S-1"), pen.born("S1", reason="maker_reused_number")]
    judgement = judged([admitted(each) for each in drafts], founded(pen))
    assert places(judgement) == [START, "marking_claimed", START + 1]
    assert [number for _, number in judgement.commitment().claims] == [0]


def test_a_marking_that_another_firearm_holds_needs_a_reason(pen: Pen) -> None:
    rival = admitted(pen.born("S1")).event.sub.uuid
    held = replace(NOTHING, claims={"TESTWERK|S1": rival})
    bare, reasoned = pen.born("S1"), pen.born("S1", reason="maker_reused_number")
    judgement = judged([admitted(bare), admitted(reasoned)], founded(pen), context=held)
    assert places(judgement) == ["marking_claimed", START]
    assert list(judgement.commitment().claims) == []


def test_an_event_refers_to_the_holding_that_it_names(pen: Pen) -> None:
    data = {name: each for name, each in pen.born("S2").dat.items() if name != "exemption"}
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    held = pen.draft(
        "firearm.registered", pen.identifier("arm."), {**data, "source": source, "hld": HOLDING}
    )
    assert references(admitted(held).event) == (HOLDING,)
    assert references(admitted(pen.born("S1")).event) == ()


def test_a_stream_of_another_kind_is_never_continued(pen: Pen) -> None:
    registry = founded(pen)
    event = admitted(pen.born("S1", seq=3, prev="B" * 43))
    judgement = judged([], registry)
    judgement.streams[event.event.sub.uuid] = Stream(2, "B" * 43, "key")
    judgement.take(event)
    assert places(judgement) == ["seq_conflict"]
