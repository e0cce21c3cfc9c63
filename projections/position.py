# SPDX-License-Identifier: Apache-2.0
"""How far each projection has read the log, kept in the transaction that writes its rows.

The position is what makes folding happen exactly once (``spec/store.md`` 4.3): its row is
locked, the entries after it are folded, and rows and position become visible together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from domain.occurrence import Occurrence
from projections.tables import Connection


@dataclass(frozen=True, slots=True)
class Position:
    """How far a projection has read.

    Attributes:
        version: Version of the projection that wrote its tables.
        size: Number of log entries folded; the index of the next one.
        stopped: Why it goes no further, where it cannot take that next one.
    """

    version: int
    size: int
    stopped: str | None = None


def log_size(connection: Connection) -> int:
    """Give the number of committed entries; all of them are visible to later statements."""
    row = connection.execute("select size from ledger.head").fetchone()
    return int(row[0]) if row else 0


def size_on(connection: Connection, date: Occurrence) -> int:
    """Give how many entries the ledger had recorded by the end of a date, by its own clock.

    The times of entries rise with their indexes, so that this takes one look-up a halving.
    """

    def recorded(index: int) -> int:
        query = "select floor(extract(epoch from at))::bigint from ledger.event where idx = %s"
        row = connection.execute(query, (index,)).fetchone()
        return int(row[0]) if row else 0

    return bisect_right(range(log_size(connection)), date.latest, key=recorded)


def lock_positions(connection: Connection, names: Sequence[str]) -> dict[str, Position]:
    """Read positions and keep everybody else from moving them until the transaction ends.

    Names without a position are left out. The order of locking is always the same, so
    that two runners wait for each other and never deadlock.
    """
    query = """
        select name, version, size, stopped from projection.position
        where name = any(%s) order by name for update
    """
    rows = connection.execute(query, (list(names),)).fetchall()
    return {name: Position(*rest) for name, *rest in rows}


def read_position(connection: Connection, name: str) -> Position | None:
    """Read the position of one projection, if it has any."""
    query = "select version, size, stopped from projection.position where name = %s"
    row = connection.execute(query, (name,)).fetchone()
    return Position(*row) if row else None


def set_position(connection: Connection, name: str, *, position: Position) -> None:
    """Set a position, whatever it was before."""
    query = """
        insert into projection.position (name, version, size, stopped) values (%s, %s, %s, %s)
        on conflict (name) do update
        set version = excluded.version, size = excluded.size, stopped = excluded.stopped
    """
    connection.execute(query, (name, position.version, position.size, position.stopped))
