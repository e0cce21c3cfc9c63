# SPDX-License-Identifier: Apache-2.0
"""The members of a payload beside its data: each in its one form, or the event is no event."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import INTEGER_MAX, check_event, read_event
from domain.identifiers import parse_short_form, parse_stream_id, short_form
from tests.unit.domain.lives import NOW

PAYLOAD: dict[str, Any] = {
    "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "dat": {"station": "STATION 7"},
    "evt": "firearm.found", "iat": NOW, "iss": "auth.xa",
    "jti": "01a2076b-4400-7abc-8def-0123456789ab", "occ": "2018", "prev": "A" * 43, "seq": 1,
    "sub": "arm.01a2076b-4018-7111-8222-333333333333", "ver": 1,
}  # fmt: skip
WRONG: list[tuple[str, Any]] = [
    ("iss", "Auth.XA"), ("iss", "auth..xa"), ("iss", 7), ("aud", "Ledger"), ("aud", ""),
    ("sub", "arm.1"), ("sub", "xyz.01a2076b-4018-7111-8222-333333333333"),
    ("sub", "arm.01a2076b-4018-7111-8222-3333333-3333"), ("sub", None),
    ("sub", "lic.01a2076b-4018-7111-8222-333333333333"),
    ("occ", "2018-13"), ("occ", "yesterday"), ("occ", 2018), ("prev", "A" * 42), ("prev", None),
    ("jti", "01a2076b-4400-4abc-8def-0123456789ab"), ("jti", "x"),
    ("seq", 0), ("seq", True), ("seq", 1.0), ("seq", "1"), ("seq", INTEGER_MAX + 1),
    ("iat", 0), ("iat", None), ("seen", "short"), ("seen", 7),
]  # fmt: skip


@pytest.mark.parametrize(("member", "value"), WRONG, ids=str)
def test_a_member_of_another_form_is_refused_by_name(member: str, value: Any) -> None:
    with pytest.raises(EnvelopeError, match=f"member {member} ") as caught:
        check_event({**PAYLOAD, member: value}, CATALOGUE)
    assert caught.value.slug == "schema_invalid"


@pytest.mark.parametrize("member", sorted(PAYLOAD))
def test_a_missing_or_unknown_member_is_refused(member: str) -> None:
    less = {name: value for name, value in PAYLOAD.items() if name != member}
    for payload in (less, {**less, f"{member}2": 1}, {**PAYLOAD, "note": "free text"}):
        with pytest.raises(EnvelopeError, match="members"):
            check_event(payload, CATALOGUE)


@pytest.mark.parametrize(
    ("evt", "ver"), [("firearm.sold", 1), ("firearm.found", 99), ([], 1), ("firearm.found", {})]
)
def test_a_type_that_nobody_knows_is_refused(evt: Any, ver: Any) -> None:
    with pytest.raises(EnvelopeError, match="no event type") as caught:
        check_event({**PAYLOAD, "evt": evt, "ver": ver}, CATALOGUE)
    assert caught.value.slug == "schema_unknown"


@pytest.mark.parametrize("ver", [0, True, "1"])
def test_a_version_is_a_positive_whole_number(ver: Any) -> None:
    with pytest.raises(EnvelopeError):
        check_event({**PAYLOAD, "ver": ver}, CATALOGUE)


def test_a_name_that_no_version_has_is_refused_by_the_catalogue() -> None:
    assert CATALOGUE.latest("firearm.found").ver == 1
    with pytest.raises(InvalidValueError, match=r"no event type firearm\.sold"):
        CATALOGUE.latest("firearm.sold")


def test_what_an_officer_had_seen_of_the_log_is_kept() -> None:
    payload = {**PAYLOAD, "seen": "5:" + "A" * 43}
    event = read_event(payload, kid="k" * 43, eid="e" * 43, catalogue=CATALOGUE)
    assert event.seen == payload["seen"]


@given(st.uuids())
def test_a_short_form_survives_the_telephone(uuid: Any) -> None:
    told = short_form(uuid)
    heard = told.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert parse_short_form(heard) == parse_short_form(told) == uuid.int & ((1 << 60) - 1)


@given(st.uuids(), st.integers(0, 12), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_misheard_character_is_noticed(uuid: Any, place: int, other: str) -> None:
    told = short_form(uuid).replace("-", "")
    if told[place] == other:
        return
    with pytest.raises(InvalidValueError, match="misread") as caught:
        parse_short_form(told[:place] + other + told[place + 1 :])
    assert caught.value.slug == "short_form_invalid"


@pytest.mark.parametrize("text", ["", "48G0", "48G0-0000-0001-TT", "48G0*0000-0001-T"])
def test_what_is_no_short_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="misread"):
        parse_short_form(text)


@pytest.mark.parametrize("text", ["arm", "arm.x", "gun.01a2076b-4018-7111-8222-333333333333",
                                  "arm.01A2076B-4018-7111-8222-333333333333"])  # fmt: skip
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="identifier") as caught:
        parse_stream_id(text)
    assert caught.value.slug == "identifier_invalid"
