# SPDX-License-Identifier: Apache-2.0
"""An HTTP request as its signature sees it, and what a signature has to cover.

The profile of RFC 9421 that the envelope specification, section 7, demands; signing and verifying
share it. Where a request was sent to is what is configured as the public origin and the target as
it came over the wire, never what a header says (ASVS 5.0, 4.1.3).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from domain.errors import UnauthenticatedError, UsageError

TAG: Final = "fle-1"
"""Says that a signature is meant for a ledger of firearm events."""

LIFETIME_SECONDS_MAX: Final = 60
"""For how long a signature may be meant to be used."""

NONCE_OCTETS: Final = 16
"""128 bits of randomness (ASVS 5.0, 11.5.1)."""

PURPOSE: Final = "muniment-purpose"
LEGAL_BASIS: Final = "muniment-legal-basis"
CASE: Final = "muniment-case"
RECIPIENT: Final = "muniment-recipient"
REASONS: Final = (PURPOSE, LEGAL_BASIS, CASE, RECIPIENT)
"""Headers that say why, and for whom; each is covered where it is present."""

CONTENT_DIGEST: Final = "content-digest"
CONTENT_TYPE: Final = "content-type"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request, as values.

    Attributes:
        method: In capital letters.
        url: Absolute and with its path, as ``target_uri`` gives it.
        fields: Header lines in their order; names in any case.
        body: Octets of the content as they were sent.
    """

    method: str
    url: str
    fields: Fields = ()
    body: bytes = b""

    def field(self, name: str) -> str | None:
        """Give a header's value, that of several lines joined by commas; nothing without one."""
        values = [value.strip(" \t") for key, value in self.fields if key.lower() == name]
        return ", ".join(values) if values else None

    def components(self) -> tuple[str, ...]:
        """Give what a signature of this request has to cover, no less and no more."""
        content = (CONTENT_DIGEST, CONTENT_TYPE) if self._has_content() else ()
        reasons = (name for name in REASONS if self.field(name) is not None)
        return ("@method", "@target-uri", *content, *reasons)

    def _has_content(self) -> bool:
        # A digest without a body may be what is left of a request whose body was cut off.
        return bool(self.body) or self.field(CONTENT_DIGEST) is not None


def field_lines(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Read header lines as a server hands them over, in octets (RFC 9110, section 5.5)."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)


def target_uri(origin: str, target: str) -> str:
    """Give the address that a request was sent to.

    Args:
        origin: The service's public origin, such as ``https://ledger.example``.
        target: Path and query exactly as they stand in the request line.

    Raises:
        UsageError: That is no origin.
    """
    if not _ORIGIN.fullmatch(origin):
        raise UsageError(
            "A public origin is https://host or https://host:port, in lower case, with nothing"
            " after it.",
            slug="origin_invalid",
            next_step="Correct the configured public origin.",
        )
    return f"{origin}{target}"


def signature_base(request: HttpRequest, components: Iterable[str], parameters: str) -> bytes:
    """Give the octets that a signature covers (RFC 9421, section 2.5).

    Args:
        request: The request.
        components: Names from ``HttpRequest.components``, in the order of the signature.
        parameters: The covered names and the parameters, as they are serialised.

    Raises:
        UnauthenticatedError: A value is missing, could be taken for several lines, or is not ASCII.
    """
    derived = {"@method": request.method, "@target-uri": request.url}
    covered = [(name, derived.get(name) or request.field(name)) for name in components]
    if not all(value is not None and _VALUE.fullmatch(value) for _, value in covered):
        raise UnauthenticatedError(
            "A part of the request that has to be signed is missing, or not one line of ASCII.",
            slug="signature_malformed",
        )
    lines = [f'"{name}": {value}' for name, value in covered]
    return "\n".join((*lines, f'"@signature-params": {parameters}')).encode()


def content_digest(body: bytes) -> str:
    """Give the Content-Digest of a body (RFC 9530): one SHA-256, as a structured field."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


_VALUE: Final = re.compile(r"[\x20-\x7e\t]*")
_ORIGIN: Final = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?")
