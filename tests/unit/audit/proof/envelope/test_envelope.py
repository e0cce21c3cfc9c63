# SPDX-License-Identifier: Apache-2.0
"""Each check of an envelope refuses under its own code, in the order of section 4.6."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.client.keyfile import FileKey
from audit.proof.encoding import canonical, encode
from audit.proof.envelope.opening import Reading, SignedEvent, check_times, open_stored, read_stored
from tests.unit.audit.proof.envelope.worked import (
    AUDIENCE,
    CATALOGUE,
    DISCLOSURES,
    ED25519_KEY,
    ES256_KEY,
    FULL,
    KEYS,
    MARKED,
    TRANSFERRED,
    anything,
    changed,
    forged,
    opened,
    payload_of,
    refused,
)

GOOD = forged()
HEADER, BODY, MARK = GOOD[:-1].split(b".")


def test_a_forger_with_the_key_and_the_right_form_is_the_officer() -> None:
    assert opened(GOOD).jws == MARKED


def test_a_signed_event_cannot_be_made_otherwise() -> None:
    signed = opened(GOOD)
    with pytest.raises(TypeError, match="open_envelope"):
        SignedEvent(event=signed.event, jws=b"", disclosures=(), leaf=signed.leaf, seal=object())
    with pytest.raises((TypeError, ValueError), match="seal"):
        replace(signed, jws=b"")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "submission",
    [b"", MARKED, GOOD[:-1], GOOD + b"\n", b"\n", FULL[:-1], GOOD + b"~", b"~~", GOOD + b"kb.j.wt",
     GOOD[:-2] + "ä~".encode(), FULL + b"~", FULL.replace(b"~", b"~~", 1), b"\xef\xbb\xbf" + GOOD],
)  # fmt: skip
def test_what_is_no_sd_jwt_is_refused(submission: bytes) -> None:
    with refused("sdjwt_syntax"):
        opened(submission)


@pytest.mark.parametrize("jws", [b"", b"a", b"a.b", b"a.b.c.d", b"....", HEADER + b"." + BODY])
def test_other_than_three_segments_are_refused(jws: bytes) -> None:
    with refused("jws_segments"):
        opened(jws + b"~")


@pytest.mark.parametrize("segment", [0, 1, 2])
@pytest.mark.parametrize(
    "spoil", [b"=", b"+", b"/", b" ", b"\n", b"\0", b"A" * 4 + b"=", b"*"], ids=repr
)
def test_segments_that_are_not_strict_base64url_are_refused(segment: int, spoil: bytes) -> None:
    segments = [HEADER, BODY, MARK]
    segments[segment] += spoil
    with refused("b64url_invalid"):
        opened(b".".join(segments) + b"~")


def test_an_empty_segment_is_refused() -> None:
    for jws in (b".%b.%b" % (BODY, MARK), b"%b..%b" % (HEADER, MARK), b"%b.%b." % (HEADER, BODY)):
        with refused("b64url_invalid"):
            opened(jws + b"~")


def header(**members: object) -> dict[str, Any]:
    return {"alg": "Ed25519", "kid": ED25519_KEY.kid, "typ": "fle-event-1+sd-jwt"} | members


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"{", "header_json"),
        (b'{"alg":"Ed25519","alg":"Ed25519"}', "header_json"),
        (b'{"alg":1.5}', "header_json"),
        (b" " + canonical(header()), "header_not_canonical"),
        (b'{"typ":"a","alg":"b","kid":"c"}', "header_not_canonical"),
        (canonical(header()).replace(b"Ed", b"\\u0045d"), "header_not_canonical"),
        (b"[]", "header_members"),
        (b'"alg"', "header_members"),
        ({"alg": "Ed25519", "kid": ED25519_KEY.kid}, "header_members"),
        (header(alg=["Ed25519"]), "header_members"),
        (header(kid=1), "header_members"),
        (header(typ="JWT"), "typ_unsupported"),
        (header(typ="fle-event-2+sd-jwt"), "typ_unsupported"),
        (header(typ="FLE-EVENT-1+SD-JWT"), "typ_unsupported"),
        (header(typ="application/fle-event-1+sd-jwt"), "typ_unsupported"),
        (header(kid="A" * 43), "kid_unknown"),
        (header(kid=""), "kid_unknown"),
        (header(kid="../../etc/passwd"), "kid_unknown"),
        (header(kid="' OR 1=1 --"), "kid_unknown"),
        (header(kid="A" * 43, alg="none"), "kid_unknown"),
        (header(alg="ES256"), "alg_mismatch"),
        (header(alg="EdDSA"), "alg_mismatch"),
        (header(alg="none"), "alg_mismatch"),
        (header(alg="HS256"), "alg_mismatch"),
        (header(alg="ed25519"), "alg_mismatch"),
        (header(alg=""), "alg_mismatch"),
        (header(kid=ES256_KEY.kid), "alg_mismatch"),
    ],
)
def test_a_foreign_header_is_refused(head: object, code: str) -> None:
    with refused(code):
        opened(forged(header=head))


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c", "crit", "b64", "cty", "x5t", "x"])
def test_a_fourth_header_member_is_refused(member: str) -> None:
    with refused("header_members"):
        opened(forged(header=header(**{member: False})))


def test_the_lookup_is_never_asked_for_what_is_no_thumbprint() -> None:
    asked: list[str] = []
    jws = forged(header=header(kid="../key"))[:-1]
    with refused("kid_unknown"):
        open_stored(jws, Reading(asked.append, CATALOGUE, AUDIENCE))
    assert not asked


@pytest.mark.parametrize("key", [ED25519_KEY, ES256_KEY], ids=lambda key: key.alg)
def test_a_wrong_or_malformed_signature_is_refused(key: FileKey) -> None:
    signing_input, _, _ = forged(key=key)[:-1].rpartition(b".")
    for octets, code in [
        (key.sign(b"another message"), "sig_invalid"),
        (key.sign(signing_input)[:-1], "sig_form"),
        (key.sign(signing_input) + b"\0", "sig_form"),
        (b"\xff" * 64, "sig_form"),
    ]:
        with refused(code):
            opened(signing_input + b"." + encode(octets) + b"~")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"nonsense", "payload_json"),
        (b"[" * 12_000, "payload_json"),
        (canonical(anything([[[[[[]]]]]])), "payload_json"),
        (canonical(changed()).replace(b'"seq":1', b'"seq":1,"seq":1'), "payload_json"),
        (canonical(changed()).replace(b'"seq":1', b'"seq":1.0'), "payload_json"),
        (canonical(changed()).replace(b'"seq":1', b'"seq":9007199254740993'), "payload_json"),
        (canonical(changed()).replace(b'"seq":1', b'"seq":NaN'), "payload_json"),
        (b"\xef\xbb\xbf" + canonical(changed()), "payload_json"),
        (canonical(changed()).replace(b"TESTWERK", b"TEST\xff"), "payload_json"),
        (canonical(changed()) + b"\n", "payload_not_canonical"),
        (canonical(changed()).replace(b'"seq":1', b'"seq": 1'), "payload_not_canonical"),
        (canonical(changed()).replace(b"TESTWERK", b"\\u0054EST"), "payload_not_canonical"),
        (canonical(changed()).replace(b"TESTWERK", b"\\ud800"), "payload_not_canonical"),
        (b"[]", "schema_invalid"),
        (b'"dat"', "schema_invalid"),
        (b"{}", "schema_invalid"),
        (b'{"dat":{}}', "schema_invalid"),
    ],
)
def test_a_payload_in_a_second_spelling_is_refused(body: bytes, code: str) -> None:
    with refused(code):
        opened(forged(body))


@pytest.mark.parametrize(
    "members",
    [
        {"extra": 1}, {"iss": "Auth"}, {"iss": "a" * 65}, {"iss": 1}, {"sub": "arm.1"},
        {"sub": "lic.01a2076b-4018-7111-8222-333333333333"}, {"sub": None}, {"seq": 0},
        {"seq": -1}, {"seq": True}, {"seq": "1"}, {"prev": "A"}, {"prev": "A" * 42 + "="},
        {"jti": "01a2076b-4400-4abc-8def-0123456789ab"}, {"jti": 7}, {"iat": 0}, {"iat": "now"},
        {"occ": "2026-13"}, {"occ": "2026-02-30"}, {"occ": "yesterday"}, {"occ": 2026},
        {"dat": None}, {"dat": []}, {"dat": {}}, {"seen": "x"}, {"seen": None},
        {"dat": {**payload_of()["dat"], "note": "free text"}},
        {"dat": {**payload_of()["dat"], "sn": 42}},
        {"dat": {**payload_of()["dat"], "comp": "frame"}},
        {"iss": "auth\n", "jti": "01a2076b-4400-7abc-8def-0123456789ab"},
        {"prev": "A" * 43 + "\n"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_member_in_another_form_is_refused(members: dict[str, object]) -> None:
    with refused("schema_invalid"):
        opened(forged(changed(**members)))


@pytest.mark.parametrize("member", sorted(payload_of()))
def test_a_missing_member_is_refused(member: str) -> None:
    with refused("schema_invalid"):
        opened(forged({name: value for name, value in payload_of().items() if name != member}))


@pytest.mark.parametrize("members", [{"evt": "firearm.eaten"}, {"ver": 2}, {"evt": ["a"]}])
def test_an_unknown_event_type_is_refused(members: dict[str, object]) -> None:
    with refused("schema_unknown"):
        opened(forged(changed(**members)))


@pytest.mark.parametrize(
    "text",
    ["a" * 65, "e\u0301", "a\u202eb", "a\u0000b", "\x7f", "a\u200bb", "\ue000", "\u0378", "a\nb"],
    ids=ascii,
)
def test_a_text_in_dat_that_is_long_or_hides_something_is_refused(text: str) -> None:
    for value in (text, [text], {"deep": [text]}):
        with refused("schema_invalid"):
            opened(forged(anything(value)))


def test_null_in_dat_is_refused_even_where_a_schema_would_take_it() -> None:
    for value in (None, [None], {"deep": None}):
        with refused("schema_invalid", match="null"):
            opened(forged(anything(value)))


@pytest.mark.parametrize("text", ["a" * 64, "Ødegård", "日本", 'say "no"', "back\\slash"])
def test_a_clean_text_in_dat_is_admitted(text: str) -> None:
    assert opened(forged(anything(text))).event.dat.model_dump() == {"any": text}


def test_an_event_for_another_ledger_is_refused() -> None:
    with refused("aud_mismatch"):
        opened(GOOD, audience="ledger.xb")


DIGESTS = payload_of()["_sd"]


@pytest.mark.parametrize(
    "members",
    [
        {"_sd": DIGESTS[:3]}, {"_sd": []}, {"_sd": [*DIGESTS, "z" * 42 + "A"]},
        {"_sd": DIGESTS[::-1]},
        {"_sd": [*DIGESTS[:3], DIGESTS[2]]}, {"_sd": [*DIGESTS[:3], "z"]}, {"_sd": "A" * 43},
        {"_sd": [*DIGESTS[:3], 7]}, {"_sd": [*DIGESTS[:3], "t" * 43]}, {"_sd": None}, {"_sd": {}},
        {"_sd": [*DIGESTS[:3], DIGESTS[3] + "\n"]}, {"_sd": [[each] for each in DIGESTS]},
        {"_sd_alg": "sha-512"}, {"_sd_alg": None},
    ],
    ids=repr,
)  # fmt: skip
def test_a_digest_list_in_another_form_is_refused(members: dict[str, object]) -> None:
    with refused("sd_array_invalid"):
        opened(forged(changed(**members)))


@pytest.mark.parametrize("value", [{"_sd": DIGESTS}, {"a": {"_sd": []}}, [{"...": DIGESTS[0]}]])
def test_digests_anywhere_else_are_refused(value: object) -> None:
    with refused("sd_array_invalid"):
        opened(forged(anything(value)))


@pytest.mark.parametrize(
    "submission",
    [
        b"A" * 131_072 + b"~",
        b"A" * 16_385 + b"~",
        b"A" * 513 + b"." + BODY + b"." + MARK + b"~",
        MARKED + b"~" + b"A" * 4_097 + b"~",
        MARKED + b"~A" * 33 + b"~",
        forged(anything("a" * 12_000)),
    ],
    ids=["body", "token", "header", "disclosure", "disclosures", "payload"],
)
def test_what_exceeds_its_cap_is_refused_unread(submission: bytes) -> None:
    with refused("too_large"):
        opened(submission)


def test_a_stored_token_has_no_disclosures_and_the_same_caps() -> None:
    for jws, code in [
        (FULL, "sdjwt_syntax"),
        (MARKED + "ä".encode(), "sdjwt_syntax"),
        (b"A" * 16_385, "too_large"),
        (MARKED[:-1], "b64url_invalid"),
        (MARKED + b".", "jws_segments"),
    ]:
        with refused(code):
            open_stored(jws, Reading(KEYS.get, CATALOGUE, AUDIENCE))


def test_reading_a_stored_token_still_refuses_what_is_none() -> None:
    for jws, code in [(b"a.b", "jws_segments"), (b"e30.e30.AAAA", "header_members")]:
        with refused(code):
            read_stored(jws, CATALOGUE)
    with refused("payload_json"):
        read_stored(HEADER + b"." + encode(b"{") + b"." + MARK, CATALOGUE)


IAT = payload_of()["iat"]


@pytest.mark.parametrize(
    ("seconds", "offline"),
    [(0, False), (300, False), (-300, False), (259_200, True), (-300, True)],
)
def test_an_event_signed_within_the_window_is_admitted(seconds: int, *, offline: bool) -> None:
    check_times(opened(GOOD).event, now=IAT + seconds, offline=offline)


@pytest.mark.parametrize(
    ("seconds", "offline"),
    [(301, False), (-301, False), (259_201, True), (-301, True), (259_200, False)],
)
def test_an_event_signed_outside_the_window_is_refused(seconds: int, *, offline: bool) -> None:
    with refused("iat_window"):
        check_times(opened(GOOD).event, now=IAT + seconds, offline=offline)


@pytest.mark.parametrize("occ", ["2026-11-23T08:05:00Z", "2026-11-23", "2026", "1914", "unknown"])
def test_what_happened_before_it_was_signed_is_admitted(occ: str) -> None:
    check_times(opened(forged(changed(occ=occ))).event, now=IAT)


@pytest.mark.parametrize("occ", ["2026-11-23T08:05:01Z", "2026-11-24", "2026-12", "2027", "9999"])
def test_what_would_happen_after_it_was_signed_is_refused(occ: str) -> None:
    with refused("occ_window"):
        check_times(opened(forged(changed(occ=occ))).event, now=IAT)


def test_the_first_check_that_fails_gives_the_code() -> None:
    """Whatever else is wrong, the cheaper check answers."""
    wrong = changed(aud="ledger.xb", _sd=[], evt="firearm.eaten")
    tail = DISCLOSURES[0] + b"~"
    ladder = [
        (b"A" * 131_073, "too_large"),
        (forged(wrong).replace(b".", b"!") + tail, "jws_segments"),
        (forged(wrong)[:-1] + b"=~" + tail, "b64url_invalid"),
        (forged(wrong, header=header(typ="JWT", kid="x")) + tail, "typ_unsupported"),
        (forged(wrong, header=header(kid="x", alg="none")) + tail, "kid_unknown"),
        (forged(wrong, header=header(alg="none")) + tail, "alg_mismatch"),
        (b"%b.%b~%b" % (forged(wrong)[:-88], encode(b"\xff" * 64), tail), "sig_form"),
        (b"%b.%b~%b" % (forged(wrong)[:-88], encode(b"\x05" * 64), tail), "sig_invalid"),
        (forged(wrong, header=header()).replace(b".", b".AAAA", 1) + tail, "sig_invalid"),
        (forged(wrong) + tail, "schema_unknown"),
        (forged(changed(aud="ledger.xb", _sd=[])) + tail, "aud_mismatch"),
        (forged(changed(_sd=[])) + tail, "sd_array_invalid"),
        (GOOD + tail, "disclosure_invalid"),
        (TRANSFERRED + b"~" + tail, None),
    ]
    for submission, code in ladder:
        if code is None:
            opened(submission)
        else:
            with refused(code):
                opened(submission)


def test_no_sentence_repeats_the_input() -> None:
    marker = "MARKER"
    for payload in (changed(iss=marker), changed(evt=marker), anything(marker * 20), marker):
        with refused("schema_invalid", "schema_unknown") as _:
            opened(forged(payload))
    with pytest.raises(Exception, match="dat") as caught:
        opened(forged(changed(dat={**payload_of()["dat"], "sn": [marker]})))
    assert marker not in str(caught.value)
