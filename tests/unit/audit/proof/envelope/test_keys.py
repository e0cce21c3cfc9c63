# SPDX-License-Identifier: Apache-2.0
"""Keys have one name, one algorithm and one form of signature."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.keyfile import FileKey
from audit.proof.encoding import decode, encode
from audit.proof.keys import (
    ED25519_ORDER,
    LOW_ORDER_POINTS,
    P256_ORDER,
    check_enrolment,
    public_key,
    thumbprint,
)
from tests.unit.audit.proof.envelope.worked import ED25519_KEY, ES256_KEY, EXAMPLES, refused
from tests.unit.tries import tries

RFC_8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
RFC_8037_KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
RFC_8037_INPUT = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
RFC_8037_SIGNATURE = (
    b"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)
P = 2**255 - 19


def okp(x: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": encode(x).decode()}


def test_the_thumbprint_and_signature_of_rfc_8037_appendix_a() -> None:
    assert thumbprint(RFC_8037) == RFC_8037_KID
    public_key(RFC_8037).verify(decode(RFC_8037_SIGNATURE), RFC_8037_INPUT)


@pytest.mark.parametrize("example", EXAMPLES["keys"], ids=lambda each: each["alg"])
def test_the_worked_keys_have_their_thumbprints(example: dict[str, str]) -> None:
    key = check_enrolment(example["jwk"])  # type: ignore[arg-type]
    assert (key.kid, key.alg) == (example["kid"], example["alg"])


@pytest.mark.parametrize("key", [ED25519_KEY, ES256_KEY], ids=lambda key: key.alg)
def test_a_signature_verifies_its_message_alone(key: FileKey) -> None:
    signature = key.sign(b"message")
    public_key(key.jwk).verify(signature, b"message")
    with refused("sig_invalid"):
        public_key(key.jwk).verify(signature, b"messagf")


@given(st.integers(0, 511))
@settings(max_examples=tries(40))
def test_a_flipped_bit_is_refused(place: int) -> None:
    for key in (ED25519_KEY, ES256_KEY):
        octets = bytearray(key.sign(b"message"))
        octets[place // 8] ^= 1 << place % 8
        with refused("sig_form", "sig_invalid"):
            public_key(key.jwk).verify(bytes(octets), b"message")


def test_there_are_fourteen_encodings_of_low_order() -> None:
    assert len(LOW_ORDER_POINTS) == 14


@pytest.mark.parametrize("point", sorted(LOW_ORDER_POINTS), ids=bytes.hex)
def test_a_low_order_point_is_neither_a_key_nor_part_of_a_signature(point: bytes) -> None:
    with refused("key_weak"):
        check_enrolment(okp(point))
    with refused("sig_form"):
        public_key(ED25519_KEY.jwk).verify(point + bytes(32), b"message")


def test_the_identity_key_would_have_signed_every_message() -> None:
    identity = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), b"anything")
    with refused("key_weak", match="prime-order"):
        check_enrolment(okp(identity))


@pytest.mark.parametrize(
    "encoded",
    [
        # A mixed-order point: the key of ed25519-speccheck's third case.
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        # No x belongs to y = 2.
        (2).to_bytes(32, "little").hex(),
        # y = p + 3 is a second spelling of y = 3.
        (P + 3).to_bytes(32, "little").hex(),
    ],
)
def test_a_key_outside_the_prime_order_subgroup_is_weak(encoded: str) -> None:
    with refused("key_weak"):
        check_enrolment(okp(bytes.fromhex(encoded)))


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=15, deadline=None)
def test_every_generated_key_is_admitted(seed: bytes) -> None:
    key = FileKey.of(Ed25519PrivateKey.from_private_bytes(seed))
    assert check_enrolment(key.jwk).kid == key.kid


def test_adding_the_order_to_s_is_refused() -> None:
    signature = ED25519_KEY.sign(b"message")
    twin = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    with refused("sig_form"):
        public_key(ED25519_KEY.jwk).verify(signature[:32] + twin.to_bytes(32, "little"), b"message")


SIGNATURE = ES256_KEY.sign(b"message")
R, S = int.from_bytes(SIGNATURE[:32]), int.from_bytes(SIGNATURE[32:])


@pytest.mark.parametrize(
    ("r", "s"),
    [(R, P256_ORDER - S), (0, S), (R, 0), (P256_ORDER, S), (R, P256_ORDER), (R, 2**256 - 1)],
)
def test_es256_halves_outside_their_range_are_refused(r: int, s: int) -> None:
    public_key(ES256_KEY.jwk).verify(R.to_bytes(32) + S.to_bytes(32), b"message")
    with refused("sig_form"):
        public_key(ES256_KEY.jwk).verify(r.to_bytes(32) + s.to_bytes(32), b"message")


@pytest.mark.parametrize("key", [ED25519_KEY, ES256_KEY], ids=lambda key: key.alg)
def test_a_signature_of_another_length_is_refused(key: FileKey) -> None:
    signature = key.sign(b"message")
    for other in (
        b"",
        signature[:-1],
        signature + b"\0",
        b"\0" + signature[:32] + b"\0" + signature,
    ):
        with refused("sig_form"):
            public_key(key.jwk).verify(other, b"message")


GOOD = dict(ES256_KEY.jwk)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "AAAA"},
        RFC_8037 | {"crv": "X25519"},
        RFC_8037 | {"crv": "Ed448"},
        RFC_8037 | {"use": "enc"},
        RFC_8037 | {"d": RFC_8037["x"]},
        RFC_8037 | {"y": RFC_8037["x"]},
        RFC_8037 | {"x": RFC_8037["x"] + "A"},
        RFC_8037 | {"x": RFC_8037["x"][:-1] + "p"},
        RFC_8037 | {"x": 7},
        GOOD | {"crv": "P-384"},
        GOOD | {"y": GOOD["x"]},
        GOOD | {"x": "A" * 43, "y": "A" * 43},
        {name: value for name, value in GOOD.items() if name != "y"},
    ],
)
def test_what_is_no_key_of_ours_is_weak(jwk: dict[str, str]) -> None:
    with refused("key_weak"):
        check_enrolment(jwk)
