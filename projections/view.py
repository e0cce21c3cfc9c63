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
    """Answers queries over projections; safe for several threads, one at a time.

    Attributes:
        stopped: By name, the projections asked that an entry of the log stopped, with the
            number of entries that answers about them know of.
    """

    def __init__(self, link: Link, catch_up: Callable[[Sequence[Projection]], int]) -> None:
        """Bind a connection that may read, and what brings projections up."""
        self._link = link
        self._catch_up = catch_up
        self._lock = Lock()
        self.stopped: dict[str, int] = {}

    def ask(
        self, projection: Projection, query: LiteralString, parameters: Params
    ) -> tuple[int, Sequence[Row]]:
        """Bring a projection up to the log, then run a query over it.

        Returns:
            The size of the log that the answer at least is about, and the rows. It is less
            than that of the log only where an entry stopped the projection.

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
        """Bring the projection up; give how many entries it knows of."""
        size, current = self._standing(projection)
        if not current:
            self._catch_up([projection])
            size, _ = self._standing(projection)
        return size

    def _standing(self, projection: Projection) -> tuple[int, bool]:
        """Give how many entries it knows of, and whether catching up would change nothing."""
        self.stopped.pop(projection.name, None)
        for at_log, size, stopped, version in self._link.read(_SIZES, (projection.name,)):
            if stopped:
                self.stopped[projection.name] = size
            return size, version == projection.version and (stopped or at_log == size)
        return 0, False

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
select h.size, p.size, p.stopped is not null, p.version
from ledger.head h, projection.position p where p.name = %b
"""
