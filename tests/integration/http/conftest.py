# SPDX-License-Identifier: Apache-2.0
"""The service as it runs: a founded ledger behind a real port, and machines that sign to it."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from psycopg.conninfo import make_conninfo

from api.access.message import HttpRequest
from api.access.signing import Times, sign_request
from api.bootstrap import Office, create_ledger, open_office
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission
from api.console.app import create_console
from api.http.app import create_app
from api.registrar import Enrolment, Founding, enrol, found, register_authority
from api.service import serving
from api.service.service import open_service
from api.service.settings import ServiceSettings
from api.settings import LedgerName, Settings
from api.telemetry.watching import Watch
from audit.database import Database
from tests.integration.append.desk import AUDIENCE, AUTHORITY, born, signed
from tests.integration.conftest import TEMPLATE
from tests.integration.lists.nation import ROLES
from tests.integration.projections.conftest import Desk

POLICE = "auth.xa.police"
FOREIGN = "auth.xb"
SECONDS = 30.0
NOBODY = Watch()
RATE = 1_000_000
"""Few keys record everything here, and none of it is to wait for its turn."""
REASON = {
    "Muniment-Purpose": "tracing",
    "Muniment-Legal-Basis": "act_7",
    "Muniment-Case": "22-1187",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """Another system: it signs what it sends."""

    origin: str
    key: FileKey
    client: httpx.Client

    def request(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        reason: Mapping[str, str] = REASON,
    ) -> httpx.Response:
        given = {**reason, **(headers or {})}
        message = HttpRequest(
            method=method, url=f"{self.origin}{path}", fields=tuple(given.items()), body=content
        )
        fields = sign_request(message, self.key, times=Times(created=int(time.time())))
        return self.client.request(method, path, content=content, headers=list(fields))

    def get(self, path: str, *, reason: Mapping[str, str] = REASON) -> httpx.Response:
        return self.request("GET", path, reason=reason)


@dataclass(slots=True, kw_only=True)
class Served:
    """A ledger that is served.

    Attributes:
        office: The same ledger, opened beside the service.
        origin: Where it is served.
        roots: Its root keys.
        key: A key that may record whatever happens.
        second: That of a colleague.
        client: Sends whatever it is told.
    """

    office: Office
    origin: str
    roots: list[FileKey]
    key: FileKey
    second: FileKey
    client: httpx.Client
    machines: dict[str, Machine] = field(default_factory=dict)
    _desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """Where whatever happens is recorded beside the service."""
        self._desk = self._desk or Desk(self.office, self.key, self.second)
        return self._desk

    def machine(self, *roles: str, authority: str = AUTHORITY, place: str = "XA") -> Machine:
        """Give a machine whose key holds some roles; it is enrolled once."""
        name = " ".join((authority, place, *roles))
        if name not in self.machines:
            key = FileKey.create("Ed25519")
            self.enrol(key, *roles, authority=authority, place=place, key_class="http")
            self.machines[name] = Machine(self.origin, key, self.client)
        return self.machines[name]

    def enrol(self, key: FileKey, *roles: str, **more: Any) -> None:
        """Enrol a key."""
        wanted = Enrolment(
            roles=roles,
            authority=more.pop("authority", AUTHORITY),
            jurisdictions=[more.pop("place", "XA")],
            **more,
        )
        enrol(self.office, wanted, key, proposer=self.roots[0], approver=self.roots[1])

    def post(self, submission: Submission | bytes, path: str = "/v1/events") -> httpx.Response:
        octets = submission if isinstance(submission, bytes) else submission.to_bytes()
        headers = {"Content-Type": "application/sd-jwt"}
        return self.client.post(path, content=octets, headers=headers)

    def recorded(self, draft: Draft | None = None) -> tuple[Draft, dict[str, Any]]:
        """Record an event over HTTP; give its draft and the answer."""
        drafted = draft or born()
        answer = self.post(signed(drafted, self.key))
        assert answer.status_code == 201, answer.text
        return drafted, json.loads(answer.content)


@pytest.fixture(scope="module")
def watch() -> Watch:
    """Watch nothing; who watches gives another one."""
    return Watch()


@pytest.fixture(scope="module")
def served(
    server: Database, tmp_path_factory: pytest.TempPathFactory, watch: Watch
) -> Iterator[Served]:
    """Serve a founded ledger."""
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(server))
        settings = Settings(
            home=tmp_path_factory.mktemp("served") / "ledger", database_url=database.admin
        )
        found_with = stack.enter_context(founded(settings))
        origin = stack.enter_context(running(settings, watch=watch, loopback_webhooks=True))
        client = stack.enter_context(httpx.Client(base_url=origin, timeout=SECONDS))
        yield Served(**found_with, origin=origin, client=client)


@contextmanager
def fresh_database(server: Database) -> Iterator[Database]:
    """Give a migrated database that nobody else uses."""
    name = f"served_{uuid.uuid4().hex}"
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}".encode())
    yield replace(server, admin=make_conninfo(server.admin, dbname=name))
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@contextmanager
def founded(settings: Settings) -> Iterator[dict[str, Any]]:
    """Found a ledger with three authorities and two officers, and keep it open."""
    create_ledger(settings, LedgerName(audience=AUDIENCE, origin=AUDIENCE))
    roots, officers = ([FileKey.create("Ed25519") for _ in range(2)] for _ in range(2))
    with open_office(settings) as office:
        where = Founding(authority=AUTHORITY, name="Registry", jurisdictions=["XA"], threshold=2)
        found(office, where, roots)
        for other, place in ((POLICE, "XA"), (FOREIGN, "XB")):
            admitted = replace(where, authority=other, jurisdictions=[place])
            register_authority(office, admitted, roots)
        enrolment = Enrolment(authority=AUTHORITY, roles=ROLES, jurisdictions=["XA"])
        for key in officers:
            enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
        yield {"office": office, "roots": roots, "key": officers[0], "second": officers[1]}


@contextmanager
def running(
    settings: Settings, host: str = "127.0.0.1", *, watch: Watch = NOBODY, **options: Any
) -> Iterator[str]:
    """Run the service in a thread of its own, at a port that is free; give its origin.

    Passkeys are made for a domain: who tests them names ``localhost``.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        origin = f"http://{host}:{listening.getsockname()[1]}"
        service = ServiceSettings(origin=origin, **{"append_rate": RATE, **options})
        opening = partial(open_service, settings, service, watch=watch)
        app = watch.requests(create_app(opening, secure=False, pages=create_console))
        config = uvicorn.Config(app, log_config=None, **serving._OPTIONS)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until = time.monotonic() + SECONDS
            while not server.started and thread.is_alive() and time.monotonic() < until:
                thread.join(0.02)
            assert server.started
            yield origin
        finally:
            server.should_exit = True
            thread.join()
