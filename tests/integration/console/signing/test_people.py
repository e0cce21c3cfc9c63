# SPDX-License-Identifier: Apache-2.0
"""The pages around log-in: ways in, the way back, and the way out."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from api.people.sessions import sessions_of
from tests.integration.console.conftest import Console, text_of

ELSEWHERE = ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)")


def kept(header: str) -> str:
    """Give where a log-in leads, as the cookie keeps it."""
    pair = header.partition(";")[0].partition("=")
    assert pair[0] == "__Host-muniment-next"
    return parse_qs(pair[2]).get("to", [""])[0]


def test_the_log_in_offers_what_the_service_has_and_remembers_the_way(console: Console) -> None:
    answer = console.stranger.get("/log-in?next=/search?serial=AB-1")
    words = text_of(answer)
    assert "Log in with a passkey" in words
    assert "at your organization" not in words
    assert kept(answer.headers["set-cookie"]) == "/search?serial=AB-1"
    assert 'data-next="/search?serial=AB-1"' in answer.text


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("page", ["/log-in", "/step-up"])
def test_no_log_in_leads_to_another_site(console: Console, page: str, address: str) -> None:
    person = console.person("LIC") if page == "/step-up" else console.stranger
    answer = person.client.get(page, params={"next": address}, headers=person._headers())
    assert kept(answer.headers["set-cookie"]) == "/"
    assert "evil" not in answer.text.replace(f"next={address}", "").partition("<footer")[0]


def test_whoever_is_logged_in_goes_on_at_once(console: Console) -> None:
    answer = console.person("LIC").get("/log-in?next=/duties")
    assert (answer.status_code, answer.headers["location"]) == (303, "/duties")


def test_a_step_up_is_for_somebody_who_is_logged_in(console: Console) -> None:
    assert console.stranger.get("/step-up").headers["location"].startswith("/log-in")
    assert "Prove it with a passkey" in text_of(console.person("LIC").get("/step-up"))
    assert console.stranger.get("/step-up/done").status_code == 303


def test_one_sees_ones_own_sessions_alone(console: Console) -> None:
    person, other = console.person("LIC"), console.person("LIC")
    console.logged_in(person.officer, person.key)
    words = person.get("/sessions").text
    assert words.count("<tr><td>") == 2
    assert "this one" in words
    assert other.officer not in words


def test_logging_out_ends_this_session_or_all_of_them(console: Console) -> None:
    person = console.person("LIC")
    second = console.logged_in(person.officer, person.key)
    third = console.logged_in(person.officer, person.key)
    answer = person.post("/log-out", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert "__Host-muniment=;" in str(answer.headers.get_list("set-cookie"))
    assert person.get("/sessions").headers["location"].startswith("/log-in")
    assert len(sessions_of(console.people, person.officer)) == 2
    second.post("/log-out", {"everywhere": "1"})
    assert third.get("/sessions").headers["location"].startswith("/log-in")


def test_no_other_site_logs_anybody_out(console: Console) -> None:
    person = console.person("LIC")
    assert person.post("/log-out", {"csrf": ""}).status_code == 403
    assert person.post("/log-out", {}, Origin="https://evil.example").status_code == 403
    assert person.get("/sessions").status_code == 200


def test_a_passkey_is_registered_by_a_code_or_after_a_log_in(console: Console) -> None:
    assert "Code of your invitation" in text_of(console.stranger.get("/register"))
    assert "Code of your invitation" not in text_of(console.person("LIC").get("/register"))
