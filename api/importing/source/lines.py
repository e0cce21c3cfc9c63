# SPDX-License-Identifier: Apache-2.0
"""The lines of a delimited file, decoded one by one, with what is wrong with each.

A line that does not decode, is too long or is the cut end of the file is still handed
on, so that the parser keeps its place, and its flaw is remembered. The lines of the
present record can be read again. How lines become records is the concern of
``delimited``.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from api.importing.refusals import Refusal, reason
from api.importing.source.rows import ROW_MAX_CHARS, Readable, Reading

BYTE_ORDER_MARK = "\ufeff"


class _Line(NamedTuple):
    text: str
    flaw: str | None


class DecodedLines:
    """An iterator over decoded lines that knows where the present record began.

    Attributes:
        started: Physical line, from 1, where the present record starts.
        damage: Why the file could not be read to its end, if so.
    """

    def __init__(self, stream: Readable, reading: Reading) -> None:
        self.started = 1
        self.damage: Refusal | None = None
        self._stream = stream
        self._encoding = reading.encoding
        self._final_newline_required = reading.final_newline_required
        self._record: list[_Line] = []
        self._again: deque[_Line] = deque()
        self._number = 0
        self._flawed = False
        self._ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Give the next line, its line break included."""
        line = self._again.popleft() if self._again else self._read()
        self._record.append(line)
        self._number += 1
        if line.flaw:
            self._flawed = True
        return line.text

    def begin(self) -> None:
        """Note that the next line starts a record."""
        self._record.clear()
        self._flawed = False
        self.started = self._number + 1

    def rewind(self) -> None:
        """Put back the lines of the present record, all but the first."""
        rest = self._record[1:]
        self._again.extendleft(reversed(rest))
        self._number -= len(rest)

    def flaw(self) -> Refusal | None:
        """Give what is wrong with the lines of the present record, if anything is."""
        if not self._flawed:
            return None
        slug = next(line.flaw for line in self._record if line.flaw)
        return reason(self.started, slug)

    def _read(self) -> _Line:
        data = b"" if self._ended else self._read_bytes()
        if not data:
            self._ended = True
            raise StopIteration
        if data.endswith(b"\n"):
            return self._decoded(data)
        if len(data) > ROW_MAX_CHARS:
            self._skip_line()
            return _Line("\n", "row_too_long")
        return self._decoded(data, last=True)

    def _read_bytes(self) -> bytes:
        try:
            return self._stream.readline(ROW_MAX_CHARS + 1)
        except (EOFError, OSError, zlib.error) as error:
            slug = "source_truncated" if isinstance(error, EOFError) else "source_damaged"
            self.damage = reason(self._number + 1, slug)
            return b""

    def _skip_line(self) -> None:
        while True:
            data = self._read_bytes()
            if not data or data.endswith(b"\n"):
                return

    def _decoded(self, data: bytes, *, last: bool = False) -> _Line:
        flaw = "row_truncated" if last and self._final_newline_required else None
        try:
            text = data.decode(self._encoding)
        except UnicodeDecodeError:
            text = data.decode(self._encoding, "replace")
            flaw = flaw or _undecoded(self._encoding)
        if self._number == 0:
            text = text.removeprefix(BYTE_ORDER_MARK)
        return _Line(text, flaw)


def _undecoded(encoding: str) -> str:
    return "bytes_not_utf8" if encoding.startswith("utf-8") else "bytes_not_readable"
