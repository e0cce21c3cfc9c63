# SPDX-License-Identifier: Apache-2.0
"""The service as it runs: a founded ledger behind a real port, and machines that sign to it."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from api.access.message import HttpRequest
from api.access.signing import Times, sign_request
from api.bootstrap import Office, create_ledger, open_office
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission
from api.http.app import create_app
from api.http.service import open_service
from api.registrar import Enrolment, Founding, enrol, found, register_authority
from api.service.settings import ServiceSettings
from api.settings import LedgerName, Settings
from tests.integration.append.desk import AUDIENCE, AUTHORITY, ROLES, born, signed

POLICE = "auth.xa.police"
SECONDS = 30.0
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


@dataclass(slots=True)
class Served:
    """A ledger that is served.

    Attributes:
        office: The same ledger, opened beside the service.
        origin: Where it is served.
        roots: Its root keys.
        key: A key that records firearms.
        client: Sends whatever it is told.
    """

    office: Office
    origin: str
    roots: list[FileKey]
    key: FileKey
    client: httpx.Client
    machines: dict[str, Machine] = field(default_factory=dict)

    def machine(self, *roles: str, authority: str = AUTHORITY) -> Machine:
        """Give a machine whose key holds some roles; it is enrolled once."""
        name = " ".join((authority, *roles))
        if name not in self.machines:
            key = FileKey.create("Ed25519")
            wanted = Enrolment(
                authority=authority, roles=roles, jurisdictions=["XA"], key_class="http"
            )
            enrol(self.office, wanted, key, proposer=self.roots[0], approver=self.roots[1])
            self.machines[name] = Machine(self.origin, key, self.client)
        return self.machines[name]

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
def served() -> Iterator[Served]:
    """Serve a founded ledger."""
    with founded() as settings, open_office(settings) as office:
        roots = [FileKey.create("Ed25519") for _ in range(2)]
        key = FileKey.create("Ed25519")
        where = Founding(authority=AUTHORITY, name="Registry", jurisdictions=["XA"], threshold=2)
        found(office, where, roots)
        enrolment = Enrolment(authority=AUTHORITY, roles=ROLES, jurisdictions=["XA"])
        enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
        police = Founding(authority=POLICE, name="Police", jurisdictions=["XA"], threshold=2)
        register_authority(office, police, roots)
        with running(settings) as origin, httpx.Client(base_url=origin, timeout=SECONDS) as client:
            yield Served(office, origin, roots, key, client)


@contextmanager
def founded() -> Iterator[Settings]:
    """Give the folder of a ledger that has a name and nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-test-"))
    folder.chmod(0o711)  # so that root's embedded server stays in it and goes with it
    try:
        settings = Settings(home=folder / "ledger")
        create_ledger(settings, LedgerName(audience=AUDIENCE, origin=AUDIENCE))
        yield settings
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(settings: Settings, **options: Any) -> Iterator[str]:
    """Run the service in a thread of its own, at a port that is free; give its origin."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        service = ServiceSettings(origin=origin, **options)
        app = create_app(partial(open_service, settings, service), secure=False)
        config = uvicorn.Config(app, lifespan="on", log_config=None, http="httptools")
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
