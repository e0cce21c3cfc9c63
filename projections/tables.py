# SPDX-License-Identifier: Apache-2.0
"""The tables of projections in the database: made, filled, indexed, swapped.

Every statement works on whole sets: rows go in by COPY, one call a table and batch.
Tables that are being built carry a suffix and take their places by renaming, in one
transaction (``spec/store.md`` 4.3). Nothing here decides when that happens.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from audit.fsck.derived.differing import Differing, Form, compare
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

_FIND_OPERATORS = """
    select set_config('search_path', quote_ident(n.nspname), false)
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_trgm'
"""


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
        for index in table.indexes:
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
        anew = SQL("(select * from {} where idx < {}) as anew").format(_named(table, place), size)
        found.append(compare(connection, form, served=_named(table), anew=anew))
    return tuple(found)


def write(
    connection: Connection, projection: Projection, *, rows: Rows, place: Place = SERVING
) -> None:
    """Add rows to the tables."""
    for table in projection.tables:
        added = rows.get(table.name, ())
        if not added:
            continue
        with connection.cursor() as cursor, cursor.copy(_copy(table, place)) as copy:
            for row in added:
                copy.write_row(row)


def _copy(table: Table, place: Place) -> Composed:
    columns = SQL(", ").join(Identifier(name) for name, _ in table.columns)
    return SQL("copy {} ({}) from stdin").format(_named(table, place), columns)


def _named(table: Table, place: Place = SERVING) -> Identifier:
    return Identifier(place.schema, table.name + place.suffix)
