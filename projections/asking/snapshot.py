# SPDX-License-Identifier: Apache-2.0
"""Projections and the log at one moment, up to a position of the log: what lists are told from.

Implements "as known on" of the design (section 1, promise 5) for lists. Rows come one after the
other, so that no list is held in memory; questions about one firearm go through ``view``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from domain.errors import UsageError
from domain.occurrence import parse_occurrence
from projections.fact import Fact
from projections.position import read_position, size_on
from projections.projection import Projection
from projections.runner import catch_up
from projections.tables import SCHEMA, Connection, refusals_told

ROWS_AT_ONCE: Final = 2_000

_KNOWN: Final = """
    {} as not materialized (
        select * from {} where known_from < %(size)s and (known_to is null or known_to >= %(size)s)
    )
"""
_HISTORIES: Final = """
    select idx, at, stream, seq, kind, raw from ledger.event
    where stream = any(%(streams)s) and idx < %(size)s order by stream, seq
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known once the log had a number of entries.

    Attributes:
        connection: Reads everything as of one moment.
        size: The number of entries.
        tables: The tables of versions, each under its own name with what was known then.
        names: Numbers for what is read row by row.
    """

    connection: Connection
    size: int
    tables: Composed
    names: Iterator[int] = field(default_factory=count)

    def rows(
        self, query: LiteralString, parameters: Mapping[str, Any] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Run a query over the tables as they were known, and give its rows as they come.

        Args:
            query: Names tables without a schema; further ``with`` clauses begin with a comma.
            parameters: Its parameters; ``size`` is one besides them.
        """
        given = {**(parameters or {}), "size": self.size}
        with self.connection.cursor(f"list_{next(self.names)}") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(SQL("with {} {}").format(self.tables, SQL(query)), given)
            yield from cursor

    def histories(self, streams: Sequence[UUID]) -> dict[UUID, list[Fact]]:
        """Read the entries of some streams, each from its first one on."""
        found: dict[UUID, list[Fact]] = {}
        with self.connection.cursor(binary=True) as cursor:
            cursor.execute(_HISTORIES, {"streams": list(streams), "size": self.size})
            for idx, at, stream, seq, kind, raw in cursor:
                fact = Fact(index=idx, at=at, stream=stream, seq=seq, kind=kind, raw=raw)
                found.setdefault(stream, []).append(fact)
        return found


@contextmanager
def snapshot(
    reader: str,
    projector: str,
    projections: Sequence[Projection],
    *,
    as_known_on: str | None = None,
) -> Iterator[Snapshot]:
    """Bring projections up to the log, then read them as of one moment for as long as it lasts.

    Args:
        reader: Connects as the role ``ledger_reader``.
        projector: Connects as the role ``ledger_projector``.
        projections: What is read.
        as_known_on: Index of the newest entry that counts, or a date up to whose end entries
            were recorded; all by default.

    Raises:
        UsageError: The log holds no entry of that index.
        InvalidValueError: That is neither an index nor a date.
        UnreachableError: The database does not answer.
        UnsafeError: The database refuses a statement.
    """
    size = catch_up(projector, projections)
    with (
        refusals_told("a question to a projection"),
        psycopg.connect(reader) as connection,
        one_moment(connection, projections) as folded,
    ):
        size = min(size, folded)
        known = size if as_known_on is None else _known(connection, size, as_known_on)
        yield Snapshot(connection, known, _tables(projections))


@contextmanager
def one_moment(connection: Connection, projections: Sequence[Projection]) -> Iterator[int]:
    """Read everything as of one moment, whatever is appended or rebuilt, while the ``with`` lasts.

    Args:
        connection: As a role that may read projections; in no transaction.
        projections: What is read.

    Returns:
        How many entries all of them know of at that moment.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        _keep(connection, projections)
        yield _folded(connection, projections)


def _keep(connection: Connection, projections: Sequence[Projection]) -> None:
    """Let no rebuild take the tables away; locked before the moment that is read is chosen."""
    names = [Identifier(SCHEMA, table.name) for each in projections for table in each.tables]
    if names:
        statement = SQL("lock table {} in access share mode")
        connection.execute(statement.format(SQL(", ").join(names)))


def _folded(connection: Connection, projections: Sequence[Projection]) -> int:
    """Give how many entries all projections know of here, which a replica may learn later."""
    found = (read_position(connection, each.name) for each in projections)
    return min((each.size for each in found if each), default=0)


def _tables(projections: Sequence[Projection]) -> Composed:
    tables = (each for projection in projections for each in projection.tables if each.versioned)
    return SQL(",").join(
        SQL(_KNOWN).format(Identifier(each.name), Identifier(SCHEMA, each.name)) for each in tables
    )


def _known(connection: Connection, size: int, text: str) -> int:
    """Give how many entries there were at an index or date."""
    if not (text.isascii() and text.isdigit()):
        limit = parse_occurrence(text)
        if limit.precision == "unknown":
            raise UsageError("Nothing is known on an unknown date.", next_step="Give a date.")
        return min(size, size_on(connection, limit))
    if len(text) > len(str(size)) or int(text) >= size:
        raise UsageError(
            f"The log has {size:,} entries; the index of the last one is {size - 1}.",
            slug="index_unknown",
            next_step="Give a smaller index, or a date, YYYY-MM-DD.",
        )
    return int(text) + 1
