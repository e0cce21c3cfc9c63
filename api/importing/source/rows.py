# SPDX-License-Identifier: Apache-2.0
"""What every kind of register gives: a header, rows with line numbers, a share done.

The forms of files are the concern of ``delimited`` and ``workbook``; what a row means
is the concern of the mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from api.importing.refusals import Refusal

Format = Literal["auto", "csv", "tsv", "xlsx"]

Encoding = Literal["utf-8", "utf-8-sig", "latin-1", "cp1250", "cp1251", "cp1252", "cp1253", "cp850"]
"""Encodings in which a line break is one known byte, so that one bad row stays one row."""

ROW_MAX_CHARS: Final = 131_072
"""The longest row that is read; a longer one is refused and skipped."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the source.

    Attributes:
        line: Physical line, from 1, where the record starts; a workbook's row number.
        cells: As many cells as the header has.
    """

    line: int
    cells: list[str]


class Readable(Protocol):
    """Octets that are read line by line: a plain file or one being unpacked."""

    def readline(self, size: int, /) -> bytes:
        """Give the next line, or as much of it as the size admits."""


class Source(Protocol):
    """An open register: its header and then, once, its rows."""

    @property
    def header(self) -> tuple[str, ...]:
        """Give the names of the columns."""

    def __iter__(self) -> Iterator[Row | Refusal]:
        """Iterate once over the rows, in the order of the file."""

    def done(self) -> float:
        """Give the share of the file that was read, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read, as the mapping states it.

    Attributes:
        format: Kind of file; ``auto`` goes by its first bytes and its name.
        encoding: Encoding of delimited text.
        delimiter: Character between cells; nothing for the usual one of the format.
        sheet: Name of the workbook's sheet; nothing for the first one.
        skip_rows: Lines before the header.
        final_newline_required: Whether a last row without a line break counts as cut.
    """

    format: Format = "auto"
    encoding: Encoding = "utf-8"
    delimiter: str | None = None
    sheet: str | None = None
    skip_rows: int = 0
    final_newline_required: bool = True
