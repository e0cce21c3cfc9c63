# SPDX-License-Identifier: Apache-2.0
"""Officers are invited to log in by who administers the registry, once each, and it is logged."""

from __future__ import annotations

import re

import pytest

from api.people.bindings import invited_officer
from api.people.passkeys.store import Passkey, add
from tests.integration.console.conftest import Console, Person, text_of


@pytest.fixture(scope="module")
def admin(console: Console) -> Person:
    """Give an administrator of the registry."""
    return console.person("registry-admin")


def test_a_code_is_shown_once_and_opens_that_officer_s_passkey(
    console: Console, admin: Person
) -> None:
    officer = console.person("LIC").officer
    listed = admin.get("/people")
    assert officer in listed.text
    assert "cannot log in yet" in text_of(listed)
    answer = admin.post("/people/invite", {"officer": officer})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    (code,) = re.findall(r"/register#([A-Za-z0-9_-]{43})<", answer.text)
    assert invited_officer(console.people, code) == officer
    assert code not in admin.get("/people").text


def test_nobody_is_invited_twice_over_or_by_oneself(console: Console, admin: Person) -> None:
    officer = console.person("LIC").officer
    passkey = Passkey(
        id=b"i" * 32,
        officer=officer,
        public_key=b"k" * 64,
        sign_count=0,
        synced=False,
        made_at=1,
        used_at=1,
    )
    assert add(console.people, passkey, None)
    taken = admin.post("/people/invite", {"officer": officer})
    assert taken.status_code == 409
    assert "logs in already" in text_of(taken)
    assert admin.post("/people/invite", {"officer": admin.officer}).status_code == 409


def test_officers_out_of_reach_are_neither_shown_nor_invited(console: Console) -> None:
    elsewhere = console.person("LIC").officer
    supervisor = console.person("supervisor", authority="auth.xa.police")
    assert elsewhere not in supervisor.get("/people").text
    assert supervisor.post("/people/invite", {"officer": elsewhere}).status_code == 404
    unknown = "off.00000000-0000-4000-8000-000000000000"
    assert supervisor.post("/people/invite", {"officer": unknown}).status_code == 404


def test_it_takes_the_role_a_fresh_factor_and_the_token_of_the_session(
    console: Console, admin: Person
) -> None:
    clerk = console.person("LIC")
    assert clerk.get("/people").status_code == 403
    assert clerk.post("/people/invite", {"officer": clerk.officer}).status_code == 403
    tired = console.logged_in(admin.officer, ago=3_600)
    assert tired.get("/people").headers["location"].startswith("/step-up?")
    officer = {"officer": clerk.officer}
    assert admin.post("/people/invite", {**officer, "csrf": "x" * 43}).status_code == 403
    assert console.stranger.get("/people").headers["location"].startswith("/log-in")


def test_an_invitation_stands_in_the_access_log_and_a_look_at_the_list_does_not(
    console: Console,
) -> None:
    admin = console.person("registry-admin")
    auditor = console.person("AUD").says(purpose="audit", basis="act_7")
    seen = f"/audit/access?who={admin.officer}"
    assert admin.get("/people").status_code == 200
    assert "<tbody>" not in auditor.get(seen).text
    admin.post("/people/invite", {"officer": console.person("LIC").officer})
    (rows,) = re.findall(r"(?s)<tbody>.*?</tbody>", auditor.get(seen).text)
    assert rows.count("Invited an officer to log in") == 1


def test_holders_of_root_keys_are_invited_by_their_like_alone(
    console: Console, admin: Person
) -> None:
    registry = console.office.ledger.catch_up()
    root = registry.keys[console.roots[0].kid].officer
    assert root not in admin.get("/people").text
    assert admin.post("/people/invite", {"officer": root}).status_code == 404
    other = console.logged_in(registry.keys[console.roots[1].kid].officer)
    assert root in other.get("/people").text


def test_officers_are_shown_page_by_page_each_of_them_once(
    console: Console, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.pages.inviting.ROWS_SHOWN", 2)
    officers = {console.person("LIC").officer for _ in range(5)}
    seen: list[str] = []
    path = "/people"
    while path:
        shown = admin.get(path).text
        found = re.findall(r'<h2><bdi dir="ltr" class="value">([^<]+)</bdi>', shown)
        assert 1 <= len(found) <= 2
        assert ("To the beginning" in shown) == bool(seen)
        seen += found
        path = "".join(re.findall(r'rel="next" href="([^"]+)"', shown))
    assert seen == sorted(set(seen))
    assert officers <= set(seen)


def test_an_officer_of_another_page_is_invited_too(
    console: Console, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.pages.inviting.ROWS_SHOWN", 1)
    officer = max(console.person("LIC").officer for _ in range(2))
    assert officer not in admin.get("/people").text
    assert admin.post("/people/invite", {"officer": officer}).status_code == 200
