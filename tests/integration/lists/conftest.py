# SPDX-License-Identifier: Apache-2.0
"""The nation's ledger, recorded once a session, and questions to it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database import Database
from tests.integration.lists.nation import ROLES, Nation, told
from tests.integration.projections.conftest import opened_desk


@pytest.fixture(scope="session")
def nation(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    """Give a ledger with a bit of everything, which no test changes."""
    name = f"nation_{uuid.uuid4().hex}"
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    database = replace(server, admin=make_conninfo(server.admin, dbname=name))
    with opened_desk(database, tmp_path_factory.mktemp("nation") / "ledger", ROLES) as desk:
        found = Nation(desk)
        told(found)
        yield found
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())
