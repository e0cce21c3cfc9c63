# SPDX-License-Identifier: Apache-2.0
"""The key store: one data key a holding, in a file of its own apart from the database.

Implements the key side of the envelope specification, section 6. Each data key is
wrapped (RFC 3394) by a key-encryption key that lies in a second file, so that neither
the database, nor its backups, nor one of the two files alone opens a disclosure.
Destroying a data key, which erasure will do, leaves only ciphertext behind.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from domain.errors import UnreachableError, UnsafeError

KEY_OCTETS: Final = 32
WRAPPING_KEY_FILE: Final = "wrapping.key"
DATA_KEYS_FILE: Final = "data-keys.sqlite"
CACHED_KEYS_MAX: Final = 4_096

_SCHEMA: Final = "create table if not exists data_key (hld blob primary key, wrapped blob not null)"


class KeyStore:
    """Data keys by holding, durable before they are used; safe for several processes."""

    def __init__(
        self, folder: Path, *, randomness: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        """Open the key store, creating both of its files on first use.

        Raises:
            UnreachableError: The folder or its files cannot be used.
            UnsafeError: The wrapping key is damaged.
        """
        self._lock = Lock()
        self._randomness = randomness
        self._keys: OrderedDict[UUID, bytes] = OrderedDict()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._wrapping_key = _wrapping_key(folder / WRAPPING_KEY_FILE, randomness)
            self._database = _open(folder / DATA_KEYS_FILE)
        except (OSError, sqlite3.Error) as error:
            raise _unavailable() from error

    def keys_for(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data key of each holding, making those that do not exist yet.

        Raises:
            UnreachableError: The store cannot be read or written; no key was handed out.
            UnsafeError: A stored key does not open with this wrapping key.
        """
        wanted = set(holdings)
        with self._lock:
            missing = wanted - self._keys.keys()
            if missing:
                self._keys |= self._read_or_make(missing)
            keys = {holding: self._keys[holding] for holding in wanted}
            while len(self._keys) > CACHED_KEYS_MAX:
                self._keys.popitem(last=False)
            return keys

    def find(self, holding: UUID) -> bytes | None:
        """Give a holding's data key, or nothing if it never existed or was destroyed."""
        try:
            row = self._database.execute(
                "select wrapped from data_key where hld = ?", (holding.bytes,)
            ).fetchone()
        except sqlite3.Error as error:
            raise _unavailable() from error
        return self._unwrap(row[0]) if row else None

    def close(self) -> None:
        """Forget the keys and close the file."""
        self._keys.clear()
        self._database.close()

    def _read_or_make(self, holdings: set[UUID]) -> dict[UUID, bytes]:
        fresh = [
            (holding.bytes, aes_key_wrap(self._wrapping_key, self._randomness(KEY_OCTETS)))
            for holding in holdings
        ]
        try:
            with self._database:
                self._database.executemany("insert or ignore into data_key values (?, ?)", fresh)
        except sqlite3.Error as error:
            raise _unavailable() from error
        keys = {holding: self.find(holding) for holding in holdings}
        return {holding: key for holding, key in keys.items() if key is not None}

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._wrapping_key, wrapped)
        except InvalidUnwrap as error:
            raise _wrong_wrapping_key() from error


def _wrapping_key(path: Path, randomness: Callable[[int], bytes]) -> bytes:
    """Read the wrapping key; make it whole and durable, or not at all, if there is none."""
    if not path.exists():
        # A name of its own each time: a killed maker leaves a file that disturbs nobody.
        fresh = path.with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(randomness(KEY_OCTETS))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
        _sync(path.parent)
    key = path.read_bytes()
    if len(key) != KEY_OCTETS:
        raise _wrong_wrapping_key()
    return key


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(path: Path) -> sqlite3.Connection:
    """Open the data keys: every write durable, every deleted key overwritten."""
    path.touch(mode=0o600)
    database = sqlite3.connect(path, check_same_thread=False, timeout=30)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("pragma secure_delete = on")
    database.execute(_SCHEMA)
    _sync(path.parent)
    return database


def _wrong_wrapping_key() -> UnsafeError:
    return UnsafeError(
        "The data keys do not open with this wrapping key.",
        slug="wrapping_key_wrong",
        next_step="Restore the two files of the key folder from the same backup.",
    )


def _unavailable() -> UnreachableError:
    return UnreachableError(
        "The key store cannot be used; nothing was recorded.",
        slug="keystore_unavailable",
        next_step="Check the key folder, its owner and its free space, then retry.",
    )
