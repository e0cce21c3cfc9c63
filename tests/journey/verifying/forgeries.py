# SPDX-License-Identifier: Apache-2.0
"""Submissions that no honest program makes, most of them under good signatures of the examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from audit.proof.encoding import canonical, decode, encode
from audit.proof.keys import ED25519_ORDER, LOW_ORDER_POINTS, P256_ORDER
from tests.unit.audit.proof.envelope.worked import (
    ES256_KEY,
    MARKED,
    anything,
    forged,
    header_of,
    payload_of,
)

HEADERS: Final[tuple[dict[str, Any], ...]] = (
    {"typ": "JWT"}, {"alg": "none"}, {"alg": "ES256"}, {"alg": "EdDSA"}, {"kid": "A" * 43},
    {"kid": "../x"}, {"jku": "x"}, {"crit": []}, {"kid": 1}, {"alg": None},
)  # fmt: skip
NO_HEADERS: Final[tuple[Any, ...]] = (b"", b"{}", b"[]", b"null", b'{"alg":"x"}', [1])
DATA: Final[tuple[Any, ...]] = (
    1, -1, 2**53 - 1, True, "x", "x" * 64, "x" * 65, "é", "e\u0301", "\u202e", "\u0000",
    "😀" * 64, [], {}, [[]], {"_sd": []}, {"...": 1}, None, [None], {"a": {"b": {"c": 1}}},
    {"a": {"b": {"c": {"d": {}}}}}, "\ue000", "\ufdd0",
)  # fmt: skip
SPELLINGS: Final = (
    b'{"any":7.0}', b'{"any":7e0}', b'{"any":NaN}', b'{"any":9007199254740992}', b'{"any":-0}',
    b'{"any":07}', b'{"any":"\\u0041"}', b'{"any":"\\ud800"}', b'{"any":"\xff"}', b'{"any":"\x01"}',
    b'{"any":7,"any":7}', b'{ "any":7}', b'{"any":' + b"[" * 9_000 + b"}",
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (0, 1, "", "x", None, [], 2**53)
MEMBERS: Final[tuple[tuple[str, Any], ...]] = (
    ("seen", "3:" + "A" * 43), ("seen", "03:" + "A" * 43), ("seen", 3), ("more", 1),
    ("occ", "2026-02-30"), ("occ", "2026-13"), ("occ", "0000"), ("occ", "2024-02-29"),
    ("occ", "2026-11-23T24:00:00Z"), ("iss", "a..b"), ("iss", "-a"), ("ver", 2),
    ("sub", "xyz.01a2076b-4018-7111-8222-333333333333"), ("aud", "ledger.yb-test"),
    ("sub", "lic.01a2076b-4018-7111-8222-333333333333"), ("_sd", ["A" * 43] * 4),
    ("_sd", ["A" * 42 + each for each in "BCDE"]), ("_sd_alg", "sha-512"),
)  # fmt: skip


def forgeries() -> Iterator[bytes]:
    """Give them all."""
    yield from _headers()
    yield from _payloads(payload_of())
    yield from _ed25519_signatures(forged())
    yield from _es256_signatures(forged(key=ES256_KEY))


def _headers() -> Iterator[bytes]:
    header, text = header_of(MARKED), decode(MARKED.split(b".")[0])
    yield from (forged(header=header | changes) for changes in HEADERS)
    yield from (forged(header=each) for each in NO_HEADERS)
    yield forged(header=text.replace(b",", b", "))
    yield forged(header=text[:-1] + b',"typ":"x"}')
    yield forged(header=b"\xef\xbb\xbf" + text)


def _payloads(payload: dict[str, Any]) -> Iterator[bytes]:
    yield from (forged(anything(value)) for value in DATA)
    body = canonical(anything(7))
    yield from (forged(body.replace(b'{"any":7}', each)) for each in SPELLINGS)
    # What a schema says of ``dat`` alone is not looked at in the browser.
    known = {**payload, "evt": "firearm.anything", "dat": {"any": 1}}
    for member, own in known.items():
        yield forged({name: each for name, each in known.items() if name != member})
        yield from (forged({**known, member: value}) for value in (*VALUES, [own]))
    yield from (forged({**known, member: value}) for member, value in MEMBERS)


def _ed25519_signatures(good: bytes) -> Iterator[bytes]:
    """Respell a good signature, and make such as hold under no honest key."""
    message, octets = _parts(good)
    s = int.from_bytes(octets[32:], "little")
    for signature in (
        *(octets[:63], octets + b"\0", bytes(64), octets[32:] + octets[:32]),
        octets[:32] + (s + ED25519_ORDER).to_bytes(32, "little"),
        *(point + octets[32:] for point in sorted(LOW_ORDER_POINTS)),
    ):
        yield message + b"." + encode(signature) + b"~"


def _es256_signatures(good: bytes) -> Iterator[bytes]:
    """Give a good signature, its twin, and others that have no form."""
    message, octets = _parts(good)
    twin = (P256_ORDER - int.from_bytes(octets[32:])).to_bytes(32)
    for signature in (octets, octets[:32] + twin, b"\0" + octets[:-1], bytes(32) + octets[32:]):
        yield message + b"." + encode(signature) + b"~"


def _parts(good: bytes) -> tuple[bytes, bytes]:
    message, mark = good[:-1].rsplit(b".", 1)
    return message, decode(mark)
