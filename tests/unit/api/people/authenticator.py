# SPDX-License-Identifier: Apache-2.0
"""A software authenticator for tests: real CBOR, real keys and real signatures, in memory.

It follows WebAuthn Level 3 as a browser and a security key would, and every part of what they
say can be bent, so that a test can lie in one place at a time.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
USED = PRESENT | VERIFIED

Json = dict[str, Any]


def text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def octets(words: str) -> bytes:
    return urlsafe_b64decode(words + "=" * (-len(words) % 4))


@dataclass(kw_only=True)
class Says:
    """What is said to the relying party; a test changes one thing."""

    flags: int = USED
    type: str = "webauthn.get"
    origin: str | None = None
    rp_id: str | None = None
    challenge: str | None = None
    client: Json = field(default_factory=dict)
    handle: bytes | None = None
    tail: bytes = b""


LIES = {
    "not verified": Says(flags=PRESENT),
    "not present": Says(flags=VERIFIED),
    "another origin": Says(origin="https://muniment.example.evil.example"),
    "an origin without its scheme": Says(origin="muniment.example"),
    "another party": Says(rp_id="evil.example"),
    "another challenge": Says(challenge=text(bytes(32))),
    "another type": Says(type="payment.get"),
    "inside another site": Says(client={"crossOrigin": True}),
    "flags that contradict each other": Says(flags=USED | BACKED_UP),
    "octets behind": Says(tail=b"\x00"),
}
"""What no relying party may believe, one thing at a time."""


@dataclass
class Authenticator:
    """One passkey on one device."""

    origin: str
    key: EllipticCurvePrivateKey | Ed25519PrivateKey = field(
        default_factory=lambda: generate_private_key(SECP256R1())
    )
    identifier: bytes = field(default_factory=lambda: token_bytes(32))
    handle: bytes = b""
    count: int = 0

    def create(self, options: Json, says: Says | None = None) -> Json:
        """Answer ``navigator.credentials.create()``."""
        says = says or Says()
        self.handle = octets(options["user"]["id"])
        rp_id = says.rp_id or options["rp"]["id"]
        attested = (
            bytes(16) + len(self.identifier).to_bytes(2, "big") + self.identifier + self.cose()
        )
        data = self._data(rp_id, says.flags | ATTESTED) + attested + says.tail
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        made = "webauthn.create" if says.type == "webauthn.get" else says.type
        client = self._client(replace(says, type=made), options["challenge"])
        return self._credential(
            {"clientDataJSON": text(client), "attestationObject": text(attestation)}
        )

    def get(self, options: Json, says: Says | None = None) -> Json:
        """Answer ``navigator.credentials.get()``."""
        says = says or Says()
        self.count += 1
        data = self._data(says.rp_id or options["rpId"], says.flags) + says.tail
        client = self._client(says, options["challenge"])
        signature = self.sign(data + sha256(client).digest())
        return self._credential(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(self.handle if says.handle is None else says.handle),
            }
        )

    def sign(self, signed: bytes) -> bytes:
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(signed)
        return self.key.sign(signed, ECDSA(SHA256()))

    def spki(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def cose(self) -> bytes:
        public = self.key.public_key()
        if isinstance(self.key, Ed25519PrivateKey):
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: raw})
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})

    def _data(self, rp_id: str, flags: int) -> bytes:
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, says: Says, challenge: str) -> bytes:
        said = {
            "type": says.type,
            "challenge": says.challenge or challenge,
            "origin": says.origin or self.origin,
            "crossOrigin": False,
        }
        return json.dumps(said | says.client).encode()

    def _credential(self, response: Json) -> Json:
        return {
            "id": text(self.identifier),
            "rawId": text(self.identifier),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {},
            "response": response,
        }
