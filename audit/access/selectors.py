# SPDX-License-Identifier: Apache-2.0
"""Keyed digests of what was asked for, so that it can be recognised and not read.

Implements "selectors as HMAC" of the envelope specification, section 7. The key is a file of its
own beside the vault's keys, apart from the database and its backups: a serial number or a name
could be guessed from a plain digest. Whoever has the key finds out whether something was asked.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from audit.files import kept_secret
from audit.proof.encoding import encode
from domain.errors import UnreachableError, UnsafeError

KEY_OCTETS: Final = 32
_DOMAIN: Final = b"fle-selector-1"


class SelectorKey:
    """The key of a ledger's selectors."""

    def __init__(self, key: bytes) -> None:
        """Keep the key."""
        self._key = key

    @classmethod
    def load(
        cls, path: Path, *, randomness: Callable[[int], bytes] = secrets.token_bytes
    ) -> SelectorKey:
        """Read the key of a file, making both if there is none.

        Raises:
            UnreachableError: The file can be neither read nor written.
            UnsafeError: ``selector_key_damaged``.
        """
        try:
            key = kept_secret(path, KEY_OCTETS, randomness)
        except OSError as error:
            raise UnreachableError(
                f"The key {path.name} cannot be used: {error.strerror}.",
                next_step="Check who may read and write the ledger's folder of keys.",
            ) from error
        if len(key) != KEY_OCTETS:
            raise UnsafeError(
                f"The key {path.name} is damaged.",
                slug="selector_key_damaged",
                next_step="Restore the file from your backup of the ledger's keys.",
            )
        return cls(key)

    def blind(self, kind: str, value: str) -> str:
        """Give the keyed digest of a value, in base64url.

        Args:
            kind: What it is, such as ``serial``; equal values of two kinds differ.
            value: In the one spelling that it is compared in.
        """
        message = b"\0".join((_DOMAIN, kind.encode(), value.encode()))
        return encode(hmac.digest(self._key, message, sha256)).decode()
