# SPDX-License-Identifier: Apache-2.0
"""The committed entries as one snapshot of the database shows them, in pieces of one size.

Feeds the publisher of `log.md` 2.5. The snapshot may be walked more than once, so what is
checked first is what is written afterwards. Nothing read here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol

import psycopg
from psycopg import IsolationLevel, sql

from domain.errors import UnreachableError

CHUNK_ENTRIES: Final = 256
CONNECT_SECONDS_MAX: Final = 10

_ROWS: Final = sql.SQL(
    "copy (select raw from ledger.event where idx >= {} and idx < {} order by idx)"
    " to stdout (format binary)"
)


class Rows(Protocol):
    """The entries of a log that does not change meanwhile."""

    def entries(self, start: int, stop: int) -> Iterator[list[bytes]]:
        """Stream the signed bytes of a range in order, or of as much of it as there is."""


OpenRows = Callable[[], AbstractContextManager[Rows]]
"""Opens the entries for as long as a ``with`` lasts."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The entries of a ledger's log at one moment."""

    _connection: psycopg.Connection[Any]

    def entries(self, start: int, stop: int) -> Iterator[list[bytes]]:
        """Stream the signed bytes of a range in order, at most 256 entries at a time.

        Raises:
            UnreachableError: The database broke off.
        """
        if start >= stop:
            return
        query = _ROWS.format(sql.Literal(start), sql.Literal(stop))
        try:
            with self._connection.cursor() as cursor, cursor.copy(query) as copy:
                copy.set_types(["bytea"])
                rows = copy.rows()
                while chunk := [entry for (entry,) in islice(rows, CHUNK_ENTRIES)]:
                    yield chunk
        except psycopg.Error as error:
            raise _broken() from error


@contextmanager
def open_snapshot(conninfo: str) -> Iterator[Snapshot]:
    """Hold one snapshot for as long as the ``with`` lasts.

    Args:
        conninfo: A role that may read the log.

    Raises:
        UnreachableError: The database does not answer.
    """
    try:
        connection = psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.Error as error:
        raise _broken() from error
    try:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield Snapshot(connection)
    finally:
        connection.close()


def _broken() -> UnreachableError:
    return UnreachableError("The database broke off while the log was read.")
