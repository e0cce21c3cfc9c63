# SPDX-License-Identifier: Apache-2.0
"""A desk over a real database, with a registry and a clock that a test moves by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from api.people.bindings import bind, invite
from api.people.desk import Desk
from api.people.oidc.log_in import arrive, depart
from api.people.oidc.provider import Provider
from api.people.passkeys.asserting import challenge_log_in, log_in
from api.people.passkeys.registering import Challenge, invite_by_code, register
from api.people.sessions import Proof, Session, open_session, use_session
from api.service.settings import Oidc, ServiceSettings
from api.service.store import Store
from audit.database import Database
from tests.integration.people.provider import (
    CLIENT,
    CLIENT_SECRET,
    HostileProvider,
    serving,
)
from tests.unit.api.people.authenticator import Authenticator, Says
from tests.unit.domain.registry.registry_book import NOW, Book, officer

ORIGIN = "https://muniment.example"
POL = officer("pol")
SUBJECT = "person@example.org"
SECRET = bytes(range(32))


@dataclass
class Time:
    """A clock that stands until it is moved."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def book() -> Book:
    return Book.staffed()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def desk(database: Database, book: Book, time: Time) -> Iterator[Desk]:
    store = Store(database.conninfo("ledger_people"))
    yield Desk(
        settings=ServiceSettings(origin=ORIGIN),
        store=store,
        registry=lambda: (book.registry, len(book.log)),
        secret=SECRET,
        clock=time,
    )
    store.close()


def settings_of(desk: Desk, **changes: object) -> Desk:
    """Give the desk with other settings."""
    return replace(desk, settings=desk.settings.model_copy(update=changes))


def logged_in(desk: Desk, who: str = POL, *, strong: bool = True) -> str:
    """Log an officer in; give the secret of the session."""
    proof = Proof(officer=who, way="passkey", fresh_at=desk.now(), strong=strong)
    return open_session(desk, proof)


def enrolled(desk: Desk, who: str = POL, **device: object) -> Authenticator:
    """Register a passkey of an officer by an invitation."""
    passkey = Authenticator(desk.settings.origin, **device)  # type: ignore[arg-type]
    begun = invite_by_code(desk, invite(desk, who))
    register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options, Says()))
    return passkey


def session_of(desk: Desk, secret: str) -> Session:
    return use_session(desk, secret)[0]


def logged_in_by(desk: Desk, passkey: Authenticator, says: Says | None = None) -> str:
    begun = challenge_log_in(desk)
    return log_in(desk, ceremony=begun.ceremony, response=passkey.get(begun.options, says))


def invited(desk: Desk, who: str = POL) -> Challenge:
    return invite_by_code(desk, invite(desk, who))


@pytest.fixture
def hostile(time: Time) -> Iterator[HostileProvider]:
    with serving(HostileProvider(clock=time)) as provider:
        yield provider


def oidc_of(hostile: HostileProvider, **changes: Any) -> Oidc:
    fields = {"issuer": hostile.issuer, "client_id": CLIENT, "client_secret_file": "oidc.secret"}
    return Oidc.model_validate(fields | changes)


@pytest.fixture
def home(desk: Desk, hostile: HostileProvider) -> Desk:
    """A desk that knows the provider, and an officer who is bound."""
    found = settings_of(desk, oidc=oidc_of(hostile, acr_values=["phr"], amr_values=["hwk"]))
    bind(found, SUBJECT, POL)
    return found


@pytest.fixture
def provider(home: Desk, time: Time) -> Iterator[Provider]:
    assert home.settings.oidc is not None
    found = Provider(home.settings.oidc, CLIENT_SECRET, clock=time)
    yield found
    found.close()


def log_in_at(
    desk: Desk, provider: Provider, hostile: HostileProvider, session: Session | None = None
) -> str:
    away = depart(desk, provider, session)
    answer = hostile.authorize(away.address)
    return arrive(desk, provider, ceremony=away.ceremony, answer=answer)
