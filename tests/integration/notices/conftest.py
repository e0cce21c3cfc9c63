# SPDX-License-Identifier: Apache-2.0
"""A real ledger, the mailroom of its service, and a receiver on loopback that a test bends."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import time as clock
from typing import Any

import pytest

from api.client.keyfile import FileKey
from api.notices.mailroom import Mailroom
from api.notices.signing import read_secret, verify
from api.notices.subscriptions import Subscription, Wish, subscribe
from api.registrar import Enrolment, enrol
from api.service.settings import ServiceSettings
from audit.database import Database
from tests.integration.projections.conftest import AUTHORITY, ROLES, Desk, opened_desk

ORIGIN = "https://muniment.example"
OTHER = "auth.xb"


@dataclass
class Time:
    """A clock that stands until it is moved, an hour after whatever is enrolled meanwhile."""

    now: float = field(default_factory=lambda: int(clock()) + 3_600)

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Receiver:
    """Somebody who is told: what came, and how it answers."""

    url: str = ""
    status: int = 204
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    told: Callable[[], None] = lambda: None

    @property
    def notices(self) -> list[dict[str, Any]]:
        """Everything that was told, in the order in which it came."""
        return [each for _, _, body in self.requests for each in json.loads(body)["notices"]]

    @property
    def identifiers(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.requests]

    def believes(self, secret: str, now: int) -> list[str]:
        """Verify every request as a receiver does."""
        opened = read_secret(secret)
        return [verify(opened, headers, body, now=now) for _, headers, body in self.requests]


@contextmanager
def receiving(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append((self.path, headers, body))
            receiver.told()
            self.send_response(receiver.status)
            self.send_header("location", f"{receiver.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"http{'s' if context else ''}://localhost:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Ground:
    """A ledger with a machine of an authority."""

    desk: Desk
    mailroom: Mailroom
    machine: FileKey

    def enrolled(self, key: FileKey, role: str = "service") -> None:
        """Give a machine of the authority a key to sign requests with."""
        enrolment = Enrolment(
            authority=AUTHORITY, roles=[role], jurisdictions=["XA"], key_class="http"
        )
        desk = self.desk
        enrol(desk.office, enrolment, key, proposer=desk.key, approver=desk.second)

    def subscribed(self, url: str, *kinds: str, **wish: Any) -> tuple[Subscription, str]:
        """Let the machine subscribe."""
        fields = {"authority": AUTHORITY, "kid": self.machine.kid, "url": url, "kinds": kinds}
        return subscribe(self.mailroom, Wish(**fields | wish))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as found:
        yield found


@pytest.fixture
def ground(database: Database, tmp_path: Path, time: Time) -> Iterator[Ground]:
    service = ServiceSettings(origin=ORIGIN, loopback_webhooks=True)
    machine, roles = FileKey.create("Ed25519"), [*ROLES, "registry-admin"]
    with opened_desk(database, tmp_path / "ledger", roles) as desk:
        office = desk.office
        with Mailroom.opened(
            office.settings, service, database=office.database, ledger=office.ledger
        ) as mailroom:
            found = Ground(desk, replace(mailroom, clock=time), machine)
            found.enrolled(machine)
            yield found
