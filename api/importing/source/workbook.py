# SPDX-License-Identifier: Apache-2.0
"""Rows of an XLSX workbook, streamed sheet by sheet with their row numbers.

Cells become the text that a person would read: whole numbers without a decimal point,
dates as ``YYYY-MM-DD HH:MM:SS``. Formulas give their stored result. The format keeps
its table of distinct texts in one piece, which is the only part held in memory.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from api.importing.refusals import Refusal, reason
from api.importing.source.rows import Reading, Row, Source
from domain.errors import UsageError

_GZIP_MAGIC = b"\x1f\x8b"
_DAMAGE = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, EOFError, OSError,
)  # fmt: skip


@contextmanager
def open_workbook(path: Path, reading: Reading) -> Iterator[Source]:
    """Open one sheet of a workbook.

    Raises:
        UsageError: ``source_damaged``, ``source_sheet`` or ``source_header``.
    """
    with tempfile.TemporaryFile() as unpacked:
        plain: Any = _plain(path, unpacked)
        try:
            book = openpyxl.load_workbook(plain, read_only=True, data_only=True)
        except _DAMAGE as error:
            raise _unusable("The file is not a workbook that can be read.") from error
        try:
            yield _WorkbookRows(_sheet(book, reading.sheet), reading.skip_rows)
        finally:
            book.close()


class _WorkbookRows:
    """An open sheet."""

    def __init__(self, sheet: Any, skip_rows: int) -> None:
        self._expected = max(sheet.max_row or 1, 1)
        self._line = skip_rows + 1
        self._rows = sheet.iter_rows(min_row=skip_rows + 1, values_only=True)
        header = [_text(cell) for cell in next(self._rows, ())]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise _unusable("The sheet has no header.", slug="source_header")
        self.header = tuple(name.strip() for name in header)

    def done(self) -> float:
        return min(self._line / self._expected, 1.0)

    def __iter__(self) -> Iterator[Row | Refusal]:
        width = len(self.header)
        try:
            for cells in self._rows:
                self._line += 1
                texts = [_text(cell) for cell in cells]
                if any(texts):
                    yield self._row(texts, width)
        except _DAMAGE:
            yield reason(self._line + 1, "source_damaged")

    def _row(self, texts: list[str], width: int) -> Row | Refusal:
        if any(texts[width:]):
            return reason(self._line, "row_width", detail="It has cells beyond the header's last.")
        return Row(self._line, texts[:width] + [""] * (width - len(texts)))


def _plain(path: Path, unpacked: Any) -> Any:
    with path.open("rb") as raw:
        if raw.read(len(_GZIP_MAGIC)) != _GZIP_MAGIC:
            return path
    try:
        with gzip.open(path) as packed:
            shutil.copyfileobj(packed, unpacked)
    except (EOFError, gzip.BadGzipFile) as error:
        raise _unusable("The compressed workbook ends early.") from error
    unpacked.seek(0)
    return unpacked


def _sheet(book: Any, name: str | None) -> Any:
    if name is None:
        return book.worksheets[0]
    if name not in book.sheetnames:
        raise _unusable(f"The workbook has no sheet {name}.", slug="source_sheet")
    return book[name]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _unusable(sentence: str, slug: str = "source_damaged") -> UsageError:
    return UsageError(sentence, slug=slug, next_step="Open it yourself and save it as CSV.")
