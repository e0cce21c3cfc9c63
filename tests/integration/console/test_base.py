# SPDX-License-Identifier: Apache-2.0
"""What is the same on every page: its headers, its language, its menu, and whom it lets in."""

from __future__ import annotations

import re

import pytest

from api.console.languages import NAMES
from tests.integration.console.conftest import REASON, Console, text_of

FIRST_PAGE_OCTETS_MAX = 50_000


def test_the_first_page_loads_nothing_from_outside_and_forbids_it(console: Console) -> None:
    answer = console.stranger.get("/")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    found = re.findall(r"(?:src|href|action)=\"([^\"]*)\"", answer.text)
    assert [each for each in found if not each.startswith(("/", "#"))] == []
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", answer.text)


def test_the_first_page_with_all_its_files_is_light(console: Console) -> None:
    answer = console.stranger.get("/")
    files = re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", answer.text)
    assert files
    loaded = [console.client.get(each.replace("&amp;", "&")) for each in files]
    assert {each.status_code for each in loaded} == {200}
    assert len(answer.content) + sum(len(each.content) for each in loaded) < FIRST_PAGE_OCTETS_MAX


def test_a_file_is_kept_for_ever_under_its_digest_alone(console: Console) -> None:
    text = console.stranger.get("/").text
    (address,) = re.findall(r"href=\"(/static/console\.css\?v=\w+)\"", text)
    kept = console.client.get(address)
    assert "immutable" in kept.headers["cache-control"]
    plain = console.client.get("/static/console.css")
    assert plain.headers["cache-control"] == "no-cache"
    tag = {"If-None-Match": plain.headers["etag"]}
    assert console.client.get("/static/console.css", headers=tag).status_code == 304


@pytest.mark.parametrize(
    "name", ["nothing.css", "../app.py", "%2e%2e/app.py", "console.py", "console.css/x"]
)
def test_no_other_file_is_given(console: Console, name: str) -> None:
    assert console.client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("language", NAMES)
def test_a_reader_chooses_a_language_and_comes_back(console: Console, language: str) -> None:
    answer = console.client.get(f"/language/{language}?next=/verify")
    assert (answer.status_code, answer.headers["location"]) == (303, "/verify")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    page = console.client.get("/", headers={"Cookie": cookie})
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    client_cookies = console.client.cookies
    client_cookies.clear()


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_address_leads_out_of_the_console(console: Console, address: str) -> None:
    answer = console.client.get("/language/fr", params={"next": address})
    assert answer.headers["location"] == "/"
    console.client.cookies.clear()


def test_the_browser_says_which_language_it_prefers(console: Console) -> None:
    headers = {"Accept-Language": "de, ar-EG;q=0.9, en;q=0.8"}
    assert '<html lang="ar" dir="rtl">' in console.client.get("/", headers=headers).text


def test_the_menu_shows_what_the_roles_open(console: Console) -> None:
    tracing, dealer = console.person("TRC").get("/"), console.person("DLR").get("/")
    assert "Find a firearm" in text_of(tracing)
    assert "Find a firearm" not in text_of(dealer)
    assert "Record an event" in text_of(dealer)


def test_a_purpose_is_asked_for_and_kept(console: Console) -> None:
    person = console.person("TRC")
    asked = person.get("/purpose?next=/search")
    assert "Why do you ask?" in text_of(asked)
    stated = person.post("/purpose", {**REASON, "next": "/search"})
    assert (stated.status_code, stated.headers["location"]) == (303, "/search")
    cookie = stated.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Secure" in cookie


@pytest.mark.parametrize("recipient", ["XB", "auth.xb.court"])
def test_whom_it_is_passed_on_to_is_kept_and_shown_on_every_page(
    console: Console, recipient: str
) -> None:
    person = console.person("TRC")
    stated = person.post("/purpose", {**REASON, "recipient": recipient})
    name, _, kept = stated.headers["set-cookie"].partition(";")[0].partition("=")
    person.cookies[name] = kept
    assert f", given to {recipient} Change the purpose" in text_of(person.get("/"))
    assert f'value="{recipient}"' in person.get("/purpose").text


def test_what_is_wrong_with_a_recipient_is_said_as_to_programs_and_in_the_readers_language(
    console: Console,
) -> None:
    wrong = {**REASON, "recipient": "Somebody"}
    sentence = "A recipient is a State, such as XB, or the identifier of an authority."
    assert text_of(console.person("TRC").post("/purpose", wrong)).count(sentence) == 2
    french = console.person("TRC").post("/purpose", wrong, **{"Accept-Language": "fr"})
    assert text_of(french).count("Un destinataire est un État") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purpose", "curiosity"),
        ("basis", "Act 7!"),
        ("case", "\u202e22"),
        ("recipient", "Somebody"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_beside_its_field(
    console: Console, field: str, value: str
) -> None:
    person = console.person("TRC")
    answer = person.post("/purpose", {**REASON, field: value})
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    kept = {**REASON, field: value}
    assert f'value="{kept["case"]}"' in answer.text


def test_a_form_without_its_token_does_nothing(console: Console) -> None:
    person = console.person("TRC")
    answer = person.post("/purpose", {**REASON, "csrf": "x" * 43})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_stranger_is_led_to_the_log_in(console: Console) -> None:
    answer = console.stranger.get("/purpose?next=/search")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/log-in?next=%2Fpurpose")


def test_an_address_without_a_page_says_so(console: Console) -> None:
    answer = console.stranger.get("/nothing-here")
    assert answer.status_code == 404
    assert "There is no such thing, or it is not for you." in text_of(answer)


def test_the_api_is_still_at_its_own_addresses(console: Console) -> None:
    assert console.client.get("/v1/health/live").status_code == 200
    assert console.client.get("/reference").status_code == 200
    problem = console.client.get("/v1/nothing-here")
    assert problem.headers["content-type"] == "application/problem+json"
