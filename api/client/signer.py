# SPDX-License-Identifier: Apache-2.0
"""Signing an event: from plain values to the bytes that the ledger stores for ever.

Implements the signer's half of the envelope specification, sections 4.2 to 4.5: canonical
header and payload, salted disclosures, decoys up to the fixed count of the event type.
What the ledger would refuse by its schema is refused here first, with the same sentence.
Salts leave this module inside a submission alone; nothing is kept, logged or printed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Protocol

from api.client.ids import Randomness
from audit.proof.disclosures import Claim, check_claim, digest_of, make_disclosure
from audit.proof.encoding import canonical, encode, is_deep
from audit.proof.envelope.payload import DIGEST_ALGORITHM, check_payload
from audit.proof.envelope.token import EVENT_TYPE, SEPARATOR, event_id
from audit.proof.limits import JWS_OCTETS_MAX, SALT_OCTETS
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import check_event
from domain.schema import Catalogue, EventType


class Signer(Protocol):
    """A key as its header names it, wherever its private half is."""

    @property
    def kid(self) -> str:
        """Thumbprint of the public key (RFC 7638)."""

    @property
    def alg(self) -> str:
        """``Ed25519`` or ``ES256``."""


class SigningKey(Signer, Protocol):
    """A private key that signs; it may live in a file or never leave a card."""

    def sign(self, message: bytes) -> bytes:
        """Give a signature of 64 octets; for ``ES256`` ``r || s`` with the lower ``s``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event before it is signed, under the claim names of the envelope.

    Attributes:
        evt: Name of the event type.
        iss: Authority that answers for it.
        aud: Ledger it is meant for.
        sub: Stream, ``<kind>.<uuid>``.
        seq: Position in the stream, from 1.
        prev: Event id of the stream's newest event; ``FIRST_PREV`` for the first.
        jti: UUIDv7; the same one again makes the same request.
        iat: Now, Unix seconds.
        occ: When it happened, as precisely as is known.
        dat: Public data, as JSON values.
        ver: Version of the schema.
        seen: Checkpoint that the signer knew, as ``size:root``.
    """

    evt: str
    iss: str
    aud: str
    sub: str
    seq: int
    prev: str
    jti: str
    iat: int
    occ: str
    dat: Mapping[str, Any]
    ver: int = 1
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A signed event with its disclosures, ready to be sent.

    Attributes:
        jws: Compact token, ASCII: what the log will store.
        disclosures: Disclosures, ASCII: what the vault will hold.
    """

    jws: bytes
    disclosures: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def eid(self) -> str:
        """Event id, the ``prev`` of the stream's next event."""
        return event_id(self.jws[: self.jws.rindex(b".")])

    def to_bytes(self) -> bytes:
        """Give the body of a submission, ending in ``~`` (section 4.1)."""
        return SEPARATOR.join((self.jws, *self.disclosures, b""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """An event whose every octet is fixed, but for the signature that is made elsewhere.

    Attributes:
        signing_input: What the signature covers, ASCII.
        disclosures: Disclosures, ASCII, bound to it by their digests.
    """

    signing_input: bytes
    disclosures: tuple[bytes, ...] = field(default=(), repr=False)

    def signed(self, signature: bytes) -> Submission:
        """Put a signature of 64 octets to it; whether it holds is for the ledger to say.

        Raises:
            EnvelopeError: ``too_large``, no token holds so much.
        """
        jws = b"%b.%b" % (self.signing_input, encode(signature))
        if len(jws) > JWS_OCTETS_MAX:
            raise EnvelopeError("The event is too large for one token.", slug="too_large")
        return Submission(jws=jws, disclosures=self.disclosures)


def sign(
    draft: Draft,
    disclosures: Mapping[str, Claim],
    key: SigningKey,
    *,
    catalogue: Catalogue,
    randomness: Randomness = secrets.token_bytes,
) -> Submission:
    """Sign an event.

    Args:
        draft: The event.
        disclosures: Personal data by claim name; each gets a salt of its own.
        key: The officer's key.
        catalogue: The event types of the ledger.
        randomness: Source of salts and decoys, 256 bits each.

    Raises:
        EnvelopeError: What the ledger would refuse, with its code; nothing was signed.
    """
    made = prepare(draft, disclosures, key, catalogue=catalogue, randomness=randomness)
    return made.signed(key.sign(made.signing_input))


def prepare(
    draft: Draft,
    disclosures: Mapping[str, Claim],
    key: Signer,
    *,
    catalogue: Catalogue,
    randomness: Randomness = secrets.token_bytes,
) -> Unsigned:
    """Fix every octet of an event for a key that signs elsewhere, such as in a browser.

    Args:
        draft: The event.
        disclosures: Personal data by claim name; each gets a salt of its own.
        key: The key that is to sign; only its name goes in.
        catalogue: The event types of the ledger.
        randomness: Source of salts and decoys, 256 bits each.

    Raises:
        EnvelopeError: What the ledger would refuse, with its code.
    """
    kind = catalogue.find(draft.evt, draft.ver)
    texts, digests = _commit(disclosures, kind=kind, randomness=randomness)
    body = encode(_body(draft, digests, catalogue=catalogue))
    return Unsigned(signing_input=b"%b.%b" % (_header(key.alg, key.kid), body), disclosures=texts)


def payload_of(draft: Draft) -> dict[str, Any]:
    """Give the payload of a draft but for its digests, for endorsers and previews."""
    payload = {member: getattr(draft, member) for member in _MEMBERS}
    payload["dat"] = dict(draft.dat)
    if draft.seen is not None:
        payload["seen"] = draft.seen
    return payload


def _commit(
    claims: Mapping[str, Claim], *, kind: EventType, randomness: Randomness
) -> tuple[tuple[bytes, ...], list[str]]:
    """Salt the claims and fill up with decoys, so that their number tells nothing."""
    if len(claims) > kind.digests:
        raise EnvelopeError(
            f"{kind.evt} has room for {kind.digests} disclosures.", slug="disclosure_invalid"
        )
    drawn = randomness(SALT_OCTETS * kind.digests)
    noise = [drawn[at : at + SALT_OCTETS] for at in range(0, len(drawn), SALT_OCTETS)]
    made = []
    for (name, value), salt in zip(claims.items(), noise, strict=False):
        check_claim(name, value, claims=kind.claims)
        made.append(make_disclosure(name, value, salt=salt))
    digests = [each.digest for each in made] + [digest_of(each) for each in noise[len(made) :]]
    return tuple(each.text for each in made), sorted(digests)


def _body(draft: Draft, digests: list[str], *, catalogue: Catalogue) -> bytes:
    payload = payload_of(draft)
    payload["_sd"], payload["_sd_alg"] = digests, DIGEST_ALGORITHM
    try:
        body = canonical(payload)
    except InvalidValueError:
        raise EnvelopeError("The event has no JSON form.", slug="schema_invalid") from None
    if is_deep(payload):
        raise EnvelopeError("The event is nested too deeply.", slug="schema_invalid")
    check_payload(payload, body)
    check_event(payload, catalogue)
    return body


@lru_cache(maxsize=64)
def _header(alg: str, kid: str) -> bytes:
    return encode(canonical({"alg": alg, "kid": kid, "typ": EVENT_TYPE}))


_MEMBERS: Final = ("aud", "dat", "evt", "iat", "iss", "jti", "occ", "prev", "seq", "sub", "ver")
