# SPDX-License-Identifier: Apache-2.0
"""Writes the Parquet files from one moment of the database, a group of rows at a time.

The same log gives the same files, octet by octet, under one version of the library. It is an
extra, because only analysts need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import IsolationLevel

from domain.errors import UnreachableError, UsageError
from projections.parquet.sheets import SHEETS, Row, Sheet
from projections.position import log_size, read_position
from projections.tables import Connection

GROUP_ROWS: Final = 20_000
"""Rows that are held in memory at once, and that a reader can skip together."""

Progress = Callable[[str, int, int], None]
"""Is told of which file how many rows are written, and the size of the log."""


class Source(NamedTuple):
    """Which ledger the files are of.

    Attributes:
        audience: Its id.
        origin: Name of its log.
    """

    audience: str
    origin: str


class Written(NamedTuple):
    """One file that was written.

    Attributes:
        path: Where it is.
        rows: How many rows it has.
        size: Size of the log that it is about.
    """

    path: Path
    rows: int
    size: int


def write_parquet(
    conninfo: str, directory: Path, source: Source, *, progress: Progress
) -> list[Written]:
    """Write every file, each whole or not at all.

    Args:
        conninfo: A role that may read the log and the projections, which were brought up.
        directory: Where to; made when absent, and files of these names are replaced.
        source: Which ledger it is.
        progress: Is told how far it came.

    Raises:
        UsageError: The library that writes Parquet is not installed.
        UnreachableError: The database does not answer, or the disk cannot be written.
    """
    arrow, parquet = load_library()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _snapshot(conninfo) as connection:
            writer = _Writer(arrow, parquet, connection, source, progress)
            return [writer.write(sheet, directory) for sheet in SHEETS]
    except OSError as error:
        raise UnreachableError(
            f"{directory} cannot be written: {error.strerror}.",
            slug="parquet_unwritable",
            next_step="Free space or choose another directory, and run the same export again.",
        ) from error


def load_library() -> tuple[Any, Any]:
    """Give the library that writes Parquet.

    Raises:
        UsageError: It is not installed.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise UsageError(
            "Parquet files are written by a library that is not installed here.",
            slug="parquet_missing",
            next_step="Install it with `pip install 'muniment[parquet]'`, and run it again.",
        ) from error


class _Writer(NamedTuple):
    """Writes files of one moment with the library."""

    arrow: Any
    parquet: Any
    connection: Connection
    source: Source
    progress: Progress

    def write(self, sheet: Sheet, directory: Path) -> Written:
        """Write one file beside its place, and let it take its place once it is whole."""
        size = self._size(sheet)
        schema = self._schema(sheet, size)
        path, rows = directory / f"{sheet.name}.parquet", 0
        partial = path.with_suffix(".partial")
        try:
            with self.parquet.ParquetWriter(partial, schema, compression="zstd") as writer:
                for group in self._groups(sheet):
                    writer.write_batch(self._batch(schema, group))
                    rows += len(group)
                    self.progress(sheet.name, rows, size)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return Written(path, rows, size)

    def _size(self, sheet: Sheet) -> int:
        if sheet.projection is None:
            return log_size(self.connection)
        position = read_position(self.connection, sheet.projection.name)
        return position.size if position else 0

    def _schema(self, sheet: Sheet, size: int) -> Any:
        fields = [
            self.arrow.field(name, self._kind(form), metadata={"description": meaning})
            for name, (form, meaning) in sheet.columns.items()
        ]
        about = {**self.source._asdict(), "log_size": str(size), "definition": sheet.definition}
        return self.arrow.schema(fields, metadata=about)

    def _kind(self, form: str) -> Any:
        """Give the library's type for one of the database."""
        kinds = {
            "bigint": self.arrow.int64(),
            "int4": self.arrow.int32(),
            "bool": self.arrow.bool_(),
            "text[]": self.arrow.list_(self.arrow.string()),
            "timestamptz": self.arrow.timestamp("us", tz="UTC"),
        }
        return kinds.get(form, self.arrow.string())

    def _groups(self, sheet: Sheet) -> Iterator[list[Row]]:
        with self.connection.cursor("rows", binary=True) as cursor:
            cursor.execute(sheet.query)
            while found := cursor.fetchmany(GROUP_ROWS):
                yield list(sheet.rows(found))

    def _batch(self, schema: Any, group: list[Row]) -> Any:
        columns = zip(zip(*group, strict=True), schema.types, strict=True)
        arrays = [self.arrow.array(values, kind) for values, kind in columns]
        return self.arrow.RecordBatch.from_arrays(arrays, schema=schema)


@contextmanager
def _snapshot(conninfo: str) -> Iterator[Connection]:
    """See one moment for as long as the ``with`` lasts."""
    try:
        with psycopg.connect(conninfo) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield connection
    except psycopg.Error as error:
        raise UnreachableError("The database broke off while the files were written.") from error
