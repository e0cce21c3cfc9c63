# SPDX-License-Identifier: Apache-2.0
"""A table that was made anew beside the one that serves, and the rows in which they differ.

Serves `muniment fsck` and `muniment rebuild`. The database compares both as bags of whole rows
in one statement, on its disk where they are large; only the first differences come back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString, TypeAlias

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal

from domain.errors import UnreachableError, UnsafeError

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Values: TypeAlias = Mapping[str, Any]

ROWS_SHOWN_MAX: Final = 10
VALUE_CHARS_MAX: Final = 64
TOLD_CHARS_MAX: Final = 4_000
"""Of all rows that are shown together; a report is read back under a cap of its own."""

_COMPARE: Final = SQL("""
select (sum(greatest(sum(side), 0)) over ())::int8, (sum(greatest(-sum(side), 0)) over ())::int8,
       sum(side) > 0, {columns}
from (select 1 as side, {columns} from {served} union all select -1, {columns} from {anew}) as bag
group by {columns} having sum(side) <> 0 order by idx, {columns} limit {limit}
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is compared of a table.

    Attributes:
        table: Its name.
        columns: All of its columns; ``idx``, the entry that a row comes from, is one of them.
        key: Those by which rows that differ are paired.
    """

    table: str
    columns: Sequence[str]
    key: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """In what a table differs from what the log gives.

    Attributes:
        table: Its name.
        strange: How many rows stand there that the log does not give.
        missing: How many rows the log gives that do not stand there.
        shown: The first of them in log order, each with both sides where both have its key:
            the row that stands there, and the one that the log gives.
    """

    table: str
    strange: int = 0
    missing: int = 0
    shown: tuple[tuple[Values | None, Values | None], ...] = ()

    @property
    def rows(self) -> int:
        """How many rows differ; one that was changed stands there and is missing."""
        return self.strange + self.missing

    @property
    def first(self) -> int | None:
        """Index of the first entry whose rows differ, if it can be one."""
        indexes = (int((other or one or {})["idx"]) for one, other in self.shown)
        return next(indexes, None)

    @property
    def changed(self) -> frozenset[str]:
        """Columns in which rows of one key differ, among those that are shown."""
        pairs = [(one, other) for one, other in self.shown if one and other]
        return frozenset(name for one, other in pairs for name in one if one[name] != other[name])

    def __str__(self) -> str:
        """Name the rows that are shown."""
        more = self.rows - sum((one is not None) + (other is not None) for one, other in self.shown)
        rest = [f"{more} more"] if more else []
        told = "; ".join([_told(*each) for each in self.shown] + rest)
        return told if len(told) <= TOLD_CHARS_MAX else f"{told[:TOLD_CHARS_MAX]} ..."


def compare(
    connection: Connection, form: Form, *, served: Composable, anew: Composable
) -> Differing:
    """Compare a table that serves with one that was made anew.

    Args:
        connection: May read both.
        form: What is compared.
        served: The table that serves.
        anew: The other table, or a query in parentheses with a name.
    """
    statement = _COMPARE.format(
        columns=SQL(", ").join(map(Identifier, form.columns)),
        served=served,
        anew=anew,
        limit=Literal(ROWS_SHOWN_MAX),
    )
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(statement).fetchall()
    if not rows:
        return Differing(table=form.table)
    paired: dict[tuple[Any, ...], list[Values | None]] = {}
    for _, _, strange, *values in rows:
        row = dict(zip(form.columns, values, strict=True))
        pair = paired.setdefault(tuple(row[name] for name in form.key), [None, None])
        pair[not strange] = row
    return Differing(
        table=form.table,
        strange=rows[0][0],
        missing=rows[0][1],
        shown=tuple((one, other) for one, other in paired.values()),
    )


def make_aside(
    connection: Connection, name: str, columns: Mapping[str, LiteralString]
) -> Identifier:
    """Make a table that only this connection sees, and that ends with it."""
    table = Identifier("pg_temp", name)
    forms = [SQL("{} {}").format(Identifier(each), SQL(form)) for each, form in columns.items()]
    connection.execute(SQL("create table {} ({})").format(table, SQL(", ").join(forms)))
    return table


def copy_aside(connection: Connection, table: Identifier, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows to such a table."""
    statement = SQL("copy {} from stdin").format(table)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def opened_aside(conninfo: str) -> Iterator[Connection]:
    """Connect to make tables aside, and to see one moment in each transaction.

    Raises:
        UnreachableError: The database does not answer, or gives no room for such tables.
        UnsafeError: The database refused a statement.
    """
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
    except (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege) as error:
        raise UnreachableError(
            f"What the log gives could not be made anew in the database: {type(error).__name__}.",
            slug="aside_refused",
            next_step="Let the roles of the ledger make temporary tables (`grant temporary on "
            "database ...`), give them room on the disk, and run it again.",
        ) from error
    except psycopg.Error as error:
        raise UnsafeError(
            f"The database refused to compare: {type(error).__name__}.",
            slug="database_refused",
            next_step="Run `muniment status`; the schema or its privileges may differ.",
        ) from error


def _told(served: Values | None, given: Values | None) -> str:
    row = given or served or {}
    stream = f" of stream {row['stream']}" if "stream" in row else ""
    place = f"entry {row['idx']}{stream}"
    if served is None or given is None:
        rest = [name for name in row if name not in ("idx", "stream") and row[name] is not None]
        return f"{place}, {'missing' if served is None else 'of no entry'}: {_listed(row, rest)}"
    changed = [name for name in row if served[name] != given[name]]
    return f"{place}: {_listed(served, changed)} instead of {_listed(given, changed)}"


def _listed(row: Values, names: Sequence[str]) -> str:
    return ", ".join(f"{name} {_shown(row[name])}" for name in names)


def _shown(value: object) -> str:
    """Write a value that anybody may have put there: short, and in printable characters."""
    text = value.hex() if isinstance(value, bytes) else None if value is None else str(value)
    return json.dumps(text and text[:VALUE_CHARS_MAX])
