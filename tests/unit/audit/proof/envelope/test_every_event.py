# SPDX-License-Identifier: Apache-2.0
"""Every event type of the catalogue survives signing, opening and storing, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from api.client.attest import endorse, prove_possession
from api.client.signer import Draft, sign
from api.describing.examples import OCCURRED, STREAM, example_of
from api.describing.samples import sample_claim
from audit.proof.encoding import canonical, decode
from audit.proof.envelope.opening import Reading, open_envelope, read_stored
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import FIRST_PREV, StreamId
from domain.schema import EventType
from tests.unit.domain.signed_ledger import AUDIENCE, AUTHORITY, KEYS, MAKER, NOW, ROOTS, Pen
from tests.unit.every import for_every

KINDS = list(CATALOGUE)
READING = Reading(KEYS.get, CATALOGUE, AUDIENCE)


def drafted(kind: EventType, *, full: bool) -> Draft:
    """Give an example as a draft, with real signatures in the place of invented ones."""
    pen = Pen()
    dat = proved(example_of(kind, full=full))
    sub = str(StreamId(kind.subject, STREAM))
    draft = pen.draft(kind.evt, sub, dat, occ=OCCURRED, prev=FIRST_PREV, ver=kind.ver)
    if "endorsements" not in dat:
        return draft
    return replace(draft, dat={**dat, "endorsements": [endorse(ROOTS[1], draft)]})


def proved(dat: dict[str, Any]) -> dict[str, Any]:
    """Give data in which every key that it introduces proves itself."""
    named = dat.get("authority", AUTHORITY)
    authority = named["id"] if isinstance(named, dict) else named
    if "jwk" in dat:
        dat = {**dat, **_material(0, authority)}
    if "roots" in dat:
        roots = [each | _material(at, authority) for at, each in enumerate(dat["roots"])]
        dat = {**dat, "roots": roots}
    return dat


def _material(number: int, authority: str) -> dict[str, Any]:
    key, jti = ROOTS[number], Pen().identifier()
    pop = prove_possession(key, aud=AUDIENCE, authority=authority, nonce="A" * 22, jti=jti)
    return {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}


def rebuilt(event: Event, payload: dict[str, Any]) -> bytes:
    """Write a payload anew from what was read, but for the digests, which say nothing."""
    dat = event.dat.model_dump(mode="json", exclude_unset=True, by_alias=True)
    read = {
        "aud": event.aud, "dat": dat, "evt": event.evt, "iat": event.iat, "iss": event.iss,
        "jti": str(event.jti), "occ": str(event.occ), "prev": event.prev, "seq": event.seq,
        "sub": str(event.sub), "ver": event.type.ver,
    }  # fmt: skip
    return canonical({"_sd": payload["_sd"], "_sd_alg": payload["_sd_alg"], **read})


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@for_every(KINDS)
def test_every_event_round_trips_its_bytes(kind: EventType, full: bool) -> None:
    claims = {name: sample_claim(name, form) for name, form in kind.claims.items() if full}
    submission = sign(drafted(kind, full=full), claims, MAKER, catalogue=CATALOGUE)
    opened = open_envelope(submission.to_bytes(), READING)
    assert opened.jws == submission.jws
    assert {each.name: each.value for each in opened.disclosures} == claims
    stored = read_stored(opened.jws, CATALOGUE)
    assert stored == opened.event
    assert (stored.eid, stored.kid, stored.iat, stored.type) == (
        submission.eid,
        MAKER.kid,
        NOW,
        kind,
    )
    body = decode(opened.jws.split(b".")[1])
    assert rebuilt(stored, json.loads(body)) == body


def test_the_examples_hold_every_kind_of_further_signature() -> None:
    full = [example_of(kind, full=True) for kind in KINDS]
    assert {name for each in full for name in each} >= {"endorsements", "jwk", "roots", "pop"}
