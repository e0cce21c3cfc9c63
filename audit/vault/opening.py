# SPDX-License-Identifier: Apache-2.0
"""Which key store a ledger has: files in its key folder, or a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from audit.vault.databasestore import DatabaseKeyStore
from audit.vault.filestore import FileKeyStore
from audit.vault.keyfiles import WRAPPING_KEY_FILE
from audit.vault.keystore import KeyStore


@contextmanager
def open_keys(folder: Path, url: str | None) -> Iterator[KeyStore]:
    """Open the key store of a ledger for as long as the ``with`` lasts, making it if need be.

    Args:
        folder: The key folder; the wrapping key lies in it, whatever holds the data keys.
        url: A PostgreSQL database that holds the data keys; without it, the folder does.

    Raises:
        UnreachableError: ``keystore_unavailable``, or the database cannot be reached.
        UnsafeError: The wrapping key is damaged, or the database is unfit.
    """
    store = FileKeyStore(folder) if url is None else DatabaseKeyStore(url, folder)
    with closing(store) as opened:
        yield opened


@contextmanager
def open_present_keys(folder: Path, url: str | None) -> Iterator[KeyStore | None]:
    """Open the key store if its wrapping key is at hand; looking must not make any."""
    if not (folder / WRAPPING_KEY_FILE).exists():
        yield None
        return
    with open_keys(folder, url) as keys:
        yield keys
