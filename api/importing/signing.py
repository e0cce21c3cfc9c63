# SPDX-License-Identifier: Apache-2.0
"""Signing in bulk: the envelope of the signing SDK without its checks.

``api.client.signer`` checks an event before it signs, so that an officer at a counter
is told at once. An import hands every event to the ledger's own, complete check right
after signing (``Register.open``) and would only do the same work twice. A test holds
that both give the same octets for the same event and the same randomness. Imports
disclose nothing, so every digest is a decoy (envelope specification, section 4.5).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

from api.client.keyfile import FileKey
from api.client.signer import SigningKey
from api.importing.transform.rows import PlannedEvent
from audit.proof.disclosures import digest_of
from audit.proof.encoding import canonical, encode
from audit.proof.envelope.payload import DIGEST_ALGORITHM
from audit.proof.envelope.token import EVENT_TYPE, SEPARATOR
from audit.proof.limits import SALT_OCTETS
from audit.sidecar import Sidecar, serve
from domain.schema import Catalogue

Randomness = Callable[[int], bytes]

IN_BULK_MIN: Final = 8
"""Fewer signatures are made here, before another process would have answered."""

Head = tuple[int, str]
"""Sequence number and event id of a stream's newest event."""


class BulkSigner:
    """Words many events of one authority for one key."""

    def __init__(
        self,
        key: SigningKey,
        *,
        iss: str,
        aud: str,
        catalogue: Catalogue,
        randomness: Randomness = secrets.token_bytes,
    ) -> None:
        """Bind the key and what all the events have in common.

        Args:
            key: The officer's key; it is asked for its name and algorithm alone.
            iss: The authority that it signs for.
            aud: The ledger.
            catalogue: The ledger's event types.
            randomness: Source of decoys, 256 bits each.
        """
        self._randomness = randomness
        self._types = {kind.evt: catalogue.latest(kind.evt) for kind in catalogue}
        self._common = {"_sd_alg": DIGEST_ALGORITHM, "aud": aud, "iss": iss}
        header = {"alg": key.alg, "kid": key.kid, "typ": EVENT_TYPE}
        self._header = encode(canonical(header))

    def signing_input(self, planned: PlannedEvent, head: Head, *, iat: int) -> bytes:
        """Give the octets to sign for an event that nothing has checked yet.

        Args:
            planned: The event.
            head: Sequence number and event id of the event before it in its stream.
            iat: Now, Unix seconds.

        Raises:
            InvalidValueError: The event has no JSON form.
        """
        return b"%b.%b" % (self._header, encode(canonical(self._payload(planned, head, iat=iat))))

    def _payload(self, planned: PlannedEvent, head: Head, *, iat: int) -> dict[str, Any]:
        kind = self._types[planned.evt]
        return self._common | {
            "_sd": self._decoys(kind.digests),
            "dat": planned.dat,
            "evt": planned.evt,
            "iat": iat,
            "jti": str(planned.jti),
            "occ": planned.occ,
            "prev": head[1],
            "seq": head[0] + 1,
            "sub": f"{kind.subject}.{planned.stream}",
            "ver": kind.ver,
        }

    def _decoys(self, count: int) -> list[str]:
        drawn = self._randomness(SALT_OCTETS * count)
        starts = range(0, len(drawn), SALT_OCTETS)
        return sorted(digest_of(drawn[start : start + SALT_OCTETS]) for start in starts)


class SigningHand:
    """Signs batches of messages with one key, a file key in a process of its own.

    A key that lives on a card or in a module signs here, one message after the other.
    """

    def __init__(self, key: SigningKey) -> None:
        """Bind the key; the process starts with the first batch worth it."""
        self._key = key
        self._sidecar: Sidecar[bytes, bytes] | None = (
            Sidecar(__name__, key.unprotected()) if isinstance(key, FileKey) else None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._sidecar is not None:
            self._sidecar.close()

    def begin(self, messages: Sequence[bytes]) -> Callable[[], Sequence[bytes]]:
        """Begin to sign; what is given waits for the signatures, and has to be called."""
        begun = None
        if self._sidecar is not None and len(messages) >= IN_BULK_MIN:
            begun = self._sidecar.begin(messages)

        def signatures() -> Sequence[bytes]:
            made = begun() if begun else None
            return [self._key.sign(each) for each in messages] if made is None else made

        return signatures


def submission_of(signing_input: bytes, signature: bytes) -> bytes:
    """Join what was signed and its signature; imports disclose nothing."""
    return b"%b.%b%b" % (signing_input, encode(signature), SEPARATOR)


if __name__ == "__main__":
    serve(lambda der: FileKey.from_unprotected(der).sign)
