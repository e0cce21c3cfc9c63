# SPDX-License-Identifier: Apache-2.0
"""What a witness remembers: one row a log, in an SQLite database of its own.

Implements the state of `log.md` 2.6 and of C2SP tlog-witness. A row moves on only from the
very tree that the caller has checked against (``update ... where size = old``), and the move
is on disk before anything is answered; of two racing requests the database lets one through.
A log is known from its pinned start on, so nothing is trusted because it came first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.note import VerifierKey, parse_verifier_key
from domain.errors import UnreachableError, UnsafeError, UsageError

STORE_FILE: Final = "witness.sqlite"
BUSY_SECONDS_MAX: Final = 10.0
KEYS_CACHED_MAX: Final = 1_024

_SCHEMA: Final = """
create table if not exists log (
  origin text primary key, size integer not null check (size >= 0),
  root blob not null check (length(root) = 32), note blob not null, at integer not null
) strict, without rowid;
create table if not exists key (
  origin text not null references log, vkey text not null, primary key (origin, vkey)
) strict, without rowid;
create trigger if not exists log_only_grows before update on log
when new.size < old.size or new.at < old.at or (new.size = old.size and new.root <> old.root)
begin select raise(abort, 'a log only grows'); end;
create trigger if not exists log_stays before delete on log
begin select raise(abort, 'a log is never forgotten'); end;
"""
_HELD: Final = "select origin, size, root, note, at from log"
_MOVE: Final = """
update log set size = :size, root = :root, note = :note, at = :at
where origin = :origin and size = :old_size and root = :old_root and at <= :at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the witness holds of one log.

    Attributes:
        origin: Which log.
        size: Size of the newest tree; that of the pinned start at first.
        root: Its root, 32 octets.
        note: Checkpoint with the log's signature, and our cosignature once there is one.
        at: Time of that cosignature in seconds, or 0 before the first.
    """

    origin: str
    size: int
    root: bytes
    note: bytes
    at: int


class WitnessStore:
    """The database, open for as long as the witness runs.

    Durability: when ``move`` returns true, the new state survives a power cut. Safe for
    several threads and for several processes.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the database of a witness; only ``create`` makes one.

        Raises:
            UnsafeError: It is missing or damaged; what the key cosigned is forgotten.
        """
        self._lock = RLock()
        mode = "rwc" if create else "rw"
        try:
            self._database = sqlite3.connect(
                f"{(folder / STORE_FILE).absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=BUSY_SECONDS_MAX,
                isolation_level=None,
                check_same_thread=False,
            )
            # In this mode a commit has reached the disk when it returns.
            self._database.executescript("pragma journal_mode = wal; pragma synchronous = full;")
            self._database.executescript(_SCHEMA if create else "select * from log limit 0;")
        except sqlite3.Error as error:
            raise UnsafeError(
                f"The memory of the witness in {folder} cannot be opened: {error}.",
                slug="witness_state_lost",
                next_step="Restore it from its newest backup only if it cosigned nothing since; "
                "otherwise retire this witness key and make a new witness.",
            ) from error

    def watch(self, key: VerifierKey, start: Checkpoint, note: bytes) -> Checkpoint:
        """Know a log from a pinned start on; of a known log, trust one more key.

        Returns:
            Where the log stands: the start, or what is held of a known log.

        Raises:
            UsageError: The log is known, and the start is neither empty nor where it stands.
            UnreachableError: The disk refuses.
        """
        with self._writing() as database:
            held = self.held(start.origin)
            if held is None:
                row = (start.origin, start.size, start.root, note, 0)
                database.execute("insert into log values (?, ?, ?, ?, ?)", row)
            elif start.size > 0 and (held.size, held.root) != (start.size, start.root):
                raise UsageError(
                    f"{start.origin} is watched already, with a tree of size {held.size}.",
                    slug="witness_log_known",
                    next_step="Say --start empty to trust one more key of that log.",
                )
            database.execute("insert or ignore into key values (?, ?)", (start.origin, str(key)))
        if held is None:
            return start
        return Checkpoint(origin=held.origin, size=held.size, root=held.root)

    def held(self, origin: str) -> Held | None:
        """Give what is held of a log, or None of an unknown one."""
        rows = self._read(f"{_HELD} where origin = ?", (origin,))
        return _held(*rows[0]) if rows else None

    def all(self) -> list[Held]:
        """Give what is held of every log, by origin."""
        return [_held(*row) for row in self._read(f"{_HELD} order by origin", ())]

    def keys(self, origin: str) -> tuple[VerifierKey, ...]:
        """Give the keys that are trusted to sign for a log; none of an unknown one."""
        rows = self._read("select vkey from key where origin = ? order by vkey", (origin,))
        return tuple(_parsed(vkey) for (vkey,) in rows)

    def move(self, before: Held, after: Held) -> bool:
        """Go on from one tree of a log to another, unless somebody else has.

        Gives false, and changes nothing, where the row is not at ``before`` any more or its
        time is later than that of ``after``.

        Raises:
            UnreachableError: The disk refuses; the state before stays the state.
        """
        values = {
            "origin": before.origin,
            "size": after.size,
            "root": after.root,
            "note": after.note,
            "at": after.at,
            "old_size": before.size,
            "old_root": before.root,
        }
        try:
            with self._lock:
                return self._database.execute(_MOVE, values).rowcount == 1
        except sqlite3.Error as error:
            raise _refused(error) from error

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def _read(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise _refused(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Do several statements as one, or none of them."""
        try:
            with self._lock:
                self._database.execute("begin immediate")
                # Its own context manager commits at the end, and rolls back on any error.
                with self._database:
                    yield self._database
        except sqlite3.Error as error:
            raise _refused(error) from error


@lru_cache(maxsize=KEYS_CACHED_MAX)
def _parsed(vkey: str) -> VerifierKey:
    """Read a key; its profile takes two milliseconds to check, so once is enough."""
    return parse_verifier_key(vkey)


def _held(*row: Any) -> Held:
    origin, size, root, note, at = row
    return Held(origin=origin, size=size, root=root, note=note, at=at)


def _refused(error: Exception) -> UnreachableError:
    return UnreachableError(
        f"The witness cannot read or write its memory: {error}.",
        slug="witness_disk",
        next_step="Free space on the disk of the witness and ask again; nothing was cosigned.",
    )
