# SPDX-License-Identifier: Apache-2.0
"""What the role of people may do, and what others may not do to people."""

from __future__ import annotations

import psycopg
import pytest

from audit.database import Database
from audit.database.connection import Role

TABLES = ("binding", "invitation", "passkey", "session", "ceremony", "approval")
LEDGER = ("event", "event_ref", "marking_claim", "tile", "head", "checkpoint", "migration")
APPROVAL = """
insert into people.approval values (sha256('e'), 'off.00000000-0000-7000-8000-000000000000',
    'k', 'a', 'c', 's', 0)
"""


def _run(conninfo: str, statement: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("table", LEDGER)
def test_people_have_no_business_in_the_log(database: Database, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema ledger"):
        _run(database.conninfo("ledger_people"), f"table ledger.{table}")


def test_people_have_no_business_in_the_vault(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema vault"):
        _run(database.conninfo("ledger_people"), "table vault.disclosure")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["ledger_api", "ledger_reader", "ledger_projector"])
def test_no_other_role_reads_people(database: Database, role: Role, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema people"):
        _run(database.conninfo(role), f"table people.{table}")


@pytest.mark.parametrize("table", TABLES)
def test_people_make_and_drop_no_tables(database: Database, table: str) -> None:
    for statement in (f"drop table people.{table}", f"truncate people.{table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"owner|permission"):
            _run(database.conninfo("ledger_people"), statement)


@pytest.mark.parametrize(
    "statement", ["update people.approval set signature = ''", "delete from people.approval"]
)
def test_evidence_of_an_approval_is_kept_for_ever(database: Database, statement: str) -> None:
    _run(database.conninfo("ledger_people"), APPROVAL)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission"):
        _run(database.conninfo("ledger_people"), statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        _run(database.admin, statement)
