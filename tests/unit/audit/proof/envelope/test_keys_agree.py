# SPDX-License-Identifier: Apache-2.0
"""libsodium and OpenSSL give one verdict on every Ed25519 signature that our rules let through."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.keys import (
    ED25519_ORDER,
    HAS_LIBSODIUM,
    LOW_ORDER_POINTS,
    libsodium_check,
    openssl_check,
)

SEEDS = st.binary(min_size=32, max_size=32)
FLIPS = st.integers(min_value=0, max_value=511)

pytestmark = pytest.mark.skipif(not HAS_LIBSODIUM, reason="PyNaCl is not installed")


@given(SEEDS, st.binary(max_size=200))
def test_both_accept_a_good_signature(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    encoded = key.public_key().public_bytes_raw()
    signature = key.sign(message)
    assert libsodium_check(encoded)(signature, message)
    assert openssl_check(encoded)(signature, message)


@given(SEEDS, st.binary(max_size=200), FLIPS)
def test_both_refuse_a_signature_with_a_flipped_bit(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    encoded = key.public_key().public_bytes_raw()
    flipped = int.from_bytes(key.sign(message)) ^ 1 << bit
    signature = flipped.to_bytes(64)
    assert not openssl_check(encoded)(signature, message)
    assert not libsodium_check(encoded)(signature, message)


@given(SEEDS, st.binary(max_size=200))
def test_both_refuse_a_scalar_beyond_the_order(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    encoded = key.public_key().public_bytes_raw()
    good = key.sign(message)
    beyond = int.from_bytes(good[32:], "little") + ED25519_ORDER
    signature = good[:32] + beyond.to_bytes(32, "little")
    assert not openssl_check(encoded)(signature, message)
    assert not libsodium_check(encoded)(signature, message)


def test_libsodium_alone_refuses_what_our_rules_refuse_before_either_is_asked() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not any(libsodium_check(key)(point + bytes(32), b"") for point in LOW_ORDER_POINTS)
