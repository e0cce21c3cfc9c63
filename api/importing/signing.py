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
from collections.abc import Callable
from typing import Any

from api.client.signer import SigningKey
from api.importing.transform.rows import PlannedEvent
from audit.proof.disclosures import digest_of
from audit.proof.encoding import canonical, encode
from audit.proof.envelope.payload import DIGEST_ALGORITHM
from audit.proof.envelope.token import EVENT_TYPE, SEPARATOR
from audit.proof.limits import SALT_OCTETS
from domain.schema import Catalogue

Randomness = Callable[[int], bytes]

Head = tuple[int, str]
"""Sequence number and event id of a stream's newest event."""


class BulkSigner:
    """Signs many events of one authority with one key."""

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
            key: The officer's key.
            iss: The authority that it signs for.
            aud: The ledger.
            catalogue: The ledger's event types.
            randomness: Source of decoys, 256 bits each.
        """
        self._key = key
        self._randomness = randomness
        self._types = {kind.evt: catalogue.latest(kind.evt) for kind in catalogue}
        self._common = {"_sd_alg": DIGEST_ALGORITHM, "aud": aud, "iss": iss}
        header = {"alg": key.alg, "kid": key.kid, "typ": EVENT_TYPE}
        self._header = encode(canonical(header))

    def sign(self, planned: PlannedEvent, head: Head, *, iat: int) -> bytes:
        """Give a submission that nothing but the key has vouched for yet.

        Args:
            planned: The event.
            head: Sequence number and event id of the event before it in its stream.
            iat: Now, Unix seconds.

        Raises:
            InvalidValueError: The event has no JSON form.
        """
        body = canonical(self._payload(planned, head, iat=iat))
        signing_input = b"%b.%b" % (self._header, encode(body))
        return b"%b.%b%b" % (signing_input, encode(self._key.sign(signing_input)), SEPARATOR)

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
            "sub": f"arm.{planned.stream}",
            "ver": kind.ver,
        }

    def _decoys(self, count: int) -> list[str]:
        drawn = self._randomness(SALT_OCTETS * count)
        starts = range(0, len(drawn), SALT_OCTETS)
        return sorted(digest_of(drawn[start : start + SALT_OCTETS]) for start in starts)
