# SPDX-License-Identifier: Apache-2.0
"""A signed request is believed once, for a minute, and exactly as it was signed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.caller import Caller
from api.access.message import HttpRequest, content_digest, field_lines, target_uri
from api.access.signatures import is_signed
from api.client.keyfile import FileKey
from audit.proof.keys import P256_ORDER
from domain.errors import UnauthenticatedError, UsageError
from domain.registry.state import Grant, Interval, Suspension
from tests.unit.api.access.machines import (
    ASK,
    CARD,
    MACHINE,
    NOW,
    OFFICER,
    READ,
    SIZE,
    WRITE,
    Remembered,
    enrolled,
    field_of,
    received,
    signed,
    standing,
    with_field,
)

Change = Callable[[HttpRequest], HttpRequest]


@pytest.mark.parametrize("key", [MACHINE, CARD], ids=["Ed25519", "ES256"])
@pytest.mark.parametrize("request_", [READ, WRITE, ASK], ids=["read", "write", "ask"])
def test_a_signed_request_tells_which_machine_sent_it(request_: HttpRequest, key: FileKey) -> None:
    assert received(signed(request_, key)) == Caller(
        means="machine",
        authority="police.xa",
        key=key.kid,
        officer="off.01a2076b-4018-7111-8222-444444444444",
        roles=frozenset({"POL"}),
        jurisdictions=("XA",),
        mandates=(("POL", ("XA",)),),
    )


def _in(name: str, old: str, new: str) -> Change:
    """Change the text of a header after it was signed."""

    def change(request: HttpRequest) -> HttpRequest:
        text = field_of(request, name)
        assert old in text
        return with_field(request, name, text.replace(old, new, 1))

    return change


def _twice(request: HttpRequest) -> HttpRequest:
    other = signed(replace(WRITE), CARD)
    named = {name: field_of(other, name).replace("fle=", "too=", 1) for name in _HEADERS}
    return replace(request, fields=(*request.fields, *named.items()))


_HEADERS = ("Signature-Input", "Signature")
CHANGES: dict[str, tuple[str, Change]] = {
    "without a signature": ("signature_missing", lambda r: with_field(r, "Signature", None)),
    "without its input": ("signature_missing", lambda r: with_field(r, "Signature-Input", None)),
    "with two signatures": ("signature_several", _twice),
    "with two labels": ("signature_malformed", _in("Signature", "fle=", "elf=")),
    "with a parameter twice": (
        "signature_malformed",
        _in("Signature-Input", ";tag=", ';keyid="x";tag='),
    ),
    "with a label twice": (
        "signature_malformed",
        lambda r: replace(r, fields=(*r.fields, ("Signature", field_of(r, "Signature")))),
    ),
    "without base64": ("signature_malformed", _in("Signature", ":", ":*")),
    "as a number": ("signature_malformed", lambda r: with_field(r, "Signature", "fle=1")),
    "too long": ("signature_malformed", lambda r: with_field(r, "Signature", "x" * 2_049)),
    "beyond ASCII": ("signature_malformed", lambda r: with_field(r, "Signature", "fle=:é:")),
    "with an algorithm": ("signature_parameters", _in("Signature-Input", ";tag", ';alg="x";tag')),
    "without a tag": ("signature_parameters", _in("Signature-Input", ';tag="fle-1"', "")),
    "without an end": ("signature_parameters", _in("Signature-Input", ";expires=1800000060", "")),
    "with a time as text": ("signature_parameters", _in("Signature-Input", "=1800000000", '="0"')),
    "narrowed to the method": (
        "signature_components",
        _in("Signature-Input", ' "@target-uri" "content-digest" "content-type"', ""),
    ),
    "without the digest": ("signature_components", _in("Signature-Input", ' "content-digest"', "")),
    "without the type": ("signature_components", _in("Signature-Input", ' "content-type"', "")),
    "with one thing twice": (
        "signature_components",
        _in("Signature-Input", '"@method"', '"@method" "@method"'),
    ),
    "with more": ("signature_components", _in("Signature-Input", '"@method"', '"@method" "date"')),
    "by name alone": (
        "signature_components",
        _in("Signature-Input", '"content-type"', '"content-type";bs'),
    ),
    "by tokens": ("signature_components", _in("Signature-Input", '"content-type"', "content-type")),
    "of a whole item": (
        "signature_components",
        lambda r: with_field(r, "Signature-Input", 'fle="@method"'),
    ),
    "meant for something else": ("signature_tag", _in("Signature-Input", '"fle-1"', '"web-bot"')),
    "from the future": (
        "signature_future",
        _in("Signature-Input", "created=1800000000", "created=1800000006"),
    ),
    "for an hour": (
        "signature_lifetime",
        _in("Signature-Input", "expires=1800000060", "expires=1800003600"),
    ),
    "of an unknown key": ("http_key_unknown", _in("Signature-Input", MACHINE.kid, "A" * 43)),
    "of another known key": ("signature_wrong", _in("Signature-Input", MACHINE.kid, CARD.kid)),
    "with another body": ("content_digest_differs", lambda r: replace(r, body=b"another~")),
    "with its body cut off": ("content_digest_differs", lambda r: replace(r, body=b"")),
    "with another body and digest": (
        "signature_wrong",
        lambda r: replace(
            with_field(r, "Content-Digest", content_digest(b"another~")), body=b"another~"
        ),
    ),
    "with another kind of digest": (
        "content_digest_differs",
        lambda r: with_field(r, "Content-Digest", "sha-512=:" + "A" * 86 + "==:"),
    ),
    "with a further digest": (
        "content_digest_differs",
        lambda r: with_field(r, "Content-Digest", content_digest(r.body) + ", md5=:AA==:"),
    ),
    "without a type": ("signature_malformed", lambda r: with_field(r, "Content-Type", None)),
    "with another type": ("signature_wrong", _in("Content-Type", "jose", "json")),
    "with a line break": ("signature_malformed", _in("Content-Type", "jose", "jose\r\nx: y")),
    "by another method": ("signature_wrong", lambda r: replace(r, method="PUT")),
    "to another path": ("signature_wrong", lambda r: replace(r, url=r.url.replace("/v1", "/v2"))),
    "with another query": ("signature_wrong", lambda r: replace(r, url=r.url.replace("7", "8"))),
    "to another host": ("signature_wrong", lambda r: replace(r, url=r.url.replace("ledger", "l"))),
    "with a reason put in": (
        "signature_components",
        lambda r: with_field(r, "Muniment-Purpose", "audit"),
    ),
    "with half a signature": (
        "signature_wrong",
        lambda r: with_field(r, "Signature", "fle=:AAAA:"),
    ),
    "made later than it says": (
        "signature_wrong",
        _in("Signature-Input", "created=1800000000", "created=1800000001"),
    ),
}


@pytest.mark.parametrize(("code", "change"), CHANGES.values(), ids=CHANGES)
def test_a_request_that_was_tampered_with_is_refused_by_a_code_of_its_own(
    code: str, change: Change
) -> None:
    nonces = Remembered()
    whole = signed(WRITE)
    with pytest.raises(UnauthenticatedError) as refused:
        received(change(whole), nonces=nonces)
    assert refused.value.slug == code
    # A forged request does not burn the nonce of the honest one.
    assert nonces.taken == set()
    assert received(whole, nonces=nonces).key == MACHINE.kid


@pytest.mark.parametrize("name", ["Muniment-Purpose", "Muniment-Legal-Basis", "Muniment-Case"])
def test_a_reason_is_part_of_what_is_signed(name: str) -> None:
    whole = signed(ASK)
    for changed, code in (
        (with_field(whole, name, "another"), "signature_wrong"),
        (with_field(whole, name, None), "signature_components"),
        (replace(whole, fields=(*whole.fields, (name, "another"))), "signature_wrong"),
    ):
        with pytest.raises(UnauthenticatedError) as refused:
            received(changed)
        assert refused.value.slug == code


def test_a_nonce_counts_once_for_a_key() -> None:
    nonces, first = Remembered(), signed(READ)
    received(first, nonces=nonces)
    with pytest.raises(UnauthenticatedError) as refused:
        received(first, nonces=nonces)
    assert refused.value.slug == "nonce_replayed"
    received(signed(READ), nonces=nonces)


@pytest.mark.parametrize("nonce", ["", "short", "A" * 21, "A" * 87, "A" * 21 + "+"])
def test_a_nonce_of_too_few_bits_is_none(nonce: str) -> None:
    whole = signed(READ)
    parameters = field_of(whole, "Signature-Input")
    start = parameters.index('nonce="') + len('nonce="')
    weak = parameters[:start] + nonce + parameters[parameters.index('"', start) :]
    with pytest.raises(UnauthenticatedError) as refused:
        received(with_field(whole, "Signature-Input", weak))
    assert refused.value.slug == "signature_nonce"


@pytest.mark.parametrize(
    ("created", "lifetime", "code"),
    [
        (NOW + 5, 60, None),
        (NOW + 6, 60, "signature_future"),
        (NOW - 60, 60, None),
        (NOW - 61, 60, "signature_expired"),
        (NOW, 61, "signature_lifetime"),
        (NOW, 0, "signature_lifetime"),
        (NOW, -1, "signature_lifetime"),
    ],
)
def test_a_signature_holds_for_a_minute(created: int, lifetime: int, code: str | None) -> None:
    whole = signed(READ, created=created, lifetime=lifetime)
    if code is None:
        assert received(whole).means == "machine"
        return
    with pytest.raises(UnauthenticatedError) as refused:
        received(whole)
    assert refused.value.slug == code


@pytest.mark.parametrize("key_class", ["event", "trace", "enc", "service"])
def test_a_key_of_another_class_signs_no_request(key_class: str) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        received(signed(READ, OFFICER), standing(enrolled(OFFICER, key_class)))
    assert refused.value.slug == "http_key_class"


@pytest.mark.parametrize(
    "changes",
    [
        {"approved": None},
        {"approved": SIZE},
        {"ended": SIZE - 1},
        {"suspensions": (Suspension(during=Interval(after=SIZE - 1), officer="off"),)},
        {"not_before": NOW + 1},
        {"not_after": NOW - 1},
    ],
    ids=["proposed", "not yet", "revoked", "suspended", "too early", "too late"],
)
def test_a_key_that_does_not_count_now_signs_no_request(changes: dict[str, Any]) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        received(signed(READ), standing(enrolled(MACHINE, **changes)))
    assert refused.value.slug == "http_key_not_valid"


def test_a_revocation_holds_from_the_very_next_entry() -> None:
    revoked = enrolled(MACHINE, ended=SIZE)
    assert received(signed(READ), standing(revoked, index=SIZE)).key == MACHINE.kid
    with pytest.raises(UnauthenticatedError):
        received(signed(READ), standing(revoked, index=SIZE + 1))


def test_a_closed_algorithm_signs_no_request() -> None:
    asked = standing()
    closed = replace(asked.registry, closed_algorithms={"Ed25519": SIZE - 1})
    with pytest.raises(UnauthenticatedError) as refused:
        received(signed(READ), replace(asked, registry=closed))
    assert refused.value.slug == "http_key_not_valid"
    assert received(signed(READ, CARD), replace(asked, registry=closed)).key == CARD.kid


def test_the_roles_are_those_of_now_each_with_its_places() -> None:
    grants = (
        Grant(role="LIC", jurisdictions=("XA-NW",), during=Interval(after=1)),
        Grant(role="LIC", jurisdictions=("XA-SO",), during=Interval(after=2)),
        Grant(role="POL", jurisdictions=("XA",), during=Interval(after=1, until=SIZE - 1)),
        Grant(role="CUS", jurisdictions=("XA",), during=Interval(after=1), not_after=NOW - 1),
    )
    found = received(signed(READ), standing(enrolled(MACHINE, grants=grants)))
    assert found.mandates == (("LIC", ("XA-NW", "XA-SO")),)
    assert found.roles == {"LIC"}


def test_either_twin_of_a_signature_on_p256_is_taken_for_a_request() -> None:
    whole = signed(READ, CARD)
    octets = b64decode(field_of(whole, "Signature").removeprefix("fle=:").rstrip(":"))
    higher = octets[:32] + (P256_ORDER - int.from_bytes(octets[32:])).to_bytes(32)
    text = f"fle=:{b64encode(higher).decode()}:"
    assert received(with_field(whole, "Signature", text)).key == CARD.kid


def test_what_a_header_says_of_the_host_changes_nothing() -> None:
    whole = signed(READ)
    added = (
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=e"),
    )
    assert received(replace(whole, fields=(*whole.fields, *added))).key == MACHINE.kid
    wire = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in whole.fields]
    assert field_lines(wire) == whole.fields


def test_the_address_is_the_public_origin_and_what_came_over_the_wire() -> None:
    assert target_uri("https://ledger.example", "/v1/events?after=7") == READ.url
    assert target_uri("http://[::1]:8443", "/") == "http://[::1]:8443/"
    for origin in ("https://Ledger.example", "https://l.example/", "ledger.example", "ftp://l"):
        with pytest.raises(UsageError) as refused:
            target_uri(origin, "/")
        assert refused.value.slug == "origin_invalid"


def test_a_request_without_signature_headers_comes_from_a_stranger() -> None:
    assert not is_signed(READ)
    assert is_signed(signed(READ))
    assert is_signed(with_field(signed(READ), "Signature", None))


@given(
    name=st.sampled_from(["Signature-Input", "Signature", "Content-Digest", "Content-Type"]),
    text=st.one_of(
        st.text(max_size=60),
        st.from_regex(
            r'\A[a-z*]{0,4}=?\(?("[@a-z-]{0,9}"[ ;]?){0,4}\)?(;[a-z]{0,4}=?[?:"0-9a-z@.-]*)*'
        ),
    ),
)
def test_whatever_stands_in_a_header_is_refused_by_a_code(name: str, text: str) -> None:
    with pytest.raises(UnauthenticatedError):
        received(with_field(signed(WRITE), name, text))
