# SPDX-License-Identifier: Apache-2.0
"""Sealing disclosures so that only ciphertext reaches the database.

Implements the vault of the envelope specification, section 6: AES-256-GCM under the
holding's data key, bound to the ledger, the event and the digest. What is found and read is the
concern of ``personal``, what is forgotten that of ``erasing``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.proof.disclosures import Disclosure
from audit.proof.encoding import decode
from audit.proof.envelope.opening import SignedEvent
from audit.vault.blindindex import BlindIndex
from audit.vault.keystore import KeyStore
from domain.errors import ConflictError, UnsafeError
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
        mac: Keyed digest of the document number in it, by which the blind index finds it.
    """

    eid: bytes
    digest: bytes
    hld: UUID
    nonce: bytes
    ciphertext: bytes
    mac: bytes | None = None


class Vault:
    """Seals and opens the disclosures of one ledger."""

    def __init__(
        self,
        keys: KeyStore,
        *,
        audience: str,
        index: BlindIndex | None = None,
        randomness: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Bind a key store to a ledger; what only opens needs no index."""
        self._keys = keys
        self.audience = audience
        self._index = index
        self._randomness = randomness

    def seal(self, signed: SignedEvent) -> tuple[SealedDisclosure, ...]:
        """Seal every disclosure of an event; its data key is durable before this returns.

        Raises:
            ConflictError: ``already_erased``.
            UnreachableError: ``keystore_unavailable``.
        """
        (outcome,) = self.seal_all([signed])
        if isinstance(outcome, ConflictError):
            raise outcome
        return outcome

    def seal_all(
        self, batch: Sequence[SignedEvent]
    ) -> list[tuple[SealedDisclosure, ...] | ConflictError]:
        """Seal the disclosures of events together, each event for itself.

        Returns:
            One outcome an event: its sealed disclosures, or ``already_erased`` where its holding
            has been erased and so never gets a key again.

        Raises:
            UnreachableError: ``keystore_unavailable``.
        """
        holdings = [holding_of(each.event) if each.disclosures else None for each in batch]
        wanted = {each for each in holdings if each is not None}
        keys = self._keys.keys_for(wanted) if wanted else {}
        return [
            () if holding is None else self._sealed(each, holding, keys)
            for each, holding in zip(batch, holdings, strict=True)
        ]

    def check(self) -> None:
        """Make sure that the key store answers.

        Raises:
            UnreachableError: ``keystore_unavailable``.
        """
        self._keys.find([_NO_HOLDING])

    def destroyed(self, holdings: Iterable[UUID]) -> set[UUID]:
        """Tell whose data keys were destroyed.

        Raises:
            UnreachableError: ``keystore_unavailable``.
        """
        return self._keys.destroyed(holdings)

    def open(self, row: SealedDisclosure) -> bytes | None:
        """Give the disclosure as it was submitted, or nothing once its key is destroyed.

        Raises:
            UnsafeError: The row was changed or belongs to another event or ledger.
            UnreachableError: ``keystore_unavailable``.
        """
        return next(iter(self.open_all([row])))

    def open_all(self, rows: Iterable[SealedDisclosure]) -> list[bytes | None]:
        """Open rows together; see ``open``. The key store is asked every time."""
        found = list(rows)
        keys = self._keys.find({row.hld for row in found}) if found else {}
        return [self._opened(row, keys.get(row.hld)) for row in found]

    def _opened(self, row: SealedDisclosure, key: bytes | None) -> bytes | None:
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

    def _sealed(
        self, signed: SignedEvent, holding: UUID, keys: Mapping[UUID, bytes]
    ) -> tuple[SealedDisclosure, ...] | ConflictError:
        if holding not in keys:
            return _already_erased()
        cipher = AESGCM(keys[holding])
        eid = decode(signed.event.eid.encode())
        return tuple(
            self._seal(cipher, holding, eid=eid, disclosure=each) for each in signed.disclosures
        )

    def _seal(
        self, cipher: AESGCM, holding: UUID, *, eid: bytes, disclosure: Disclosure
    ) -> SealedDisclosure:
        nonce = self._randomness(NONCE_OCTETS)
        digest = decode(disclosure.digest.encode())
        sealed = cipher.encrypt(nonce, disclosure.text, self._context(eid, digest))
        return SealedDisclosure(
            eid=eid,
            digest=digest,
            hld=holding,
            nonce=nonce,
            ciphertext=sealed,
            mac=self._index.of_disclosure(disclosure) if self._index else None,
        )

    def _context(self, eid: bytes, digest: bytes) -> bytes:
        return self.audience.encode() + b"\0" + eid + digest


def holding_of(event: Event) -> UUID:
    """Give the holding or officer whose personal data an event discloses.

    An event that names neither has a key of its own, so that erasing what it disclosed touches
    nothing else. It is named after the event id, which nobody can choose.
    """
    named = getattr(event.dat, "hld", None) or getattr(event.dat, "officer", None)
    if named:
        return UUID(named.partition(".")[2])
    return own_key(event.eid)


def own_key(eid: str) -> UUID:
    """Give the name of the data key of an event that names no holding."""
    return UUID(bytes=decode(eid.encode())[:16])


def _already_erased() -> ConflictError:
    return ConflictError(
        "The personal data of this holding was erased, and none is taken in for it any more.",
        slug="already_erased",
        next_step="State a new holding if the person holds the firearm again.",
    )
