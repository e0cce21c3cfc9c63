# SPDX-License-Identifier: Apache-2.0
"""The compact token around an event: its segments, its header, its id.

Implements the envelope specification, sections 4.1 and 4.2, and the event id of 4.7.
What the payload says is the concern of ``payload``.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from audit.proof.encoding import decode, encode, is_canonical, strict_json
from audit.proof.limits import (
    BODY_OCTETS_MAX,
    DISCLOSURE_OCTETS_MAX,
    DISCLOSURES_MAX,
    HEADER_SEGMENT_OCTETS_MAX,
    JWS_OCTETS_MAX,
)
from domain.errors import EnvelopeError, InvalidValueError

EVENT_TYPE: Final = "fle-event-1+sd-jwt"
SEPARATOR: Final = b"~"


class Header(NamedTuple):
    """The protected header, but for its ``typ``, which is always the same.

    Attributes:
        alg: Fully specified algorithm that the signer claims to have used.
        kid: Thumbprint of the key that the signer claims to have used.
    """

    alg: str
    kid: str


class Token(NamedTuple):
    """A compact token in its parts; nothing in it is verified yet.

    Attributes:
        jws: The exact ASCII octets.
        header: Its header, read.
        data: Octets of its payload.
        signature: Octets of its signature.
        signing_input: What the signature covers.
    """

    jws: bytes
    header: Header
    data: bytes
    signature: bytes
    signing_input: bytes


def split_submission(submission: bytes) -> tuple[bytes, list[bytes]]:
    """Split ``<jws>~<disclosure>~...~`` into the token and its disclosures.

    Raises:
        EnvelopeError: ``too_large`` or ``sdjwt_syntax``.
    """
    if len(submission) > BODY_OCTETS_MAX:
        raise _too_large()
    if not submission.isascii() or not submission.endswith(SEPARATOR):
        raise _syntax()
    jws, *texts, _ = submission.split(SEPARATOR)
    if len(jws) > JWS_OCTETS_MAX or len(texts) > DISCLOSURES_MAX:
        raise _too_large()
    if any(len(text) > DISCLOSURE_OCTETS_MAX for text in texts):
        raise _too_large()
    if not all(texts):
        raise _syntax()
    return jws, texts


def check_stored(jws: bytes) -> None:
    """Check that the octets of a log entry can be a token alone.

    Raises:
        EnvelopeError: ``too_large`` or ``sdjwt_syntax``.
    """
    if len(jws) > JWS_OCTETS_MAX:
        raise _too_large()
    if not jws.isascii() or SEPARATOR in jws:
        raise _syntax()


def read_token(jws: bytes) -> Token:
    """Read the segments of a token and its header.

    Raises:
        EnvelopeError: What is wrong with them, in the order of section 4.6.
    """
    header, data, signing_input = read_unsigned(jws)
    return Token(jws, header, data, decode(jws[len(signing_input) + 1 :]), signing_input)


def read_unsigned(jws: bytes) -> tuple[Header, bytes, bytes]:
    """Read a token but for its signature: its header, its payload, what the signature covers.

    Raises:
        EnvelopeError: What is wrong with them, in the order of section 4.6.
    """
    header, body, signature = _segments(jws)
    data = decode(body)
    return _read_header(header), data, jws[: -len(signature) - 1]


def read_end(jws: bytes, octets: int) -> tuple[Header, bytes, bytes]:
    """Read what ``read_unsigned`` does, but of the payload only its last octets.

    Args:
        jws: The token.
        octets: How many at least, where it has as many; each costs a part of the time.

    Raises:
        EnvelopeError: What is wrong with what was read.
    """
    header, body, signature = _segments(jws)
    begin = max(0, len(body) - octets * 4 // 3) & ~3  # four characters stand for three octets
    return _read_header(header), decode(body[begin:]), jws[: -len(signature) - 1]


def event_id(signing_input: bytes) -> str:
    """Give the ``eid``: independent of the signature, so a second one makes no second event."""
    return encode(sha256(signing_input).digest()).decode()


@lru_cache(maxsize=4_096)
def _read_header(segment: bytes) -> Header:
    """Read a header; the few keys of an office sign under few distinct headers."""
    data = decode(segment)
    try:
        header = strict_json(data)
    except InvalidValueError:
        raise EnvelopeError("The header is not strict JSON.", slug="header_json") from None
    if not is_canonical(data, header):
        raise EnvelopeError("The header is not in canonical form.", slug="header_not_canonical")
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"}:
        raise _header_members()
    if not all(isinstance(value, str) for value in header.values()):
        raise _header_members()
    if header["typ"] != EVENT_TYPE:
        raise EnvelopeError("The token is not a ledger event of version 1.", slug="typ_unsupported")
    return Header(header["alg"], header["kid"])


def _segments(jws: bytes) -> list[bytes]:
    segments = jws.split(b".")
    if len(segments) != len(("header", "payload", "signature")):
        raise EnvelopeError("The token does not consist of three segments.", slug="jws_segments")
    if len(segments[0]) > HEADER_SEGMENT_OCTETS_MAX:
        raise _too_large()
    return segments


def _too_large() -> EnvelopeError:
    return EnvelopeError("The submission or a part of it exceeds its cap.", slug="too_large")


def _syntax() -> EnvelopeError:
    return EnvelopeError(
        "A submission is an ASCII token and its disclosures, each followed by a tilde.",
        slug="sdjwt_syntax",
    )


def _header_members() -> EnvelopeError:
    return EnvelopeError(
        "The header has other members than the texts alg, kid and typ.", slug="header_members"
    )
