# SPDX-License-Identifier: Apache-2.0
"""The addresses of people over HTTP, as a browser sees them: cookies, tokens and answers."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.people.answers import PasskeysAnswer, SessionAnswer, SessionsAnswer
from api.people.bindings import invite
from api.people.cookies import CEREMONY_COOKIE, SESSION_COOKIE, token
from api.people.desk import Desk
from api.people.oidc.provider import Provider
from api.people.passkeys.approving import kept_approval, party_of
from api.people.people import People
from api.people.routes import router
from api.people.sessions import STEP_UP_SECONDS
from audit.proof.approvals.assertion import verify_approval
from audit.proof.encoding import decode, encode
from domain.errors import MunimentError
from tests.integration.people.conftest import ORIGIN, POL, Time, enrolled, logged_in
from tests.integration.people.provider import HostileProvider
from tests.unit.api.people.authenticator import Authenticator, text
from tests.unit.domain.registry.registry_book import HOME

Json = dict[str, Any]
EVENT = "eyJhbGciOiJFZDI1NTE5In0.eyJkYXQiOnt9fQ"


class Browser:
    """Keeps cookies as a browser does, and sends the token that it read."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []
        self.csrf = ""
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return asyncio.run(self._ask(method, path, body, headers))

    async def _ask(
        self, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> httpx.Response:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"cookie": pairs, "muniment-csrf": self.csrf, **self.headers, **headers}
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://any.host") as client:
            answer = await client.request(method, f"/v1{path}", json=body, headers=sent)
        self.set = answer.headers.get_list("set-cookie")
        for each in self.set:
            name, _, rest = each.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        if answer.headers.get("content-type") == "application/json" and answer.status_code == 200:
            self.csrf = answer.json().get("csrf", self.csrf)
        return answer


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return _browser(People(desk=desk))


def _browser(people: People) -> Browser:
    app = FastAPI()
    app.state.people = people
    app.include_router(router, prefix="/v1")

    @app.exception_handler(MunimentError)
    async def told(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, MunimentError)
        return JSONResponse({"code": error.slug}, status_code=400)

    return Browser(app)


def _here(browser: Browser, desk: Desk, *, strong: bool = True) -> Browser:
    browser.cookies[SESSION_COOKIE] = logged_in(desk, strong=strong)
    browser.csrf = token(browser.cookies[SESSION_COOKIE], "csrf")
    return browser


def _code(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["code"])


def test_a_passkey_is_registered_by_a_code_and_logs_in(browser: Browser, desk: Desk) -> None:
    passkey = Authenticator(ORIGIN)
    options = browser.ask("POST", "/passkeys/options", {"code": invite(desk, POL)}).json()
    made = browser.ask("POST", "/passkeys", passkey.create(options))
    assert (made.status_code, made.json()["officer"]) == (201, POL)
    assert browser.ask("GET", "/session").status_code == 400
    options = browser.ask("POST", "/log-in/passkey/options").json()
    answer = browser.ask("POST", "/log-in/passkey", passkey.get(options))
    assert answer.json() == {
        "officer": POL,
        "authority": HOME,
        "roles": ["POL"],
        "jurisdictions": ["XA-NW"],
        "way": "passkey",
        "born_at": desk.now(),
        "ends_at": desk.now() + 28_800,
        "idle_ends_at": desk.now() + 900,
        "stepped_up_until": desk.now() + 300,
        "csrf": token(browser.cookies[SESSION_COOKIE], "csrf"),
    }
    assert browser.ask("GET", "/session").json() == answer.json()


def test_asvs_3_3_the_sessions_cookie_is_strict_and_the_ceremonys_is_cleared(
    browser: Browser, desk: Desk
) -> None:
    passkey = enrolled(desk)
    options = browser.ask("POST", "/log-in/passkey/options").json()
    assert browser.set[0].startswith(f"{CEREMONY_COOKIE}=")
    browser.ask("POST", "/log-in/passkey", passkey.get(options))
    session, ceremony = browser.set
    assert session.startswith(f"{SESSION_COOKIE}=")
    assert session.endswith("Path=/; Max-Age=28800; Secure; HttpOnly; SameSite=Strict")
    assert ceremony.startswith(f"{CEREMONY_COOKIE}=; Path=/; Max-Age=0;")


def test_asvs_7_2_4_a_session_that_was_planted_is_not_logged_in(
    browser: Browser, desk: Desk
) -> None:
    planted = "A" * 43
    browser.cookies[SESSION_COOKIE] = planted
    passkey = enrolled(desk)
    options = browser.ask("POST", "/log-in/passkey/options").json()
    browser.ask("POST", "/log-in/passkey", passkey.get(options))
    assert browser.cookies[SESSION_COOKIE] != planted
    browser.cookies[SESSION_COOKIE] = planted
    assert _code(browser.ask("GET", "/session")) == "session_ended"


def test_asvs_7_4_1_and_7_4_4_logging_out_ends_the_session_and_the_cookie(
    browser: Browser, desk: Desk
) -> None:
    secret = _here(browser, desk).cookies[SESSION_COOKIE]
    answer = browser.ask("DELETE", "/session")
    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache"'
    assert browser.cookies[SESSION_COOKIE] == ""
    browser.cookies[SESSION_COOKIE] = secret
    assert _code(browser.ask("GET", "/session")) == "session_ended"


def test_logging_out_everywhere_ends_the_other_browsers_too(browser: Browser, desk: Desk) -> None:
    other = _here(_browser(People(desk=desk)), desk)
    _here(browser, desk)
    listed = browser.ask("GET", "/sessions").json()["sessions"]
    assert sorted(each["this"] for each in listed) == [False, True]
    assert browser.ask("DELETE", "/sessions").status_code == 204
    assert _code(other.ask("GET", "/session")) == "session_ended"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/session"),
        ("DELETE", "/sessions"),
        ("POST", "/step-up/passkey/options"),
        ("POST", "/passkeys/options"),
        ("DELETE", "/passkeys/AAAA"),
    ],
)
def test_asvs_3_5_1_every_change_needs_the_token(
    browser: Browser, desk: Desk, method: str, path: str
) -> None:
    _here(browser, desk)
    assert _code(browser.ask(method, path, **{"muniment-csrf": ""})) == "csrf_invalid"
    assert _code(browser.ask(method, path, origin="https://evil.example")) == "csrf_invalid"
    assert browser.ask(method, path, origin=ORIGIN).status_code < 300


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/session"), ("GET", "/sessions"), ("GET", "/passkeys"), ("DELETE", "/session")],
)
def test_asvs_10_3_1_a_bearer_token_is_nobody(
    browser: Browser, desk: Desk, method: str, path: str
) -> None:
    secret = logged_in(desk)
    answer = browser.ask(method, path, authorization=f"Bearer {secret}")
    assert _code(answer) == "session_ended"


def test_asvs_4_1_3_headers_of_proxies_and_the_host_change_nothing(browser: Browser) -> None:
    browser.headers = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        "forwarded": "host=evil.example",
    }
    options = browser.ask("POST", "/log-in/passkey/options").json()
    assert options["rpId"] == "muniment.example"
    assert "Secure" in browser.set[0]


def test_a_session_steps_up_by_passkey_under_a_new_cookie(browser: Browser, desk: Desk) -> None:
    passkey = enrolled(desk)
    old, csrf = _here(browser, desk, strong=False).cookies[SESSION_COOKIE], browser.csrf
    assert browser.ask("GET", "/session").json()["stepped_up_until"] is None
    options = browser.ask("POST", "/step-up/passkey/options").json()
    answer = browser.ask("POST", "/step-up/passkey", passkey.get(options))
    assert answer.json()["stepped_up_until"] == desk.now() + STEP_UP_SECONDS
    assert browser.cookies[SESSION_COOKIE] != old
    assert browser.csrf != csrf


def test_asvs_7_5_1_to_remove_a_passkey_takes_a_fresh_factor(
    browser: Browser, desk: Desk, time: Time
) -> None:
    passkey = enrolled(desk)
    _here(browser, desk)
    (listed,) = browser.ask("GET", "/passkeys").json()["passkeys"]
    assert listed["id"] == text(passkey.identifier)
    time.passes(STEP_UP_SECONDS + 1)
    assert _code(browser.ask("DELETE", f"/passkeys/{listed['id']}")) == "step_up_needed"
    _here(browser, desk)
    assert browser.ask("DELETE", f"/passkeys/{listed['id']}").status_code == 204
    assert _code(browser.ask("GET", "/passkeys")) == "session_ended"


def test_an_event_is_approved_and_the_evidence_kept(browser: Browser, desk: Desk) -> None:
    passkey = enrolled(desk)
    _here(browser, desk)
    options = browser.ask("POST", "/approvals/options", {"signing_input": EVENT}).json()
    body = {"signing_input": EVENT, "credential": passkey.get(options)}
    eid = browser.ask("POST", "/approvals", body).json()["eid"]
    kept = kept_approval(desk, POL, decode(eid.encode()))
    assert kept is not None
    assert verify_approval(kept, EVENT.encode(), party_of(desk)) == 1
    assert encode(decode(eid.encode())).decode() == eid


@pytest.mark.parametrize("signing_input", ["", "a", "a.b.c", "a.b~c", "a." + "b" * 16_384, 7])
def test_what_is_no_event_is_not_approved(
    browser: Browser, desk: Desk, signing_input: object
) -> None:
    _here(browser, desk)
    answer = browser.ask("POST", "/approvals/options", {"signing_input": signing_input})
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [None, [], "text", {str(n): n for n in range(9)}])
def test_a_credential_of_another_form_is_not_read(browser: Browser, body: object) -> None:
    assert browser.ask("POST", "/log-in/passkey", body).status_code == 422


def test_a_form_of_another_site_is_not_read_as_json(browser: Browser) -> None:
    answer = browser.ask("POST", "/log-in/passkey", {}, **{"content-type": "text/plain"})
    assert answer.status_code in (400, 415, 422)


def test_without_a_provider_nobody_is_sent_to_one(browser: Browser, desk: Desk) -> None:
    assert _code(browser.ask("GET", "/log-in")) == "log_in_not_offered"
    assert _code(browser.ask("GET", "/log-in/callback?code=a&state=b")) == "log_in_not_offered"
    assert _code(_here(browser, desk).ask("GET", "/step-up")) == "log_in_not_offered"


@pytest.fixture
def away(home: Desk, provider: Provider) -> Browser:
    return _browser(People(desk=home, oidc=provider))


def _back(answer: Json) -> str:
    return f"/log-in/callback?code={answer['code']}&state={answer['state']}"


def test_a_browser_goes_to_the_provider_and_comes_back_logged_in(
    away: Browser, hostile: HostileProvider
) -> None:
    sent = away.ask("GET", "/log-in")
    assert sent.status_code == 303
    assert away.set[0].endswith("HttpOnly; SameSite=Lax")
    landed = away.ask("GET", _back(hostile.authorize(sent.headers["location"])))
    assert landed.status_code == 200
    assert landed.headers["referrer-policy"] == "no-referrer"
    assert "SameSite=Strict" in away.set[0]
    assert '<meta http-equiv="refresh" content="0; url=/">' in landed.text
    assert away.ask("GET", "/session").json()["officer"] == POL


def test_asvs_10_1_2_what_another_browser_began_is_not_finished_here(
    away: Browser, hostile: HostileProvider
) -> None:
    sent = away.ask("GET", "/log-in")
    back = _back(hostile.authorize(sent.headers["location"]))
    for cookies in ({}, {CEREMONY_COOKIE: "A" * 43}):
        away.cookies = dict(cookies)
        assert _code(away.ask("GET", back)) == "log_in_refused"


def test_a_parameter_that_stands_twice_is_not_believed(
    away: Browser, hostile: HostileProvider
) -> None:
    sent = away.ask("GET", "/log-in")
    back = _back(hostile.authorize(sent.headers["location"]))
    assert _code(away.ask("GET", f"{back}&code=another")) == "log_in_refused"
    assert away.ask("GET", back).status_code == 200


def test_the_session_steps_up_at_the_provider_without_its_own_cookie_on_the_way_back(
    away: Browser, home: Desk, hostile: HostileProvider
) -> None:
    hostile.claims = {"acr": "phr"}
    old = _here(away, home, strong=False).cookies[SESSION_COOKIE]
    sent = away.ask("GET", "/step-up")
    del away.cookies[SESSION_COOKIE]  # SameSite=Strict: it is not sent from the provider's page
    away.ask("GET", _back(hostile.authorize(sent.headers["location"])))
    assert away.ask("GET", "/session").json()["stepped_up_until"] == home.now() + 300
    away.cookies[SESSION_COOKIE] = old
    assert _code(away.ask("GET", "/session")) == "session_ended"


def test_nothing_of_a_person_is_kept_by_a_cache(browser: Browser, desk: Desk) -> None:
    _here(browser, desk)
    for path in ("/session", "/sessions", "/passkeys"):
        assert browser.ask("GET", path).headers["cache-control"] == "no-store"


def test_asvs_6_3_4_both_ways_lead_to_the_same_rights(
    away: Browser, home: Desk, hostile: HostileProvider
) -> None:
    passkey = enrolled(home)
    options = away.ask("POST", "/log-in/passkey/options").json()
    by_passkey = away.ask("POST", "/log-in/passkey", passkey.get(options)).json()
    sent = away.ask("GET", "/log-in")
    away.ask("GET", _back(hostile.authorize(sent.headers["location"])))
    by_provider = away.ask("GET", "/session").json()
    assert {by_passkey.pop("way"), by_provider.pop("way")} == {"passkey", "oidc"}
    for name in ("officer", "authority", "roles", "jurisdictions", "ends_at", "idle_ends_at"):
        assert by_passkey[name] == by_provider[name]


def test_what_is_answered_has_the_shape_of_the_document(browser: Browser, desk: Desk) -> None:
    enrolled(desk)
    _here(browser, desk)
    shapes: dict[str, type[BaseModel]] = {
        "/session": SessionAnswer,
        "/sessions": SessionsAnswer,
        "/passkeys": PasskeysAnswer,
    }
    for path, shape in shapes.items():
        answer = browser.ask("GET", path).json()
        assert shape.model_validate(answer).model_dump() == answer
