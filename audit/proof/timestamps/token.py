# SPDX-License-Identifier: Apache-2.0
"""A time-stamp token as an authority answered it, read strictly and under caps.

Implements the reading of ``TimeStampResp`` of RFC 3161, section 2.4.2, as far as the log
specification, section 2.7, needs it: SHA-256 imprints and one signer whose certificate is
inside. Reading proves nothing; signature and certificates are the concern of ``verifying``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    InvalidVersion,
    load_der_x509_certificate,
)
from rfc3161_client import (
    PKIStatus,
    SignedData,
    TimeStampResponse,
    TimeStampTokenInfo,
    decode_timestamp_response,
)

from domain.errors import ProofError

TOKEN_OCTETS_MAX: Final = 65_536
CERTIFICATES_MAX: Final = 16
REASON_CHARS_MAX: Final = 200

SHA256_OID: Final = "2.16.840.1.101.3.4.2.1"
_VERSIONS: Final = (3, 1)
"""Of the signed data and of its signer, who is named by issuer and serial number."""

RESOLUTION_SECONDS: Final = 1
"""How finely a token tells the time where it claims no accuracy of its own."""

FOREIGN: Final = (
    *(ValueError, KeyError, TypeError, OverflowError),
    *(UnsupportedAlgorithm, InvalidVersion, DuplicateExtension, CryptographyDeprecationWarning),
)
"""What the libraries below raise at octets that are not what they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One answer of an authority that granted a time-stamp.

    Attributes:
        octets: The answer as received.
        digest: The SHA-256 digest that it dates.
        nonce: The number that the request bore, if the answer repeats one.
        stated: The time that it states.
        earliest: First second at which it may have been made, in Unix seconds.
        latest: Last second at which it may have been made.
        signer: Certificate of the key that signed, as the answer brings it.
        others: Further certificates in the answer; none of them is trusted.
        response: The answer as the library read it.
    """

    octets: bytes = field(repr=False)
    digest: bytes
    nonce: int | None
    stated: datetime
    earliest: int
    latest: int
    signer: Certificate
    others: tuple[Certificate, ...]
    response: TimeStampResponse = field(repr=False)


def read_token(octets: bytes) -> Token:
    """Read an answer of a time-stamping authority.

    Raises:
        ProofError: ``stamp_malformed``, it is no such answer or larger than any;
            ``stamp_refused``, the authority did not grant a token.
    """
    if len(octets) > TOKEN_OCTETS_MAX:
        raise malformed(f"it has more than {TOKEN_OCTETS_MAX} octets")
    try:
        response = decode_timestamp_response(octets)
        if response.status != PKIStatus.GRANTED:
            raise _refused(response)
        with strictly():
            return _read(octets, response)
    except FOREIGN as error:
        raise malformed("it is no granted answer in DER after RFC 3161") from error


@contextmanager
def strictly() -> Iterator[None]:
    """Refuse what the library would only warn about, such as a negative serial number."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        yield


def malformed(reason: str) -> ProofError:
    """Give the error for octets that are no time-stamp."""
    return ProofError(f"This is not a time-stamp token: {reason}.", slug="stamp_malformed")


def _read(octets: bytes, response: TimeStampResponse) -> Token:
    info = response.tst_info
    signer, others = _certificates(response.signed_data)
    imprint = info.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA256_OID:
        raise malformed("it dates no SHA-256 digest")
    # The library types nonce and accuracy as always there, but RFC 3161 makes them optional.
    nonce: int | None = info.nonce
    at, slack = info.gen_time.timestamp(), _slack(info)
    return Token(
        octets=octets,
        digest=imprint.message,
        nonce=nonce,
        stated=info.gen_time,
        earliest=int(at) - slack,
        latest=ceil(at) + slack,
        signer=signer,
        others=others,
        response=response,
    )


def _slack(info: TimeStampTokenInfo) -> int:
    """Give how far the stated time may be off, in whole seconds."""
    accuracy = info.accuracy
    if not accuracy:
        return RESOLUTION_SECONDS
    parts = (accuracy.seconds or 0, (accuracy.millis or 0) / 1e3, (accuracy.micros or 0) / 1e6)
    return max(RESOLUTION_SECONDS, ceil(sum(parts)))


def _certificates(signed: SignedData) -> tuple[Certificate, tuple[Certificate, ...]]:
    """Give the certificate of the one signer, and the others that came with it."""
    certificates, signers = signed.certificates, list(signed.signer_infos)
    if len(certificates) > CERTIFICATES_MAX or len(signers) != 1:
        raise malformed("it has too many certificates, or not exactly one signer")
    if (signed.version, signers[0].version) != _VERSIONS:
        raise malformed("its versions are not those of RFC 5652 for such a token")
    # A set has no order, and what is read twice has to be read alike.
    loaded = [load_der_x509_certificate(each) for each in sorted(certificates)]
    named = signers[0].issuer, signers[0].serial_number
    own = [each for each in loaded if (each.issuer, each.serial_number) == named]
    if len(own) != 1:
        raise malformed("the certificate of its signer is not inside")
    return own[0], tuple(each for each in loaded if each is not own[0])


def _refused(response: TimeStampResponse) -> ProofError:
    words = " ".join("".join(filter(str.isprintable, each)) for each in response.status_string)
    reason = words[:REASON_CHARS_MAX].strip().rstrip(".") or f"status {response.status}"
    return ProofError(
        f"The time-stamping authority refused: {reason}.",
        slug="stamp_refused",
        next_step="Ask the authority why; use another one meanwhile.",
    )
