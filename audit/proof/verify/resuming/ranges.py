# SPDX-License-Identifier: Apache-2.0
"""How ranges of entries were judged, in one file that no kill leaves half-written.

Serves ``muniment-verify --state``. The file is SQLite's, of the standard library: a transaction a
range. A row whose own hash does not fit is as good as none. Nothing read here is executed, and
nothing of it is believed about other entries than those whose seal it bears.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Self

from audit.proof.verify.beside.lateness import Extremes
from audit.proof.verify.log.chain import PackedRecords
from audit.proof.verify.log.entries import Judged, Span
from audit.proof.verify.report import Tally
from audit.proof.verify.resuming.folder import PROGRESS_FILE
from domain.errors import UsageError

_TABLES: Final = """
pragma locking_mode = exclusive;
pragma journal_mode = wal;
pragma synchronous = normal;
begin exclusive;
create table if not exists fact (name text primary key, value text not null);
create table if not exists judged (
  first integer not null, stop integer not null, seal blob not null, found text not null,
  times text not null, sizes text not null, records blob not null, sum blob not null,
  primary key (first, stop)
);
commit;
"""
_ROW: Final = """
select seal, found, times, sizes, records, sum from judged where first = ? and stop = ?
"""
_KEEP: Final = "insert or replace into judged values (?, ?, ?, ?, ?, ?, ?, ?)"


_PRIMARY: Final = 0xFF
"""The part of an extended result code of SQLite that says what kind of error it is."""


class _Row(NamedTuple):
    """One range: seal of its entries, findings, times, lengths of its records, these joined."""

    seal: bytes
    found: str
    times: str
    sizes: str
    records: bytes

    def sum(self, first: int, stop: int) -> bytes:
        """Hash the row, so that a damaged one is noticed."""
        head = json.dumps([first, stop, self.seal.hex(), self.found, self.times, self.sizes])
        return sha256(head.encode() + self.records).digest()


class DamagedError(OSError):
    """What an earlier run kept cannot be read."""


class Ranges:
    """What was judged so far."""

    def __init__(self, file: sqlite3.Connection) -> None:
        """Use an open file; see ``opened``."""
        self._file = file

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[Self]:
        """Open the file in a folder, and make it if there is none.

        Raises:
            UsageError: ``state_in_use``, another run has it open.
            DamagedError: It is damaged.
            OSError: The disk is full, for example.
        """
        with _refused(folder):
            file = sqlite3.connect(folder / PROGRESS_FILE, isolation_level=None, timeout=0)
        with closing(file), _refused(folder):
            file.executescript(_TABLES)
            if file.execute("pragma quick_check(1)").fetchone() != ("ok",):
                raise DamagedError
            yield cls(file)

    def facts(self) -> dict[str, str]:
        """Give what was noted about the run."""
        return dict(self._file.execute("select name, value from fact").fetchall())

    def note(self, facts: Mapping[str, str]) -> None:
        """Note something about the run, all of it at once, unless it was noted before."""
        self._file.execute("begin")
        self._file.executemany("insert or ignore into fact values (?, ?)", facts.items())
        self._file.execute("commit")

    def seal(self, first: int, stop: int) -> bytes:
        """Give the seal of a range's entries; nothing where it is not known whole."""
        row = self._row(first, stop)
        return row.seal if row else b""

    def judged(self, first: int, stop: int) -> Judged:
        """Give how a range was judged whose seal is known.

        Raises:
            DamagedError: It is gone meanwhile.
        """
        row = self._row(first, stop)
        if row is None:
            raise DamagedError
        return Judged(_unpacked(row), _tally(row.found), Extremes(*json.loads(row.times)))

    def keep(self, span: Span, seal: bytes, judged: Judged) -> None:
        """Remember how a range was judged; it is whole in the file when this returns."""
        links, requests = judged.records
        row = _Row(
            seal=seal,
            found=json.dumps(judged.tally.dump()),
            times=json.dumps(astuple(judged.times)),
            sizes=json.dumps([[len(each) for each in part] for part in judged.records]),
            records=b"".join((*links, *requests)),
        )
        values = (span.first, span.stop, *row, row.sum(span.first, span.stop))
        self._file.execute(_KEEP, values)

    def _row(self, first: int, stop: int) -> _Row | None:
        found = self._file.execute(_ROW, (first, stop)).fetchone()
        row = _Row(*found[:-1]) if found else None
        return row if row and row.sum(first, stop) == found[-1] else None


@contextmanager
def _refused(folder: Path) -> Iterator[None]:
    """Turn what SQLite refuses into what the verifier knows how to tell."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise _in_use(folder) from error
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise DamagedError(None, f"progress cannot be read: {error}") from error
        raise OSError(None, f"progress cannot be kept: {error}") from error


def _unpacked(row: _Row) -> PackedRecords:
    links, requests = json.loads(row.sizes)
    pieces = _cut(row.records, [*links, *requests])
    return PackedRecords(pieces[: len(links)], pieces[len(links) :])


def _cut(octets: bytes, sizes: Sequence[int]) -> tuple[bytes, ...]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(octets[at : at + size])
        at += size
    return tuple(pieces)


def _tally(found: str) -> Tally:
    tally = Tally()
    tally.load(json.loads(found))
    return tally


def _in_use(folder: Path) -> UsageError:
    return UsageError(
        f"Another run is using the progress in {folder}.",
        slug="state_in_use",
        next_step="Wait for it, stop it, or name another folder with --state.",
    )
