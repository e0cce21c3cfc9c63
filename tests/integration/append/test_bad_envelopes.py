# SPDX-License-Identifier: Apache-2.0
"""Envelopes bent in every way, through the whole path: one code each, and nothing recorded."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import pytest

from api.bootstrap import Office
from api.client.keyfile import FileKey
from audit.proof.encoding import canonical, decode, encode
from domain.errors import MunimentError
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    receipts,
    signed,
    slugs,
)

Bend: TypeAlias = Callable[[bytes, FileKey], bytes]


def forge(jws: bytes, key: FileKey, **changes: Any) -> bytes:
    """Change members of a payload and sign it again, past what the signing SDK would check."""
    header, body, _ = jws.split(b".")
    payload = {**json.loads(decode(body)), **changes}
    return resign(header, canonical(payload), key)


def resign(header: bytes, body: bytes, key: FileKey) -> bytes:
    """Sign any octets as a payload."""
    message = header + b"." + encode(body)
    return message + b"." + encode(key.sign(message)) + b"~"


def headed(jws: bytes, key: FileKey, **changes: Any) -> bytes:
    """Change members of a header and sign it again."""
    header, body, _ = jws.split(b".")
    return resign(encode(canonical({**json.loads(decode(header)), **changes})), decode(body), key)


BENT: dict[str, tuple[str, Bend]] = {
    "empty": ("sdjwt_syntax", lambda _, __: b""),
    "no tilde": ("sdjwt_syntax", lambda jws, _: jws),
    "line feed": ("sdjwt_syntax", lambda jws, _: jws + b"~\n"),
    "not ascii": ("sdjwt_syntax", lambda jws, _: jws + b"\xff~"),
    "two segments": ("jws_segments", lambda jws, _: jws[: jws.rindex(b".")] + b"~"),
    "cut signature": ("b64url_invalid", lambda jws, _: jws[:-1] + b"~"),
    "short signature": ("sig_form", lambda jws, _: jws[: jws.rindex(b".") + 1] + b"AAAA~"),
    "padded": ("b64url_invalid", lambda jws, _: jws + b"=~"),
    "too large": ("too_large", lambda jws, _: jws + b"~" + b"A" * 131_072 + b"~"),
    "large token": ("too_large", lambda jws, _: b"A" * 16_385 + jws + b"~"),
    "33 disclosures": ("too_large", lambda jws, _: jws + b"~" + b"AA~" * 33),
    "stray disclosure": ("disclosure_invalid", lambda jws, _: jws + b"~AAAA~"),
    "flipped signature": (
        "sig_invalid",
        lambda jws, _: jws[:-20] + _other(jws[-20:-2]) + jws[-2:] + b"~",
    ),
    "other typ": ("typ_unsupported", lambda jws, key: headed(jws, key, typ="JWT")),
    "alg none": ("alg_mismatch", lambda jws, key: headed(jws, key, alg="none")),
    "jwk in header": ("header_members", lambda jws, key: headed(jws, key, jwk=dict(key.jwk))),
    "loose json": (
        "payload_not_canonical",
        lambda jws, key: resign(jws.split(b".")[0], b" " + decode(jws.split(b".")[1]), key),
    ),
    "no json": ("payload_json", lambda jws, key: resign(jws.split(b".")[0], b"{", key)),
    "deep json": ("payload_json", lambda jws, key: resign(jws.split(b".")[0], b"[" * 9_000, key)),
    "other ledger": ("aud_mismatch", lambda jws, key: forge(jws, key, aud="ledger.xb")),
    "extra member": ("schema_invalid", lambda jws, key: forge(jws, key, note="hello")),
    "seq zero": ("schema_invalid", lambda jws, key: forge(jws, key, seq=0)),
    "huge seq": ("payload_json", lambda jws, key: forge(jws, key, seq=2**53)),
    "free text": ("schema_invalid", lambda jws, key: forge(jws, key, dat={"note": "x" * 65})),
    "unknown event": ("schema_unknown", lambda jws, key: forge(jws, key, evt="firearm.eaten")),
    "no digests": ("sd_array_invalid", lambda jws, key: forge(jws, key, _sd=[])),
    "other kind of stream": (
        "schema_invalid",
        lambda jws, key: forge(jws, key, sub="key.01a2076b-4018-7111-8222-333333333333"),
    ),
}


def _other(text: bytes) -> bytes:
    return text.translate(bytes.maketrans(b"AB", b"BA")) if {65, 66} & set(text) else text[::-1]


def test_every_bent_envelope_is_refused_by_its_code_and_leaves_nothing(desk: Desk) -> None:
    found = {}
    for name, (_, bend) in BENT.items():
        with pytest.raises(MunimentError, match=r"\w") as refused:
            desk.office.append(bend(signed(born(), desk.key).jws, desk.key))
        found[name] = refused.value.slug
    assert found == {name: code for name, (code, _) in BENT.items()}
    assert len(desk.rows()) == FOUNDING_EVENTS


def test_bent_envelopes_in_one_crowd_never_fail_the_good_ones(desk: Desk, office: Office) -> None:
    good = [signed(born(), desk.key).to_bytes() for _ in range(len(BENT))]
    bad = [bend(signed(born(), desk.key).jws, desk.key) for _, bend in BENT.values()]
    crowd = [*good, *bad]
    random.Random(7).shuffle(crowd)
    answers = at_once([partial(office.append, each) for each in crowd])
    assert len(receipts(answers)) == len(good)
    assert sorted(slugs(answers)) == sorted(code for code, _ in BENT.values())


def test_an_envelope_cut_anywhere_is_refused(desk: Desk) -> None:
    whole = signed(born(), desk.key).to_bytes()
    for length in range(0, len(whole) - 1, 37):
        for end in (b"", b"~"):
            with pytest.raises(MunimentError, match=r"\w"):
                desk.office.append(whole[:length] + end)
    assert len(desk.rows()) == FOUNDING_EVENTS


def test_an_event_signed_again_by_another_officer_is_another_event(desk: Desk) -> None:
    first = born()
    desk.append(first)
    thief = FileKey.create("Ed25519")
    desk.enrol(thief)
    stolen = headed(signed(first, desk.key).jws, thief, kid=thief.kid)
    with pytest.raises(MunimentError, match="already used that event identifier") as refused:
        desk.office.append(stolen)
    assert refused.value.slug == "jti_conflict"
