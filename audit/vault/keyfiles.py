# SPDX-License-Identifier: Apache-2.0
"""The two keys of the vault that lie in files: what wraps data keys, and what keys the index.

Neither is ever in a database. Each is made on first use, whole and durable or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from audit.files import kept_secret
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


def _key(path: Path, randomness: Randomness) -> bytes:
    try:
        return kept_secret(path, KEY_OCTETS, randomness)
    except OSError as error:
        raise unavailable() from error
