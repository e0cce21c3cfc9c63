# SPDX-License-Identifier: Apache-2.0
"""Further signatures: possession of a key, endorsement of an act, root keys under a trust file.

Implements the signer's half of ``audit.proof.attestation`` (envelope specification,
section 7). The first two are members of ``dat``; the event itself is signed afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.client.keyfile import FileKey
from api.client.signer import Draft, SigningKey, payload_of
from audit.proof.attestation import Possession, endorsement_input, pop_input, trust_input
from audit.proof.encoding import canonical, encode
from audit.proof.keys import SIGNATURE_OCTETS
from audit.proof.verify.trust import Trust


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
    return stand_for(key, payload_of(draft))


def stand_for(key: SigningKey, payload: Mapping[str, Any]) -> dict[str, str]:
    """Endorse what is known of an event so far.

    Args:
        key: Key of the second person.
        payload: The members ``aud dat evt sub seq prev ver`` at least.
    """
    signature = key.sign(endorsement_input(payload, alg=key.alg, kid=key.kid))
    return {"kid": key.kid, **_halves(signature)}


def stand_for_trust(key: FileKey, trust: Trust) -> Trust:
    """Sign a trust file with a root key; gives the file with that signature, in place of an older.

    Raises:
        UsageError: ``trust_malformed``, the key is none of its root keys.
    """
    signature = key.sign(trust_input(trust.members(), alg=key.alg, kid=key.kid))
    own = {"kid": key.kid, "jwk": dict(key.jwk), **_halves(signature)}
    others = [each for each in trust.members()["signatures"] if each["kid"] != key.kid]
    signed = sorted([*others, own], key=lambda each: str(each["kid"]))
    return Trust.parse(canonical({**trust.members(), "signatures": signed}))


def _halves(signature: bytes) -> dict[str, str]:
    middle = SIGNATURE_OCTETS // 2
    return {
        "r": encode(signature[:middle]).decode(),
        "s": encode(signature[middle:]).decode(),
    }
