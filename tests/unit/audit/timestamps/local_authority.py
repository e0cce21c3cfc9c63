# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority of our own in a temporary folder: real certificates, real openssl."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    CertificateRevocationListBuilder,
    CRLReason,
    ExtendedKeyUsage,
    KeyUsage,
    Name,
    NameAttribute,
    ReasonFlags,
    RevokedCertificateBuilder,
    random_serial_number,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.verifying import Papers

OPENSSL: Final = shutil.which("openssl") or "openssl"
needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is not on this machine"
)

NOW: Final = datetime.now(UTC).replace(microsecond=0)
DAY: Final = timedelta(days=1)

_SETTINGS: Final = """\
[tsa]
default_tsa = local
[local]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: Certificate
    key: EllipticCurvePrivateKey = field(repr=False)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class LocalAuthority:
    """An authority that answers one request at a time, as openssl's serial file demands."""

    name: str
    folder: Path
    root: Issued
    signer: Issued
    between: tuple[Issued, ...] = ()
    lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def trust(self) -> TrustedAuthority:
        return TrustedAuthority(name=self.name, roots=(self.root.certificate,))

    @property
    def chain(self) -> bytes:
        return b"".join(each.pem for each in self.between)

    def answer(self, request: bytes) -> bytes:
        """Answer a request as openssl does."""
        with self.lock:
            query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
            query.write_bytes(request)
            self._openssl("-reply", "-config", "tsa.cnf", "-queryfile", query, "-out", reply)
            return reply.read_bytes()

    def stamp(self, message: bytes) -> Papers:
        """Date a message and give it with its papers."""
        request = query(message)
        return Papers(answer=self.answer(request), request=request, chain=self.chain)

    def with_signer(self, signer: Issued) -> LocalAuthority:
        """Give this authority with another signing certificate, from now on."""
        changed = replace(self, signer=signer)
        changed.write()
        return changed

    def write(self) -> None:
        """Lay the files out that openssl reads."""
        key = self.signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "signer.key").write_bytes(key)
        (self.folder / "signer.pem").write_bytes(self.signer.pem)
        (self.folder / "root.pem").write_bytes(self.root.pem)
        (self.folder / "chain.pem").write_bytes(self.chain)
        (self.folder / "tsa.cnf").write_text(_SETTINGS.format(folder=self.folder), "utf-8")
        if not (self.folder / "serial").exists():
            (self.folder / "serial").write_text("01\n", "utf-8")

    def _openssl(self, *arguments: str | Path) -> None:
        subprocess.run(
            [OPENSSL, "ts", *map(str, arguments)],
            cwd=self.folder,
            check=True,
            capture_output=True,
            timeout=60,
        )


def local_authority(folder: Path, name: str, *, between: bool = False) -> LocalAuthority:
    """Found an authority in a folder that is made for it."""
    home = folder / name
    home.mkdir()
    root = new_root(name)
    middle = (issue(f"{name} between", root, ca=True),) if between else ()
    signer = issue(f"{name} signer", middle[0] if middle else root)
    made = LocalAuthority(name=name, folder=home, root=root, signer=signer, between=middle)
    made.write()
    return made


def new_root(name: str) -> Issued:
    key = generate_private_key(SECP256R1())
    return Issued(_certificate(f"{name} root", key, None, dates=(NOW - DAY, NOW + 9999 * DAY)), key)


def issue(
    name: str,
    issuer: Issued,
    *,
    ca: bool = False,
    dates: tuple[datetime, datetime] = (NOW - DAY, NOW + 3650 * DAY),
    purpose: bool = True,
) -> Issued:
    """Certify a new key."""
    key = generate_private_key(SECP256R1())
    kind = None if ca else purpose
    return Issued(_certificate(name, key, issuer, dates=dates, stamping=kind), key)


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: Issued | None,
    *,
    dates: tuple[datetime, datetime],
    stamping: bool | None = None,
) -> Certificate:
    subject = Name([NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(random_serial_number())
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .add_extension(BasicConstraints(ca=stamping is None, path_length=None), critical=True)
        .add_extension(_usage(ca=stamping is None), critical=True)
    )
    if stamping is not None:
        use = ExtendedKeyUsageOID.TIME_STAMPING if stamping else ExtendedKeyUsageOID.CODE_SIGNING
        builder = builder.add_extension(ExtendedKeyUsage([use]), critical=True)
    return builder.sign(issuer.key if issuer else key, SHA256())


def revocation_list(
    issuer: Issued, revoked: Sequence[Certificate], *, when: datetime, reason: ReasonFlags | None
) -> bytes:
    """Revoke certificates."""
    builder = (
        CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(when)
        .next_update(when + DAY)
    )
    for each in revoked:
        entry = RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(when)
        if reason:
            entry = entry.add_extension(CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, SHA256()).public_bytes(Encoding.DER)


def query(message: bytes) -> bytes:
    """Ask for a time-stamp over a message, as our client does."""
    builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def _usage(*, ca: bool) -> KeyUsage:
    return KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
