# SPDX-License-Identifier: Apache-2.0
"""One time-stamp: what verifies, and everything that makes it refused, by its own slug."""

from __future__ import annotations

import subprocess
from base64 import encodebytes
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    Certificate,
    CertificateBuilder,
    ExtendedKeyUsage,
    ReasonFlags,
    load_der_x509_crl,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.certificates import CRL_OCTETS_MAX
from audit.proof.timestamps.token import TOKEN_OCTETS_MAX, read_token
from audit.proof.timestamps.verifying import Papers, Stamp, verify_stamp
from domain.errors import ProofError
from tests.unit.audit.timestamps.local_authority import (
    DAY,
    NOW,
    OPENSSL,
    Issued,
    LocalAuthority,
    issue,
    local_authority,
    needs_openssl,
    new_root,
    query,
    revocation_list,
)

pytestmark = needs_openssl

TS_VERIFY = ("ts", "-verify", "-data", "note", "-in", "tsr", "-CAfile")
NOTE = b"ledger.xa-test\n70000\nroot\n\n signature\n"


@pytest.fixture(scope="module")
def papers(alpha: LocalAuthority) -> Papers:
    return alpha.stamp(NOTE)


def refusal(message: bytes, papers: Papers, *trusted: TrustedAuthority) -> str:
    with pytest.raises(ProofError) as error:
        verify_stamp(message, papers, trusted)
    return error.value.slug


def test_a_stamp_of_either_authority_says_who_and_when(
    authorities: tuple[LocalAuthority, LocalAuthority],
) -> None:
    for authority in authorities:
        stamp = verify_stamp(NOTE, authority.stamp(NOTE), [each.trust for each in authorities])
        assert stamp.authority == authority.name
        assert stamp.latest - stamp.earliest == 2  # a second of accuracy to either side
        assert abs(stamp.latest - NOW.timestamp()) < 3_600


def test_openssl_alone_accepts_what_we_accept(
    authorities: tuple[LocalAuthority, LocalAuthority], tmp_path: Path
) -> None:
    (tmp_path / "note").write_bytes(NOTE)
    for authority in authorities:
        papers = authority.stamp(NOTE)
        (tmp_path / "tsr").write_bytes(papers.answer)
        between = ["-untrusted", str(authority.folder / "chain.pem")] if authority.between else []
        done = subprocess.run(
            [OPENSSL, *TS_VERIFY, str(authority.folder / "root.pem"), *between],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Verification: OK" in done.stdout, done.stderr


def test_a_stamp_over_another_note_is_refused(alpha: LocalAuthority, papers: Papers) -> None:
    assert refusal(NOTE + b"x", papers, alpha.trust) == "stamp_other"


def test_a_stamp_over_another_hash_than_sha_256_is_refused(alpha: LocalAuthority) -> None:
    builder = TimestampRequestBuilder().data(NOTE).hash_algorithm(HashAlgorithm.SHA512)
    answer = alpha.answer(builder.build().as_bytes())
    assert refusal(NOTE, Papers(answer=answer), alpha.trust) == "stamp_malformed"


def test_the_answer_to_another_request_is_refused(alpha: LocalAuthority, papers: Papers) -> None:
    assert refusal(NOTE, replace(papers, request=query(NOTE)), alpha.trust) == "stamp_nonce"
    assert refusal(NOTE, replace(papers, request=query(b"x")), alpha.trust) == "stamp_other"
    assert refusal(NOTE, replace(papers, request=b"no"), alpha.trust) == "stamp_malformed"


def test_a_request_of_another_version_or_hash_is_refused(
    alpha: LocalAuthority, papers: Papers
) -> None:
    request = papers.request or b""
    assert request[2:5] == b"\x02\x01\x01"
    second = request[:4] + b"\x02" + request[5:]
    assert refusal(NOTE, replace(papers, request=second), alpha.trust) == "stamp_malformed"
    sha_256, unknown = (bytes.fromhex(f"06096086480165030402{last}") for last in ("01", "00"))
    other = request.replace(sha_256, unknown)
    assert other != request
    assert refusal(NOTE, replace(papers, request=other), alpha.trust) == "stamp_other"


def test_versions_that_no_such_token_has_are_refused(alpha: LocalAuthority, papers: Papers) -> None:
    signed_data = papers.answer.index(b"\x02\x01\x03")
    signer_info = papers.answer.rindex(b"\x02\x01\x01\x30")
    for at in (signed_data, signer_info):
        changed = bytearray(papers.answer)
        changed[at + 2] ^= 1
        answer = bytes(changed)
        assert refusal(NOTE, replace(papers, answer=answer), alpha.trust) == "stamp_malformed"


def test_a_revocation_list_whose_signature_leaves_bits_unused_is_refused(
    alpha: LocalAuthority, papers: Papers
) -> None:
    while True:
        crl = revocation_list(alpha.root, [], when=NOW, reason=None)
        if crl[-1] % 2 == 0:  # only then does DER let its last bit go unused
            break
    assert verify_stamp(NOTE, replace(papers, crl=crl), [alpha.trust])
    at = len(crl) - len(load_der_x509_crl(crl).signature) - 1
    assert crl[at] == 0
    other = crl[:at] + b"\x01" + crl[at + 1 :]
    assert refusal(NOTE, replace(papers, crl=other), alpha.trust) == "stamp_crl"


def test_an_authority_that_nobody_trusts_is_refused(beta: LocalAuthority, papers: Papers) -> None:
    assert refusal(NOTE, papers, beta.trust) == "stamp_untrusted"
    assert refusal(NOTE, papers) == "stamp_untrusted"


def test_a_root_that_comes_with_the_evidence_is_not_trusted(
    alpha: LocalAuthority, beta: LocalAuthority, papers: Papers
) -> None:
    assert refusal(NOTE, replace(papers, chain=alpha.root.pem), beta.trust) == "stamp_untrusted"


def test_a_namesake_of_a_root_is_not_that_root(papers: Papers) -> None:
    namesake = TrustedAuthority(name="alpha", roots=(new_root("alpha").certificate,))
    assert refusal(NOTE, papers, namesake) == "stamp_untrusted"


def test_a_missing_certificate_in_between_leaves_a_stamp_untrusted(beta: LocalAuthority) -> None:
    papers = beta.stamp(NOTE)
    assert refusal(NOTE, replace(papers, chain=b""), beta.trust) == "stamp_untrusted"
    for octets in (b"PEM?", beta.chain * 200):
        assert refusal(NOTE, replace(papers, chain=octets), beta.trust) == "stamp_chain"


@pytest.mark.parametrize(
    "dates", [(NOW - 20 * DAY, NOW - DAY), (NOW + DAY, NOW + 20 * DAY)], ids=["past", "future"]
)
def test_a_certificate_that_was_not_valid_at_the_stated_time_is_refused(
    tmp_path: Path, dates: tuple[datetime, datetime]
) -> None:
    authority = local_authority(tmp_path, "gamma")
    signer = issue("gamma old", authority.root, dates=dates)
    papers = authority.with_signer(signer).stamp(NOTE)
    assert refusal(NOTE, papers, authority.trust) == "stamp_time"


def test_a_certificate_for_another_purpose_is_refused(alpha: LocalAuthority) -> None:
    """openssl signs with no such certificate, so one of the same length takes its place."""
    genuine = der(alpha.signer.certificate)
    other = genuine
    while other == genuine or len(other) != len(genuine):
        other = der(for_signing_code(alpha))
    forged = alpha.stamp(NOTE).answer.replace(genuine, other)
    assert read_token(forged).signer.serial_number == alpha.signer.certificate.serial_number
    assert refusal(NOTE, Papers(answer=forged), alpha.trust) == "stamp_signature"


def for_signing_code(authority: LocalAuthority) -> Certificate:
    known = authority.signer.certificate
    builder = (
        CertificateBuilder()
        .subject_name(known.subject)
        .issuer_name(known.issuer)
        .public_key(known.public_key())
        .serial_number(known.serial_number)
        .not_valid_before(known.not_valid_before_utc)
        .not_valid_after(known.not_valid_after_utc)
    )
    for each in known.extensions:
        purpose = isinstance(each.value, ExtendedKeyUsage)
        code = ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        builder = builder.add_extension(code if purpose else each.value, critical=each.critical)
    return builder.sign(authority.root.key, SHA256())


def der(certificate: Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("reason", "days", "slug"),
    [
        (ReasonFlags.key_compromise, 1, "stamp_revoked"),
        (None, 1, "stamp_revoked"),
        (ReasonFlags.superseded, -1, "stamp_revoked"),
        (ReasonFlags.superseded, 1, None),
    ],
)
def test_revocation_counts_as_rfc_3161_says(
    alpha: LocalAuthority, reason: ReasonFlags | None, days: int, slug: str | None
) -> None:
    listed = [alpha.signer.certificate]
    crl = revocation_list(alpha.root, listed, when=NOW + days * DAY, reason=reason)
    papers = replace(alpha.stamp(NOTE), crl=crl)
    if slug:
        assert refusal(NOTE, papers, alpha.trust) == slug
    else:
        assert verify_stamp(NOTE, papers, [alpha.trust])


def test_a_revocation_list_of_somebody_else_is_refused(
    alpha: LocalAuthority, papers: Papers
) -> None:
    for issuer in (new_root("alpha"), new_root("other")):
        crl = revocation_list(issuer, [], when=NOW, reason=None)
        assert refusal(NOTE, replace(papers, crl=crl), alpha.trust) == "stamp_crl"
    for octets in (b"no", b"-----BEGIN X509 CRL-----", bytes(CRL_OCTETS_MAX + 1)):
        assert refusal(NOTE, replace(papers, crl=octets), alpha.trust) == "stamp_crl"


def test_a_revocation_list_may_be_pem_and_name_others(
    alpha: LocalAuthority, papers: Papers
) -> None:
    others = [new_root("other").certificate]
    crl = revocation_list(alpha.root, others, when=NOW - DAY, reason=None)
    pem = load_der_x509_crl(crl).public_bytes(Encoding.PEM)
    for octets in (crl, pem):
        assert verify_stamp(NOTE, replace(papers, crl=octets), [alpha.trust])


def test_a_signature_of_another_key_is_refused(alpha: LocalAuthority, papers: Papers) -> None:
    changed = bytearray(papers.answer)
    changed[-1] ^= 1  # the last octet is of the signature
    assert refusal(NOTE, replace(papers, answer=bytes(changed)), alpha.trust) == "stamp_signature"


def test_a_refusal_of_the_authority_is_told_in_its_words(alpha: LocalAuthority) -> None:
    answer = alpha.answer(bytes.fromhex("3003020101"))
    assert refusal(NOTE, Papers(answer=answer), alpha.trust) == "stamp_refused"
    with pytest.raises(ProofError, match="Bad request format"):
        read_token(answer)


def test_an_oversized_answer_is_refused_unread(alpha: LocalAuthority) -> None:
    with pytest.raises(ProofError, match="more than 65536 octets"):
        verify_stamp(NOTE, Papers(answer=bytes(TOKEN_OCTETS_MAX + 1)), [alpha.trust])


@given(data=st.data())
def test_every_cut_of_a_token_is_refused(
    alpha: LocalAuthority, papers: Papers, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(papers.answer) - 1))
    assert refusal(NOTE, replace(papers, answer=papers.answer[:cut]), alpha.trust) == (
        "stamp_malformed"
    )


@pytest.fixture(scope="module")
def all_papers(beta: LocalAuthority) -> Papers:
    crl = revocation_list(beta.between[0], [], when=NOW, reason=None)
    return replace(beta.stamp(NOTE), crl=crl)


@pytest.mark.parametrize("where", ["answer", "request", "chain", "crl"])
@given(data=st.data())
def test_no_changed_octet_changes_what_a_token_says(
    beta: LocalAuthority, all_papers: Papers, where: str, data: st.DataObject
) -> None:
    """A few octets are not under the signature, such as the name of its algorithm."""
    (middle,) = beta.between
    changed = bytearray(der(middle.certificate) if where == "chain" else getattr(all_papers, where))
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    octets = pem(changed) if where == "chain" else bytes(changed)
    said = verdict(lambda: verify_stamp(NOTE, replace(all_papers, **{where: octets}), [beta.trust]))
    assert said in {None, verify_stamp(NOTE, all_papers, [beta.trust])}


def pem(octets: bytes | bytearray) -> bytes:
    text = encodebytes(octets).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n".encode()


@given(octets=st.binary(max_size=300), where=st.sampled_from(["answer", "request", "chain", "crl"]))
def test_any_octets_get_a_verdict(
    alpha: LocalAuthority, papers: Papers, octets: bytes, where: str
) -> None:
    mixed = replace(papers, **{where: octets})
    said = verdict(lambda: verify_stamp(NOTE, mixed, [alpha.trust]))
    assert said is None or (where == "chain" and not octets.strip())


def verdict(verify: Callable[[], Stamp]) -> Stamp | None:
    try:
        return verify()
    except ProofError:
        return None


def test_a_certificate_authority_may_not_be_posed_by_a_signer(
    alpha: LocalAuthority, tmp_path: Path
) -> None:
    """A signer's certificate is none of an authority, so what it issues leads nowhere."""
    pretender = LocalAuthority(
        name="pretender",
        folder=tmp_path,
        root=alpha.root,
        signer=issue("victim", alpha.signer),
        between=(Issued(alpha.signer.certificate, alpha.signer.key),),
    )
    pretender.write()
    assert refusal(NOTE, pretender.stamp(NOTE), alpha.trust) == "stamp_signature"
