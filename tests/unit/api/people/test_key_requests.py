# SPDX-License-Identifier: Apache-2.0
"""A request for a key is believed only where its holder proved that he has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.client.attest import prove_possession
from api.client.keyfile import FileKey
from api.people.enrolling.request import REQUEST_OCTETS_MAX, read_request
from domain.errors import EnvelopeError, InvalidValueError, MunimentError

LEDGER = "ledger.xa-test"
AUTHORITY = "auth.xa"
JTI = "01a2076b-4400-7abc-8def-0123456789ab"
NONCE = "A" * 22


def requested(key: FileKey, **changes: Any) -> bytes:
    pop = prove_possession(key, aud=LEDGER, authority=AUTHORITY, nonce=NONCE, jti=JTI)
    members = {
        "aud": LEDGER, "authority": AUTHORITY, "kid": key.kid, "alg": key.alg,
        "jwk": dict(key.jwk), "pop": pop,
    }  # fmt: skip
    return json.dumps(members | changes).encode()


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_a_request_gives_what_a_proposal_takes_over(alg: str) -> None:
    key = FileKey.create(alg)
    found = read_request(requested(key)).checked(LEDGER)
    assert (found["kid"], found["alg"], found["jwk"]) == (key.kid, alg, dict(key.jwk))
    assert found["pop"]["nonce"] == NONCE


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"aud": "ledger.xa"}, "aud_mismatch"),
        ({"authority": "auth.xb"}, "sig_invalid"),
        ({"kid": FileKey.create("Ed25519").kid}, "key_weak"),
        ({"jwk": dict(FileKey.create("Ed25519").jwk)}, "key_weak"),
        ({"alg": "ES256"}, "alg_mismatch"),
    ],
)
def test_whatever_the_proof_does_not_cover_is_refused(changes: Any, slug: str) -> None:
    with pytest.raises(MunimentError) as caught:
        read_request(requested(FileKey.create("Ed25519"), **changes)).checked(LEDGER)
    assert caught.value.slug == slug


def test_the_proof_of_another_key_is_no_proof() -> None:
    other = json.loads(requested(FileKey.create("Ed25519")))["pop"]
    with pytest.raises(EnvelopeError, match="signature"):
        read_request(requested(FileKey.create("Ed25519"), pop=other)).checked(LEDGER)


@pytest.mark.parametrize(
    "octets",
    [b"", b"{}", b"[]", b"\xff", b"{" * 5_000, b" " * (REQUEST_OCTETS_MAX + 1)],
)
def test_what_is_no_request_is_told_so(octets: bytes) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_request(octets)
    assert caught.value.slug == "key_request_invalid"


def test_a_request_holds_nothing_else() -> None:
    with pytest.raises(InvalidValueError):
        read_request(requested(FileKey.create("Ed25519"), roles=["LIC"]))
