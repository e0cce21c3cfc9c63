# SPDX-License-Identifier: Apache-2.0
"""Further signatures that go inside an event: possession of a key, endorsement of an act.

Implements the signer's half of ``audit.proof.attestation`` (envelope specification,
section 7). The results are members of ``dat``; the event itself is signed afterwards.
"""

from __future__ import annotations

from api.client.signer import Draft, SigningKey, payload_of
from audit.proof.attestation import Possession, endorsement_input, pop_input
from audit.proof.encoding import encode
from audit.proof.keys import SIGNATURE_OCTETS


def prove_possession(
    key: SigningKey, *, aud: str, authority: str, nonce: str, jti: str
) -> dict[str, str]:
    """Sign with a new key that its owner holds it; gives the member ``pop``.

    Args:
        key: The new key.
        aud: Ledger it asks to be enrolled in.
        authority: Authority it is for.
        nonce: 128 bits in base64url, drawn by whoever enrols it.
        jti: UUIDv7 of this proof.
    """
    possession = Possession(aud=aud, authority=authority, jti=jti, nonce=nonce)
    signature = key.sign(pop_input(possession, alg=key.alg, kid=key.kid))
    return {"jti": jti, "nonce": nonce, **_halves(signature)}


def endorse(key: SigningKey, draft: Draft) -> dict[str, str]:
    """Sign for an act that another key will sign as an event; gives one of ``endorsements``.

    Earlier endorsements in the draft are not covered, so their order is free.
    """
    signature = key.sign(endorsement_input(payload_of(draft), alg=key.alg, kid=key.kid))
    return {"kid": key.kid, **_halves(signature)}


def _halves(signature: bytes) -> dict[str, str]:
    middle = SIGNATURE_OCTETS // 2
    return {
        "r": encode(signature[:middle]).decode(),
        "s": encode(signature[middle:]).decode(),
    }
