# SPDX-License-Identifier: Apache-2.0
"""What stands in the tables of projections, read behind their back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from projections.catalogue import PROJECTIONS
from projections.projection import Projection, Table
from tests.integration.projections.conftest import Desk

Rows = dict[str, list[tuple[Any, ...]]]


def conninfo(desk: Desk) -> str:
    """Connect as whoever folds."""
    return desk.office.database.conninfo("ledger_projector")


def content(
    desk: Desk, projections: Sequence[Projection] = PROJECTIONS, *, size: int = 2**60
) -> Rows:
    """Read all rows, as they were when the log had some size."""
    tables = [table for each in projections for table in each.tables]
    with psycopg.connect(conninfo(desk)) as connection:
        return {
            table.name: [
                _as_of(table, row, size)
                for row in connection.execute(
                    f"select * from projection.{table.name} order by {table.key}".encode()
                ).fetchall()
                if _since(table, row) < size
            ]
            for table in tables
        }


def run(desk: Desk, statement: str) -> None:
    """Run a statement as whoever folds."""
    with psycopg.connect(conninfo(desk), autocommit=True) as connection:
        connection.execute(statement.encode())


def _since(table: Table, row: tuple[Any, ...]) -> int:
    names = [name for name, _ in table.columns]
    return int(row[names.index("known_from" if table.versioned else "idx")])


def _as_of(table: Table, row: tuple[Any, ...], size: int) -> tuple[Any, ...]:
    if not table.versioned or row[-1] is None or row[-1] < size:
        return row
    return (*row[:-1], None)
