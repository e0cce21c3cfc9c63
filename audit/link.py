# SPDX-License-Identifier: Apache-2.0
"""One database connection that is opened again when it breaks.

Reads are repeated once on a fresh connection. A write is never repeated here: when
the connection breaks under it, whether it was committed is unknown, and only the
caller can find out (store facts 1.2, defect 8). Foreign exceptions end at this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.abc import Params
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from audit.arrays import register
from domain.errors import UnreachableError, UnsafeError

Row = tuple[Any, ...]

CONNECT_SECONDS_MAX: Final = 10

# Without statistics of a young table, a sequential scan would be chosen, kept as the
# prepared plan, and cost more with every event. Every statement is planned once: the few
# shapes of ours never profit from planning again for other values.
_PLAN_OPTIONS: Final = "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan"


class UnknownOutcomeError(UnreachableError):
    """The connection broke under a write; it may or may not have been committed."""

    slug = "outcome_unknown"


class Link:
    """A connection in autocommit mode with prepared, binary statements.

    Not safe for use by two threads at once.

    Attributes:
        breaks: How often it broke; behind the next one may lie another state of the database.
    """

    def __init__(self, conninfo: str) -> None:
        """Remember where to connect; nothing is opened yet."""
        options = conninfo_to_dict(conninfo).get("options") or ""
        self._conninfo = make_conninfo(
            conninfo,
            options=f"{options} {_PLAN_OPTIONS}".strip(),
            connect_timeout=CONNECT_SECONDS_MAX,
        )
        self._connection: psycopg.Connection[Row] | None = None
        self.breaks = 0

    def read(self, query: str, parameters: Params = ()) -> Sequence[Row]:
        """Run a query that changes nothing.

        Raises:
            UnreachableError: The database did not answer, twice.
        """
        try:
            return self._run(query, parameters)
        except UnknownOutcomeError:
            return self._run(query, parameters)

    def write(self, query: str, parameters: Params = ()) -> Sequence[Row]:
        """Run a statement that commits by itself.

        Raises:
            UnknownOutcomeError: The connection broke; ask the database what happened.
            UnreachableError: The database could not be reached at all.
            psycopg.errors.SerializationFailure: The compare-and-swap found another value.
            psycopg.errors.UniqueViolation: Something in it exists already.
        """
        return self._run(query, parameters)

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, query: str, parameters: Params) -> Sequence[Row]:
        connection = self._open()
        try:
            with connection.cursor(binary=True) as cursor:
                cursor.execute(query.encode(), parameters, prepare=True)
                return cursor.fetchall()
        except (psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation):
            raise
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            self.breaks += 1
            if isinstance(error, psycopg.errors.DiskFull):
                raise _full() from error
            raise UnknownOutcomeError("The connection to the database broke.") from error
        except psycopg.Error as error:
            raise UnsafeError(
                f"The database refused a statement: {type(error).__name__}.",
                slug="database_refused",
                next_step="Run `muniment status`; the schema or its privileges may differ.",
            ) from error

    def _open(self) -> psycopg.Connection[Row]:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = psycopg.connect(self._conninfo, autocommit=True)
                register(self._connection.adapters)
            except psycopg.Error as error:
                raise UnreachableError("The database cannot be reached.") from error
        return self._connection


def _full() -> UnreachableError:
    return UnreachableError(
        "The disk of the database is full; nothing of this batch was recorded.",
        slug="disk_full",
        next_step="Free space, then run the same command again; it goes on where it stopped.",
    )
