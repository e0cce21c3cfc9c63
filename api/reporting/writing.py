# SPDX-License-Identifier: Apache-2.0
"""Reports as files: the same report gives the same bytes.

Texts come from the log, where anybody may have written them. A spreadsheet must not take one for
a formula, so that in CSV an apostrophe is put before what could be one, and in a workbook every
text is marked as a text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from api.reporting.sheets import Cell, Report, Sheet

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_SAVED_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_NO_TIME: Final = rb"\g<1>1980-01-01T00:00:00Z"
_TITLE_ROW: Final = "A1"
_WIDTH_CHARS: Final = 18


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Give a table as CSV text (RFC 4180)."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def report_csv(report: Report) -> bytes:
    """Give a report as one CSV file: what it is first, then a line for each number."""
    columns = ("table", "title", "row", "category", *_counts(report.sheets[0]))
    blank = ("",) * len(_counts(report.sheets[0]))
    lines: list[tuple[Cell, ...]] = [("about", note, "", "", *blank) for note in report.notes]
    for sheet in report.sheets:
        code, title = sheet.table.code, sheet.table.title
        lines += [(code, note, "note", "", *blank) for note in sheet.notes]
        lines += [(code, title, *_in_one(sheet, row)) for row in sheet.rows]
    return csv_text(columns, lines).encode()


def report_xlsx(report: Report) -> bytes:
    """Give a report as a workbook: a sheet that says what it is, and one for each table."""
    book = Workbook()
    about = book.active
    about.title = "About"
    for note in report.notes:
        _add(about, [note])
    for sheet in report.sheets:
        page = book.create_sheet(sheet.table.code)
        _add(page, [f"{sheet.table.code} {sheet.table.title}"])
        for note in sheet.notes:
            _add(page, [note])
        _add(page, [])
        _add(page, sheet.columns)
        for row in sheet.rows:
            _add(page, row)
        for number in range(1, len(sheet.columns) + 1):
            page.column_dimensions[page.cell(1, number).column_letter].width = _WIDTH_CHARS
    data = BytesIO()
    book.save(data)
    return _timeless(data.getvalue())


def _add(page: Any, cells: Sequence[Cell]) -> None:
    page.append(list(cells))
    for cell in page[page.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"


def _counts(sheet: Sheet) -> tuple[str, ...]:
    return sheet.columns[1 + len(sheet.answer.by) :]


def _in_one(sheet: Sheet, row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Put the dimensions of a row into one cell, since every table has others."""
    kind, rest = row[0], row[1:]
    by = sheet.answer.by
    pairs = [f"{name}={value}" for name, value in zip(by, rest, strict=False) if value != ""]
    return kind, "; ".join(pairs), *rest[len(by) :]


def harmless(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _plain(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell


def _timeless(workbook: bytes) -> bytes:
    """Take the times of writing out of a workbook."""
    data = BytesIO()
    with ZipFile(BytesIO(workbook)) as written, ZipFile(data, "w", ZIP_DEFLATED) as kept:
        for name in sorted(written.namelist()):
            content = written.read(name)
            if name == "docProps/core.xml":
                content = _SAVED_AT.sub(_NO_TIME, content)
            info = ZipInfo(name, ZIP_EPOCH)
            info.compress_type = ZIP_DEFLATED
            kept.writestr(info, content)
    return data.getvalue()
