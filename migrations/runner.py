# SPDX-License-Identifier: Apache-2.0
"""Applies the numbered SQL files of this folder, as ``spec/store.md`` 7.4 asks.

One transaction a file, under one advisory lock, with the SHA-256 of each file
recorded in ``ledger.migration``. Forward only: there is no way down, and an
applied file may never change again. Rows of the log are never migrated.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

ADVISORY_LOCK_KEY = 0x4D756E696D656E74  # the letters "Muniment"
FILE_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")


class MigrationError(Exception):
    """The database and the migration files cannot be brought together."""


@dataclass(frozen=True, slots=True)
class _Migration:
    number: int
    name: str
    sql: bytes

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.sql).digest()


def migrate(conninfo: str, *, folder: Traversable | None = None) -> tuple[str, ...]:
    """Apply every file that the database does not have yet.

    Args:
        conninfo: Connects as a superuser, or as the database's owner with CREATEROLE.
        folder: Where the files lie; by default this package.

    Returns:
        The names applied now, in order; empty when there was nothing to do.

    Raises:
        MigrationError: A recorded file was edited, removed or overtaken, a file
            fails to run, or the database cannot be reached.
    """
    found = _found(folder or files(__package__))
    with _connected(conninfo) as connection:
        connection.execute("select pg_advisory_lock(%s)", (ADVISORY_LOCK_KEY,))
        todo = _unapplied(connection, found)
        for migration in todo:
            _apply(connection, migration)
    return tuple(migration.name for migration in todo)


def pending(conninfo: str, *, folder: Traversable | None = None) -> tuple[str, ...]:
    """Name the files that ``migrate`` would apply, changing nothing.

    Raises:
        MigrationError: As ``migrate``.
    """
    found = _found(folder or files(__package__))
    with _connected(conninfo) as connection:
        return tuple(migration.name for migration in _unapplied(connection, found))


def _found(folder: Traversable) -> tuple[_Migration, ...]:
    named = ((FILE_NAME.fullmatch(file.name), file) for file in folder.iterdir())
    found = sorted(
        (
            _Migration(int(match["number"]), file.name, file.read_bytes())
            for match, file in named
            if match
        ),
        key=lambda migration: migration.number,
    )
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError("The migration files are not numbered 0001, 0002, 0003 and so on.")
    return tuple(found)


def _unapplied(
    connection: psycopg.Connection, found: tuple[_Migration, ...]
) -> tuple[_Migration, ...]:
    applied = _applied(connection)
    present = {migration.number for migration in found}
    for number, (name, _) in applied.items():
        if number not in present:
            raise MigrationError(f"Applied migration {name} is missing from the files.")
    todo = tuple(migration for migration in found if migration.number not in applied)
    for migration in found:
        name, digest = applied.get(migration.number, (migration.name, migration.sha256))
        if (name, digest) != (migration.name, migration.sha256):
            raise MigrationError(f"Migration {migration.name} was edited after it was applied.")
    if todo and todo[0].number < max(applied, default=0):
        raise MigrationError(f"Migration {todo[0].name} was overtaken by a later one.")
    return todo


def _applied(connection: psycopg.Connection) -> dict[int, tuple[str, bytes]]:
    exists = connection.execute("select to_regclass('ledger.migration') is not null").fetchone()
    if exists != (True,):
        return {}
    rows = connection.execute("select n, name, sha256 from ledger.migration order by n")
    return {number: (name, bytes(digest)) for number, name, digest in rows}


def _apply(connection: psycopg.Connection, migration: _Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.sql)
            connection.execute("set local role ledger_owner")
            connection.execute(
                "insert into ledger.migration (n, name, sha256) values (%s, %s, %s)",
                (migration.number, migration.name, migration.sha256),
            )
    except psycopg.Error as error:
        raise MigrationError(f"Migration {migration.name} failed: {error}") from error


@contextmanager
def _connected(conninfo: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        raise MigrationError(f"The database cannot be migrated: {error}") from error
