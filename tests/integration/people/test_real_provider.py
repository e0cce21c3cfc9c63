# SPDX-License-Identifier: Apache-2.0
"""Log-in at a real provider: the package oidc-provider-mock, run by itself on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from time import time as clock
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.people.bindings import bind
from api.people.desk import Desk
from api.people.oidc.log_in import CALLBACK, arrive, depart
from api.people.oidc.provider import Provider
from api.people.sessions import Session
from api.service.settings import Oidc
from domain.errors import UnauthenticatedError, UnreachableError
from tests.integration.people.conftest import (
    ORIGIN,
    Time,
    logged_in,
    session_of,
    settings_of,
)
from tests.unit.domain.registry.registry_book import NOW, YEAR, Book, officer

RUN = """
import sys
from oidc_provider_mock import User, run_server_in_thread
people = [User(sub="pia", claims={"acr": "phr"}), User(sub="rex", claims={})]
with run_server_in_thread(require_client_registration=True, user_claims=people) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""
PIA = officer("pia")
REGISTERED = ORIGIN + CALLBACK


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"AUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    assert process.stdout is not None
    yield f"http://localhost:{int(process.stdout.readline())}"
    process.communicate("", timeout=20)


@pytest.fixture
def home(desk: Desk, book: Book, time: Time, issuer: str) -> Desk:
    """A desk on the clock of the provider, with two people who are bound."""
    time.now = int(clock())
    found = settings_of(desk, oidc=_registered(issuer)[0])
    for name in ("pia", "rex"):
        book.enrol(name, not_after=NOW + 100 * YEAR)
        bind(found, name, officer(name))
    return found


@pytest.fixture
def provider(issuer: str, home: Desk) -> Iterator[Provider]:
    oidc, secret = _registered(issuer)
    found = Provider(oidc, secret, clock=home.clock)
    yield found
    found.close()


def _registered(issuer: str) -> tuple[Oidc, str]:
    """Register a client, as an administrator would at any provider."""
    made = httpx.post(
        f"{issuer}/oauth2/clients",
        json={"redirect_uris": [REGISTERED], "token_endpoint_auth_method": "client_secret_basic"},
    ).json()
    fields = {"issuer": issuer, "client_id": made["client_id"], "client_secret_file": "x"}
    return Oidc.model_validate(fields | {"acr_values": ["phr"]}), made["client_secret"]


def _browse(address: str, who: str) -> dict[str, str]:
    """Do what a browser does at the provider, and give what it brings back."""
    assert httpx.get(address).status_code == 200
    back = httpx.post(address, data={"sub": who})
    assert back.status_code == 302, back.text
    assert back.headers["location"].startswith(f"{REGISTERED}?")
    query = parse_qs(urlsplit(back.headers["location"]).query)
    return {name: value[0] for name, value in query.items()}


def _log_in(desk: Desk, provider: Provider, who: str, session: Session | None = None) -> str:
    away = depart(desk, provider, session)
    return arrive(desk, provider, ceremony=away.ceremony, answer=_browse(away.address, who))


def test_an_officer_logs_in_at_a_real_provider(home: Desk, provider: Provider) -> None:
    session = session_of(home, _log_in(home, provider, "rex"))
    assert (session.officer, session.way) == (officer("rex"), "oidc")


def test_somebody_who_is_not_bound_is_not_logged_in(home: Desk, provider: Provider) -> None:
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        _log_in(home, provider, "somebody@example.org")


def test_a_person_who_says_no_is_not_logged_in(home: Desk, provider: Provider) -> None:
    away = depart(home, provider)
    back = httpx.post(away.address, data={"action": "deny"})
    query = parse_qs(urlsplit(back.headers["location"]).query)
    answer = {name: value[0] for name, value in query.items()}
    assert answer["error"] == "access_denied"
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        arrive(home, provider, ceremony=away.ceremony, answer=answer)


def test_a_code_is_taken_once_by_a_real_provider(home: Desk, provider: Provider) -> None:
    away, again = depart(home, provider), depart(home, provider)
    answer = _browse(away.address, "rex")
    arrive(home, provider, ceremony=away.ceremony, answer=answer)
    replayed = _browse(again.address, "rex") | {"code": answer["code"]}
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        arrive(home, provider, ceremony=again.ceremony, answer=replayed)


def test_the_wrong_secret_is_refused_by_a_real_provider(home: Desk, provider: Provider) -> None:
    wrong = Provider(provider.oidc, "wrong", clock=home.clock)
    with pytest.raises(
        (UnauthenticatedError, UnreachableError), match=r"not accepted|as it should"
    ):
        _log_in(home, wrong, "rex")
    wrong.close()


def test_asvs_7_5_3_a_real_provider_steps_a_session_up_by_its_context(
    home: Desk, provider: Provider
) -> None:
    session = session_of(home, logged_in(home, PIA, strong=False))
    stepped = session_of(home, _log_in(home, provider, "pia", session))
    assert stepped.stepped_up(home.now() + 1)
    assert stepped.born_at == session.born_at


def test_asvs_7_5_3_without_the_context_a_real_provider_steps_nobody_up(
    home: Desk, provider: Provider
) -> None:
    session = session_of(home, logged_in(home, officer("rex"), strong=False))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        _log_in(home, provider, "rex", session)
