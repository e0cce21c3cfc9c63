# SPDX-License-Identifier: Apache-2.0
"""Approval evidence: a passkey's assertion over one event, verified offline.

Implements the envelope specification, section 7: for high-impact events the officer's passkey
signs a challenge that is SHA-256(``fle-approve-1`` 0x00 signing input), with the person verified
(WebAuthn Level 3, section 7.2). The server and whoever audits use this same function; it needs
the public key, the relying party and the event, and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from audit.proof.encoding import encode
from audit.proof.keys import PublicKey, check_enrolment
from domain.errors import EnvelopeError, ProofError

APPROVAL_PREFIX: Final = b"fle-approve-1\x00"
CLIENT_DATA_OCTETS_MAX: Final = 4_096
AUTHENTICATOR_DATA_OCTETS_MAX: Final = 1_024

_COUNT_AT: Final = 33
_LENGTH: Final = 37
_PRESENT: Final = 0x01
_VERIFIED: Final = 0x04
_BACKUP_ELIGIBLE: Final = 0x08
_BACKED_UP: Final = 0x10
_ATTESTED: Final = 0x40
_EXTENDED: Final = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom a passkey was made for.

    Attributes:
        id: The relying party's identifier, a host name.
        origin: Where the browser was, such as ``https://muniment.example``.
    """

    id: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a passkey signed.

    Attributes:
        public_key: Its public key, SubjectPublicKeyInfo: P-256 or Ed25519.
        authenticator_data: What the authenticator says of itself.
        client_data: What the browser says, JSON.
        signature: Over the former and the SHA-256 of the latter.
    """

    public_key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def approval_challenge(signing_input: bytes) -> bytes:
    """Give the challenge by which a passkey approves an event.

    Args:
        signing_input: What the event's own signature covers (section 4.4).
    """
    return sha256(APPROVAL_PREFIX + signing_input).digest()


def verify_approval(approval: Approval, signing_input: bytes, party: Party) -> int:
    """Verify that a passkey approved an event, with its person verified.

    Returns:
        The sign count of the passkey.

    Raises:
        ProofError: ``approval_invalid``, with the first check that fails.
    """
    _check_client(approval.client_data, approval_challenge(signing_input), party)
    count = _check_authenticator(approval.authenticator_data, party)
    signed = approval.authenticator_data + sha256(approval.client_data).digest()
    key = read_passkey(approval.public_key)
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(approval.signature, signed, ECDSA(SHA256()))
        else:
            key.verify(approval.signature, signed)
    except (InvalidSignature, EnvelopeError) as error:
        raise _invalid("the signature does not verify under the passkey's key") from error
    return count


def read_passkey(public_key: bytes) -> EllipticCurvePublicKey | PublicKey:
    """Read a passkey's key: on P-256, or Ed25519 in the prime-order subgroup.

    Args:
        public_key: SubjectPublicKeyInfo, DER.

    Raises:
        ProofError: ``approval_invalid``.
    """
    try:
        key = load_der_public_key(public_key)
        if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
            return key
        if isinstance(key, Ed25519PublicKey):
            return _ed25519(key)
    except (ValueError, UnsupportedAlgorithm, EnvelopeError) as error:
        raise _invalid("the passkey's key is none, or is weak") from error
    raise _invalid("the passkey's key is neither P-256 nor Ed25519")


def _check_client(client_data: bytes, challenge: bytes, party: Party) -> None:
    if len(client_data) > CLIENT_DATA_OCTETS_MAX:
        raise _invalid("the browser's part is too large")
    try:
        said: Any = json.loads(client_data.decode(), object_pairs_hook=_once)
    except ValueError as error:
        raise _invalid("the browser's part is not JSON") from error
    if not isinstance(said, dict) or said.get("type") != "webauthn.get":
        raise _invalid("it is no assertion")
    if said.get("challenge") != encode(challenge).decode():
        raise _invalid("it is about something else than this event")
    if said.get("origin") != party.origin:
        raise _invalid("it was made for another origin")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise _invalid("it was made inside another site's page")


def _check_authenticator(octets: bytes, party: Party) -> int:
    if not _LENGTH <= len(octets) <= AUTHENTICATOR_DATA_OCTETS_MAX:
        raise _invalid("the authenticator's part has a wrong length")
    flags = octets[_COUNT_AT - 1]
    if octets[: _COUNT_AT - 1] != sha256(party.id.encode()).digest():
        raise _invalid("it was made for another relying party")
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise _invalid("the person was not verified")
    if flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE:
        raise _invalid("its flags contradict each other")
    if flags & _ATTESTED or bool(flags & _EXTENDED) != (len(octets) > _LENGTH):
        raise _invalid("the authenticator's part has a wrong form")
    return int.from_bytes(octets[_COUNT_AT:_LENGTH], "big")


def _ed25519(key: Ed25519PublicKey) -> PublicKey:
    """Give an Ed25519 key that passes the profile of the envelope specification, section 4.4."""
    octets = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return check_enrolment({"kty": "OKP", "crv": "Ed25519", "x": encode(octets).decode()})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _invalid(reason: str) -> ProofError:
    return ProofError(
        f"The approval does not hold: {reason}.",
        slug="approval_invalid",
        next_step="Let the officer approve this very event again with a passkey.",
    )
