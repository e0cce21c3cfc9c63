# SPDX-License-Identifier: Apache-2.0
"""The signature of a notice and its sealed secret (Standard Webhooks 1.0)."""

from __future__ import annotations

from base64 import b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.notices.signing import read_secret, seal, shown, sign, unseal, verify
from domain.errors import ProofError, UnsafeError

SECRET = bytes(range(32))
NOW = 1_795_420_800
BODY = b'{"notices":[]}'
ONE, TWO = UUID(int=1), UUID(int=2)


def _headers() -> dict[str, str]:
    return sign(SECRET, identifier="ntc_1", moment=NOW, body=BODY)


def test_the_published_vector_is_signed_alike() -> None:
    """From the specification's reference implementations."""
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = sign(
        secret,
        identifier="msg_p5jXN8AQM9LWM0D4loKWxJek",
        moment=1_614_265_330,
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_notice_is_believed_with_its_identifier() -> None:
    assert verify(SECRET, _headers(), BODY, now=NOW + 300) == "ntc_1"
    assert verify(SECRET, _headers(), BODY, now=NOW - 300) == "ntc_1"


def test_one_of_several_signatures_is_enough() -> None:
    headers = _headers()
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"
    assert verify(SECRET, headers, BODY, now=NOW)


@pytest.mark.parametrize("now", [NOW + 301, NOW - 301])
def test_a_notice_of_another_time_is_not_believed(now: int) -> None:
    with pytest.raises(ProofError, match="last five minutes") as caught:
        verify(SECRET, _headers(), BODY, now=now)
    assert caught.value.slug == "webhook_invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "ntc_2"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1," + b64encode(bytes(32)).decode()},
    ],
)
def test_a_changed_header_is_not_believed(change: dict[str, str]) -> None:
    with pytest.raises(ProofError, match="cannot be believed"):
        verify(SECRET, _headers() | change, BODY, now=NOW)


@given(st.binary())
def test_another_body_or_another_secret_is_not_believed(other: bytes) -> None:
    for secret, body in ((SECRET, other), (other, BODY)):
        if (secret, body) != (SECRET, BODY):
            with pytest.raises(ProofError, match="made with this secret"):
                verify(secret, _headers(), body, now=NOW)


def test_without_headers_nothing_is_believed() -> None:
    with pytest.raises(ProofError, match="cannot be believed"):
        verify(SECRET, {}, BODY, now=NOW)


def test_a_shown_secret_is_read_again() -> None:
    assert read_secret(shown(SECRET)) == SECRET
    for text in (shown(SECRET)[1:], shown(SECRET) + "!", ""):
        with pytest.raises(ValueError, match=r"whsec_|base64|padding|Only"):
            read_secret(text)


def test_a_sealed_secret_is_opened_by_its_key_for_its_webhook_alone() -> None:
    sealed = seal(SECRET, ONE, b"secret" * 5, nonce=bytes(12))
    assert b"secret" not in sealed
    assert unseal(SECRET, ONE, sealed) == b"secret" * 5
    for key, subscription, octets in (
        (bytes(32), ONE, sealed),
        (SECRET, TWO, sealed),
        (SECRET, ONE, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(UnsafeError, match="cannot be opened") as caught:
            unseal(key, subscription, octets)
        assert caught.value.slug == "webhook_secret"
