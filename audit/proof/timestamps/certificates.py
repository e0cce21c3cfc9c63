# SPDX-License-Identifier: Apache-2.0
"""From the certificate that signed a token to a root that the auditor believes.

Implements the path and the revocation of RFC 3161, section 2.2 and 4, with what lies beside
the token: certificates in between and a revocation list. None of that is trusted; a path
ends at a root of the auditor's own or nowhere. OCSP answers, and lists of authorities in
between, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    Certificate,
    CertificateRevocationList,
    CRLReason,
    ExtensionNotFound,
    ReasonFlags,
    RevokedCertificate,
    load_der_x509_crl,
    load_pem_x509_certificates,
    load_pem_x509_crl,
)

from audit.proof.timestamps.authorities import TrustedAuthority, is_self_signed
from audit.proof.timestamps.token import CERTIFICATES_MAX, FOREIGN, strictly
from domain.errors import ProofError

CHAIN_OCTETS_MAX: Final = 65_536
CRL_OCTETS_MAX: Final = 1_048_576

_PEM_MARK: Final = b"-----BEGIN"
_STILL_GOOD_BEFORE: Final = frozenset(
    (
        ReasonFlags.unspecified,
        ReasonFlags.affiliation_changed,
        ReasonFlags.superseded,
        ReasonFlags.cessation_of_operation,
    )
)
"""Reasons for which tokens of before the revocation remain valid (RFC 3161, section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Certificates that lead from a signer to a root.

    Attributes:
        authority: Name of the authority whose root it is.
        certificates: The signer's first, the root last.
    """

    authority: str
    certificates: tuple[Certificate, ...]

    @property
    def expires(self) -> int:
        """The last second at which every certificate is valid, in Unix seconds."""
        return int(min(each.not_valid_after_utc for each in self.certificates).timestamp())

    def is_valid_at(self, when: datetime) -> bool:
        """Tell whether every certificate was valid at a time."""
        return all(
            each.not_valid_before_utc <= when <= each.not_valid_after_utc
            for each in self.certificates
        )


def find_path(
    signer: Certificate, between: Sequence[Certificate], trusted: Sequence[TrustedAuthority]
) -> Path:
    """Find how a signer's certificate leads to a trusted root.

    Args:
        signer: Certificate of the key that signed a token.
        between: Certificates that may stand in between; self-signed ones are passed over,
            so that no evidence brings a root of its own.
        trusted: The authorities that the auditor believes.

    Raises:
        ProofError: ``stamp_untrusted``, no path leads to a trusted root.
    """
    usable = [each for each in between if not is_self_signed(each)][: 2 * CERTIFICATES_MAX]
    for authority in trusted:
        if found := _walk((signer,), list(usable), authority.roots):
            return Path(authority=authority.name, certificates=found)
    raise ProofError(
        "No root certificate that you trust stands behind this time-stamp.",
        slug="stamp_untrusted",
        next_step="Get the authority's root certificate from the authority itself.",
    )


def read_chain(pem: bytes) -> tuple[Certificate, ...]:
    """Read the certificates that lie beside a token, none where the file is empty.

    Raises:
        ProofError: ``stamp_chain``, they are not what they should be.
    """
    if not pem.strip():
        return ()
    try:
        if len(pem) > CHAIN_OCTETS_MAX:
            raise ValueError
        with strictly():
            return tuple(load_pem_x509_certificates(pem))[:CERTIFICATES_MAX]
    except FOREIGN as error:
        raise ProofError(
            "The certificates beside a time-stamp cannot be read.", slug="stamp_chain"
        ) from error


def check_revocation(path: Path, octets: bytes, *, when: datetime) -> None:
    """Check a signer against the revocation list of whoever issued its certificate.

    Args:
        path: Where the signer stands.
        octets: The list in PEM or DER.
        when: The time that the token states.

    Raises:
        ProofError: ``stamp_crl``, the list is malformed or not the issuer's;
            ``stamp_revoked``, tokens of this signer at that time no longer count.
    """
    signer, issuer = path.certificates[:2]
    revoked = _open_list(octets, issuer).get_revoked_certificate_by_serial_number(
        signer.serial_number
    )
    if revoked is None:
        return
    before = when < revoked.revocation_date_utc
    if not (before and _reason(revoked) in _STILL_GOOD_BEFORE):
        day = f"{revoked.revocation_date_utc.astimezone(UTC):%Y-%m-%d}"
        raise ProofError(
            f"The certificate behind this time-stamp was revoked on {day}.",
            slug="stamp_revoked",
            next_step="Rely on the other authorities; have the checkpoint stamped anew.",
        )


def _walk(
    path: tuple[Certificate, ...], usable: list[Certificate], roots: Sequence[Certificate]
) -> tuple[Certificate, ...] | None:
    """Go from the last certificate to a root; what has been tried is not tried again."""
    for root in _issuers(path[-1], roots):
        return (*path, root)
    for each in list(_issuers(path[-1], usable)):
        if each in usable:
            usable.remove(each)
            if found := _walk((*path, each), usable, roots):
                return found
    return None


def _issuers(child: Certificate, parents: Sequence[Certificate]) -> Iterator[Certificate]:
    for parent in parents if _ends_whole(child) else ():
        try:
            child.verify_directly_issued_by(parent)
        except (*FOREIGN, InvalidSignature):
            continue
        yield parent


def _ends_whole(signed: Certificate | CertificateRevocationList) -> bool:
    """Tell whether the signature at the end is whole octets, the one form in which it is written.

    The octet before it counts unused bits, and the library takes some that are not zero.
    """
    return signed.public_bytes(Encoding.DER).endswith(b"\0" + signed.signature)


def _open_list(octets: bytes, issuer: Certificate) -> CertificateRevocationList:
    refusal = ProofError(
        "The revocation list beside a time-stamp is not its issuer's.", slug="stamp_crl"
    )
    if len(octets) > CRL_OCTETS_MAX:
        raise refusal
    try:
        is_pem = octets.lstrip().startswith(_PEM_MARK)
        with strictly():
            found = load_pem_x509_crl(octets) if is_pem else load_der_x509_crl(octets)
        key = issuer.public_key()
        own = found.issuer == issuer.subject and _ends_whole(found)
        if own and found.is_signature_valid(key):  # type: ignore[arg-type]
            return found
    except FOREIGN as error:
        raise refusal from error
    raise refusal


def _reason(revoked: RevokedCertificate) -> ReasonFlags | None:
    try:
        return revoked.extensions.get_extension_for_class(CRLReason).value.reason
    except (ExtensionNotFound, *FOREIGN):
        return None
