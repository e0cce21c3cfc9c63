# SPDX-License-Identifier: Apache-2.0
"""Key files open with their passphrase alone and are never overwritten."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.keyfile import FileKey, low_s
from audit.proof.keys import P256_ORDER, check_enrolment
from domain.errors import InvalidValueError, UnreachableError, UsageError
from tests.unit.tries import tries

PASSPHRASE = "correct horse"  # noqa: S105 - a test's own


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, passphrase: str) -> bytes:
    guard = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, guard)


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_a_saved_key_loads_as_the_same_key(alg: str, tmp_path: Path) -> None:
    key = FileKey.create(alg)
    key.save(tmp_path / "officer.pem", PASSPHRASE)
    again = FileKey.load(tmp_path / "officer.pem", PASSPHRASE)
    assert (again, dict(again.jwk)) == (key, dict(key.jwk))
    check_enrolment(again.jwk).verify(again.sign(b"message"), b"message")


def test_a_key_file_is_encrypted_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "officer.pem"
    before = os.umask(0)
    try:
        FileKey.create("Ed25519").save(path, PASSPHRASE)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "officer.pem"
    path.write_bytes(b"precious")
    with pytest.raises(UsageError, match="exists and is kept"):
        FileKey.create("Ed25519").save(path, PASSPHRASE)
    assert path.read_bytes() == b"precious"


def test_a_link_in_place_of_a_key_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "officer.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="exists"):
        FileKey.create("Ed25519").save(tmp_path / "officer.pem", PASSPHRASE)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("passphrase", ["", "x" * 1_024])
def test_a_key_is_not_saved_under_no_passphrase(passphrase: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="passphrase"):
        FileKey.create("ES256").save(tmp_path / "officer.pem", passphrase)
    assert not (tmp_path / "officer.pem").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="No such file"):
        FileKey.create("ES256").save(tmp_path / "none" / "officer.pem", PASSPHRASE)
    with pytest.raises(UnreachableError, match="No such file"):
        FileKey.load(tmp_path / "officer.pem", PASSPHRASE)


def test_a_full_disk_leaves_no_half_of_a_key(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(UnreachableError, match="cannot be written"):
            FileKey.create("ES256").save(tmp_path / "officer.pem", PASSPHRASE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


def test_a_passphrase_of_any_octets_opens_its_file(tmp_path: Path) -> None:
    passphrase = b"caf\xe9 \xff".decode(errors="surrogateescape")
    key = FileKey.create("Ed25519")
    key.save(tmp_path / "officer.pem", passphrase)
    assert FileKey.load(tmp_path / "officer.pem", passphrase) == key


def test_a_wrong_passphrase_is_said(tmp_path: Path) -> None:
    FileKey.create("Ed25519").save(tmp_path / "officer.pem", PASSPHRASE)
    for other in ("wrong", ""):
        with pytest.raises(InvalidValueError, match="passphrase") as caught:
            FileKey.load(tmp_path / "officer.pem", other)
        assert caught.value.slug == "passphrase_wrong"


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff" * 99, b"-----BEGIN KEY-----"])
def test_a_file_that_is_no_key_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "officer.pem").write_bytes(content)
    with pytest.raises(InvalidValueError, match="no encrypted private key"):
        FileKey.load(tmp_path / "officer.pem", PASSPHRASE)


def test_a_damaged_key_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "officer.pem"
    FileKey.create("Ed25519").save(path, PASSPHRASE)
    path.write_bytes(path.read_bytes()[:80])
    with pytest.raises(InvalidValueError, match="damaged"):
        FileKey.load(path, PASSPHRASE)


def test_an_unencrypted_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open.pem").write_bytes(pem(ec.generate_private_key(ec.SECP256R1()), ""))
    with pytest.raises(InvalidValueError, match="no encrypted"):
        FileKey.load(tmp_path / "open.pem", PASSPHRASE)


@pytest.mark.parametrize("kind", ["P-384", "RSA"])
def test_a_key_of_another_kind_is_refused(kind: str, tmp_path: Path) -> None:
    key = (
        ec.generate_private_key(ec.SECP384R1())
        if kind == "P-384"
        else rsa.generate_private_key(65_537, 2_048)
    )
    (tmp_path / "other.pem").write_bytes(pem(key, PASSPHRASE))
    with pytest.raises(InvalidValueError, match="neither Ed25519 nor ES256"):
        FileKey.load(tmp_path / "other.pem", PASSPHRASE)


def test_an_unknown_algorithm_makes_no_key() -> None:
    with pytest.raises(UsageError, match="Ed25519 or ES256"):
        FileKey.create("RS256")


def test_a_key_never_shows_its_private_part() -> None:
    assert "_private" not in repr(FileKey.create("Ed25519"))


@given(st.binary(max_size=64))
@settings(max_examples=tries(50))
def test_every_es256_signature_has_the_lower_half(message: bytes) -> None:
    key = ec.derive_private_key(7, ec.SECP256R1())
    signature = FileKey.of(key).sign(message)
    assert len(signature) == 64
    assert 1 <= int.from_bytes(signature[32:]) <= P256_ORDER // 2


def test_a_card_that_gives_the_higher_half_is_normalised() -> None:
    key = FileKey.of(ec.derive_private_key(7, ec.SECP256R1()))
    signature = key.sign(b"message")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    for half in (s, P256_ORDER - s):
        der = encode_dss_signature(r, half)
        assert low_s(der) == signature
        assert decode_dss_signature(der) == (r, half)
