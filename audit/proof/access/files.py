# SPDX-License-Identifier: Apache-2.0
"""An access log as files, for an auditor who verifies it elsewhere.

``access.jsonl`` begins with where the log goes from and to; each further line is a record, octet
for octet. ``statements.jsonl`` holds what the ledger states of it, with the proofs. Digests are
left out, since whoever reads the records makes them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from audit.proof.access.chain import Extent, Stored
from audit.proof.access.record import RECORD_OCTETS_MAX
from audit.proof.access.stated import LINE_OCTETS_MAX, Statement, parse_statement
from audit.proof.encoding import canonical, canonical_json, decode, encode
from audit.proof.merkle import SIZE_MAX
from domain.errors import EnvelopeError, InvalidValueError, ProofError, UnreachableError

FORMAT: Final = "muniment-access-1"
RECORDS_FILE: Final = "access.jsonl"
STATEMENTS_FILE: Final = "statements.jsonl"

_MEMBERS: Final = frozenset({"count", "digest", "first", "format", "kept"})


def write_access(
    folder: Path, extent: Extent, *, records: Iterable[Stored], statements: Iterable[Statement]
) -> None:
    """Write an access log into a folder, in the place of what such files hold there.

    Raises:
        UnreachableError: The disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / RECORDS_FILE).open("wb") as file:
            file.write(_header(extent) + b"\n")
            file.writelines(record.raw + b"\n" for record in records)
        with (folder / STATEMENTS_FILE).open("wb") as file:
            file.writelines(each.encode() + b"\n" for each in statements)
    except OSError as error:
        raise UnreachableError(f"{folder} cannot be written: {error.strerror}.") from error


class AccessFiles:
    """The files of an access log; nothing of them is verified yet."""

    def __init__(self, folder: Path) -> None:
        """Remember where they lie."""
        self._folder = folder

    def extent(self) -> Extent:
        """Read from where to where the log claims to go.

        Raises:
            ProofError: ``access_file``, the file is none of an access log.
            UnreachableError: It cannot be read.
        """
        return _read_header(next(self._lines(RECORDS_FILE, RECORD_OCTETS_MAX), b""))

    def records(self) -> Iterator[Stored]:
        """Give every record, numbered from the first on; raises as ``extent``."""
        lines = self._lines(RECORDS_FILE, RECORD_OCTETS_MAX)
        first = _read_header(next(lines, b"")).first
        for place, raw in enumerate(lines):
            yield Stored(first + place, raw)

    def statements(self) -> Iterator[Statement]:
        """Give what the ledger is said to state; raises as ``extent``, or ``access_statement``."""
        return map(parse_statement, self._lines(STATEMENTS_FILE, LINE_OCTETS_MAX))

    def _lines(self, name: str, most: int) -> Iterator[bytes]:
        path = self._folder / name
        try:
            with path.open("rb") as file:
                yield from _bounded(file, most)
        except OSError as error:
            raise UnreachableError(f"{path} cannot be read: {error.strerror}.") from error


def _bounded(file: BinaryIO, most: int) -> Iterator[bytes]:
    """Give the lines of a file, none of them endless."""
    while line := file.readline(most + 1):
        if not line.endswith(b"\n"):
            raise _strange()
        yield line[:-1]


def _header(extent: Extent) -> bytes:
    return canonical(
        {
            "count": extent.count,
            "digest": encode(extent.digest).decode(),
            "first": extent.first,
            "format": FORMAT,
            "kept": encode(extent.kept).decode(),
        }
    )


def _read_header(line: bytes) -> Extent:
    try:
        found = canonical_json(line)
        if not isinstance(found, dict) or found.keys() != _MEMBERS or found["format"] != FORMAT:
            raise _strange()
        first, count = found["first"], found["count"]
        kept, digest = decode(found["kept"].encode()), decode(found["digest"].encode())
    except (InvalidValueError, EnvelopeError, AttributeError):
        raise _strange() from None
    if type(first) is not int or type(count) is not int or not 0 <= first <= count <= SIZE_MAX:
        raise _strange()
    return Extent(first=first, kept=kept, count=count, digest=digest)


def _strange() -> ProofError:
    return ProofError(
        "The file is none of an access log.",
        slug="access_file",
        next_step="Have it made again with `muniment access export`.",
    )
