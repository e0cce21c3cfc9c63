# SPDX-License-Identifier: Apache-2.0
"""The migration runner on real databases: once, in order, unedited, one at a time."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database import Database, Role
from migrations.runner import MigrationError, migrate, pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

FIRST = "0001_ledger.sql"
SHIPPED = tuple(
    sorted(each.name for each in files("migrations").iterdir() if each.name.endswith(".sql"))
)
ROLES: tuple[Role, ...] = get_args(Role)
SEEN: dict[Role, str] = {
    "ledger_auditor": "select count from access.head",
    **dict.fromkeys(
        ("ledger_access", "ledger_people"),
        "select count(*) from pg_catalog.pg_proc where proname = 'nothing'",
    ),
}
"""What a role that does not see the ledger sees instead; all others see its size."""


def execute(conninfo: str, *statements: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture
def empty(server: Database) -> Iterator[str]:
    name = f"empty_{uuid.uuid4().hex}"
    execute(server.admin, f"create database {name}")
    yield make_conninfo(server.admin, dbname=name)
    execute(server.admin, f"drop database {name} with (force)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.joinpath(FIRST).write_bytes(files("migrations").joinpath(FIRST).read_bytes())
    tmp_path.joinpath("0002_more.sql").write_text("create table ledger.more (n int);")
    return tmp_path


def test_migrations_are_applied_once_and_a_second_run_does_nothing(empty: str) -> None:
    assert SHIPPED[0] == FIRST
    assert pending(empty) == SHIPPED
    assert migrate(empty) == SHIPPED
    assert migrate(empty) == ()
    assert pending(empty) == ()


def test_two_runners_at_once_apply_each_file_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate, [empty] * 4))
    assert sorted(applied) == [(), (), (), SHIPPED]


def test_an_edited_file_is_refused(empty: str, folder: Path) -> None:
    migrate(empty, folder=folder)
    folder.joinpath("0002_more.sql").write_text("create table ledger.more (n bigint);")
    with pytest.raises(MigrationError, match=r"0002_more\.sql was edited"):
        migrate(empty, folder=folder)


def test_a_renamed_file_is_refused(empty: str, folder: Path) -> None:
    migrate(empty, folder=folder)
    folder.joinpath("0002_more.sql").rename(folder / "0002_other.sql")
    with pytest.raises(MigrationError, match=r"0002_other\.sql was edited"):
        pending(empty, folder=folder)


def test_a_missing_file_is_refused(empty: str, folder: Path) -> None:
    migrate(empty, folder=folder)
    folder.joinpath("0002_more.sql").unlink()
    with pytest.raises(MigrationError, match=r"0002_more\.sql is missing"):
        migrate(empty, folder=folder)


def test_a_file_overtaken_by_a_later_one_is_refused(empty: str, folder: Path) -> None:
    first_alone = folder / "alone"
    first_alone.mkdir()
    first_alone.joinpath(FIRST).write_bytes(folder.joinpath(FIRST).read_bytes())
    migrate(empty, folder=first_alone)
    record = "insert into ledger.migration (n, name, sha256) values (3, '0003_x.sql', sha256(''))"
    execute(empty, record)
    folder.joinpath("0003_x.sql").write_bytes(b"")
    with pytest.raises(MigrationError, match=r"0002_more\.sql was overtaken"):
        migrate(empty, folder=folder)


def test_numbers_with_a_gap_are_refused(empty: str, folder: Path) -> None:
    folder.joinpath("0002_more.sql").rename(folder / "0003_more.sql")
    with pytest.raises(MigrationError, match="not numbered"):
        migrate(empty, folder=folder)


def test_a_failing_file_leaves_no_trace_and_can_be_corrected(empty: str, folder: Path) -> None:
    broken = folder / "0002_more.sql"
    right = broken.read_text()
    broken.write_text(f"{right} select 1/0;")
    with pytest.raises(MigrationError, match="division by zero"):
        migrate(empty, folder=folder)
    broken.write_text(right)
    assert migrate(empty, folder=folder) == ("0002_more.sql",)


def test_a_database_that_cannot_be_reached_is_told(empty: str) -> None:
    with pytest.raises(MigrationError, match="cannot be migrated"):
        migrate(make_conninfo(empty, dbname="nowhere"))


def test_an_owner_who_is_no_superuser_makes_the_roles_and_becomes_each(
    server_with: Callable[..., AbstractContextManager[str]],
) -> None:
    with server_with() as admin:
        execute(admin, "create role tenant login createrole", "create database tenant owner tenant")
        _migrate_and_become_each_role(make_conninfo(admin, user="tenant", dbname="tenant"))


def test_an_owner_who_was_given_the_roles_shares_a_server_with_other_ledgers(
    server: Database,
) -> None:
    name = f"tenant_{uuid.uuid4().hex}"
    execute(
        server.admin,
        f"create role {name} login",
        *(f"grant {role} to {name}" for role in ("ledger_owner", *ROLES)),
        f"create database {name} owner {name}",
    )
    try:
        _migrate_and_become_each_role(make_conninfo(server.admin, user=name, dbname=name))
    finally:
        execute(server.admin, f"drop database {name} with (force)", f"drop role {name}")


def _migrate_and_become_each_role(url: str) -> None:
    assert migrate(url) == SHIPPED
    assert pending(url) == ()
    database = Database(admin=url, embedded=False)
    for role in ROLES:
        with psycopg.connect(database.conninfo(role)) as connection:
            found = connection.execute(SEEN.get(role, "select size from ledger.head").encode())
            user = connection.execute("select current_user::text").fetchone()
            assert (found.fetchone(), user) == ((0,), (role,))
