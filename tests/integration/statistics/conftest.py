# SPDX-License-Identifier: Apache-2.0
"""A database for all questions of a module, and read models that hold nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from audit.database import Database
from projections.runner import catch_up
from projections.tables import Connection
from tests.integration.conftest import TEMPLATE


@pytest.fixture(scope="module")
def of_module(server: Database) -> Iterator[Database]:
    """Give a migrated, empty database for all tests of a module."""
    name = f"counted_{uuid.uuid4().hex}"
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}".encode())
    yield replace(server, admin=make_conninfo(server.admin, dbname=name))
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(scope="module")
def empty(of_module: Database) -> Iterator[Connection]:
    """Give a connection to read models that hold nothing."""
    conninfo = of_module.conninfo("ledger_projector")
    catch_up(conninfo)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection
