# SPDX-License-Identifier: Apache-2.0
"""What each role of ``spec/store.md`` 7.2 may do and what it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import psycopg
import pytest

from audit.database import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.database import Database

ROLES: tuple[Role, ...] = get_args(Role)
READ_BY: dict[Role, tuple[str, ...]] = {
    **dict.fromkeys(("ledger_access", "ledger_auditor", "ledger_people"), ()),
    "ledger_notices": ("event", "head"),
}
"""What roles of parts of the service read of the log; all others read all of it."""
TABLES = ("event", "event_ref", "marking_claim", "tile", "checkpoint", "migration")
CHANGES = (
    *(f"delete from ledger.{table}" for table in TABLES),
    *(f"truncate ledger.{table}" for table in TABLES),
    "update ledger.event set raw = 'forged'",
    "update ledger.event_ref set idx = 1",
    "update ledger.marking_claim set idx = 1",
    "update ledger.tile set n = 1",
    "update ledger.checkpoint set note = 'forged'",
    "update ledger.migration set name = 'forged'",
    "update ledger.head set size = 0, frontier = ''",
    "update ledger.head set root = sha256('forged')",
    "delete from ledger.head",
    "truncate ledger.head",
    "insert into ledger.head (one, size, frontier, root) values (true, 0, '', sha256(''))",
    "update vault.disclosure set ciphertext = ''",
    "truncate vault.disclosure",
)
OWNERS_ONLY = (
    "insert into ledger.event_ref values ('forged', 0)",
    "insert into ledger.event select * from ledger.event",
    "delete from vault.disclosure",
    "create table ledger.extra (n int)",
    "alter table ledger.event disable trigger no_change",
    "drop trigger no_change on ledger.event",
    "drop function ledger.deny() cascade",
)


def run(conninfo: str, *statements: str) -> None:
    with psycopg.connect(conninfo) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.parametrize("role", ROLES)
def test_no_service_role_changes_anything_by_itself(database: Database, role: Role) -> None:
    for statement in (*CHANGES, *OWNERS_ONLY):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission|owner"):
            run(database.conninfo(role), statement)


def test_the_owner_is_stopped_by_the_triggers(database: Database) -> None:
    for statement in CHANGES:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            run(database.admin, "set role ledger_owner", statement)


def test_a_superuser_in_replica_mode_is_stopped_by_the_triggers(database: Database) -> None:
    for statement in CHANGES:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            run(database.admin, "set session_replication_role = replica", statement)


def test_the_head_only_moves_forward_for_its_owner(database: Database) -> None:
    forward = "update ledger.head set size = size + 1, frontier = sha256('x')"
    run(database.admin, "set role ledger_owner", forward)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot go from 1 to 0"):
        run(database.admin, "update ledger.head set size = 0, frontier = ''")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_of_the_ledger_what_its_work_needs(database: Database, role: Role) -> None:
    for table in (*TABLES, "head", "stored_event"):
        if table in READ_BY.get(role, (*TABLES, "head", "stored_event")):
            run(database.conninfo(role), f"table ledger.{table}")
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                run(database.conninfo(role), f"table ledger.{table}")


@pytest.mark.parametrize("role", ["ledger_reader", "ledger_projector"])
def test_only_the_service_reads_the_vault(database: Database, role: Role) -> None:
    run(database.conninfo("ledger_api"), "select * from vault.disclosure")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema vault"):
        run(database.conninfo(role), "select * from vault.disclosure")


@pytest.mark.parametrize("role", ["ledger_reader", "ledger_projector"])
def test_only_the_service_appends(
    database: Database, append: Callable[..., int], role: Role
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="function append"):
        append(database.conninfo(role))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="function keep_checkpoint"):
        run(database.conninfo(role), "select ledger.keep_checkpoint(1, 'note')")


def test_only_the_projector_makes_tables_of_projections(database: Database) -> None:
    table = "create table projection.holding (n int)"
    run(database.conninfo("ledger_projector"), table)
    for role in ("ledger_api", "ledger_reader"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema projection"):
            run(database.conninfo(role), table)


def test_a_function_planted_in_the_path_of_append_is_not_called(
    database: Database, append: Callable[..., int]
) -> None:
    planted = """create function public.pg_notify(text, text) returns void language plpgsql
                 as $$begin raise exception 'planted'; end$$"""
    run(database.admin, planted)
    hostile = database.conninfo("ledger_api") + " options='-c search_path=public,pg_catalog'"
    assert append(hostile) == 1
