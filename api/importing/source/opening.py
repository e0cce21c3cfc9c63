# SPDX-License-Identifier: Apache-2.0
"""Opening a register of any admitted format: CSV, TSV or XLSX, plain or gzip.

A file is recognised by its first bytes, so that a name need not tell the truth. How its
rows are read is the concern of ``delimited`` and ``workbook``.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from typing import Final

from api.importing.source.delimited import DelimitedRows
from api.importing.source.rows import Readable, Reading, Source
from api.importing.source.workbook import open_workbook
from domain.errors import UnreachableError, UsageError

GZIP_MAGIC: Final = b"\x1f\x8b"
ZIP_MAGIC: Final = b"PK\x03\x04"

_DELIMITERS: Final = {"csv": ",", "tsv": "\t"}


@contextmanager
def open_source(path: Path, reading: Reading) -> Iterator[Source]:
    """Open a register for reading.

    Raises:
        UnreachableError: ``source_unreadable``, the file cannot be read.
        UsageError: ``source_empty``, ``source_header`` or ``source_damaged``.
    """
    try:
        opened = _opened(path, reading)
        with opened as source:
            yield source
    except OSError as error:
        raise UnreachableError(
            f"{path.name} cannot be read: {error.strerror or 'it is damaged'}.",
            slug="source_unreadable",
            next_step="Check the path and that you may read the file.",
        ) from error


def _opened(path: Path, reading: Reading) -> AbstractContextManager[Source]:
    start = _first_bytes(path)
    if not start:
        raise UsageError(
            f"{path.name} is empty.", slug="source_empty", next_step="Fetch the file again."
        )
    kind = reading.format if reading.format != "auto" else _kind_of(path, start)
    if kind == "xlsx":
        return open_workbook(path, reading)
    delimiter = reading.delimiter or _DELIMITERS[kind]
    return _open_delimited(path, replace(reading, delimiter=delimiter))


def _kind_of(path: Path, start: bytes) -> str:
    if start.startswith(ZIP_MAGIC):
        return "xlsx"
    return "tsv" if {".tsv", ".tab"} & set(path.suffixes) else "csv"


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as raw:
        start = raw.read(len(ZIP_MAGIC))
    if not start.startswith(GZIP_MAGIC):
        return start
    try:
        with gzip.open(path) as unpacked:
            return unpacked.read(len(ZIP_MAGIC))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(
            f"{path.name} is cut or damaged before its first row.",
            slug="source_damaged",
            next_step="Fetch the file again.",
        ) from error


@contextmanager
def _open_delimited(path: Path, reading: Reading) -> Iterator[Source]:
    size = path.stat().st_size
    with path.open("rb") as raw:
        yield DelimitedRows(_unpacked(raw), reading, raw=raw, size=size)


def _unpacked(raw: BufferedReader) -> Readable:
    """Unpack lazily; a further buffer would lose the last rows before the end of a cut file."""
    if not raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC):
        return raw
    return gzip.GzipFile(fileobj=raw)
