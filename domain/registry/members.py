# SPDX-License-Identifier: Apache-2.0
"""The building blocks of registry events: keys, proofs of possession, endorsements, roles.

Implements the vocabulary of the envelope specification, section 7, and the role codes of
the domain specification, section 4. Strings are at most 64 characters, so a signature
stands in two halves. What the signatures cover is the concern of ``audit.proof``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StringConstraints

from domain.codes import Maybe
from domain.schema import Closed, Digest, Jurisdiction, OfficerId, Text

ROOT: Final = "root"
REGISTRY_ADMIN: Final = "registry-admin"
SUPERVISOR: Final = "supervisor"
SERVICE: Final = "service"

Role = Literal[
    "AUD", "BRK", "CRT", "CUS", "DEA", "DLR", "DST", "EVC", "IMX", "LAB", "LIC", "MFR", "POL",
    "PRF", "STK", "STW", "TRC", "VER", "registry-admin", "service", "supervisor",
]  # fmt: skip
"""A role that a key can be given; ``root`` is held only from the founding of the ledger."""

ROLES: Final[frozenset[str]] = frozenset(get_args(Role))
ANY_ROLE: Final = ROLES | {ROOT}

Algorithm = Literal["Ed25519", "ES256"]
ALGORITHMS: Final[frozenset[str]] = frozenset(get_args(Algorithm))

KeyClass = Literal["event", "http", "trace", "enc", "service"]
"""What a key is for. One key, one class: only ``event`` keys sign events."""

AuthorityId = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")
]
KeyId = Digest
"""RFC 7638 SHA-256 thumbprint of a public key."""

Coordinate = Digest
Half = Digest
"""One half of a 64-octet signature: 32 octets in base64url."""

RequestId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
    ),
]
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
"""128 bits in base64url without padding, drawn by the ledger."""

Seconds = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""Unix time."""

LogIndex = Annotated[int, Field(ge=0, le=2**53 - 1)]
Count = Annotated[int, Field(ge=1, le=2**53 - 1)]

HeadsAlgorithm = Literal["heads-rfc6962-sha256-1"]
"""The tree of RFC 6962 with SHA-256 over one line a stream, the lines sorted as octets."""

SETTLED_MAX: Final = 64
"""Entries that one event settles; so many stay far below the cap of a token."""

JURISDICTIONS_MAX: Final = 32
ROLES_MAX: Final = 16
ROOTS_MIN: Final = 2
"""With one root nobody could approve what it proposes, so no key could ever be enrolled."""
ROOTS_MAX: Final = 12

Jurisdictions = Annotated[
    tuple[Jurisdiction, ...], Field(strict=False, min_length=1, max_length=JURISDICTIONS_MAX)
]
Roles = Annotated[tuple[Role, ...], Field(strict=False, max_length=ROLES_MAX)]


class OkpKey(Closed):
    """An Ed25519 public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Coordinate


class EcKey(Closed):
    """A P-256 public key (RFC 7518, section 6.2)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


Jwk = Annotated[OkpKey | EcKey, Field(discriminator="kty")]


class Possession(Closed):
    """Proof of possession: a signature by the key that is introduced (``fle-pop-1+jwt``)."""

    jti: RequestId
    nonce: Nonce
    r: Half
    s: Half


class Endorsement(Closed):
    """A further root key that stands for the event (``fle-endorse-1+jwt``)."""

    kid: KeyId
    r: Half
    s: Half


Endorsements = Annotated[tuple[Endorsement, ...], Field(strict=False, max_length=ROOTS_MAX)]


class Settled(Closed):
    """One disputed entry: confirmed, or superseded by a later event of its stream.

    Attributes:
        index: Its position in the log.
        eid: Its event id.
        by: Event id of the event that counts instead; absent where the entry is confirmed.
    """

    index: LogIndex
    eid: Digest
    by: Maybe[Digest] = None


class KeyMaterial(Closed):
    """A public key with the proof that its owner holds the private one."""

    kid: KeyId
    alg: Algorithm
    jwk: Jwk
    pop: Possession

    def fits(self) -> bool:
        """Tell whether the algorithm is the one for this kind of key."""
        return (self.alg == "Ed25519") == isinstance(self.jwk, OkpKey)


class RootKey(KeyMaterial):
    """A root key and the officer who holds it."""

    officer: OfficerId


class FoundingAuthority(Closed):
    """The authority that the root keys belong to."""

    id: AuthorityId
    name: Text
    jurisdictions: Jurisdictions
