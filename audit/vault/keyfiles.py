# SPDX-License-Identifier: Apache-2.0
"""The two keys of the vault that lie in files: what wraps data keys, and what keys the index.

Neither is ever in a database. Each is made on first use, whole and durable or not at all.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from audit.vault.keystore import KEY_OCTETS, unavailable, wrong_wrapping_key
from domain.errors import UnsafeError

WRAPPING_KEY_FILE: Final = "wrapping.key"
INDEX_KEY_FILE: Final = "index.key"

Randomness = Callable[[int], bytes]


def wrapping_key(folder: Path, randomness: Randomness = secrets.token_bytes) -> bytes:
    """Read the key that wraps data keys; make one if there is none.

    Raises:
        UnreachableError: ``keystore_unavailable``, the folder cannot be used.
        UnsafeError: ``wrapping_key_wrong``, the file is damaged.
    """
    key = _key(folder / WRAPPING_KEY_FILE, randomness)
    if len(key) != KEY_OCTETS:
        raise wrong_wrapping_key()
    return key


def index_key(folder: Path, randomness: Randomness = secrets.token_bytes) -> bytes:
    """Read the key of the blind index; make one if there is none.

    Raises:
        UnreachableError: ``keystore_unavailable``, the folder cannot be used.
        UnsafeError: ``index_key_damaged``.
    """
    key = _key(folder / INDEX_KEY_FILE, randomness)
    if len(key) != KEY_OCTETS:
        raise UnsafeError(
            "The key of the blind index is damaged.",
            slug="index_key_damaged",
            next_step=f"Restore {INDEX_KEY_FILE} of the key folder from a backup.",
        )
    return key


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key(path: Path, randomness: Randomness) -> bytes:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path, randomness)
        return path.read_bytes()
    except OSError as error:
        raise unavailable() from error


def _make(path: Path, randomness: Randomness) -> None:
    # A name of its own each time: a killed maker leaves a file that disturbs nobody.
    fresh = path.with_suffix(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(randomness(KEY_OCTETS))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    sync_folder(path.parent)
