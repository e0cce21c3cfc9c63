# SPDX-License-Identifier: Apache-2.0
"""Verifying one time-stamp: over these octets, by an authority that is believed, at its time.

Implements RFC 3161, sections 2.2 and 2.4.2, with ``rfc3161-client`` for the signature. Every
certificate has to have been valid when the token says that it was made; whether it still
stands today is the concern of ``series``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from rfc3161_client import TimeStampRequest, VerificationError, VerifierBuilder
from rfc3161_client._rust import parse_timestamp_request

from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.certificates import Path, check_revocation, find_path, read_chain
from audit.proof.timestamps.token import FOREIGN, SHA256_OID, Token, read_token
from domain.errors import ProofError

REQUEST_OCTETS_MAX: Final = 4_096
REQUEST_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """A token and what was kept beside it.

    Attributes:
        answer: The authority's answer as received.
        request: What was asked; its nonce has to come back.
        chain: Certificates between signer and root, in PEM; may be empty.
        crl: Revocation list of the signer's issuer, if one was kept.
    """

    answer: bytes = field(repr=False)
    request: bytes | None = field(default=None, repr=False)
    chain: bytes = field(default=b"", repr=False)
    crl: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a verified token proves: these octets existed by then.

    Attributes:
        authority: Who says so, by the auditor's name for it.
        earliest: First second at which the token may have been made, in Unix seconds.
        latest: Last second at which it may have been made.
        expires: Last second at which its certificates are valid.
        listed: Whether a revocation list lay beside it, on which its signer does not stand.
    """

    authority: str
    earliest: int
    latest: int
    expires: int
    listed: bool = False


def verify_stamp(message: bytes, papers: Papers, trusted: Sequence[TrustedAuthority]) -> Stamp:
    """Verify a token over a message.

    Raises:
        ProofError: ``stamp_malformed``, ``stamp_refused``, ``stamp_other`` for a token over
            something else, ``stamp_nonce`` for the answer to another request,
            ``stamp_untrusted``, ``stamp_time`` for a certificate that was not valid then,
            ``stamp_signature``, ``stamp_chain``, ``stamp_crl`` or ``stamp_revoked``.
    """
    token = read_token(papers.answer)
    if token.digest != sha256(message).digest():
        raise ProofError("This time-stamp dates something else.", slug="stamp_other")
    if papers.request is not None:
        _check_request(token, papers.request)
    path = find_path(token.signer, (*token.others, *read_chain(papers.chain)), trusted)
    if not path.is_valid_at(token.stated):
        raise ProofError(
            "A certificate behind this time-stamp was not valid at the time that it states.",
            slug="stamp_time",
        )
    _check_signature(token, path)
    if papers.crl is not None:
        check_revocation(path, papers.crl, when=token.stated)
    return Stamp(
        authority=path.authority,
        earliest=token.earliest,
        latest=token.latest,
        expires=path.expires,
        listed=papers.crl is not None,
    )


def _check_request(token: Token, octets: bytes) -> None:
    request = read_request(octets)
    imprint = request.message_imprint
    if imprint.message != token.digest or imprint.hash_algorithm.dotted_string != SHA256_OID:
        raise ProofError(
            "This time-stamp answers a request about something else.", slug="stamp_other"
        )
    if request.nonce is None or request.nonce != token.nonce:
        raise ProofError(
            "This time-stamp does not repeat the nonce of its request.", slug="stamp_nonce"
        )


def read_request(octets: bytes) -> TimeStampRequest:
    """Read a request as it was kept.

    Raises:
        ProofError: ``stamp_malformed``.
    """
    refusal = ProofError("The request beside a time-stamp cannot be read.", slug="stamp_malformed")
    if len(octets) > REQUEST_OCTETS_MAX:
        raise refusal
    try:
        request = parse_timestamp_request(octets)
    except FOREIGN as error:
        raise refusal from error
    if request.version != REQUEST_VERSION or request.as_bytes() != octets:
        raise refusal
    return request


def _check_signature(token: Token, path: Path) -> None:
    """Check signature, certificates and key purpose.

    The library takes whatever it is given for trusted, so it is given one path only, whose
    every step to a trusted root was checked before.
    """
    _, *between, root = path.certificates
    verifier = VerifierBuilder(roots=[root], intermediates=between, nonce=token.nonce).build()
    try:
        verifier.verify(token.response, token.digest)
    except (VerificationError, *FOREIGN) as error:
        raise ProofError(
            "The signature of this time-stamp does not verify.", slug="stamp_signature"
        ) from error
