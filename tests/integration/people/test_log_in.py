# SPDX-License-Identifier: Apache-2.0
"""Log-in and step-up at a provider that does what it should: what we ask, keep and forget."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from joserfc.jwk import RSAKey

from api.people.bindings import bind
from api.people.cookies import digest
from api.people.desk import Desk
from api.people.oidc.log_in import arrive, depart
from api.people.oidc.provider import KEYS_SECONDS_MIN, METADATA_SECONDS, Provider
from api.people.sessions import STEP_UP_SECONDS, use_session
from audit.database import Database
from domain.errors import UnauthenticatedError
from tests.integration.people.conftest import (
    POL,
    Time,
    log_in_at,
    logged_in,
    oidc_of,
    session_of,
    settings_of,
)
from tests.integration.people.provider import CLIENT_SECRET, KEYS, HostileProvider
from tests.unit.domain.registry.registry_book import Book, officer


def query_of(address: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_an_officer_logs_in(
    home: Desk, provider: Provider, hostile: HostileProvider, alg: str
) -> None:
    hostile.alg = alg
    session, rights = use_session(home, log_in_at(home, provider, hostile))
    assert (session.officer, session.way, rights.roles) == (POL, "oidc", frozenset({"POL"}))
    assert (session.fresh_at, session.stepped_up_at) == (home.now(), None)


def test_the_secret_goes_into_the_body_where_the_provider_wants_that(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert session_of(home, log_in_at(home, provider, hostile)).officer == POL


def test_asvs_10_2_1_and_10_5_1_every_log_in_has_its_own_state_nonce_and_challenge(
    home: Desk, provider: Provider
) -> None:
    found = [query_of(depart(home, provider).address) for _ in range(20)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({each[name] for each in found}) == 20
        assert all(len(each[name]) == 43 for each in found)


def test_asvs_10_2_3_nothing_but_the_subject_is_asked_for(home: Desk, provider: Provider) -> None:
    query = query_of(depart(home, provider).address)
    assert query["scope"] == "openid"
    assert query["redirect_uri"] == "https://muniment.example/v1/log-in/callback"
    assert query["acr_values"] == "phr"


def test_an_endpoint_with_a_query_keeps_it(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.metadata = {"authorization_endpoint": f"{hostile.issuer}/authorize?realm=xa"}
    address = depart(home, provider).address
    assert query_of(address)["realm"] == "xa"
    assert address.count("?") == 1


def test_the_wrong_secret_of_the_client_is_refused(
    home: Desk, hostile: HostileProvider, time: Time
) -> None:
    assert home.settings.oidc is not None
    provider = Provider(home.settings.oidc, "wrong", clock=time)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile)
    provider.close()


def test_a_key_that_the_provider_made_lately_is_looked_up(
    home: Desk, provider: Provider, hostile: HostileProvider, time: Time
) -> None:
    log_in_at(home, provider, hostile)
    hostile.key = RSAKey.generate_key(2_048, {"kid": "new"})
    hostile.keys.append(hostile.key)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile)
    time.passes(KEYS_SECONDS_MIN)
    assert log_in_at(home, provider, hostile)
    assert hostile.asked.count("/jwks") == 2


def test_a_token_without_a_key_is_read_where_the_provider_has_one_key_alone(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.header = {"kid": None}
    hostile.keys = [KEYS["RS256"]]
    assert log_in_at(home, provider, hostile)


def test_what_the_provider_says_of_itself_is_asked_once_an_hour(
    home: Desk, provider: Provider, hostile: HostileProvider, time: Time
) -> None:
    for _ in range(3):
        depart(home, provider)
    assert len(hostile.asked) == 1
    time.passes(METADATA_SECONDS + 1)
    depart(home, provider)
    assert len(hostile.asked) == 2


def test_asvs_10_1_1_no_token_and_no_subject_is_kept(
    home: Desk, provider: Provider, hostile: HostileProvider, database: Database
) -> None:
    secret = log_in_at(home, provider, hostile)
    with psycopg.connect(database.admin) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'people'"
        ).fetchall()
        kept = [
            connection.execute(f"table people.{name}".encode()).fetchall() for (name,) in tables
        ]
    assert hostile.subject not in repr(kept)
    assert "eyJ" not in repr(kept)
    assert repr(digest(secret)) in repr(kept)


def test_asvs_7_2_4_the_session_has_another_secret_than_the_log_in_was_begun_with(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    away = depart(home, provider)
    answer = hostile.authorize(away.address)
    assert arrive(home, provider, ceremony=away.ceremony, answer=answer) != away.ceremony


def test_asvs_7_4_2_a_revoked_officer_is_not_logged_in_by_the_provider(
    home: Desk, provider: Provider, hostile: HostileProvider, book: Book
) -> None:
    book.add(book.about("key.revoked", "pol", by="sue", reason="ceased"))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile)


@pytest.mark.parametrize("claims", [{"acr": "phr"}, {"amr": ["pwd", "hwk"]}])
def test_a_strong_and_fresh_log_in_is_a_step_up_by_itself(
    home: Desk, provider: Provider, hostile: HostileProvider, claims: dict[str, Any]
) -> None:
    hostile.claims = claims
    session = session_of(home, log_in_at(home, provider, hostile))
    assert session.stepped_up(home.now())


def test_a_provider_whose_clock_is_a_little_ahead_steps_up_for_no_longer(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.claims = {"acr": "phr", "auth_time": home.now() + 30}
    session = session_of(home, log_in_at(home, provider, hostile))
    assert session.stepped_up_at == home.now()


def test_a_strong_log_in_of_an_hour_ago_is_no_step_up(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.claims = {"acr": "phr", "auth_time": home.now() - 3_600}
    session = session_of(home, log_in_at(home, provider, hostile))
    assert not session.stepped_up(home.now())


@pytest.mark.parametrize("claims", [{"acr": "phr"}, {"amr": ["pwd", "hwk"]}])
def test_asvs_7_5_3_a_session_is_stepped_up_at_the_provider(
    home: Desk, provider: Provider, hostile: HostileProvider, claims: dict[str, Any]
) -> None:
    hostile.claims, old = claims, logged_in(home, strong=False)
    away = depart(home, provider, session_of(home, old))
    assert query_of(away.address)["prompt"] == "login"
    assert query_of(away.address)["max_age"] == "0"
    answer = hostile.authorize(away.address)
    new = arrive(home, provider, ceremony=away.ceremony, answer=answer)
    assert session_of(home, new).stepped_up(home.now())
    with pytest.raises(UnauthenticatedError, match="has ended"):
        use_session(home, old)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"acr": "0"},
        {"amr": ["pwd"]},
        {"acr": "phr", "auth_time": None},
        {"acr": "phr", "auth_time": -STEP_UP_SECONDS - 1},
    ],
)
def test_asvs_7_5_3_a_weak_or_stale_factor_steps_nobody_up(
    home: Desk, provider: Provider, hostile: HostileProvider, claims: dict[str, Any]
) -> None:
    if claims.get("auth_time"):
        claims = claims | {"auth_time": home.now() + claims["auth_time"]}
    hostile.claims, secret = claims, logged_in(home, strong=False)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile, session_of(home, secret))
    assert not session_of(home, secret).stepped_up(home.now())


def test_another_person_steps_nobody_up(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    bind(home, "another@example.org", officer("sue"))
    hostile.claims, hostile.subject = {"acr": "phr"}, "another@example.org"
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile, session_of(home, logged_in(home)))


def test_a_provider_without_strong_contexts_steps_nobody_up(
    home: Desk, hostile: HostileProvider, time: Time
) -> None:
    desk = settings_of(home, oidc=oidc_of(hostile))
    assert desk.settings.oidc is not None
    provider = Provider(desk.settings.oidc, CLIENT_SECRET, clock=time)
    hostile.claims = {"acr": "phr", "amr": ["hwk"]}
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(desk, provider, hostile, session_of(desk, logged_in(desk)))
    provider.close()
