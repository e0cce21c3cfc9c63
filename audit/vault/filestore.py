# SPDX-License-Identifier: Apache-2.0
"""The key store in a file: an SQLite database beside the file of the wrapping key.

Each data key is wrapped by a key that lies in a second file, so that neither the database of the
ledger, nor its backups, nor one of the two files alone opens a disclosure.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from audit.files import sync_folder
from audit.vault.keyfiles import Randomness, wrapping_key
from audit.vault.keystore import KEY_OCTETS, KeyStore, unavailable, unwrap, wrap

DATA_KEYS_FILE: Final = "data-keys.sqlite"
WAIT_SECONDS_MAX: Final = 30.0
"""For so long one process waits for another that writes."""

_SCHEMA: Final = """
create table if not exists data_key (hld blob primary key, wrapped blob not null);
create table if not exists destroyed (hld blob primary key) without rowid;
create table if not exists forgotten (one integer primary key check (one = 1), size integer);
"""
_MAKE: Final = """
insert or ignore into data_key select ?1, ?2
where not exists (select 1 from destroyed where hld = ?1)
"""
_ADVANCE: Final = """
insert into forgotten values (1, ?) on conflict (one) do update
set size = max(size, excluded.size)
"""


class FileKeyStore(KeyStore):
    """Keeps data keys in a folder that nobody else may read."""

    def __init__(self, folder: Path, *, randomness: Randomness = secrets.token_bytes) -> None:
        """Open the key store, creating its files on first use.

        Raises:
            UnreachableError: The folder or its files cannot be used.
            UnsafeError: The wrapping key is damaged.
        """
        self._lock = Lock()
        self._randomness = randomness
        self._wrapping_key = wrapping_key(folder, randomness)
        try:
            self._database = _open(folder / DATA_KEYS_FILE)
        except (OSError, sqlite3.Error) as error:
            raise unavailable() from error

    def keys_for(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data key of each holding, making those that never existed."""
        wanted = set(holdings)
        with self._writing():
            known = self._read(wanted)
            fresh = [(each.bytes, self._fresh()) for each in wanted - known.keys()]
            if fresh:
                self._database.executemany(_MAKE, fresh)
                known = self._read(wanted)
        return {each: unwrap(self._wrapping_key, wrapped) for each, wrapped in known.items()}

    def find(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data keys that there are, making none."""
        with self._writing():
            known = self._read(set(holdings))
        return {each: unwrap(self._wrapping_key, wrapped) for each, wrapped in known.items()}

    def destroy(self, holdings: Iterable[UUID]) -> None:
        """Destroy data keys; their octets are overwritten, in the write-ahead file too."""
        doomed = [(each.bytes,) for each in holdings]
        with self._writing():
            self._database.executemany("insert or ignore into destroyed values (?)", doomed)
            self._database.executemany("delete from data_key where hld = ?", doomed)
        self._empty_log()

    def destroyed(self, holdings: Iterable[UUID]) -> set[UUID]:
        """Tell whose data keys were destroyed."""
        query = "select 1 from destroyed where hld = ?"
        with self._writing():
            return {
                each for each in holdings if self._database.execute(query, (each.bytes,)).fetchone()
            }

    def forgotten(self) -> int:
        """Give the size of the log up to which every erasure is carried out here."""
        with self._writing():
            row = self._database.execute("select size from forgotten").fetchone()
        return int(row[0]) if row else 0

    def advance(self, size: int) -> None:
        """Remember that every erasure of the first entries of the log is carried out here."""
        with self._writing():
            self._database.execute(_ADVANCE, (size,))

    def compact(self) -> None:
        """Write the file anew."""
        with self._writing():
            self._database.execute("vacuum")
        self._empty_log()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _read(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        query = "select wrapped from data_key where hld = ?"
        rows = ((each, self._database.execute(query, (each.bytes,))) for each in holdings)
        return {each: row[0] for each, found in rows for row in found}

    def _fresh(self) -> bytes:
        return wrap(self._wrapping_key, self._randomness(KEY_OCTETS))

    def _empty_log(self) -> None:
        """Empty the write-ahead file, which may still hold what was overwritten in the other."""
        with self._writing():
            busy, *_ = self._database.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise unavailable()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let one thread in, commit what it wrote, or undo it."""
        try:
            with self._lock, self._database:
                yield
        except sqlite3.Error as error:
            raise unavailable() from error


def _open(path: Path) -> sqlite3.Connection:
    """Open the data keys: every write durable, every deleted key overwritten."""
    path.touch(mode=0o600)
    database = sqlite3.connect(path, check_same_thread=False, timeout=WAIT_SECONDS_MAX)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("pragma secure_delete = on")
    database.executescript(_SCHEMA)
    sync_folder(path.parent)
    return database
