# SPDX-License-Identifier: Apache-2.0
"""The reading side of projections: one connection, and answers that are never stale.

A reader sees whatever was committed before the question: where a projection stands
behind the log, it is brought up first, and no other one. A query that must be quick can
carry both sizes itself, of the same snapshot as its rows, and is asked again only where
they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, LiteralString

from psycopg.abc import Params

from audit.link import Link, Row
from domain.errors import UnsafeError
from projections.projection import Projection


class View:
    """Answers queries over projections; safe for several threads, one at a time."""

    def __init__(self, link: Link, catch_up: Callable[[Sequence[Projection]], int]) -> None:
        """Bind a connection that may read, and what brings projections up."""
        self._link = link
        self._catch_up = catch_up
        self._lock = Lock()

    def ask(
        self, projection: Projection, query: LiteralString, parameters: Params
    ) -> tuple[int, Sequence[Row]]:
        """Bring a projection up to the log, then run a query over it.

        Returns:
            The size of the log that the answer at least is about, and the rows.

        Raises:
            UnreachableError: The database does not answer.
        """
        with self._lock:
            size = self._settle(projection)
            return size, self._read(projection, query, parameters)

    def ask_dated(
        self, projection: Projection, query: LiteralString, parameters: Params
    ) -> tuple[int, Sequence[Row]]:
        """Run a query whose first two columns tell whether its answer is current.

        Args:
            projection: What the query reads.
            query: Gives in every row the size of the log and the position of the
                projection, then its own columns.
            parameters: Its parameters.

        Raises:
            UnreachableError: The database does not answer.
        """
        with self._lock:
            rows = self._read(projection, query, parameters)
            if rows and rows[0][0] == rows[0][1]:
                return rows[0][0], rows
            size = self._settle(projection)
            return size, self._read(projection, query, parameters)

    def _settle(self, projection: Projection) -> int:
        sizes = self._link.read(_SIZES, (projection.name,))
        if sizes and sizes[0][0] == sizes[0][1]:
            size: int = sizes[0][0]
            return size
        return self._catch_up([projection])

    def _read(
        self, projection: Projection, query: LiteralString, parameters: Params
    ) -> Sequence[Row]:
        """Read; where the tables are not there, catching up makes them."""
        try:
            return self._link.read(query, parameters)
        except UnsafeError:
            self._catch_up([projection])
            return self._link.read(query, parameters)


_SIZES: Final = """
select h.size, p.size from ledger.head h, projection.position p where p.name = %b
"""
