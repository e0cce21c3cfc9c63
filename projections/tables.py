# SPDX-License-Identifier: Apache-2.0
"""The tables of projections in the database: made, filled, indexed, swapped.

Every statement works on whole sets: rows go in by COPY, one call a table and batch.
Tables that are being built carry a suffix and take their places by renaming, in one
transaction (``spec/store.md`` 4.3). Nothing here decides when that happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed, Identifier

from audit.fsck.derived.differing import Differing, Form, compare
from domain.errors import UnreachableError, UnsafeError
from projections.projection import Projection, Rows, Table

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

SCHEMA: Final = "projection"


class Place(NamedTuple):
    """Where the tables of a projection stand.

    Attributes:
        schema: Their schema.
        suffix: What follows their names.
    """

    schema: str
    suffix: str = ""


SERVING: Final = Place(SCHEMA)
SHADOW: Final = Place(SCHEMA, "_shadow")
"""Where they are built while the old ones serve."""
ASIDE: Final = Place("pg_temp")
"""Where they are built to be compared; only one connection sees them, and they end with it."""

_CHANGES: Final = ("(known_from)", "(known_to) where known_to is not null")
"""Indexes by which whoever follows a table of versions finds what changed."""

_OPTIONS: Final = (
    "-c enable_seqscan=off",
    "-c jit=off",
    "-c cursor_tuple_fraction=1",  # every cursor is read to its end
    "-c synchronous_commit=off",
)
_FIND_OPERATORS = """
    select set_config('search_path', quote_ident(n.nspname), false)
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_trgm'
"""


def connect(conninfo: str) -> Connection:
    """Connect as the role that owns the projections, in autocommit mode.

    A few entries are looked up in a log of any size: without statistics of a young table, all of
    it would be read for them. No commit waits for the disk: rows and position are committed
    together, and what a crash takes of both is folded again.
    """
    options = " ".join((str(conninfo_to_dict(conninfo).get("options") or ""), *_OPTIONS)).strip()
    return psycopg.connect(conninfo, options=options, autocommit=True)


@contextmanager
def refusals_told(asked: str) -> Iterator[None]:
    """Let the exceptions of the driver end here, in the words of this program.

    Args:
        asked: What the database was asked for, in words.

    Raises:
        UnreachableError: The database does not answer.
        UnsafeError: It refused.
    """
    try:
        yield
    except psycopg.OperationalError as error:
        raise UnreachableError("The database of the projections does not answer.") from error
    except psycopg.Error as error:
        raise UnsafeError(
            f"The database refused {asked}: {type(error).__name__}.",
            slug="database_refused",
            next_step="Run `muniment rebuild`; the log itself is not touched by it.",
        ) from error


def create(connection: Connection, projection: Projection, place: Place) -> None:
    """Make the tables in a place where they do not serve, without indexes, as empty as new."""
    for table in projection.tables:
        connection.execute(SQL("drop table if exists {}").format(_named(table, place)))
        columns = SQL(", ").join(
            SQL("{} {}").format(Identifier(name), SQL(form)) for name, form in table.columns
        )
        statement = SQL("create table {} ({})").format(_named(table, place), columns)
        connection.execute(statement)


def index_shadow(connection: Connection, projection: Projection) -> None:
    """Index the shadow tables once they are filled, which is faster than while they are."""
    connection.execute(_FIND_OPERATORS)
    for table in projection.tables:
        key = SQL("alter table {} add primary key ({})")
        connection.execute(key.format(_named(table, SHADOW), SQL(table.key)))
        for index in (*table.indexes, *(_CHANGES if table.versioned else ())):
            statement = SQL("create index on {} {}").format(_named(table, SHADOW), SQL(index))
            connection.execute(statement)
        connection.execute(SQL("analyze {}").format(_named(table, SHADOW)))


def swap_in(connection: Connection, projection: Projection) -> None:
    """Let the shadow tables take the places of the old ones."""
    for table in projection.tables:
        connection.execute(SQL("drop table if exists {}").format(_named(table)))
        rename = SQL("alter table {} rename to {}")
        connection.execute(rename.format(_named(table, SHADOW), Identifier(table.name)))


def are_there(connection: Connection, projection: Projection) -> bool:
    """Tell whether every table of the projection exists."""
    names = [table.name for table in projection.tables]
    query = "select count(*) from pg_tables where schemaname = %s and tablename = any(%s)"
    found = connection.execute(query, (SCHEMA, names)).fetchone()
    return found == (len(names),)


def differing(
    connection: Connection, projection: Projection, place: Place, *, size: int
) -> tuple[Differing, ...]:
    """Compare the tables that serve with those of another place, row by row.

    Args:
        connection: May read both.
        projection: Whose tables.
        place: Where they were built anew, over the first ``size`` entries of the log or more.
        size: How many entries those that serve have seen.
    """
    found = []
    for table in projection.tables:
        form = Form(
            table=table.name,
            columns=[name for name, _ in table.columns],
            key=table.key.split(", "),
        )
        anew = SQL("({}) as anew").format(_as_of(table, place, size))
        found.append(compare(connection, form, served=_named(table), anew=anew))
    return tuple(found)


def write(
    connection: Connection, projection: Projection, *, rows: Rows, place: Place = SERVING
) -> None:
    """Add rows to the tables; a version that stands there already has no ``known_from``, and ends.

    Args:
        connection: As a role that may write in the place.
        projection: Whose tables.
        rows: What its fold gives, in values of the types of their columns.
        place: Where the tables are.
    """
    for table in projection.tables:
        given = rows.get(table.name, ())
        ended = [row for row in given if row[-2] is None] if table.versioned else ()
        if ended:
            _end(connection, table, ended, place=place)
        added = [row for row in given if row[-2] is not None] if ended else given
        if added:
            _add(connection, table, added, place=place)


def cut(connection: Connection, projection: Projection, place: Place, *, size: int) -> None:
    """Take out of the tables whatever comes from entries beyond a size."""
    for table in projection.tables:
        named = _named(table, place)
        since = Identifier("known_from" if table.versioned else "idx")
        connection.execute(SQL("delete from {} where {} >= {}").format(named, since, size))
        if table.versioned:
            opened = SQL("update {} set known_to = null where known_to >= {}")
            connection.execute(opened.format(named, size))


def _add(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, place: Place
) -> None:
    """Add rows by COPY in binary form, which costs a third of the text form."""
    with connection.cursor() as cursor, cursor.copy(_copy(table, place)) as copy:
        copy.set_types(table.types)
        write_row = copy.write_row
        for row in rows:
            write_row(row)


def _end(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, place: Place
) -> None:
    """Note of versions from which entry on they are no longer known."""
    names = [name for name, _ in table.columns]
    key = [*(name for name in table.key.split(", ") if name != "known_from"), "known_to"]
    at = [names.index(name) for name in key]
    statement = SQL(
        "update {table} as t set known_to = v.known_to from unnest({arrays}) as v ({names}) "
        "where ({mine}) = ({theirs}) and t.known_to is null"
    ).format(
        table=_named(table, place),
        arrays=SQL(", ").join(SQL("%s::{}[]").format(SQL(table.types[n])) for n in at),
        names=SQL(", ").join(map(Identifier, key)),
        mine=SQL(", ").join(Identifier("t", name) for name in key[:-1]),
        theirs=SQL(", ").join(Identifier("v", name) for name in key[:-1]),
    )
    connection.execute(statement, [[row[n] for row in rows] for n in at])


def _as_of(table: Table, place: Place, size: int) -> Composed:
    """Select what a table held when it had seen a number of entries."""
    if not table.versioned:
        return SQL("select * from {} where idx < {}").format(_named(table, place), size)
    columns = [
        SQL("case when known_to < {} then known_to end as known_to").format(size)
        if name == "known_to"
        else Identifier(name)
        for name, _ in table.columns
    ]
    return SQL("select {} from {} where known_from < {}").format(
        SQL(", ").join(columns), _named(table, place), size
    )


def _copy(table: Table, place: Place) -> Composed:
    columns = SQL(", ").join(Identifier(name) for name, _ in table.columns)
    return SQL("copy {} ({}) from stdin (format binary)").format(_named(table, place), columns)


def _named(table: Table, place: Place = SERVING) -> Identifier:
    return Identifier(place.schema, table.name + place.suffix)
