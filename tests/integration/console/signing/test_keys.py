# SPDX-License-Identifier: Apache-2.0
"""The pages of keys: who sees what, and which events come out of them."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import httpx
import pytest

from api.client.attest import prove_possession
from api.client.keyfile import FileKey
from api.people.enrolling.waiting import question, waiting
from api.people.sessions import use_session
from tests.integration.append.desk import AUTHORITY
from tests.integration.console.conftest import Console, Person, text_of
from tests.integration.console.signing.test_signing import sent, sheet_in
from tests.integration.http.conftest import POLICE

ADMIN = ("registry-admin", "supervisor")


def requested(console: Console, person: Person, key: FileKey, **changes: Any) -> dict[str, Any]:
    """Give the request that the script of the page would make."""
    session, _ = use_session(console.people, person.secret)
    asked = question(console.people, session)
    audience = console.office.audience
    pop = prove_possession(key, aud=audience, authority=AUTHORITY, nonce=asked.nonce, jti=asked.jti)
    known = {"aud": audience, "authority": AUTHORITY, "officer": person.officer}
    return {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop, **known, **changes}


def asked_for(console: Console, person: Person, key: FileKey, **changes: Any) -> httpx.Response:
    text = json.dumps(requested(console, person, key, **changes))
    return person.post("/keys/new", {"request": text})


def waits(console: Console, kid: str) -> bool:
    registry, _ = console.people.registry()
    return kid in [each.request.kid for each in waiting(console.people, registry)]


def test_the_page_of_a_new_key_asks_this_session_a_question(console: Console) -> None:
    person = console.person("LIC")
    text = person.get("/keys/new").text
    assert f'data-officer="{person.officer}"' in text
    assert re.search(r'data-nonce="[\w-]{22}"', text)
    old = console.logged_in(person.officer, ago=400)
    assert old.get("/keys/new").headers["location"].startswith("/step-up?next=%2Fkeys%2Fnew")


def test_a_key_waits_and_is_put_into_the_registry_by_two_persons(console: Console) -> None:
    first, second = console.person(*ADMIN), console.person(*ADMIN)
    person, key = console.person("LIC", "POL"), FileKey.create("Ed25519")
    assert asked_for(console, person, key).headers["location"] == "/keys"
    assert key.kid in text_of(person.get("/keys"))
    assert "muniment authority enrol" in text_of(person.get("/keys"))

    page = first.get("/keys/waiting")
    assert key.kid in text_of(page)
    given = {"kid": key.kid, "role": ["LIC"], "places": "XA"}
    check = first.post("/keys/propose", given)
    assert "Fingerprint of the new key" in text_of(check)
    assert sent(first, sheet_in(check)).status_code == 303
    assert not waits(console, key.kid)

    assert "Another person has to approve it" in text_of(first.get("/keys/waiting"))
    check = second.post("/keys/approve", {"kid": key.kid})
    assert sent(second, sheet_in(check)).status_code == 303
    record = console.office.ledger.catch_up().keys[key.kid]
    assert (record.officer, [each.role for each in record.grants]) == (person.officer, ["LIC"])
    assert record.approved is not None


def test_a_request_that_came_as_a_file_makes_a_new_officer(console: Console) -> None:
    admin, key = console.person(*ADMIN), FileKey.create("ES256")
    text = json.dumps(requested(console, admin, key, officer=None))
    given = {"request": text, "role": ["POL"], "places": "XA", "name": "Zofia Example"}
    check = admin.post("/keys/propose", given)
    assert "a new officer" in text_of(check)
    sheet = sheet_in(check)
    assert "Zofia" not in sheet.text
    assert sheet.claims == {"officer_name": "Zofia Example"}
    assert sent(admin, sheet).status_code == 303


def test_nobody_proposes_and_approves_the_same_key(console: Console) -> None:
    admin, person, key = console.person(*ADMIN), console.person("LIC"), FileKey.create("Ed25519")
    asked_for(console, person, key)
    check = admin.post("/keys/propose", {"kid": key.kid, "role": ["LIC"], "places": "XA"})
    assert sent(admin, sheet_in(check)).status_code == 303
    check = admin.post("/keys/approve", {"kid": key.kid})
    assert "The ledger would refuse this now" in text_of(check)
    assert sent(admin, sheet_in(check)).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [{"authority": POLICE}, {"officer": "off.01a2076b-4018-7111-8222-333333333333"}, {"alg": "x"}],
)
def test_a_key_that_was_made_for_somebody_else_does_not_wait(
    console: Console, changes: dict[str, str]
) -> None:
    person, key = console.person("LIC"), FileKey.create("Ed25519")
    assert asked_for(console, person, key, **changes).status_code == 400
    assert not waits(console, key.kid)


def test_only_who_looks_after_keys_sees_those_that_wait(console: Console) -> None:
    person, key = console.person("LIC"), FileKey.create("Ed25519")
    asked_for(console, person, key)
    assert person.get("/keys/waiting").status_code == 404
    given = {"kid": key.kid, "role": ["LIC"], "places": "XA"}
    assert person.post("/keys/propose", given).status_code == 404
    assert person.post("/keys/approve", {"kid": key.kid}).status_code == 404
    assert console.stranger.get("/keys/waiting").headers["location"].startswith("/log-in")


def test_a_key_is_taken_back_by_its_holder_or_refused_by_an_administrator(
    console: Console,
) -> None:
    person, other, key = console.person("LIC"), console.person("LIC"), FileKey.create("Ed25519")
    asked_for(console, person, key)
    other.post("/keys/withdraw", {"kid": key.kid})
    assert waits(console, key.kid)
    person.post("/keys/withdraw", {"kid": key.kid})
    assert not waits(console, key.kid)
    asked_for(console, person, key)
    console.person(*ADMIN).post("/keys/withdraw", {"kid": key.kid})
    assert not waits(console, key.kid)


def test_the_only_key_is_stopped_by_somebody_else(console: Console) -> None:
    person, admin = console.person("LIC"), console.person(*ADMIN)
    assert person.key is not None
    page = person.get("/keys")
    assert "Report it lost" not in text_of(page)
    assert "no key is heard about itself" in text_of(page)
    change = {"kid": person.key.kid, "evt": "key.revoked", "reason": "lost"}
    assert "no key that may sign this" in text_of(person.post("/keys/change", change))
    check = admin.post("/keys/change", change | {"reason": "compromised"})
    assert sent(admin, sheet_in(check)).status_code == 303
    assert console.office.ledger.catch_up().keys[person.key.kid].end_reason == "compromised"


def test_a_key_is_suspended_and_let_sign_again_by_different_persons(console: Console) -> None:
    person, first, second = console.person("LIC"), console.person(*ADMIN), console.person(*ADMIN)
    assert person.key is not None
    kid = person.key.kid
    check = first.post("/keys/change", {"kid": kid, "evt": "key.suspended"})
    assert sent(first, sheet_in(check)).status_code == 303
    assert "suspended" in text_of(second.get("/keys"))
    check = second.post("/keys/change", {"kid": kid, "evt": "key.reinstated"})
    assert sent(second, sheet_in(check)).status_code == 303
    registry, index = console.people.registry()
    assert registry.keys[kid].state_at(index) == "valid"


@pytest.mark.parametrize(
    "change",
    [{"evt": "role.granted"}, {"evt": ""}, {"evt": "key.revoked", "reason": "boredom"}],
)
def test_no_other_change_comes_out_of_the_page(console: Console, change: dict[str, str]) -> None:
    person, admin = console.person("LIC"), console.person(*ADMIN)
    assert person.key is not None
    answer = admin.post("/keys/change", {"kid": person.key.kid, **change})
    assert answer.status_code in (400, 422)
    assert admin.post("/keys/change", {"kid": "x", "evt": "key.suspended"}).status_code == 422


def test_a_key_that_nobody_knows_is_none(console: Console) -> None:
    admin = console.person(*ADMIN)
    assert admin.post("/keys/approve", {"kid": "A" * 43}).status_code == 422
    assert admin.post("/keys/propose", {"kid": "A" * 43}).status_code == 404
    assert admin.post("/keys/propose", {"request": "{}"}).status_code == 400


def test_whoever_is_new_finds_the_authorities(console: Console) -> None:
    text = html.unescape(console.stranger.get("/keys/first").text)
    assert f'<option value="{POLICE}">' in text
    assert f'data-aud="{console.office.audience}"' in text
