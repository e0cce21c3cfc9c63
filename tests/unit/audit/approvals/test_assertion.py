# SPDX-License-Identifier: Apache-2.0
"""Approval evidence offline: what holds, every lie, and agreement with the webauthn library."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from webauthn import verify_authentication_response

from audit.proof.approvals.assertion import Approval, Party, approval_challenge, verify_approval
from domain.errors import ProofError
from tests.unit.api.people.authenticator import (
    ATTESTED,
    BACKED_UP,
    BACKUP_ELIGIBLE,
    PRESENT,
    USED,
    VERIFIED,
    Authenticator,
    Says,
    octets,
    text,
)

PARTY = Party(id="muniment.example", origin="https://muniment.example")
EVENT = b"eyJhbGciOiJFZDI1NTE5In0.eyJkYXQiOnt9fQ"
OPTIONS = {"challenge": text(approval_challenge(EVENT)), "rpId": PARTY.id}
LIES = {
    "the person was not verified": Says(flags=PRESENT),
    "person was not verified": Says(flags=VERIFIED),
    "contradict each other": Says(flags=USED | BACKED_UP),
    "the authenticator's part has a wrong form": Says(flags=USED | ATTESTED),
    "part has a wrong form": Says(tail=b"\xa0"),
    "has a wrong form": Says(flags=USED | 0x80),
    "part has a wrong length": Says(flags=USED | 0x80, tail=bytes(1_024)),
    "another origin": Says(origin="https://muniment.example:8443"),
    "another relying party": Says(rp_id="evil.example"),
    "something else than this event": Says(challenge=text(bytes(32))),
    "no assertion": Says(type="webauthn.create"),
    "inside another site's page": Says(client={"crossOrigin": True}),
    "another site's page": Says(client={"topOrigin": "https://evil.example"}),
    "the browser's part is too large": Says(client={"padding": "x" * 4_096}),
}


def _approval(passkey: Authenticator, says: Says | None = None) -> Approval:
    given = passkey.get(OPTIONS, says)["response"]
    return Approval(
        public_key=passkey.spki(),
        authenticator_data=octets(given["authenticatorData"]),
        client_data=octets(given["clientDataJSON"]),
        signature=octets(given["signature"]),
    )


@pytest.fixture(params=["P-256", "Ed25519"])
def passkey(request: pytest.FixtureRequest) -> Authenticator:
    if request.param == "Ed25519":
        return Authenticator(PARTY.origin, key=Ed25519PrivateKey.generate())
    return Authenticator(PARTY.origin)


def test_the_challenge_is_the_one_of_the_specification() -> None:
    assert approval_challenge(b"a.b") == sha256(b"fle-approve-1\x00a.b").digest()


def test_an_approval_holds_and_gives_the_count(passkey: Authenticator) -> None:
    passkey.count = 41
    assert verify_approval(_approval(passkey), EVENT, PARTY) == 42


def test_an_approval_with_extensions_or_of_a_synced_passkey_holds(passkey: Authenticator) -> None:
    for says in (Says(flags=USED | 0x80, tail=b"\xa0"), Says(flags=USED | BACKUP_ELIGIBLE)):
        assert verify_approval(_approval(passkey, says), EVENT, PARTY)


def test_an_approval_of_one_event_approves_no_other(passkey: Authenticator) -> None:
    with pytest.raises(ProofError, match="something else than this event"):
        verify_approval(_approval(passkey), EVENT + b"A", PARTY)


def test_the_challenge_of_a_log_in_is_no_approval() -> None:
    assert approval_challenge(EVENT) != sha256(EVENT).digest()


@pytest.mark.parametrize("reason", LIES)
def test_an_approval_that_lies_is_named_with_what_fails(
    passkey: Authenticator, reason: str
) -> None:
    with pytest.raises(ProofError, match=reason) as caught:
        verify_approval(_approval(passkey, LIES[reason]), EVENT, PARTY)
    assert caught.value.slug == "approval_invalid"


@pytest.mark.parametrize("client", [b"", b"[]", b"{", b"\xff", b'"webauthn.get"', b"null"])
def test_a_browsers_part_of_another_form_is_refused(passkey: Authenticator, client: bytes) -> None:
    with pytest.raises(ProofError, match=r"not JSON|no assertion"):
        verify_approval(replace(_approval(passkey), client_data=client), EVENT, PARTY)


def test_a_member_that_stands_twice_is_refused(passkey: Authenticator) -> None:
    approval = _approval(passkey)
    twice = approval.client_data[:-1] + b', "type": "webauthn.get"}'
    with pytest.raises(ProofError, match="not JSON"):
        verify_approval(replace(approval, client_data=twice), EVENT, PARTY)


def test_another_key_does_not_verify(passkey: Authenticator) -> None:
    other = replace(_approval(passkey), public_key=Authenticator(PARTY.origin).spki())
    with pytest.raises(ProofError, match="does not verify"):
        verify_approval(other, EVENT, PARTY)


def test_a_key_of_another_kind_or_none_is_refused(passkey: Authenticator) -> None:
    approval = _approval(passkey)
    keys = (generate_private_key(SECP384R1()), generate_rsa_key(65_537, 2_048))
    der = [
        each.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for each in keys
    ]
    for key in (*der, b"", b"\x30\x00", passkey.cose()):
        with pytest.raises(ProofError, match=r"neither P-256 nor Ed25519|is none"):
            verify_approval(replace(approval, public_key=key), EVENT, PARTY)


def test_a_key_of_small_order_that_verifies_everything_is_refused() -> None:
    """Under the identity as key and as R, S = 0 verifies every message (section 3)."""
    passkey = Authenticator(PARTY.origin, key=Ed25519PrivateKey.generate())
    identity = b"\x01" + bytes(31)
    forged = replace(
        _approval(passkey),
        public_key=passkey.spki()[:-32] + identity,
        signature=identity + bytes(32),
    )
    with pytest.raises(ProofError, match="is weak"):
        verify_approval(forged, EVENT, PARTY)


@given(st.data())
def test_any_flipped_bit_of_the_evidence_is_found(data: st.DataObject) -> None:
    passkey = Authenticator(PARTY.origin, key=Ed25519PrivateKey.from_private_bytes(bytes(32)))
    approval = _approval(passkey)
    name = data.draw(st.sampled_from(["authenticator_data", "client_data", "signature"]))
    found = bytearray(getattr(approval, name))
    place = data.draw(st.integers(0, len(found) * 8 - 1))
    found[place // 8] ^= 1 << place % 8
    with pytest.raises(ProofError, match="does not hold"):
        verify_approval(replace(approval, **{name: bytes(found)}), EVENT, PARTY)


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_whatever_is_given_is_verified_or_named(authenticator: bytes, signature: bytes) -> None:
    approval = Approval(
        public_key=Authenticator(PARTY.origin).spki(),
        authenticator_data=authenticator,
        client_data=json.dumps({"type": "webauthn.get"}).encode(),
        signature=signature,
    )
    with pytest.raises(ProofError, match="does not hold"):
        verify_approval(approval, EVENT, PARTY)


def _library_accepts(passkey: Authenticator, response: dict[str, Any]) -> bool:
    try:
        verify_authentication_response(
            credential=response,
            expected_challenge=approval_challenge(EVENT),
            expected_rp_id=PARTY.id,
            expected_origin=PARTY.origin,
            credential_public_key=passkey.cose(),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - whatever it says, it does not accept
        return False
    return True


@pytest.mark.parametrize("reason", [None, *LIES])
def test_what_we_accept_the_webauthn_library_accepts_too(
    passkey: Authenticator, reason: str | None
) -> None:
    """It also accepts what the standard leaves to the caller: other pages, and padding."""
    response = passkey.get(OPTIONS, LIES[reason] if reason else None)
    laxer = {"inside another site's page", "another site's page", "the browser's part is too large"}
    assert _library_accepts(passkey, response) == (reason is None or reason in laxer)
