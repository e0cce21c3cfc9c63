# SPDX-License-Identifier: Apache-2.0
"""The one way in: what ``ledger.append`` writes, refuses and waits for."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.database import Database

DEADLINE_SECONDS = 30
LIMITED = f" options='-c statement_timeout={DEADLINE_SECONDS}s'"


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.admin) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_batch_is_appended_with_everything_that_belongs_to_it(
    database: Database, append: Callable[..., int]
) -> None:
    holding, digest = uuid.uuid4(), bytes(32)
    size = append(
        database.conninfo("ledger_api"), count=2,
        tags=["holder:x"], tag_n=[2], marks=[b"mark"], mark_n=[1],
        tile_levels=[0], tile_ns=[0], tile_hashes=[bytes(512)],
        vault_eids=[digest], vault_digests=[digest], vault_hlds=[holding],
        vault_nonces=[bytes(12)], vault_ciphertexts=[b"sealed"],
        vault_macs=[b""],
    )  # fmt: skip
    assert size == 2
    assert rows(database, "select idx from ledger.event order by idx") == [(0,), (1,)]
    assert rows(database, "select tag, idx from ledger.event_ref") == [("holder:x", 1)]
    assert rows(database, "select idx, stream = (select stream from ledger.event where idx = 0)"
                " from ledger.marking_claim") == [(0, True)]  # fmt: skip
    assert rows(database, "select level, n from ledger.tile") == [(0, 0)]
    assert rows(database, "select hld, mac from vault.disclosure") == [(holding, None)]
    assert rows(database, "select size from ledger.head") == [(2,)]


def test_the_exact_bytes_are_read_back_under_the_names_of_the_library(
    database: Database, append: Callable[..., int]
) -> None:
    append(database.conninfo("ledger_api"), raws=[b'{"exact":  "\x00bytes"}'])
    query = "select topic, state, originator_version, notification_id from ledger.stored_event"
    assert rows(database, query) == [("firearm.marked/1", b'{"exact":  "\x00bytes"}', 1, 1)]


@pytest.mark.parametrize("stale", [{"old_size": 0}, {"old_root": bytes(32)}])
def test_a_batch_decided_on_a_stale_head_is_refused_with_40001(
    database: Database, append: Callable[..., int], stale: dict[str, Any]
) -> None:
    append(database.conninfo("ledger_api"))
    with pytest.raises(psycopg.errors.SerializationFailure, match="stale head"):
        append(database.conninfo("ledger_api"), **stale)
    assert rows(database, "select count(*) from ledger.event") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        {"seqs": [1]}, {"kinds": None}, {"raws": []}, {"leaves": [bytes(32)] * 3},
        {"tags": ["a"]}, {"tag_n": [1]}, {"marks": [b"m"], "mark_n": None},
        {"tags": ["a"], "tag_n": [3]}, {"marks": [b"m"], "mark_n": [0]},
        {"tile_levels": [0], "tile_ns": [0]}, {"vault_eids": None},
        {"vault_eids": [bytes(32)], "vault_digests": [b""]}, {"vault_macs": [b""]},
        {"vault_macs": None},
    ],
)  # fmt: skip
def test_arrays_that_do_not_belong_together_are_refused(
    database: Database, append: Callable[..., int], change: dict[str, Any]
) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="bad batch"):
        append(database.conninfo("ledger_api"), count=2, **change)
    assert rows(database, "select size from ledger.head") == [(0,)]


def test_an_empty_batch_is_refused(database: Database, append: Callable[..., int]) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="bad batch"):
        append(database.conninfo("ledger_api"), count=0)


@pytest.mark.parametrize(
    "change",
    [
        {"streams": [uuid.UUID(int=1)] * 2},
        {"jtis": [uuid.UUID(int=1)] * 2},
        {"marks": [b"same", b"same"], "mark_n": [1, 2]},
    ],
)
def test_what_must_be_unique_fails_the_whole_batch(
    database: Database, append: Callable[..., int], change: dict[str, Any]
) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        append(database.conninfo("ledger_api"), count=2, **change)
    assert rows(database, "select size from ledger.head") == [(0,)]


@pytest.mark.parametrize(
    "change",
    [
        {"raws": [b""]}, {"raws": [bytes(16385)]}, {"leaves": [bytes(31)]}, {"eids": [bytes(33)]},
        {"seqs": [0]}, {"new_root": bytes(31)}, {"new_frontier": b""},
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_size_meets_a_constraint(
    database: Database, append: Callable[..., int], change: dict[str, Any]
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        append(database.conninfo("ledger_api"), **change)


def test_a_batch_notifies_its_listeners_once(
    database: Database, append: Callable[..., int]
) -> None:
    with psycopg.connect(database.conninfo("ledger_reader"), autocommit=True) as listener:
        listener.execute("listen stored_event")
        append(database.conninfo("ledger_api"), count=3)
        listener.execute("select pg_notify('stored_event', 'end')")
        heard = [note.payload for note in listener.notifies(timeout=DEADLINE_SECONDS, stop_after=2)]
    assert heard == ["", "end"]


def test_the_first_checkpoint_of_a_size_is_kept(database: Database) -> None:
    with psycopg.connect(database.conninfo("ledger_api")) as connection:
        for note in (b"first", b"second"):
            connection.execute("select ledger.keep_checkpoint(%s::bigint, %s)", (7, note))
    assert rows(database, "select size, note from ledger.checkpoint") == [(7, b"first")]


def test_four_writers_racing_leave_no_gap_and_no_fork(
    database: Database, append: Callable[..., int]
) -> None:
    def write() -> None:
        for _ in range(10):
            lost = True
            while lost:
                try:
                    append(database.conninfo("ledger_api"), count=2)
                    lost = False
                except psycopg.errors.SerializationFailure:
                    lost = True

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert rows(database, "select size from ledger.head") == [(80,)]
    assert rows(database, "select count(*), max(idx) from ledger.event") == [(80, 79)]


@pytest.mark.parametrize(("count", "octets"), [(5000, 700), (128, 16384)])
def test_a_large_batch_finishes_over_the_socket(
    database: Database, append: Callable[..., int], count: int, octets: int
) -> None:
    raws = [index.to_bytes(4) + bytes(octets - 4) for index in range(count)]
    assert append(database.conninfo("ledger_api") + LIMITED, count=count, raws=raws) == count


def test_append_goes_on_while_the_lock_of_vacuum_is_held(
    database: Database, append: Callable[..., int]
) -> None:
    with psycopg.connect(database.admin) as maintenance:
        maintenance.execute("lock table ledger.event in share update exclusive mode")
        assert append(database.conninfo("ledger_api") + LIMITED) == 1


def test_append_goes_on_while_an_index_is_built_concurrently(
    database: Database, append: Callable[..., int]
) -> None:
    append(database.conninfo("ledger_api"))
    build = "create index concurrently spare on ledger.event (kind)"
    with psycopg.connect(database.admin) as old, psycopg.connect(database.admin) as watch:
        watch.autocommit = True
        old.execute("set transaction isolation level repeatable read")
        old.execute("select from ledger.event")  # the build waits for this snapshot to end
        builder = threading.Thread(target=_execute, args=(database.admin, build))
        builder.start()
        _until_waiting(watch)
        assert append(database.conninfo("ledger_api") + LIMITED) == 2
        assert builder.is_alive()
        old.rollback()
        builder.join(DEADLINE_SECONDS)
    assert not builder.is_alive()


def _execute(conninfo: str, statement: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement.encode())


def _until_waiting(watch: psycopg.Connection) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    query = "select count(*) from pg_stat_progress_create_index where phase like 'waiting for %'"
    while watch.execute(query).fetchone() != (1,):
        assert time.monotonic() < deadline
