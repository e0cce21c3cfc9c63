# SPDX-License-Identifier: Apache-2.0
"""The console as it runs: a founded ledger behind a real port, and people who are logged in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.people.cookies import SESSION_COOKIE, token
from api.people.desk import Desk as PeopleDesk
from api.people.sessions import Proof, open_session
from api.registrar import Enrolment, enrol
from api.service.settings import ServiceSettings
from api.settings import Settings
from audit.database import Database
from tests.integration.append.desk import AUTHORITY
from tests.integration.http.conftest import SECONDS, founded, fresh_database, running
from tests.integration.projections.conftest import Desk

REASON = {"purpose": "tracing", "basis": "act_7", "case": "22-1187"}


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody who sits in front of the console.

    Attributes:
        client: The browser.
        officer: Identifier of the officer.
        key: The officer's key for events.
        secret: What the cookie of the session holds; empty for a stranger.
        cookies: Cookies besides that of the session.
    """

    client: httpx.Client
    officer: str = ""
    key: FileKey | None = None
    secret: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={**self._headers(), **headers})

    def post(self, path: str, data: Mapping[str, Any], **headers: str) -> httpx.Response:
        return self.client.post(
            path,
            data={"csrf": token(self.secret, "csrf"), **data},
            headers={**self._headers(), **headers},
        )

    def says(self, **reason: str) -> Person:
        """State a purpose, as the purpose page would keep it."""
        self.cookies["__Host-muniment-reason"] = urlencode(reason or REASON)
        return self

    def _headers(self) -> dict[str, str]:
        held = dict(self.cookies)
        if self.secret:
            held[SESSION_COOKIE] = self.secret
        pairs = "; ".join(f"{name}={value}" for name, value in held.items())
        return {"Cookie": pairs} if pairs else {}


@dataclass(slots=True, kw_only=True)
class Console:
    """A ledger whose console is served.

    Attributes:
        office: The same ledger, opened beside the service.
        origin: Where it is served.
        roots: Its root keys.
        desk: Where whatever happens is recorded beside the service.
        people: What sessions are opened with.
        client: Sends whatever it is told.
    """

    office: Office
    origin: str
    roots: list[FileKey]
    desk: Desk
    people: PeopleDesk
    client: httpx.Client

    @property
    def stranger(self) -> Person:
        """Somebody who has not logged in."""
        return Person(client=self.client)

    def person(self, *roles: str, authority: str = AUTHORITY, place: str = "XA") -> Person:
        """Enrol an officer with some roles, and log in with a fresh factor."""
        officer, key = f"off.{uuid.uuid4()}", FileKey.create("Ed25519")
        wanted = Enrolment(authority=authority, roles=roles, jurisdictions=[place], officer=officer)
        enrol(self.office, wanted, key, proposer=self.roots[0], approver=self.roots[1])
        return self.logged_in(officer, key)

    def logged_in(self, officer: str, key: FileKey | None = None, *, ago: int = 0) -> Person:
        """Log an officer in; the factor is some seconds old."""
        proof = Proof(officer=officer, way="passkey", fresh_at=int(time()) - ago, strong=True)
        secret = open_session(self.people, proof)
        return Person(client=self.client, officer=officer, key=key, secret=secret)


@pytest.fixture(scope="module")
def console(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Serve the console of a founded ledger."""
    with served(server, tmp_path_factory.mktemp("console") / "ledger") as console:
        yield console


@contextmanager
def served(server: Database, home: Path) -> Iterator[Console]:
    """Serve the console of a ledger that is founded for it."""
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(server))
        settings = Settings(home=home, database_url=database.admin)
        made = stack.enter_context(founded(settings))
        office = made["office"]
        origin = stack.enter_context(running(settings))
        desk = PeopleDesk.opened(
            settings, ServiceSettings(origin=origin), database=database, ledger=office.ledger
        )
        yield Console(
            office=office,
            origin=origin,
            roots=made["roots"],
            desk=Desk(office, made["key"], made["second"]),
            people=stack.enter_context(desk),
            client=stack.enter_context(httpx.Client(base_url=origin, timeout=SECONDS)),
        )


def text_of(response: httpx.Response) -> str:
    """Give the words of a page, without its markup."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", response.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
