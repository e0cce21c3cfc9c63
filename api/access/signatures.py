# SPDX-License-Identifier: Apache-2.0
"""Machines sign their requests: who sent this one, and has it been seen before?

Implements RFC 9421 under the profile of the envelope specification, section 7: one signature that
covers exactly what ``HttpRequest.components`` names, short-lived, with a nonce that is recorded
only after the signature verified (section 9, row 24). Key and algorithm come from the registry
alone. Each way to fail has a code of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

import http_sf

from api.access.caller import Caller
from api.access.message import (
    CONTENT_DIGEST,
    LIFETIME_SECONDS_MAX,
    TAG,
    HttpRequest,
    content_digest,
    signature_base,
)
from api.access.standing import HTTP_CLASS, Standing
from audit.proof.keys import (
    COORDINATE_OCTETS,
    ES256,
    P256_ORDER,
    SIGNATURE_OCTETS,
    PublicKey,
    public_key,
)
from domain.errors import EnvelopeError, UnauthenticatedError
from domain.registry.state import KeyRecord

FUTURE_SECONDS_MAX: Final = 5
"""How far a client's clock may be ahead."""

FIELD_CHARS_MAX: Final = 2_048
"""Longest signature header that is read."""

_SIGNATURE: Final = "signature"
_INPUT: Final = "signature-input"
_PARAMETERS: Final = {"created": int, "expires": int, "nonce": str, "keyid": str, "tag": str}
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{22,86}")


class Nonces(Protocol):
    """The memory of every nonce that was used, shared by all processes of the service."""

    def take(self, kid: str, nonce: str, expires: int) -> bool:
        """Use a nonce of a key up; tell whether nobody had used it before."""


def is_signed(request: HttpRequest) -> bool:
    """Tell whether a request claims to be signed; if not, it comes from a stranger."""
    return request.field(_SIGNATURE) is not None or request.field(_INPUT) is not None


def authenticate(request: HttpRequest, standing: Standing, nonces: Nonces) -> Caller:
    """Find out which machine sent a request, and use its nonce up.

    Raises:
        UnauthenticatedError: With the code of the first check that fails.
        UnreachableError: The memory of nonces does not answer.
    """
    claimed = _read(request)
    _check_profile(claimed, request)
    _check_times(claimed, standing.now)
    key = _key(claimed, standing)
    _check_content(request)
    _check_signature(claimed, request, public_key(key.jwk))
    if not nonces.take(key.kid, claimed.nonce, claimed.expires):
        raise _refused("nonce_replayed", "The nonce was used before.")
    return standing.machine(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """What a signature says of itself."""

    components: tuple[str, ...]
    parameters: str
    signature: bytes
    created: int
    expires: int
    nonce: str
    keyid: str
    tag: str


def _read(request: HttpRequest) -> _Claimed:
    """Read the one signature of a request; nothing of it is believed yet."""
    described, signed = _dictionary(request, _INPUT), _dictionary(request, _SIGNATURE)
    if len(described) > 1 or len(signed) > 1:
        raise _refused("signature_several", "A request bears one signature.")
    ((label, inner), (signed_label, (signature, extras))) = (*described.items(), *signed.items())
    members, parameters = inner
    if label != signed_label or not isinstance(signature, bytes) or extras:
        raise _malformed()
    if not isinstance(members, list) or any(type(n) is not str or more for n, more in members):
        raise _refused("signature_components", "The signature covers whole components by name.")
    if {name: type(value) for name, value in parameters.items()} != _PARAMETERS:
        raise _refused(
            "signature_parameters",
            "The parameters are created, expires, nonce, keyid and tag, and no others.",
        )
    return _Claimed(
        components=tuple(name for name, _ in members),
        parameters=http_sf.ser([inner]),
        signature=signature,
        **parameters,
    )


def _dictionary(request: HttpRequest, name: str) -> dict[str, Any]:
    text = request.field(name)
    if not text:
        raise _refused("signature_missing", "The request is not signed.")
    if len(text) > FIELD_CHARS_MAX:
        raise _malformed()
    try:
        found = http_sf.parse(text.encode("ascii"), tltype="dictionary", on_duplicate_key=_twice)
    except (ValueError, TypeError):
        raise _malformed() from None
    if not isinstance(found, dict) or not found:
        raise _malformed()
    return found


def _twice(_: str, context: str) -> None:
    """Refuse a label, or a parameter, that stands twice: readers would differ."""
    raise ValueError(context)


def _check_profile(claimed: _Claimed, request: HttpRequest) -> None:
    wanted = request.components()
    if sorted(claimed.components) != sorted(wanted):
        raise _refused(
            "signature_components",
            f"The signature of this request covers {', '.join(wanted)}, no less and no more.",
        )
    if claimed.tag != TAG:
        raise _refused("signature_tag", f"The tag of the signature is {TAG}.")
    if not _NONCE.fullmatch(claimed.nonce):
        raise _refused(
            "signature_nonce", "A nonce is at least 128 random bits in base64url: 22 characters."
        )


def _check_times(claimed: _Claimed, now: int) -> None:
    if claimed.created > now + FUTURE_SECONDS_MAX:
        raise _refused("signature_future", "The signature was made in the future.")
    if not 0 < claimed.expires - claimed.created <= LIFETIME_SECONDS_MAX:
        raise _refused(
            "signature_lifetime", f"A signature lasts for 1 to {LIFETIME_SECONDS_MAX} seconds."
        )
    if claimed.expires < now:
        raise _refused("signature_expired", "The signature has expired.")


def _key(claimed: _Claimed, standing: Standing) -> KeyRecord:
    key = standing.registry.keys.get(claimed.keyid)
    if key is None:
        raise _refused("http_key_unknown", "The registry knows no such key.")
    if key.key_class != HTTP_CLASS:
        raise _refused("http_key_class", "Requests are signed with a key of class http.")
    if not standing.counts(key):
        raise _refused("http_key_not_valid", "The key does not count now.")
    return key


def _check_content(request: HttpRequest) -> None:
    stated = request.field(CONTENT_DIGEST)
    if stated is not None and stated != content_digest(request.body):
        raise _refused(
            "content_digest_differs", "Content-Digest is not the one SHA-256 of the body."
        )


def _check_signature(claimed: _Claimed, request: HttpRequest, key: PublicKey) -> None:
    base = signature_base(request, claimed.components, claimed.parameters)
    try:
        key.verify(_lower(claimed.signature) if key.alg == ES256 else claimed.signature, base)
    except EnvelopeError:
        raise _refused(
            "signature_wrong", "The signature does not verify for this request and key."
        ) from None


def _lower(signature: bytes) -> bytes:
    """Give the twin with the lower ``s`` of an ES256 signature.

    An event has to have one spelling. Of a request either does no harm, since its nonce counts
    once, and most libraries make the higher one half of the time.
    """
    s = int.from_bytes(signature[COORDINATE_OCTETS:])
    if len(signature) != SIGNATURE_OCTETS or not P256_ORDER // 2 < s < P256_ORDER:
        return signature
    return signature[:COORDINATE_OCTETS] + (P256_ORDER - s).to_bytes(COORDINATE_OCTETS)


def _malformed() -> UnauthenticatedError:
    return _refused("signature_malformed", "The signature headers cannot be read.")


def _refused(slug: str, sentence: str) -> UnauthenticatedError:
    return UnauthenticatedError(sentence, slug=slug)
