# SPDX-License-Identifier: Apache-2.0
"""Reading the access log as an auditor: one moment of it, page by page.

Only the role ``ledger_auditor`` may. Nothing is assumed of what is read: any row may be missing
or falsified, and ``audit.proof.access`` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from audit.link import CONNECT_SECONDS_MAX
from audit.proof.access.chain import GENESIS, Extent, Stored
from domain.errors import UnreachableError

PAGE_ROWS: Final = 2_000
NUMBER_MAX: Final = 2**63 - 1

_HEAD: Final = "select first, kept, count, digest from access.head"
_ROWS: Final = "select n, raw, digest from access.record where n > %s order by n limit %s"
_BACKWARDS: Final = """
select n, raw, digest from access.record where n < %s order by n desc limit %s
"""
_NOTHING: Final = Extent(first=0, kept=GENESIS, count=0, digest=GENESIS)


class AccessReader:
    """The access log at one moment."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Bind a connection inside a read-only transaction."""
        self._connection = connection

    def extent(self) -> Extent:
        """Give from where to where the log says that it goes."""
        row = self._connection.execute(_HEAD).fetchone()
        if row is None:
            return _NOTHING
        first, kept, count, digest = row
        return Extent(first=first, kept=bytes(kept), count=count, digest=bytes(digest))

    def records(self, *, start: int = 0) -> Iterator[Stored]:
        """Give every record from a number on, in their order."""
        last = start - 1
        while True:
            page = self._connection.execute(_ROWS, (last, PAGE_ROWS)).fetchall()
            for n, raw, digest in page:
                yield Stored(n, bytes(raw), bytes(digest))
            if len(page) < PAGE_ROWS:
                return
            last = page[-1][0]

    def backwards(self, *, before: int | None = None) -> Iterator[Stored]:
        """Give every record before a number, the newest first; all of them without one."""
        last = NUMBER_MAX if before is None else before
        while True:
            page = self._connection.execute(_BACKWARDS, (last, PAGE_ROWS)).fetchall()
            for n, raw, digest in page:
                yield Stored(n, bytes(raw), bytes(digest))
            if len(page) < PAGE_ROWS:
                return
            last = page[-1][0]


@contextmanager
def open_access_log(conninfo: str) -> Iterator[AccessReader]:
    """Read the access log as it is now, for as long as the ``with`` lasts.

    Args:
        conninfo: Connects as the role ``ledger_auditor``.

    Raises:
        UnreachableError: The database cannot be reached, or breaks off.
    """
    try:
        with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield AccessReader(connection)
    except psycopg.Error as error:
        raise UnreachableError(
            "The access log cannot be read.", slug="access_unreadable"
        ) from error
