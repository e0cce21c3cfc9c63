# SPDX-License-Identifier: Apache-2.0
"""The database as it is at one moment, read page by page.

Serves `muniment fsck` (log specification, sections 2.4 and 2.10): one read-only transaction, so
that appends going on meanwhile are not mistaken for damage, and pages of bounded memory.
Nothing is assumed of what is read: any row may be missing or falsified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from audit.proof.growth import TileId
from domain.errors import UnreachableError

_HEAD: Final = "select size, frontier, root from ledger.head"
_ROWS: Final = """
select idx, stream, seq, kind, iss, jti, eid, raw, leaf from ledger.event
where idx >= %s and idx < %s order by idx
"""
_BEYOND: Final = "select count(*), min(idx), max(idx) from ledger.event where idx >= %s"
_CHECKPOINTS: Final = """
select size, note from ledger.checkpoint where size >= %s and size < %s order by size
"""
_LATER: Final = "select count(*), min(size), max(size) from ledger.checkpoint where size > %s"
_TILES: Final = """
select level, n, hashes from ledger.tile
where (level, n) in (select * from unnest(%s::int2[], %s::int8[]))
"""
_SEALED: Final = """
select d.eid, d.digest, d.hld, d.nonce, d.ciphertext, e.idx, e.raw
from vault.disclosure d left join ledger.event e on e.eid = d.eid order by e.idx, d.digest
"""


class Row(NamedTuple):
    """One row of the log, as it is stored."""

    idx: int
    stream: UUID
    seq: int
    kind: str
    iss: str
    jti: UUID
    eid: bytes
    raw: bytes
    leaf: bytes


class SealedRow(NamedTuple):
    """One row of the vault, with the event that it names, where there is one."""

    eid: bytes
    digest: bytes
    hld: UUID
    nonce: bytes
    ciphertext: bytes
    idx: int | None
    raw: bytes | None


class HeadRow(NamedTuple):
    """What the head row says of the tree."""

    size: int
    frontier: bytes
    root: bytes


class Beyond(NamedTuple):
    """What there is at and after a position: how much, and between which values."""

    number: int
    first: int | None
    last: int | None


class Snapshot:
    """One moment of the database."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Read through a connection whose transaction has begun."""
        self._connection = connection

    def head(self) -> HeadRow | None:
        """Give the head row; nothing if it is gone."""
        rows = self._read(_HEAD, ())
        return HeadRow(*rows[0]) if rows else None

    def rows(self, start: int, stop: int) -> dict[int, Row]:
        """Give the rows of a range by index; those that are missing are missing here."""
        return {row[0]: Row(*row) for row in self._read(_ROWS, (start, stop))}

    def beyond(self, index: int) -> Beyond:
        """Tell what rows there are at and after an index."""
        return Beyond(*self._read(_BEYOND, (index,))[0])

    def checkpoints(self, start: int, stop: int) -> list[tuple[int, bytes]]:
        """Give the kept checkpoints of a range of sizes, with their notes."""
        return [(size, bytes(note)) for size, note in self._read(_CHECKPOINTS, (start, stop))]

    def later_checkpoints(self, size: int) -> Beyond:
        """Tell what kept checkpoints there are of a larger size."""
        return Beyond(*self._read(_LATER, (size,))[0])

    def tiles(self, wanted: Sequence[TileId]) -> dict[TileId, bytes]:
        """Give those of some tiles that are stored."""
        levels, numbers = [level for level, _ in wanted], [n for _, n in wanted]
        rows = self._read(_TILES, (levels, numbers))
        return {(level, n): bytes(hashes) for level, n, hashes in rows}

    def sealed(self) -> Iterator[SealedRow]:
        """Stream the vault, in the order of the log."""
        try:
            with self._connection.cursor("sealed", binary=True) as cursor:
                for row in cursor.execute(_SEALED.encode()):
                    yield SealedRow(*row)
        except psycopg.Error as error:
            raise _away() from error

    def _read(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._connection.cursor(binary=True) as cursor:
                return cursor.execute(query.encode(), values).fetchall()
        except psycopg.Error as error:
            raise _away() from error


@contextmanager
def open_snapshot(conninfo: str) -> Iterator[Snapshot]:
    """Take a snapshot for as long as the ``with`` lasts.

    Args:
        conninfo: A role that may read the log.

    Raises:
        UnreachableError: The database does not answer.
    """
    try:
        connection = psycopg.connect(conninfo)
    except psycopg.Error as error:
        raise _away() from error
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield Snapshot(connection)
    finally:
        connection.close()


def _away() -> UnreachableError:
    return UnreachableError("The database cannot be read.", slug="database_unreadable")
