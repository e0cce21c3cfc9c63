# SPDX-License-Identifier: Apache-2.0
"""What stands around an event is read from the end of its bytes, and is what all of them say."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.encoding import canonical, encode
from audit.proof.envelope.token import EVENT_TYPE
from projections import fact as facts_module
from projections.fact import Envelope, Fact

AT = datetime(2026, 11, 23, tzinfo=UTC)
KID = "k" * 43
HEADER = encode(canonical({"alg": "Ed25519", "kid": KID, "typ": EVENT_TYPE}))
END = (
    ',"iss":"auth.other","jti":"01a22044","occ":"1999-01-01","prev":"A","seq":1,"sub":"arm.0",'
    '"ver":1}'
)
MEMBERS = {
    "_sd": ["A" * 43],
    "aud": "ledger.xa-test",
    "evt": "firearm.found",
    "iat": 1_795_837_669,
    "iss": "auth.xa",
    "jti": "01a22044-303f-7b1e-872e-3aa8c3603a65",
    "occ": "2015-03-02",
    "prev": "A" * 43,
    "seq": 1,
    "sub": "arm.01a22044-302e-722d-b274-34d60a2864aa",
    "ver": 1,
}
TEXTS = st.text(max_size=40) | st.sampled_from([END, END.replace('"', '\\"'), "\\", '"'])
VALUES = st.recursive(
    TEXTS | st.integers(0, 2**53 - 1) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


def _signed(data: bytes) -> bytes:
    return b".".join((HEADER, encode(data), encode(b"s" * 64)))


def _envelope(raw: bytes) -> Envelope | None:
    return Fact(0, AT, UUID(int=0), 1, "firearm.found/1", raw).envelope


def _stated(raw: bytes, payload: Any) -> Envelope:
    eid = sha256(raw.rsplit(b".", 1)[0]).digest()
    return Envelope(payload["iss"], KID, eid, payload["occ"])


@given(
    changed=st.fixed_dictionaries(
        {"dat": VALUES},
        optional={
            "iss": TEXTS,
            "occ": TEXTS,
            "seen": st.just("12:" + "A" * 43) | TEXTS,
            "sub": TEXTS,
            "zone": VALUES,  # no member of an event, and behind all of them
        },
    )
)
def test_the_end_of_an_event_says_what_all_of_it_says(changed: dict[str, Any]) -> None:
    payload = {**MEMBERS, **changed}
    raw = _signed(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS))
    assert _envelope(raw) == _stated(raw, payload)


def test_the_end_of_a_usual_event_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "read_unsigned", lambda _: pytest.fail("it was read whole"))
    for seen in ({}, {"seen": "123456:" + "A" * 43}):
        payload = {**MEMBERS, **seen, "dat": {"serial": {"known": "TW9-000042"}}}
        raw = _signed(canonical(payload))
        assert _envelope(raw) == _stated(raw, payload)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a.b",
        b"a.b.c.d",
        _signed(b"[]"),
        _signed(canonical({**MEMBERS, "occ": 7})),
        _signed(canonical({**MEMBERS, "iss": None})),
        _signed(canonical(MEMBERS)).replace(b".", b".!", 1),
        _signed(canonical(MEMBERS))[7:],
    ],
)
def test_bytes_that_are_no_event_have_nothing_around_them(raw: bytes) -> None:
    assert _envelope(raw) is None
