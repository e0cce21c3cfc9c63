# SPDX-License-Identifier: Apache-2.0
"""Tables of the service, reached by several threads through one small pool of connections.

Foreign exceptions end here. Each call is one transaction; what must be taken once, such as a
ceremony, is taken by deleting it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from domain.errors import UnreachableError

CONNECTIONS_MAX: Final = 8
WAIT_SECONDS_MAX: Final = 10
CONNECT_SECONDS_MAX: Final = 10

Row = tuple[Any, ...]
Values = Sequence[object]


class Transaction:
    """Statements that take effect together, or not at all."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def rows(self, statement: LiteralString, values: Values = ()) -> list[Row]:
        """Run a statement that gives rows."""
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: LiteralString, values: Values = ()) -> Row | None:
        """Run a statement that gives one row, or none."""
        return self._connection.execute(statement, values).fetchone()

    def change(self, statement: LiteralString, values: Values = ()) -> int:
        """Run a statement that gives no rows; tell how many it changed."""
        return self._connection.execute(statement, values).rowcount


class Store:
    """Reaches the tables; safe for several threads. To be closed."""

    def __init__(self, conninfo: str) -> None:
        """Remember where to connect, as a role that may use the tables; nothing is opened yet."""
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            conninfo,
            kwargs={"connect_timeout": CONNECT_SECONDS_MAX},
            min_size=0,
            max_size=CONNECTIONS_MAX,
            timeout=WAIT_SECONDS_MAX,
            check=ConnectionPool.check_connection,
            open=True,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Give a transaction that commits at the end of the ``with``, unless something is raised.

        Raises:
            UnreachableError: The database does not answer; nothing of it took effect, unless
                the connection broke under the commit.
        """
        try:
            with self._pool.connection() as connection:
                yield Transaction(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            raise UnreachableError("The database cannot be reached.") from error
