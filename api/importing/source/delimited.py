# SPDX-License-Identifier: Apache-2.0
"""Rows of delimited text (RFC 4180), decoded and split so that one bad row stays one.

Lines are decoded one by one (``lines``) and given to the standard library's parser in
its strict mode. When a record cannot be parsed, only its first line is refused and the
parser starts again at the next line, so that an unclosed quotation mark never swallows
the rows behind it. Memory is bounded by the longest admitted row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import IO

from api.importing.refusals import Refusal, reason
from api.importing.source.lines import DecodedLines
from api.importing.source.rows import ROW_MAX_CHARS, Readable, Reading, Row
from domain.errors import UsageError


class DelimitedRows:
    """An open delimited file.

    Attributes:
        header: Names of the columns, without space at their ends.
    """

    def __init__(self, stream: Readable, reading: Reading, *, raw: IO[bytes], size: int) -> None:
        """Read the header.

        Args:
            stream: The unpacked text as bytes.
            reading: How the mapping says to read it; its delimiter is set.
            raw: The stored file, whose position tells the share done.
            size: Length of the stored file in octets.

        Raises:
            UsageError: ``source_header``, there is no header that can be read.
        """
        csv.field_size_limit(ROW_MAX_CHARS)
        self._lines = DecodedLines(stream, reading)
        self._delimiter = reading.delimiter or ","
        self._raw = raw
        self._size = max(size, 1)
        for _ in range(reading.skip_rows):
            next(self._lines, None)
        self._parser = self._new_parser()
        self.header = self._read_header()

    def done(self) -> float:
        """Give the share of the stored file that was read, from 0 to 1."""
        return min(self._raw.tell() / self._size, 1.0)

    def __iter__(self) -> Iterator[Row | Refusal]:
        """Iterate over the rows; the damaged end of a file is the last refusal."""
        lines = self._lines
        width = len(self.header)
        while True:
            lines.begin()
            try:
                cells = next(self._parser)
            except StopIteration:
                break
            except csv.Error as error:
                yield self._unparsed(error)
                continue
            if len(cells) == width:
                yield lines.flaw() or Row(lines.started, cells)
            elif cells or lines.flaw():
                yield self._misshapen(len(cells))
        if lines.damage:
            yield lines.damage

    def _new_parser(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)

    def _read_header(self) -> tuple[str, ...]:
        self._lines.begin()
        try:
            cells = next(self._parser, [])
        except csv.Error:
            cells = []
        if not any(cells) or self._lines.flaw():
            raise UsageError(
                "The first line of the file is not a header that can be read.",
                slug="source_header",
                next_step="Check the encoding and the delimiter that the mapping states.",
            )
        return tuple(cell.strip() for cell in cells)

    def _unparsed(self, error: csv.Error) -> Refusal:
        slug = "row_too_long" if "field larger" in str(error) else "row_quoting"
        return self._again_after(reason(self._lines.started, slug))

    def _misshapen(self, cells: int) -> Refusal:
        detail = f"It has {cells} cells, the header has {len(self.header)}."
        return self._again_after(reason(self._lines.started, "row_width", detail=detail))

    def _again_after(self, refusal: Refusal) -> Refusal:
        refusal = self._lines.flaw() or refusal
        self._lines.rewind()
        self._parser = self._new_parser()
        return refusal
