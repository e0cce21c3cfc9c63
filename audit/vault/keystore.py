# SPDX-License-Identifier: Apache-2.0
"""The key store: one data key a holding, kept apart from the database of the ledger.

The port of the envelope specification, section 6, "a separate key store". Whoever implements it,
a file, a database of its own or a key management service, keeps the promises that
``tests/contract`` tests. Nobody keeps a key in memory, so that a key which one process destroyed
is at once unknown to all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from domain.errors import UnreachableError, UnsafeError

KEY_OCTETS: Final = 32


class KeyStore(Protocol):
    """Data keys by holding, durable before they are used; safe for threads and processes.

    Every method raises ``UnreachableError`` (``keystore_unavailable``) where the store cannot be
    read or written, and ``UnsafeError`` (``wrapping_key_wrong``) where a stored key does not open.
    Each may be repeated.
    """

    def keys_for(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data key of each holding, making those that never existed.

        A holding whose key was destroyed is left out: it never gets another one.
        """

    def find(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data keys that there are, making none."""

    def destroy(self, holdings: Iterable[UUID]) -> None:
        """Destroy the data keys of holdings, and let none be made again.

        When this returns, that is durable: what was sealed with them is gone.
        """

    def destroyed(self, holdings: Iterable[UUID]) -> set[UUID]:
        """Tell whose data keys were destroyed."""

    def forgotten(self) -> int:
        """Give the size of the log up to which every erasure is known to be carried out here."""

    def advance(self, size: int) -> None:
        """Remember that every erasure of the first entries of the log is carried out here."""

    def compact(self) -> None:
        """Write what is left anew, so that the store's own files hold no destroyed key."""

    def close(self) -> None:
        """Let go of the store."""


def wrap(wrapping_key: bytes, key: bytes) -> bytes:
    """Wrap a data key (RFC 3394)."""
    return aes_key_wrap(wrapping_key, key)


def unwrap(wrapping_key: bytes, wrapped: bytes) -> bytes:
    """Open a wrapped data key.

    Raises:
        UnsafeError: ``wrapping_key_wrong``.
    """
    try:
        return aes_key_unwrap(wrapping_key, wrapped)
    except InvalidUnwrap as error:
        raise wrong_wrapping_key() from error


def wrong_wrapping_key() -> UnsafeError:
    """Give the error of keys that were wrapped by another key, or of a damaged one."""
    return UnsafeError(
        "The data keys do not open with this wrapping key.",
        slug="wrapping_key_wrong",
        next_step="Restore the key folder and the data keys from the same backup.",
    )


def unavailable() -> UnreachableError:
    """Give the error of a store that cannot be read or written."""
    return UnreachableError(
        "The key store cannot be used; nothing was recorded.",
        slug="keystore_unavailable",
        next_step="Check the key folder or the database of the keys, and free space; then retry.",
    )
