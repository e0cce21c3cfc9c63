# SPDX-License-Identifier: Apache-2.0
"""Laws of the envelope: no second spelling, no crash, no unknown answer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proof.encoding import canonical
from domain.errors import EnvelopeError
from tests.unit.audit.proof.envelope.worked import (
    FULL,
    MARKED,
    forged,
    header_of,
    opened,
    payload_of,
)
from tests.unit.tries import tries

CODES = {
    "sdjwt_syntax",
    "jws_segments",
    "b64url_invalid",
    "header_json",
    "header_not_canonical",
    "header_members",
    "typ_unsupported",
    "payload_json",
    "payload_not_canonical",
    "too_large",
    "kid_unknown",
    "alg_mismatch",
    "sig_form",
    "sig_invalid",
    "key_weak",
    "schema_invalid",
    "schema_unknown",
    "aud_mismatch",
    "sd_array_invalid",
    "disclosure_unreferenced",
    "disclosure_invalid",
    "disclosure_duplicate",
}
SUBMISSIONS = st.sampled_from([MARKED + b"~", FULL])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


def answer(submission: bytes) -> str:
    try:
        opened(submission)
    except EnvelopeError as error:
        return error.slug
    return "accepted"


@given(SUBMISSIONS, st.integers(0, 2_000), st.integers(1, 255))
@settings(max_examples=tries(400))
def test_every_change_of_one_octet_is_refused(submission: bytes, place: int, mask: int) -> None:
    mutated = bytearray(submission)
    mutated[place % len(mutated)] ^= mask
    assert answer(bytes(mutated)) in CODES


@given(SUBMISSIONS, st.integers(0, 2_000), st.integers(0, 2_000), st.binary(max_size=3))
@settings(max_examples=tries(200))
def test_every_splice_is_refused_or_changes_nothing(
    submission: bytes, start: int, stop: int, insert: bytes
) -> None:
    start, stop = sorted((start % len(submission), stop % len(submission)))
    mutated = submission[:start] + insert + submission[stop:]
    # Leaving disclosures out is the holder's right; the signed token itself must be whole.
    assert (
        answer(mutated) in CODES
        or mutated.startswith(MARKED + b"~")
        or FULL.startswith(mutated.split(b"~")[0] + b"~")
    )


@given(st.binary(max_size=400))
def test_any_octets_get_a_known_answer(octets: bytes) -> None:
    assert answer(octets) in CODES
    assert answer(octets + b"~") in CODES


@given(st.text("ABab01-_.~=", max_size=80))
def test_any_text_of_the_right_alphabet_gets_a_known_answer(text: str) -> None:
    assert answer(text.encode() + b"~") in CODES


@given(JSON)
def test_any_signed_payload_gets_a_known_answer(payload: Any) -> None:
    with suppress(ValueError):
        assert answer(forged(canonical(payload))) in CODES


@given(st.binary(max_size=200))
def test_any_signed_octets_get_a_known_answer(octets: bytes) -> None:
    assert answer(forged(octets or b"\0")) in CODES


@given(st.sampled_from(sorted(payload_of())), JSON)
@settings(max_examples=tries(300))
def test_any_signed_member_gets_a_known_answer(member: str, value: Any) -> None:
    with suppress(ValueError):
        body = canonical(payload_of() | {member: value})
        assert answer(forged(body)) in CODES | {"accepted"}


@given(st.sampled_from(["alg", "kid", "typ", "crit"]), JSON)
def test_any_signed_header_gets_a_known_answer(member: str, value: Any) -> None:
    with suppress(ValueError):
        head = canonical(header_of(MARKED) | {member: value})
        assert answer(forged(header=head)) in CODES


@pytest.mark.parametrize("evt", ["ledger.founded", "key.rotated"])
@given(JSON)
@settings(max_examples=tries(60))
def test_any_founding_by_a_stranger_gets_a_known_answer(evt: str, dat: Any) -> None:
    payload = payload_of() | {"evt": evt, "dat": {"roots": dat, "jwk": dat}}
    head = header_of(MARKED) | {"kid": "B" * 43}
    with suppress(ValueError):
        assert answer(forged(canonical(payload), header=head)) in CODES
