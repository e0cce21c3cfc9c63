# SPDX-License-Identifier: Apache-2.0
"""What the ledger expects of any recorder: one order, no gap, all of a batch or nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, StoredEvent

from audit.appending.admission import AdmittedEvent
from audit.persistence import SignedMapper
from domain.firearm.claims import claim_key
from domain.ports import (
    NOTHING,
    CollisionError,
    Commitment,
    LedgerRecorder,
    Recorded,
    StaleHeadError,
)
from tests.unit.domain.signed_ledger import AUTHORITY, MAKER, Pen, admitted

ABSENT = UUID("01a2076b-4018-7111-8222-333333333333")
READ_SECONDS_MAX = 60


def insert(
    recorder: LedgerRecorder,
    *events: AdmittedEvent,
    at: int | None = None,
    tags: Sequence[tuple[str, int]] = (),
) -> Sequence[int] | None:
    """Insert a batch, with the claim that each of its firearms makes."""
    mapper = SignedMapper(JSONTranscoder())
    rows: list[StoredEvent] = [
        mapper.to_stored_event(cast("DomainEventProtocol[UUID]", each)) for each in events
    ]
    claims = [(key, n) for n, each in enumerate(events) if (key := claim_key(each.event))]
    size = recorder.size if at is None else at
    commitment = Commitment(expected_size=size, admitted=events, tags=tags, claims=claims)
    return recorder.insert_events(rows, commitment=commitment)


def states(recorder: LedgerRecorder) -> list[bytes]:
    """Read the whole log."""
    return [bytes(each.state) for each in recorder.select_notifications(1, 1_000)]


@pytest.fixture
def pen() -> Pen:
    return Pen()


def test_an_empty_log_has_no_newest_event(recorder: LedgerRecorder) -> None:
    assert recorder.refresh() == recorder.size == 0
    assert recorder.max_notification_id() is None
    assert recorder.select_notifications(1, 10) == []
    assert list(recorder.registry_events(0)) == []


def test_positions_are_counted_from_one_without_a_gap(recorder: LedgerRecorder, pen: Pen) -> None:
    events = [admitted(pen.born(f"S{number}")) for number in range(5)]
    assert list(insert(recorder, *events[:2]) or ()) == [1, 2]
    assert list(insert(recorder, *events[2:]) or ()) == [3, 4, 5]
    assert recorder.size == recorder.refresh() == recorder.max_notification_id() == 5
    assert states(recorder) == [each.jws for each in events]


def test_a_batch_judged_at_another_size_is_stale(recorder: LedgerRecorder, pen: Pen) -> None:
    insert(recorder, admitted(pen.born("S1")))
    for size in (0, 2):
        with pytest.raises(StaleHeadError, match="another size"):
            insert(recorder, admitted(pen.born("S2")), at=size)
    assert len(states(recorder)) == recorder.size == 1


def test_a_taken_position_of_a_stream_collides(recorder: LedgerRecorder, pen: Pen) -> None:
    first = pen.born("S1")
    insert(recorder, admitted(first))
    with pytest.raises(CollisionError, match="exists already"):
        insert(recorder, admitted(replace(pen.born("S2"), sub=first.sub)))
    assert len(states(recorder)) == recorder.size == 1


def test_a_used_request_collides(recorder: LedgerRecorder, pen: Pen) -> None:
    first = pen.born("S1")
    insert(recorder, admitted(first))
    with pytest.raises(CollisionError, match="exists already"):
        insert(recorder, admitted(pen.born("S2", jti=first.jti)))
    assert len(states(recorder)) == recorder.size == 1


def test_a_claimed_marking_collides(recorder: LedgerRecorder, pen: Pen) -> None:
    insert(recorder, admitted(pen.born("S1")))
    with pytest.raises(CollisionError, match="exists already"):
        insert(recorder, admitted(pen.born("s-1")))
    assert len(states(recorder)) == recorder.size == 1


def test_a_collision_leaves_nothing_of_its_batch_and_the_log_goes_on(
    recorder: LedgerRecorder, pen: Pen
) -> None:
    first = admitted(pen.born("S1"))
    insert(recorder, first)
    new = admitted(pen.born("S2"))
    with pytest.raises(CollisionError, match="exists already"):
        insert(recorder, new, first)
    request = (AUTHORITY, new.event.jti)
    keys = [claim_key(new.event) or ""]
    known = recorder.context(streams=[new.event.sub.uuid], requests=[request], claims=keys)
    assert (dict(known.histories), dict(known.requests), dict(known.claims)) == ({}, {}, {})
    assert list(insert(recorder, new) or ()) == [2]


def test_the_context_tells_what_is_known_and_nothing_else(
    recorder: LedgerRecorder, pen: Pen
) -> None:
    first, other = admitted(pen.born("S1")), admitted(pen.born("S2"))
    second = admitted(pen.marked(first))
    insert(recorder, first, other, second)
    stream, key = first.event.sub.uuid, claim_key(first.event) or ""
    request = (AUTHORITY, second.event.jti)
    context = recorder.context(
        streams=[stream, ABSENT],
        requests=[request, (AUTHORITY, ABSENT), ("auth.xb", second.event.jti)],
        claims=[key, "NOBODY|0"],
    )
    assert set(context.histories) == {stream}
    assert [each.id for each in context.histories[stream]] == [1, 3]
    assert [bytes(each.state) for each in context.histories[stream]] == [first.jws, second.jws]
    assert context.requests == {request: Recorded(2, second.event.eid)}
    assert context.claims == {key: stream}


def test_nothing_asked_is_nothing_answered(recorder: LedgerRecorder, pen: Pen) -> None:
    insert(recorder, admitted(pen.born("S1")))
    context = recorder.context(streams=(), requests=(), claims=())
    assert replace(context) == NOTHING


def test_the_newest_event_that_refers_to_something_is_known(
    recorder: LedgerRecorder, pen: Pen
) -> None:
    insert(recorder, *(admitted(pen.born(serial)) for serial in ("S1", "S2")), tags=[("a", 1)])
    insert(recorder, admitted(pen.born("S3")), tags=[("b", 0), ("a", 0)])
    insert(recorder, admitted(pen.born("S4")))
    assert [recorder.newest_reference(tag) for tag in ("a", "b", "c")] == [2, 2, None]


def test_events_that_refer_to_something_are_found_by_their_family(
    recorder: LedgerRecorder, pen: Pen
) -> None:
    first = admitted(pen.born("S1"))
    mark = admitted(pen.marked(first))
    insert(recorder, first, admitted(pen.born("S2")), tags=[("a", 0), ("b", 1)])
    insert(recorder, mark, tags=[("a", 0)])
    found = recorder.referring("a", "firearm.")
    assert [(each.id, bytes(each.state)) for each in found] == [(1, first.jws), (3, mark.jws)]
    assert [each.originator_id for each in found] == [first.event.sub.uuid] * 2
    assert [each.id for each in recorder.referring("a", "firearm.marked")] == [3]
    assert list(recorder.referring("a", "trace.")) == []
    assert list(recorder.referring("c", "firearm.")) == []


def test_registry_events_come_in_log_order_from_an_index_on(
    recorder: LedgerRecorder, pen: Pen
) -> None:
    founding = pen.founding()
    insert(recorder, *founding[:2])
    insert(recorder, admitted(pen.born("S1")), founding[2])
    found = list(recorder.registry_events(0))
    assert [each.id for each in found] == [1, 2, 4]
    assert [bytes(each.state) for each in found] == [each.jws for each in founding]
    assert [each.id for each in recorder.registry_events(1)] == [2, 4]
    assert list(recorder.registry_events(4)) == []


def test_a_stream_is_read_by_version(recorder: LedgerRecorder, pen: Pen) -> None:
    first = admitted(pen.born("S1"))
    second = admitted(pen.marked(first))
    insert(recorder, first, admitted(pen.born("S2")), second)
    events = recorder.select_events(first.event.sub.uuid)
    assert [bytes(each.state) for each in events] == [first.jws, second.jws]
    assert [each.originator_version for each in events] == [1, 2]
    newest = recorder.select_events(first.event.sub.uuid, desc=True, limit=1)
    assert [bytes(each.state) for each in newest] == [second.jws]
    assert list(recorder.select_events(ABSENT)) == []


def test_notifications_are_paged_and_chosen_by_topic(recorder: LedgerRecorder, pen: Pen) -> None:
    first = admitted(pen.born("S1"))
    insert(recorder, first, admitted(pen.marked(first)), admitted(pen.born("S2")))
    assert [each.id for each in recorder.select_notifications(2, 1)] == [2]
    assert [each.id for each in recorder.select_notifications(1, 9, 2)] == [1, 2]
    after = recorder.select_notifications(1, 9, inclusive_of_start=False)
    assert [each.id for each in after] == [2, 3]
    made = recorder.select_notifications(None, 9, topics=["firearm.manufactured/1"])
    assert [each.id for each in made] == [1, 3]


def test_a_subscriber_gets_what_was_and_what_comes(recorder: LedgerRecorder, pen: Pen) -> None:
    events = [admitted(pen.born(f"S{number}")) for number in range(6)]
    insert(recorder, *events[:3])
    seen: list[bytes] = []

    def read() -> None:
        with recorder.subscribe(gt=1) as subscription:
            for notification in subscription:
                seen.append(bytes(notification.state))
                if len(seen) == len(events) - 1:
                    return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for event in events[3:]:
        insert(recorder, event)
    reader.join(READ_SECONDS_MAX)
    assert seen == [each.jws for each in events[1:]]


def test_writers_that_race_for_one_head_get_it_one_by_one(
    recorder: LedgerRecorder, pen: Pen
) -> None:
    events = [admitted(pen.born(f"S{number}"), MAKER) for number in range(16)]
    won: list[int] = []

    def write(event: AdmittedEvent) -> None:
        try:
            won.extend(insert(recorder, event, at=0) or ())
        except StaleHeadError:
            return

    threads = [threading.Thread(target=write, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [1]
    assert len(states(recorder)) == recorder.size == 1
