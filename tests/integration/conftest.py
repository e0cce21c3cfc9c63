# SPDX-License-Identifier: Apache-2.0
"""One embedded PostgreSQL a test session, and a fresh migrated database a test."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database import Database, open_database
from migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "ledger_template"


@pytest.fixture(scope="session")
def server() -> Iterator[Database]:
    """Run an embedded server that holds a migrated template database."""
    home = Path(tempfile.mkdtemp(prefix="muniment-test-"))
    home.chmod(0o711)  # so that root's stand-in user can reach the cluster in it
    try:
        with open_database(home, None) as opened:
            _administer(opened, f"create database {TEMPLATE}")
            migrate(make_conninfo(opened.admin, dbname=TEMPLATE))
            yield opened
    finally:
        shutil.rmtree(home)


@pytest.fixture
def database(server: Database) -> Iterator[Database]:
    """Give a migrated, empty ledger database that nobody else uses."""
    name = f"ledger_{uuid.uuid4().hex}"
    _administer(server, f"create database {name} template {TEMPLATE}")
    try:
        yield replace(server, admin=make_conninfo(server.admin, dbname=name))
    finally:
        _administer(server, f"drop database {name} with (force)")


def _administer(server: Database, statement: str) -> None:
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(statement.encode())
