# SPDX-License-Identifier: Apache-2.0
"""What an attacker with every right in the database makes: rows, signatures, keys."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.attest import prove_possession
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission
from api.registrar import Act, change_key, draft_of
from audit.appending.sequencer import Receipt
from audit.proof.encoding import decode, encode
from audit.proof.envelope.token import event_id
from domain.errors import UnsafeError
from tests.integration.append.desk import (
    AUDIENCE,
    AUTHORITY,
    ROLES,
    Desk,
    following,
    identifier,
    signed,
)
from tests.integration.attacks.scene import BORN, SIZE, Scene

LIFE_SECONDS = 3_600


def insert(scene: Scene, submission: Submission, *, at: int = SIZE) -> None:
    """Insert an entry behind the ledger's back and make everything stored fit it."""
    payload = json.loads(decode(submission.jws.split(b".")[1]))
    scene.ledger.falsify(
        "alter table ledger.event drop constraint if exists event_stream_seq_key,"
        " drop constraint if exists event_iss_jti_key"
    )
    scene.ledger.falsify(
        "insert into ledger.event (idx, stream, seq, kind, iss, jti, eid, raw, leaf)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        at,
        payload["sub"].partition(".")[2],
        payload["seq"],
        f"{payload['evt']}/{payload['ver']}",
        payload["iss"],
        payload["jti"],
        decode(event_id(submission.jws[: submission.jws.rindex(b".")]).encode()),
        submission.jws,
        b"l" * 32,
    )
    if at >= SIZE:
        scene.ledger.recompute()


def swap(scene: Scene, one: int, other: int) -> None:
    """Swap the places of two entries."""
    for source, target in ((one, 9_999), (other, one), (9_999, other)):
        scene.ledger.falsify("update ledger.event set idx = %s where idx = %s", target, source)


def second_seizure(scene: Scene) -> Submission:
    """Sign, with the officer's key, another second event of the firearm."""
    first = scene.ground.acknowledged[BORN][0]
    return signed(following(scene.ground.arm, first.eid), scene.ground.key)


def refusal_to_sign(scene: Scene) -> str:
    """Ask the signer for a checkpoint that it refuses; give the reason."""
    with pytest.raises(UnsafeError) as refusal:
        scene.ledger.sign()
    return refusal.value.slug


def masked(key: FileKey, victim: FileKey) -> FileKey:
    """Give a key that signs by itself and says that it is another."""
    return replace(victim, alg=key.alg, _private=key._private)


def resigned(raw: bytes, key: FileKey) -> bytes:
    """Put another officer key into an enrolment; nobody who may sign it signed it."""
    header, body, _ = raw.split(b".")
    payload = json.loads(decode(body))
    payload["dat"] |= {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk)}
    message = header + b"." + encode(json.dumps(payload, separators=(",", ":")).encode())
    return message + b"." + encode(key.sign(message))


def enrol_by_force(scene: Scene, thief: FileKey) -> None:
    """Insert an enrolment of one's own key that only seems to be signed by the roots."""
    proposer, approver = (masked(thief, root) for root in scene.ground.roots)
    with scene.opened() as desk:
        proposed = proposal(desk, material(thief))
        target = signed(proposed, proposer)
        act = Act(evt="key.enrol-approved", dat={"target": target.eid})
        draft = draft_of(desk.office, act, AUTHORITY)
    approved = replace(draft, sub=proposed.sub, seq=2, prev=target.eid)
    insert(scene, target)
    insert(scene, signed(approved, approver), at=SIZE + 1)


def proposal(desk: Desk, key: dict[str, Any]) -> Draft:
    """Draft the proposal of a key."""
    dat = {
        **key,
        "authority": AUTHORITY,
        "class": "event",
        "officer": identifier("off."),
        "roles": ROLES,
        "jurisdictions": ["XA"],
        "offline": False,
    }
    draft = draft_of(desk.office, Act(evt="key.enrol-proposed", dat=dat), AUTHORITY)
    span = {"not_before": draft.iat, "not_after": draft.iat + LIFE_SECONDS}
    return replace(draft, dat={**draft.dat, **span})


def material(key: FileKey) -> dict[str, Any]:
    """Give the public part of a key with the proof that somebody holds it."""
    nonce, jti = encode(secrets.token_bytes(16)).decode(), identifier()
    pop = prove_possession(key, aud=AUDIENCE, authority=AUTHORITY, nonce=nonce, jti=jti)
    return {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}


def weak_key(point: bytes) -> dict[str, Any]:
    """Give a point of small order as a key that somebody claims to hold."""
    honest = material(FileKey.create("Ed25519"))
    return {**honest, "jwk": {**honest["jwk"], "x": encode(point).decode()}}


def revoked(desk: Desk) -> Receipt:
    """Revoke the officer's key."""
    about = {"kid": desk.key.kid, "reason": "lost"}
    return change_key(desk.office, "key.revoked", about, signers=[desk.roots[0]])


def private_seed(key: FileKey) -> bytes:
    """Give the secret octets of a key."""
    assert isinstance(key._private, Ed25519PrivateKey)
    return key._private.private_bytes_raw()
