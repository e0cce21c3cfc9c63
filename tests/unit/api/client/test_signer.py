# SPDX-License-Identifier: Apache-2.0
"""The signing SDK makes exactly the bytes that the verifier admits."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission, payload_of, sign
from audit.proof.encoding import canonical, decode, encode
from tests.unit.audit.proof.envelope import worked
from tests.unit.audit.proof.envelope.worked import (
    CATALOGUE,
    DISCLOSURES,
    ED25519_KEY,
    ES256_KEY,
    EXAMPLES,
    MARKED,
    TRANSFERRED,
    opened,
    refused,
)

CLAIMS = EXAMPLES["events"][1]["claims"]


def draft_of(jws: bytes = MARKED, **changes: Any) -> Draft:
    payload = worked.payload_of(jws)
    members = {name: payload[name] for name in payload if not name.startswith("_sd")}
    return Draft(**members | changes)


def signed(draft: Draft, claims: Any = None, key: FileKey = ED25519_KEY) -> Submission:
    return sign(draft, claims or {}, key, catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("jws", "key"), [(MARKED, ED25519_KEY), (TRANSFERRED, ES256_KEY)], ids=["Ed25519", "ES256"]
)
def test_signing_the_worked_payload_again_gives_the_published_token(
    jws: bytes, key: FileKey
) -> None:
    signing_input, _, signature = jws.rpartition(b".")
    assert encode(key.sign(signing_input)) == signature
    draft = draft_of(jws)
    digests = {name: worked.payload_of(jws)[name] for name in ("_sd", "_sd_alg")}
    assert encode(canonical(payload_of(draft) | digests)) == signing_input.split(b".")[1]
    assert signed(draft, key=key).jws.split(b".")[0] == jws.split(b".")[0]


def test_the_published_salts_give_the_published_disclosures_and_digests() -> None:
    salts = b"".join(decode(decode(text)[2:45]) for text in DISCLOSURES)
    made = sign(
        draft_of(TRANSFERRED), CLAIMS, ES256_KEY, catalogue=CATALOGUE,
        randomness=lambda octets: salts.ljust(octets, b"\0"),
    )  # fmt: skip
    assert made.disclosures == tuple(DISCLOSURES)
    real = set(worked.payload_of(made.jws)["_sd"]) & set(worked.payload_of(TRANSFERRED)["_sd"])
    assert len(real) == 4


@pytest.mark.parametrize("key", [ED25519_KEY, ES256_KEY], ids=lambda key: key.alg)
def test_what_is_signed_opens_as_the_same_event(key: FileKey) -> None:
    draft = draft_of(TRANSFERRED, seen="17:" + "A" * 43)
    made = signed(draft, CLAIMS, key)
    event = opened(made.to_bytes())
    assert {each.name: each.value for each in event.disclosures} == CLAIMS
    assert (event.event.eid, event.event.seen) == (made.eid, draft.seen)
    assert event.event.dat.model_dump() == draft.dat


@given(st.dictionaries(st.sampled_from(sorted(worked.CLAIMS)), st.none()))
def test_the_number_of_digests_never_tells_the_number_of_claims(names: dict[str, None]) -> None:
    values = {"integer": 7, "boolean": True, "string": "Žofie"}
    claims = {name: values[worked.CLAIMS[name]] for name in names}
    made = signed(draft_of(TRANSFERRED), claims)
    assert len(worked.payload_of(made.jws)["_sd"]) == 8
    assert len(opened(made.to_bytes()).disclosures) == len(claims)


def test_randomness_is_drawn_once_and_every_part_of_it_used_once() -> None:
    drawn: list[int] = []

    def randomness(octets: int) -> bytes:
        drawn.append(octets)
        return b"".join(number.to_bytes(32) for number in range(octets // 32))

    made = sign(draft_of(TRANSFERRED), CLAIMS, ED25519_KEY, catalogue=CATALOGUE,
                randomness=randomness)  # fmt: skip
    assert drawn == [32 * 8]
    assert len({each.salt for each in opened(made.to_bytes()).disclosures}) == 4


def test_the_same_claims_signed_twice_share_nothing() -> None:
    first, second = (signed(draft_of(TRANSFERRED), CLAIMS) for _ in range(2))
    assert not set(first.disclosures) & set(second.disclosures)
    digests = [set(worked.payload_of(made.jws)["_sd"]) for made in (first, second)]
    assert not digests[0] & digests[1]


def test_a_submission_never_shows_its_disclosures() -> None:
    made = signed(draft_of(TRANSFERRED), CLAIMS)
    assert not any(text.decode() in repr(made) for text in made.disclosures)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dat": {"cal": "9x19"}}, "schema_invalid"),
        ({"dat": {**worked.payload_of()["dat"], "sn": "x" * 65}}, "schema_invalid"),
        ({"dat": {**worked.payload_of()["dat"], "sn": "e\u0301"}}, "schema_invalid"),
        ({"dat": {**worked.payload_of()["dat"], "sn": 1.5}}, "schema_invalid"),
        ({"dat": {**worked.payload_of()["dat"], "sn": object()}}, "schema_invalid"),
        ({"sub": "arm.1"}, "schema_invalid"),
        ({"seq": 0}, "schema_invalid"),
        ({"occ": "soon"}, "schema_invalid"),
        ({"seen": "x"}, "schema_invalid"),
        ({"evt": "firearm.eaten"}, "schema_unknown"),
        ({"ver": 9}, "schema_unknown"),
        ({"evt": "firearm.anything", "dat": {"any": ["x" * 60] * 300}}, "too_large"),
        ({"evt": "firearm.anything", "dat": {"any": 2**53}}, "schema_invalid"),
        ({"evt": "firearm.anything", "dat": {"any": 1.5}}, "schema_invalid"),
        ({"evt": "firearm.anything", "dat": {"any": [[[[[[]]]]]]}}, "schema_invalid"),
    ],
)
def test_what_the_ledger_would_refuse_is_not_signed(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        signed(draft_of(**changes))


@pytest.mark.parametrize(
    "claims",
    [{"nickname": "x"}, {"permit_no": 1}, {"permit_no": "e\u0301"}, {"shots": True},
     {"shots": 2**53}, {"holder_name": "x" * 4_000}, {"dat": "x"},
     {f"claim_{number}": "x" for number in range(9)}],
)  # fmt: skip
def test_a_claim_the_event_type_does_not_have_is_not_signed(claims: dict[str, Any]) -> None:
    with refused("disclosure_invalid"):
        signed(draft_of(TRANSFERRED), claims)


def test_the_signer_and_the_verifier_use_the_same_sentence() -> None:
    dat = {**worked.payload_of()["dat"], "sn": 42}
    sentence = r"firearm.marked: dat.sn: Input should be a valid string\."
    with refused("schema_invalid", match=sentence):
        signed(draft_of(dat=dat))
    with refused("schema_invalid", match=sentence):
        opened(worked.forged(worked.changed(dat=dat)))


def test_a_chain_of_events_signs_and_opens() -> None:
    previous, draft = "A" * 43, draft_of()
    for seq in range(1, 5):
        made = signed(replace(draft, seq=seq, prev=previous))
        event = opened(made.to_bytes()).event
        assert (event.seq, event.prev) == (seq, previous)
        previous = made.eid


def test_identifiers_sort_by_time_and_carry_version_and_variant() -> None:
    octets = count()
    made = [
        uuid7(moment, lambda size: bytes([next(octets)] * size)) for moment in (1, 2, 2**48 - 1)
    ]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {"specified in RFC 4122"}
    assert made[0].int >> 80 == 1


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_every_identifier_is_a_uuid_of_version_7(moment: int, noise: bytes) -> None:
    made = uuid7(moment, lambda _: noise)
    assert (made.version, made.int >> 80) == (7, moment)
    assert opened(signed(draft_of(jti=str(made))).to_bytes()).event.jti == made


def test_a_time_outside_48_bits_makes_no_identifier() -> None:
    for moment in (-1, 2**48):
        with pytest.raises(ValueError, match="48 bits"):
            uuid7(moment, bytes)
