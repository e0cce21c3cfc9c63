# SPDX-License-Identifier: Apache-2.0
"""The access log in the database: appended before an answer, by its one role, in one chain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import islice

import psycopg
import pytest

from audit.access.log import AccessLog
from audit.access.reading import open_access_log
from audit.access.retention import erase_due
from audit.database import Database
from audit.proof.access.chain import Extent, Stored, kept_from
from audit.proof.access.record import Cut, read_record
from audit.proof.access.verifying import AccessVerdict, verify_access
from domain.errors import UnreachableError, UnsafeError
from domain.registry.state import AccessHead
from tests.integration.append.desk import at_once
from tests.unit.audit.access.logs import DAY, access, text

CALLERS = 24
FORBIDDEN = (
    "table access.record",
    "table access.head",
    "insert into access.record values (0, 0, 'x', sha256('x'))",
    "update access.record set raw = 'x'",
    "delete from access.record",
    "truncate access.record",
    "update access.head set count = 0",
    "select access.cut(0, 1, 'x', 0, 'x')",
    "table access.nonce",
    "table access.bucket",
)
CHANGES = (
    "update access.record set raw = 'x'",
    "update access.record set at = 0",
    "truncate access.record",
    "delete from access.head",
    "truncate access.head",
    "update access.head set count = 0",
    "update access.head set first = -1",
    "insert into access.head values (true, 0, sha256(''), 0, sha256(''))",
)
TAMPERING = (
    (
        "access_digest",
        (
            "update access.record set raw = replace(encode(raw, 'escape'), '\"5\"', '\"6\"')::bytea"
            " where n = 5"
        ),
    ),
    ("access_gap", "delete from access.record where n = 5"),
    ("access_tail", "delete from access.record where n >= 8"),
    (
        "access_digest",
        "insert into access.record select 10, at, raw, digest from access.record where n = 9",
    ),
    (
        "access_cut",
        (
            "delete from access.record where n < 3;"
            " update access.head set first = 3, kept = (select sha256('x'))"
        ),
    ),
)


@pytest.fixture
def log(database: Database) -> Iterator[AccessLog]:
    with closing(AccessLog(database.conninfo("ledger_access"))) as opened:
        yield opened


def read(database: Database) -> tuple[list[Stored], Extent]:
    with open_access_log(database.conninfo("ledger_auditor")) as reader:
        return list(reader.records()), reader.extent()


def verified(database: Database, *heads: AccessHead, now: int) -> AccessVerdict:
    records, extent = read(database)
    return verify_access(records, extent, heads, now=now)


def head_of(database: Database, *, at: int) -> AccessHead:
    _, extent = read(database)
    return AccessHead(count=extent.count, digest=text(extent.digest), at=at, index=42, eid="A" * 43)


def now_of(database: Database) -> int:
    with psycopg.connect(database.admin) as connection:
        row = connection.execute("select extract(epoch from now())::bigint").fetchone()
        assert row
        return int(row[0])


def test_what_is_recorded_is_read_back_in_one_chain(database: Database, log: AccessLog) -> None:
    now = now_of(database)
    written = [access(now, case=f"{n}", decision="purpose_missing", count=0) for n in range(3)]
    for each in written:
        log.record(each)
    records, extent = read(database)
    assert [read_record(each.raw) for each in records] == written
    assert (extent.first, extent.count, extent.digest) == (0, 3, records[-1].digest)
    assert verified(database, now=now).findings == ()


def test_callers_and_processes_that_write_at_once_make_one_chain(database: Database) -> None:
    now = now_of(database)
    conninfo = database.conninfo("ledger_access")
    with closing(AccessLog(conninfo)) as one, closing(AccessLog(conninfo)) as two:
        works = [
            partial((one, two)[n % 2].record, access(now, case=f"{n}")) for n in range(CALLERS)
        ]
        at_once(works)
    records, _ = read(database)
    cases = sorted(int(getattr(read_record(each.raw), "case", "")) for each in records)
    assert cases == list(range(CALLERS))
    assert verified(database, now=now).holds


def test_those_who_wait_share_one_commit(database: Database, log: AccessLog) -> None:
    now = now_of(database)
    log.record(access(now, case="first"))
    with psycopg.connect(database.admin) as connection:
        connection.execute("select from access.head for update")
        threads = [
            threading.Thread(target=log.record, args=(access(now, case=f"{n}"),))
            for n in range(CALLERS)
        ]
        threads[0].start()
        while log._turnstile._waiting or not log._turnstile._busy:
            threads[0].join(0.001)
        for thread in threads[1:]:
            thread.start()
        while len(log._turnstile._waiting) < CALLERS - 1:
            threads[0].join(0.001)
    for thread in threads:
        thread.join(60)
    with psycopg.connect(database.admin) as connection:
        (commits,) = connection.execute(
            "select count(distinct xmin::text) from access.record"
        ).fetchone() or (0,)
    # The first one, whoever led while the head was held, and all the others together.
    assert (commits, read(database)[1].count) == (3, CALLERS + 1)


def test_nothing_is_shown_when_it_cannot_be_recorded(database: Database) -> None:
    gone = AccessLog(f"{database.conninfo('ledger_access')} dbname=nowhere")
    with closing(gone), pytest.raises(UnreachableError) as refused:
        gone.record(access(0))
    assert refused.value.slug == "access_unrecorded"


def test_the_role_of_the_access_log_only_appends(database: Database, log: AccessLog) -> None:
    log.record(access(now_of(database)))
    for statement in FORBIDDEN:
        with (
            psycopg.connect(database.conninfo("ledger_access")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
        ):
            connection.execute(statement.encode())


@pytest.mark.parametrize("role", ["ledger_api", "ledger_reader", "ledger_projector"])
def test_only_auditors_read_it(database: Database, role: str) -> None:
    for table in ("record", "head"):
        with (
            psycopg.connect(database.conninfo(role)) as connection,  # type: ignore[arg-type]
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
        ):
            connection.execute(f"table access.{table}".encode())


@pytest.mark.parametrize("setting", ["role = ledger_owner", "session_replication_role = replica"])
def test_owner_and_superuser_are_stopped_by_the_triggers(
    database: Database, log: AccessLog, setting: str
) -> None:
    log.record(access(now_of(database)))
    for statement in (*CHANGES, "delete from access.record"):
        with psycopg.connect(database.admin) as connection:
            connection.execute(f"set {setting}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                connection.execute(statement.encode())


@pytest.mark.parametrize(("code", "statement"), TAMPERING)
def test_what_a_superuser_changes_is_named(
    database: Database, log: AccessLog, code: str, statement: str
) -> None:
    now = now_of(database)
    for n in range(10):
        log.record(access(now, case=f"{n}"))
    head = head_of(database, at=now)
    assert verified(database, head, now=now).findings == ()
    _tamper(database, statement)
    assert code in [each.code for each in verified(database, head, now=now).findings]


def test_a_tail_that_a_superuser_cuts_off_with_its_head_row_is_found_by_the_ledger(
    database: Database, log: AccessLog
) -> None:
    now = now_of(database)
    for n in range(10):
        log.record(access(now, case=f"{n}"))
    head = head_of(database, at=now)
    _tamper(
        database,
        "delete from access.record where n >= 8; update access.head set count = 8, digest ="
        " (select digest from access.record where n = 7)",
    )
    assert verified(database, now=now).findings == ()
    (found,) = verified(database, head, now=now).findings
    assert (found.code, found.index) == ("access_tail", 42)


def test_a_chain_that_a_superuser_makes_anew_is_found_by_the_ledger(
    database: Database, log: AccessLog
) -> None:
    now = now_of(database)
    for n in range(4):
        log.record(access(now, case=f"{n}"))
    head = head_of(database, at=now)
    _tamper(
        database,
        "create temp table old as select * from access.record; delete from access.record;"
        " update access.head set count = 0, digest = sha256('fle-access-1');"
        " select access.append(array_agg(at order by n), array_agg(case n when 2 then"
        " replace(encode(raw, 'escape'), '\"2\"', '\"9\"')::bytea else raw end order by n))"
        " from old",
    )
    assert verified(database, now=now).findings == ()
    assert [each.code for each in verified(database, head, now=now).findings] == ["access_head"]


def test_whole_months_are_erased_when_they_are_due_and_the_rest_still_verifies(
    database: Database, log: AccessLog
) -> None:
    now = now_of(database)
    limit = kept_from(now)
    moments = [limit - 40 * DAY, limit - 1, limit, limit + DAY, now]
    heads = []
    for at in moments:
        log.record(access(at))
        heads.append(head_of(database, at=at))
    assert erase_due(database.conninfo("ledger_auditor"), now=now) == 2
    records, extent = read(database)
    assert [each.n for each in records] == [2, 3, 4, 5]
    assert (extent.first, extent.count) == (2, 6)
    assert isinstance(read_record(records[-1].raw), Cut)
    assert verified(database, *heads, now=now).findings == ()
    assert erase_due(database.conninfo("ledger_auditor"), now=now) == 0
    log.record(access(now))
    assert verified(database, *heads, now=now).findings == ()


def test_everything_is_erased_where_all_of_it_is_due(database: Database, log: AccessLog) -> None:
    now = now_of(database)
    for n in range(3):
        log.record(access(1_000_000 + n))
    assert erase_due(database.conninfo("ledger_auditor"), now=now) == 3
    records, _ = read(database)
    assert [each.n for each in records] == [3]
    assert verified(database, now=now).findings == ()


def test_nobody_erases_before_the_time_by_a_clock_of_his_own(
    database: Database, log: AccessLog
) -> None:
    now = now_of(database)
    log.record(access(kept_from(now)))
    with pytest.raises(UnsafeError):
        erase_due(database.conninfo("ledger_auditor"), now=now + 40 * DAY)
    assert read(database)[1].first == 0


def test_the_database_keeps_by_the_same_rule(database: Database) -> None:
    with psycopg.connect(database.admin) as connection:
        row = connection.execute("select access.kept_from(), extract(epoch from now())").fetchone()
    assert row
    assert row[0] == kept_from(int(row[1]))


def test_pages_are_read_one_after_another(
    database: Database, log: AccessLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.access.reading.PAGE_ROWS", 2)
    for n in range(5):
        log.record(access(now_of(database), case=f"{n}"))
    with open_access_log(database.conninfo("ledger_auditor")) as reader:
        assert [each.n for each in reader.records()] == [0, 1, 2, 3, 4]
        assert [each.n for each in islice(reader.records(start=3), 9)] == [3, 4]


def _tamper(database: Database, statements: str) -> None:
    with psycopg.connect(database.admin) as connection:
        for table in ("record", "head"):
            connection.execute(f"alter table access.{table} disable trigger all".encode())
        for statement in statements.split(";"):
            connection.execute(statement.encode())
