# SPDX-License-Identifier: Apache-2.0
"""Signatures inside an event: possession of a new key, endorsement of an act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.client.attest import endorse, prove_possession
from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from audit.proof.envelope.opening import Reading, SignedEvent, open_envelope, read_stored
from domain.identifiers import FIRST_PREV
from domain.registry.events import REGISTRY_EVENTS
from domain.schema import Catalogue
from tests.unit.audit.proof.envelope.worked import (
    AUDIENCE,
    ED25519_KEY,
    ES256_KEY,
    KEYS,
    OTHER_KEY,
    forged,
    payload_of,
    refused,
)

REGISTRY = Catalogue(REGISTRY_EVENTS)
UUID = "01a2076b-4018-7111-8222-333333333333"
NONCE = "q0mD2m1Jx0t0m3kq1q8b2w"
NEW_KEYS = {alg: FileKey.create(alg) for alg in ("Ed25519", "ES256")}


def pop(key: FileKey, authority: str = "auth.xa.0410") -> dict[str, str]:
    return prove_possession(key, aud=AUDIENCE, authority=authority, nonce=NONCE, jti=UUID)


def material(key: FileKey, **changes: Any) -> dict[str, Any]:
    members = {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop(key)}
    return members | changes


def root(key: FileKey, number: int) -> dict[str, Any]:
    return material(key) | {"officer": f"off.0000000{number}-0000-4000-8000-000000000000"}


def draft(evt: str, kind: str, dat: dict[str, Any], **changes: Any) -> Draft:
    members: dict[str, Any] = {
        "evt": evt, "iss": "auth.xa.0410", "aud": AUDIENCE, "sub": f"{kind}.{UUID}", "seq": 1,
        "prev": FIRST_PREV, "jti": UUID, "iat": 1_795_420_800, "occ": "2026-11-23", "dat": dat,
    }  # fmt: skip
    return Draft(**members | changes)


def founding(*keys: FileKey, **changes: Any) -> Draft:
    authority = {"id": "auth.xa.0410", "name": "Test authority", "jurisdictions": ["XA"]}
    roots = [root(key, number) for number, key in enumerate(keys)]
    dat = {"authority": authority, "threshold": 2, "roots": roots, "endorsements": []}
    return draft("ledger.founded", "log", dat, **changes)


def rotation(**changes: Any) -> Draft:
    return draft("key.rotated", "key", material(NEW_KEYS["Ed25519"], **changes))


def registered(*keys: FileKey) -> Draft:
    dat: dict[str, Any] = {"id": "auth.xa.2", "name": "Second", "jurisdictions": ["XA"]}
    plain = draft("authority.registered", "auth", dat)
    dat["endorsements"] = [endorse(key, plain) for key in keys]
    return plain


def opened(made: Draft, key: FileKey = ED25519_KEY, known: Any = KEYS.get) -> SignedEvent:
    submission = sign(made, {}, key, catalogue=REGISTRY).to_bytes()
    return open_envelope(submission, Reading(known, REGISTRY, AUDIENCE))


def nobody(kid: str) -> None:
    assert len(kid) == 43


def spoiled(member: dict[str, Any]) -> dict[str, Any]:
    return member | {"s": member["r"]}


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_a_key_that_proves_itself_is_attested(alg: str) -> None:
    made = draft("key.rotated", "key", material(NEW_KEYS[alg]))
    signed = opened(made)
    assert signed.event.attested == {NEW_KEYS[alg].kid}
    assert read_stored(signed.jws, REGISTRY) == signed.event


def test_an_enrolment_proves_possession_for_the_authority_it_names() -> None:
    key = NEW_KEYS["ES256"]
    details = {
        "authority": "auth.xb", "class": "event", "jurisdictions": ["XB"], "not_before": 0,
        "not_after": 1, "offline": False, "officer": f"off.{UUID}", "roles": ["LIC"],
    }  # fmt: skip
    good = material(key, pop=pop(key, "auth.xb")) | details
    assert opened(draft("key.enrol-proposed", "key", good)).event.attested == {key.kid}
    with refused("sig_invalid"):
        opened(draft("key.enrol-proposed", "key", good | {"pop": pop(key)}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pop": spoiled(pop(NEW_KEYS["Ed25519"]))}, "sig_invalid"),
        ({"pop": pop(NEW_KEYS["ES256"])}, "sig_invalid"),
        ({"pop": pop(NEW_KEYS["Ed25519"], "auth.other")}, "sig_invalid"),
        ({"pop": pop(NEW_KEYS["Ed25519"]) | {"nonce": "A" * 22}}, "sig_invalid"),
        ({"pop": pop(NEW_KEYS["Ed25519"]) | {"s": "_" * 42 + "8"}}, "sig_form"),
        ({"kid": NEW_KEYS["ES256"].kid}, "key_weak"),
        ({"alg": "ES256"}, "alg_mismatch"),
        ({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AQ" + "A" * 41}}, "key_weak"),
        ({"jwk": dict(NEW_KEYS["ES256"].jwk) | {"y": "A" * 43}}, "key_weak"),
    ],
)
def test_a_key_that_does_not_prove_itself_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code, "sig_form"):
        opened(rotation(**changes))


def test_endorsers_are_attested() -> None:
    signed = opened(registered(ES256_KEY, OTHER_KEY))
    assert signed.event.attested == {ES256_KEY.kid, OTHER_KEY.kid}


def test_an_endorsement_by_nobody_known_is_refused() -> None:
    with refused("kid_unknown"):
        opened(registered(NEW_KEYS["Ed25519"]))


@pytest.mark.parametrize(
    "change",
    [{"seq": 2}, {"prev": "B" * 42 + "A"}, {"sub": "auth.01a2076b-4018-7111-8222-444444444444"}],
)
def test_an_endorsement_stands_for_one_act_in_one_place(change: dict[str, Any]) -> None:
    made = registered(ES256_KEY)
    moved = draft(made.evt, "auth", dict(made.dat), **change)
    with refused("sig_invalid"):
        opened(moved)


def test_an_endorsement_covers_the_data() -> None:
    made = registered(ES256_KEY)
    with refused("sig_invalid"):
        opened(draft(made.evt, "auth", {**made.dat, "name": "Third"}))


def test_an_endorsement_in_anothers_name_is_refused() -> None:
    made = registered(ES256_KEY)
    (endorsement,) = made.dat["endorsements"]
    false = {**made.dat, "endorsements": [endorsement | {"kid": OTHER_KEY.kid}]}
    with refused("sig_invalid", "sig_form"):
        opened(draft(made.evt, "auth", false))


def endorsed_founding(*endorsers: FileKey) -> Draft:
    made = founding(ED25519_KEY, ES256_KEY)
    dat = {**made.dat, "endorsements": [endorse(key, made) for key in endorsers]}
    return draft("ledger.founded", "log", dat)


def test_a_founding_is_opened_with_the_keys_that_it_names() -> None:
    signed = opened(endorsed_founding(ES256_KEY), known=nobody)
    assert signed.event.attested == {ED25519_KEY.kid, ES256_KEY.kid}
    assert read_stored(signed.jws, REGISTRY).attested == signed.event.attested


def test_a_ledger_that_is_founded_takes_no_founding_from_strangers() -> None:
    submission = sign(endorsed_founding(ES256_KEY), {}, ED25519_KEY, catalogue=REGISTRY).to_bytes()
    with refused("kid_unknown"):
        open_envelope(submission, Reading(nobody, REGISTRY, AUDIENCE, founding=False))


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: (endorsed_founding(ES256_KEY), OTHER_KEY),
        lambda: (endorsed_founding(OTHER_KEY), ED25519_KEY),
        lambda: (founding(ED25519_KEY, ES256_KEY, seq=2), ED25519_KEY),
    ],
    ids=["signer", "endorser", "second"],
)
def test_a_founding_by_somebody_it_does_not_name_is_refused(
    stranger: Callable[[], tuple[Draft, FileKey]],
) -> None:
    made, key = stranger()
    with refused("kid_unknown"):
        opened(made, key, known=nobody)


def test_a_founding_root_that_does_not_prove_itself_is_refused() -> None:
    made = founding(ED25519_KEY, ES256_KEY)
    first, second = made.dat["roots"]
    false = {**made.dat, "roots": [first, second | {"pop": first["pop"]}]}
    with refused("sig_invalid", "sig_form"):
        opened(draft("ledger.founded", "log", false), known=nobody)


def test_a_founding_signed_by_a_weak_root_is_refused() -> None:
    made = founding(ED25519_KEY, ES256_KEY)
    weak = {"kty": "OKP", "crv": "Ed25519", "x": "AQ" + "A" * 41}
    roots = [made.dat["roots"][0] | {"jwk": weak}, made.dat["roots"][1]]
    payload = payload_of() | {"evt": made.evt, "dat": {**made.dat, "roots": roots}}
    with refused("key_weak"):
        open_envelope(forged(payload), Reading(nobody, REGISTRY, AUDIENCE))


def test_no_other_event_brings_its_own_signer() -> None:
    key = NEW_KEYS["Ed25519"]
    with refused("kid_unknown"):
        opened(rotation(), key, known=nobody)
