# SPDX-License-Identifier: Apache-2.0
"""Log-in at a provider (ASVS 6.8, 10): what we ask, and everything that we do not believe."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import RSAKey

from api.people.desk import Desk
from api.people.oidc.log_in import arrive, depart
from api.people.oidc.provider import ANSWER_OCTETS_MAX, Provider
from domain.errors import UnauthenticatedError, UnreachableError
from tests.integration.people.conftest import Time, log_in_at
from tests.integration.people.provider import (
    CLIENT,
    CLIENT_SECRET,
    KEYS,
    HostileProvider,
)
from tests.integration.people.test_log_in import query_of
from tests.unit.domain.registry.registry_book import NOW

SUBJECT = "person@example.org"
LIES: dict[str, dict[str, Any]] = {
    "wrong nonce": {"claims": {"nonce": "x" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "wrong audience": {"claims": {"aud": "another client"}},
    "wrong audiences": {"claims": {"aud": ["a", "b"]}},
    "audience of several without azp": {"claims": {"aud": [CLIENT, "b"]}},
    "azp of another client": {"claims": {"aud": [CLIENT, "b"], "azp": "b"}},
    "no audience": {"claims": {"aud": None}},
    "wrong issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"claims": {"iss": None}},
    "expired": {"claims": {"exp": NOW - 61, "iat": NOW - 300}},
    "no expiry": {"claims": {"exp": None}},
    "from the future": {"claims": {"iat": NOW + 61}},
    "old": {"claims": {"iat": NOW - 601}},
    "not yet valid": {"claims": {"nbf": NOW + 3_600}},
    "no subject": {"claims": {"sub": None}},
    "empty subject": {"claims": {"sub": ""}},
    "subject of a wrong kind": {"claims": {"sub": 7}},
    "subject too long": {"claims": {"sub": "x" * 256}},
    "subject beyond ASCII": {"claims": {"sub": "pérson"}},
    "subject unknown": {"claims": {"sub": "another@example.org"}},
    "authentication of a wrong kind": {"claims": {"auth_time": str(NOW)}},
    "authentication in the future": {"claims": {"auth_time": NOW + 61}},
    "context of a wrong kind": {"claims": {"acr": 7}},
    "methods of a wrong kind": {"claims": {"amr": "hwk"}},
    "method of a wrong kind": {"claims": {"amr": [7]}},
    "hash of another access token": {"claims": {"at_hash": "x" * 22}},
    "hash of another access token beside EdDSA": {"alg": "EdDSA", "claims": {"at_hash": "x" * 43}},
    "hash of a wrong kind": {"claims": {"at_hash": 7}},
    "another access token": {"answer": {"access_token": "another"}},
    "alg none": {"alg": "none"},
    "HS256 with the public key": {"alg": "HS256"},
    "RS512": {"alg": "RS512", "key": KEYS["RS256"]},
    "PS256": {"alg": "PS256", "key": KEYS["RS256"]},
    "a key of its own": {"key": RSAKey.generate_key(2_048, {"kid": "rsa"})},
    "an unknown key": {"key": RSAKey.generate_key(2_048, {"kid": "other"})},
    "a key in the header": {
        "key": RSAKey.generate_key(2_048, {"kid": "rsa"}),
        "header": {"jwk": KEYS["RS256"].as_dict(private=False)},
    },
    "a critical member": {"header": {"crit": ["fle"], "fle": 1}},
    "no token": {"answer": {"id_token": "nonsense"}},
    "five parts": {"answer": {"id_token": "e30.e30.e30.e30.e30"}},
    "a long token": {"answer": {"id_token": "e30." + "A" * 20_000}},
}


@pytest.mark.parametrize("lie", LIES)
def test_asvs_6_8_2_and_10_5_4_a_token_that_lies_is_refused(
    home: Desk, provider: Provider, hostile: HostileProvider, lie: str
) -> None:
    for name, value in LIES[lie].items():
        setattr(hostile, name, value)
    with pytest.raises(UnauthenticatedError, match="That log-in is not accepted") as caught:
        log_in_at(home, provider, hostile)
    assert caught.value.slug == "log_in_refused"


def test_asvs_9_1_3_no_address_of_a_token_is_fetched(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.header = {"jku": f"{hostile.issuer}/evil", "x5u": f"{hostile.issuer}/evil"}
    hostile.key = RSAKey.generate_key(2_048, {"kid": "evil"})
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile)
    assert "/evil" not in hostile.asked


def test_asvs_10_2_1_the_state_of_another_browser_is_refused(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    mine, theirs = depart(home, provider), depart(home, provider)
    answer = hostile.authorize(theirs.address)
    for ceremony in (mine.ceremony, "", "A" * 43):
        with pytest.raises(UnauthenticatedError, match="not accepted"):
            arrive(home, provider, ceremony=ceremony, answer=answer)
    assert arrive(home, provider, ceremony=theirs.ceremony, answer=answer)


def test_asvs_10_1_2_a_code_of_another_log_in_is_refused(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    """The verifier of this browser does not fit a code that was given to another."""
    mine, theirs = depart(home, provider), depart(home, provider)
    answer = hostile.authorize(mine.address) | {"code": hostile.authorize(theirs.address)["code"]}
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        arrive(home, provider, ceremony=mine.ceremony, answer=answer)


def test_a_log_in_is_finished_once(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    away = depart(home, provider)
    answer = hostile.authorize(away.address)
    arrive(home, provider, ceremony=away.ceremony, answer=answer)
    hostile.begun[answer["code"]] = query_of(away.address)  # though the provider took it twice
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        arrive(home, provider, ceremony=away.ceremony, answer=answer)


def test_a_code_is_refused_by_the_provider_the_second_time(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    away, again = depart(home, provider), depart(home, provider)
    answer = hostile.authorize(away.address)
    arrive(home, provider, ceremony=away.ceremony, answer=answer)
    replayed = hostile.authorize(again.address) | {"code": answer["code"]}
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        arrive(home, provider, ceremony=again.ceremony, answer=replayed)


@pytest.mark.parametrize(
    "change",
    [
        {"error": "access_denied"},
        {"code": ""},
        {"code": "x" * 2_049},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"state": ""},
    ],
)
def test_asvs_10_2_2_an_answer_that_does_not_fit_is_refused_before_anything_is_sent(
    home: Desk, provider: Provider, hostile: HostileProvider, change: dict[str, str]
) -> None:
    hostile.metadata = {"authorization_response_iss_parameter_supported": True}
    away = depart(home, provider)
    answer = hostile.authorize(away.address) | {"iss": hostile.issuer}
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        arrive(home, provider, ceremony=away.ceremony, answer=answer | change)
    assert "/token" not in hostile.asked
    assert arrive(home, provider, ceremony=away.ceremony, answer=answer)


def test_asvs_10_2_2_a_provider_that_names_itself_has_to_do_so(
    home: Desk, provider: Provider, hostile: HostileProvider
) -> None:
    hostile.metadata = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": "http://169.254.169.254/jwks"},
        {"jwks_uri": 7},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_asvs_10_5_3_metadata_that_leads_elsewhere_is_refused(
    home: Desk, provider: Provider, hostile: HostileProvider, metadata: dict[str, Any]
) -> None:
    hostile.metadata = metadata
    with pytest.raises(UnreachableError, match="does not answer as it should") as caught:
        depart(home, provider)
    assert caught.value.slug == "log_in_provider"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (302, b""),
        (200, b"nonsense"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"{" + b" " * ANSWER_OCTETS_MAX + b"}"),
    ],
)
def test_a_provider_that_answers_wrongly_is_told_as_such(
    home: Desk,
    provider: Provider,
    hostile: HostileProvider,
    *,
    path: str,
    answer: tuple[int, bytes],
) -> None:
    hostile.status[path], hostile.raw[path] = answer
    with pytest.raises(UnreachableError, match="does not answer as it should"):
        log_in_at(home, provider, hostile)
    assert "/elsewhere" not in hostile.asked


def test_a_provider_that_is_away_is_told_as_such(home: Desk, time: Time) -> None:
    assert home.settings.oidc is not None
    gone = home.settings.oidc.model_copy(update={"issuer": "http://127.0.0.1:9"})
    with pytest.raises(UnreachableError, match="does not answer as it should"):
        depart(home, Provider(gone, CLIENT_SECRET, clock=time))
