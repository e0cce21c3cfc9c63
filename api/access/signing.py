# SPDX-License-Identifier: Apache-2.0
"""The client's half: signing a request so that the service knows which machine sent it.

Covers what ``HttpRequest.components`` names (envelope specification, section 7; RFC 9421). The key
may live in a file or never leave a card; it is an HTTP key, never the one that signs events.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from api.access.message import (
    CONTENT_DIGEST,
    LIFETIME_SECONDS_MAX,
    NONCE_OCTETS,
    TAG,
    Fields,
    HttpRequest,
    content_digest,
    signature_base,
)
from audit.proof.encoding import encode

LABEL: Final = "fle"
"""Names the signature in its two headers; nothing depends on it."""


class RequestKey(Protocol):
    """A private key of class ``http``."""

    @property
    def kid(self) -> str:
        """Thumbprint of the public key (RFC 7638)."""

    def sign(self, message: bytes) -> bytes:
        """Give a signature of 64 octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a request is signed, and for how long that holds.

    Attributes:
        created: Unix seconds.
        lifetime: Seconds.
    """

    created: int
    lifetime: int = LIFETIME_SECONDS_MAX


def sign_request(
    request: HttpRequest,
    key: RequestKey,
    *,
    times: Times,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> Fields:
    """Give the headers of a request with its signature, and its digest if it has a body.

    Args:
        request: As it will be sent, but for these headers; a body needs its ``Content-Type``.
        key: The machine's key.
        times: By the machine's clock.
        randomness: Source of the nonce.
    """
    whole = replace(request, fields=(*request.fields, *_digest(request)))
    components = whole.components()
    covered = " ".join(f'"{name}"' for name in components)
    nonce = encode(randomness(NONCE_OCTETS)).decode()
    parameters = (
        f"({covered});created={times.created};expires={times.created + times.lifetime}"
        f';nonce="{nonce}";keyid="{key.kid}";tag="{TAG}"'
    )
    signature = b64encode(key.sign(signature_base(whole, components, parameters))).decode()
    return (
        *whole.fields,
        ("Signature-Input", f"{LABEL}={parameters}"),
        ("Signature", f"{LABEL}=:{signature}:"),
    )


def _digest(request: HttpRequest) -> Fields:
    if not request.body or request.field(CONTENT_DIGEST) is not None:
        return ()
    return (("Content-Digest", content_digest(request.body)),)
