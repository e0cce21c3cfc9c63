# SPDX-License-Identifier: Apache-2.0
"""Sealing what waits on an officer's disk: AES-256-GCM under a key that is never stored.

The key comes from a passphrase (scrypt, RFC 7914) or out of the officer's own private key (HKDF,
RFC 5869), salted for each outbox. Every sealed text is bound to its name, so that none can be put
in the place of another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from api.client.ids import Randomness
from api.client.keyfile import FileKey
from domain.errors import ProofError, UsageError

KEY_OCTETS: Final = 32
NONCE_OCTETS: Final = 12
SALT_OCTETS: Final = 32
SCRYPT_COST: Final = 2**17
"""With blocks of 8: 128 MiB and a third of a second for each guess (OWASP, 2025)."""

SCRYPT_BLOCK: Final = 8

_PURPOSE: Final = b"muniment-outbox-1"


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens texts of one outbox."""

    _cipher: AESGCM = field(repr=False)
    _randomness: Randomness = field(repr=False)

    @classmethod
    def make(cls, secret: str | FileKey, salt: bytes, *, randomness: Randomness) -> Self:
        """Derive a key.

        Args:
            secret: A passphrase, or the officer's key.
            salt: ``SALT_OCTETS`` random octets of this outbox.
            randomness: Source of nonces.

        Raises:
            UsageError: The passphrase is empty.
        """
        if isinstance(secret, FileKey):
            derived = HKDF(SHA256(), KEY_OCTETS, salt, _PURPOSE).derive(secret.unprotected())
        else:
            derived = _from_passphrase(secret, salt)
        return cls(AESGCM(derived), randomness)

    def close(self, text: bytes, name: str) -> bytes:
        """Seal a text under a name."""
        nonce = self._randomness(NONCE_OCTETS)
        return nonce + self._cipher.encrypt(nonce, text, _bound(name))

    def open(self, sealed: bytes, name: str) -> bytes:
        """Open what was sealed under that name.

        Raises:
            ProofError: ``seal_broken``, it was not, or not with this key.
        """
        try:
            nonce, rest = sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:]
            return self._cipher.decrypt(nonce, rest, _bound(name))
        except (InvalidTag, ValueError):
            raise ProofError(
                f"{name} of the outbox was changed, or sealed with another key.",
                slug="seal_broken",
                next_step="Take the folder of the outbox out of a backup, or record anew.",
            ) from None


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    if not passphrase:
        raise UsageError(
            "An outbox needs a passphrase.",
            slug="passphrase_length",
            next_step="Choose a passphrase.",
        )
    kdf = Scrypt(salt, KEY_OCTETS, SCRYPT_COST, SCRYPT_BLOCK, 1)
    return kdf.derive(passphrase.encode(errors="surrogateescape"))


def _bound(name: str) -> bytes:
    return _PURPOSE + b"\x00" + name.encode()
