# SPDX-License-Identifier: Apache-2.0
"""What the eventsourcing library reads is the log: a tailing reader misses nothing.

The reader is the canary of the store facts, section 8: the same test fails where
positions are given out before the order of commits is settled.
"""

from __future__ import annotations

import threading
import time
from functools import partial

import psycopg
import pytest

from api.bootstrap import Office, open_office
from audit.appending.sequencer import Receipt
from audit.recorder import PostgresLedgerRecorder
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    following,
    signed,
)

WRITERS = 8
EACH = 25
READ_SECONDS_MAX = 60


@pytest.mark.slow
def test_a_tailing_reader_misses_nothing_of_what_eight_writers_append(
    desk: Desk, office: Office, second_office: Office
) -> None:
    stop = FOUNDING_EVENTS + WRITERS * EACH
    seen: list[tuple[int, bytes]] = []

    def read() -> None:
        with office.ledger.recorder.subscribe(gt=None) as following_log:
            for notification in following_log:
                seen.append((notification.id, bytes(notification.state)))
                if len(seen) == stop:
                    return

    def write(writer: int) -> list[Receipt]:
        door = (office, second_office)[writer % 2]
        return [door.append(signed(born(), desk.key).to_bytes()) for _ in range(EACH)]

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    at_once([partial(write, writer) for writer in range(WRITERS)])
    reader.join(READ_SECONDS_MAX)
    assert not reader.is_alive(), f"{stop - len(seen)} events were missed"
    assert seen == [(index + 1, raw) for index, raw in desk.rows()]


def test_the_signed_bytes_come_back_octet_for_octet(desk: Desk) -> None:
    first = born()
    birth = desk.append(first)
    seizure = desk.append(following(first, birth.eid))
    for receipt in (birth, seizure):
        kept = desk.submitted[receipt.index].jws
        assert dict(desk.rows())[receipt.index] == kept
        stored = _recorder(desk).select_notifications(receipt.index + 1, 1)
        assert [bytes(each.state) for each in stored] == [kept]


def test_a_stream_is_read_in_its_order_with_public_names(desk: Desk) -> None:
    first = born()
    birth = desk.append(first)
    desk.append(following(first, birth.eid))
    stream = desk.office.open(desk.submitted[birth.index].to_bytes()).event.sub.uuid
    events = _recorder(desk).select_events(stream)
    names = [(each.originator_version, each.topic) for each in events]
    assert names == [(1, "firearm.manufactured/1"), (2, "firearm.seized/1")]
    newest = _recorder(desk).select_events(stream, desc=True, limit=1)
    assert [each.originator_version for each in newest] == [2]
    assert _recorder(desk).select_events(stream, gt=2) == []


def test_pages_of_notifications_make_up_the_log(desk: Desk) -> None:
    for _ in range(6):
        desk.append(born())
    recorder = _recorder(desk)
    stop = FOUNDING_EVENTS + 6
    assert recorder.max_notification_id() == stop
    pages = [recorder.select_notifications(start, 4) for start in range(1, stop + 1, 4)]
    assert [each.id for page in pages for each in page] == list(range(1, stop + 1))
    made = recorder.select_notifications(1, 99, topics=["firearm.manufactured/1"])
    assert [each.id for each in made] == list(range(FOUNDING_EVENTS + 1, stop + 1))
    assert [n.id for n in recorder.select_notifications(2, 9, 4)] == [2, 3, 4]
    after = recorder.select_notifications(2, 9, 4, inclusive_of_start=False)
    assert [n.id for n in after] == [3, 4]


def test_reads_go_on_after_their_connections_were_cut(desk: Desk) -> None:
    recorder = _recorder(desk)
    assert recorder.select_notifications(1, 1)
    with psycopg.connect(desk.office.database.admin, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert recorder.max_notification_id() == FOUNDING_EVENTS
    assert len(recorder.select_notifications(1, 9)) == FOUNDING_EVENTS
    assert desk.append(born()).index == FOUNDING_EVENTS


def test_an_office_that_is_closed_leaves_no_connection_behind(desk: Desk) -> None:
    count = "select count(*) from pg_stat_activity where datname = current_database()"
    with psycopg.connect(desk.office.database.admin, autocommit=True) as connection:
        before = connection.execute(count).fetchall()
        with open_office(desk.office.settings) as office:
            office.ledger.recorder.select_notifications(1, 1)
            office.append(signed(born(), desk.key).to_bytes())
            assert connection.execute(count).fetchall() > before
        deadline = time.monotonic() + READ_SECONDS_MAX
        while connection.execute(count).fetchall() != before:
            assert time.monotonic() < deadline


def _recorder(desk: Desk) -> PostgresLedgerRecorder:
    recorder = desk.office.ledger.recorder
    assert isinstance(recorder, PostgresLedgerRecorder)
    return recorder
