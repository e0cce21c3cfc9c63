# SPDX-License-Identifier: Apache-2.0
"""Sealing disclosures so that only ciphertext reaches the database.

Implements the vault of the envelope specification, section 6: AES-256-GCM under the
holding's data key, bound to the ledger, the event and the digest. Erasure, purposes
and the blind index are left to later.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.proof.disclosures import Disclosure
from audit.proof.encoding import decode
from audit.proof.envelope.opening import SignedEvent
from audit.vault.keystore import KeyStore
from domain.errors import UnsafeError
from domain.event import Event

NONCE_OCTETS: Final = 12
_NO_HOLDING: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDisclosure:
    """One row of the vault.

    Attributes:
        eid: Event id, 32 octets.
        digest: Digest of the disclosure as it stands in ``_sd``, 32 octets.
        hld: Holding whose data key sealed it.
        nonce: 12 random octets.
        ciphertext: The sealed disclosure with its 16-octet tag.
    """

    eid: bytes
    digest: bytes
    hld: UUID
    nonce: bytes
    ciphertext: bytes


class Vault:
    """Seals and opens the disclosures of one ledger."""

    def __init__(
        self,
        keys: KeyStore,
        *,
        audience: str,
        randomness: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Bind a key store to a ledger."""
        self._keys = keys
        self.audience = audience
        self._randomness = randomness

    def seal(self, signed: SignedEvent) -> tuple[SealedDisclosure, ...]:
        """Seal every disclosure of an event; its data key is durable before this returns.

        Raises:
            UnreachableError: ``keystore_unavailable``.
        """
        holding = holding_of(signed.event)
        cipher = AESGCM(self._keys.keys_for([holding])[holding])
        eid = decode(signed.event.eid.encode())
        return tuple(
            self._seal(cipher, holding, eid=eid, disclosure=each) for each in signed.disclosures
        )

    def check(self) -> None:
        """Make sure that the key store answers.

        Raises:
            UnreachableError: ``keystore_unavailable``.
        """
        self._keys.find(_NO_HOLDING)

    def open(self, row: SealedDisclosure) -> bytes | None:
        """Give the disclosure as it was submitted, or nothing once its key is destroyed.

        Raises:
            UnsafeError: The row was changed or belongs to another event or ledger.
        """
        key = self._keys.find(row.hld)
        if key is None:
            return None
        try:
            context = self._context(row.eid, row.digest)
            return AESGCM(key).decrypt(row.nonce, row.ciphertext, context)
        except InvalidTag as error:
            raise UnsafeError(
                "A sealed disclosure does not open: it was changed or moved.",
                slug="vault_tampered",
                next_step="Restore the row from a replica; the log still holds its digest.",
            ) from error

    def _seal(
        self, cipher: AESGCM, holding: UUID, *, eid: bytes, disclosure: Disclosure
    ) -> SealedDisclosure:
        nonce = self._randomness(NONCE_OCTETS)
        digest = decode(disclosure.digest.encode())
        sealed = cipher.encrypt(nonce, disclosure.text, self._context(eid, digest))
        return SealedDisclosure(eid=eid, digest=digest, hld=holding, nonce=nonce, ciphertext=sealed)

    def _context(self, eid: bytes, digest: bytes) -> bytes:
        return self.audience.encode() + b"\0" + eid + digest


def holding_of(event: Event) -> UUID:
    """Give the holding or officer whose personal data an event discloses."""
    named = getattr(event.dat, "hld", None) or getattr(event.dat, "officer", None)
    return UUID(named.partition(".")[2]) if named else event.sub.uuid
