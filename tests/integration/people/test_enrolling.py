# SPDX-License-Identifier: Apache-2.0
"""Keys that were made in browsers wait until somebody proposes them, and no longer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.client.attest import prove_possession
from api.client.keyfile import FileKey
from api.people.desk import Desk
from api.people.enrolling.request import KeyRequest
from api.people.enrolling.waiting import (
    NONCE_SECONDS,
    WAITING_MAX,
    WAITING_SECONDS,
    Question,
    ask_for,
    question,
    waiting,
    withdraw,
)
from api.people.sessions import Session
from domain.errors import MunimentError
from tests.integration.people.conftest import Time, logged_in, session_of
from tests.unit.domain.registry.registry_book import Book, officer

LEDGER = "ledger.xa-test"
AUTHORITY = "auth.xa.police"


@pytest.fixture
def session(desk: Desk) -> Session:
    return session_of(desk, logged_in(desk))


def request_for(asked: Question, key: FileKey | None = None) -> KeyRequest:
    key = key or FileKey.create("Ed25519")
    pop = prove_possession(key, aud=LEDGER, authority=AUTHORITY, nonce=asked.nonce, jti=asked.jti)
    members = {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}
    return KeyRequest.model_validate(members | {"aud": LEDGER, "authority": AUTHORITY})


def refused(desk: Desk, session: Session, request: KeyRequest) -> str:
    with pytest.raises(MunimentError) as caught:
        ask_for(desk, session, request, audience=LEDGER)
    return caught.value.slug


def test_a_key_waits_from_its_proof_to_its_proposal(
    desk: Desk, session: Session, book: Book
) -> None:
    key = FileKey.create("ES256")
    ask_for(desk, session, request_for(question(desk, session), key), audience=LEDGER)
    (found,) = waiting(desk, book.registry)
    assert (found.request.kid, found.officer, found.made_at) == (
        key.kid,
        session.officer,
        desk.now(),
    )
    known = next(iter(book.registry.keys.values()))
    proposed = replace(book.registry, keys={**book.registry.keys, key.kid: known})
    assert waiting(desk, proposed) == []


def test_a_proof_answers_the_question_of_its_own_session(
    desk: Desk, session: Session, book: Book
) -> None:
    other = session_of(desk, logged_in(desk))
    assert refused(desk, session, request_for(question(desk, other))) == "key_question_stale"
    made_up = Question(jti=question(desk, session).jti, nonce="A" * 22)
    assert refused(desk, session, request_for(made_up)) == "key_question_stale"
    assert waiting(desk, book.registry) == []


@pytest.mark.parametrize("seconds", [NONCE_SECONDS + 2, -5])
def test_a_proof_comes_back_within_ten_minutes(
    desk: Desk, session: Session, time: Time, seconds: int
) -> None:
    asked = question(desk, session)
    time.passes(seconds)
    assert refused(desk, session, request_for(asked)) == "key_question_stale"


def test_one_officer_lets_a_few_keys_wait_and_each_once(
    desk: Desk, session: Session, book: Book
) -> None:
    key = FileKey.create("Ed25519")
    ask_for(desk, session, request_for(question(desk, session), key), audience=LEDGER)
    assert refused(desk, session, request_for(question(desk, session), key)) == "keys_waiting"
    for _ in range(WAITING_MAX - 1):
        ask_for(desk, session, request_for(question(desk, session)), audience=LEDGER)
    assert refused(desk, session, request_for(question(desk, session))) == "keys_waiting"
    assert len(waiting(desk, book.registry)) == WAITING_MAX


def test_what_nobody_proposes_is_forgotten(
    desk: Desk, session: Session, time: Time, book: Book
) -> None:
    ask_for(desk, session, request_for(question(desk, session)), audience=LEDGER)
    time.passes(WAITING_SECONDS)
    ask_for(desk, session, request_for(question(desk, session)), audience=LEDGER)
    assert len(waiting(desk, book.registry)) == 1


def test_only_its_holder_or_an_administrator_takes_a_key_back(
    desk: Desk, session: Session, book: Book
) -> None:
    key = FileKey.create("Ed25519")
    ask_for(desk, session, request_for(question(desk, session), key), audience=LEDGER)
    assert not withdraw(desk, key.kid, officer=officer("lic"))
    assert withdraw(desk, key.kid, officer=session.officer)
    assert not withdraw(desk, key.kid)
    assert waiting(desk, book.registry) == []
