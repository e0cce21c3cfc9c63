# SPDX-License-Identifier: Apache-2.0
"""Clients of a real service, some of them behind a line that breaks."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import pytest

from api.access.caller import Reason
from api.client.desk import Desk
from api.client.service import Client
from audit.proof.verify.trust import Trust
from tests.integration.append.desk import AUTHORITY
from tests.integration.http.conftest import Served, served, watch

__all__ = ["served", "watch"]

TRACING = Reason(purpose="tracing", legal_basis="act_7", case="22-1187")
SECONDS = 30.0

Fate = Literal["passed", "lost on the way", "answer lost", "busy", "busy for long"]
BUSY = (
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: {}\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n"
)


@dataclass(slots=True)
class Line:
    """An HTTP proxy that does to each request what is planned, and then lets all pass.

    Attributes:
        address: Where it listens.
        plan: What happens to the requests to come.
        seen: Bodies of the requests that came, in their order.
        heads: Their heads.
    """

    address: str
    plan: list[Fate] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


@pytest.fixture(name="trust")
def trust_fixture(served: Served) -> Trust:
    """Give the trust file of the ledger, as its keeper would hand it out."""
    return Trust.parse(served.client.get("/v1/log/trust").content)


@pytest.fixture(name="desk")
def desk_fixture(served: Served, trust: Trust) -> Desk:
    """Give the desk of an officer who records firearms, with a machine that may read."""
    return Desk(
        address=served.origin,
        event_key=served.key,
        http_key=served.machine("TRC", "LIC").key,
        authority=AUTHORITY,
        ledger=trust,
        reason=TRACING,
    )


@pytest.fixture(name="client")
def client_fixture(desk: Desk) -> Iterator[Client]:
    """Give a client at that desk."""
    with Client(desk) as client:
        yield client


@pytest.fixture(name="line")
def line_fixture(served: Served) -> Iterator[Line]:
    """Run a line to the service that can be made to break."""
    line = Line(address="")
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(line, served.origin))
    server.daemon_threads = True
    line.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def through(line: Line) -> httpx.Client:
    """Give an HTTP client that goes through a line."""
    return httpx.Client(proxy=line.address)


def no_port() -> str:
    """Give an address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def _handler(line: Line, origin: str) -> Callable[..., socketserver.BaseRequestHandler]:
    host, port = origin.removeprefix("http://").split(":")

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head, body = _message(self.rfile)
            if not head:
                return
            line.heads.append(head)
            line.seen.append(body)
            fate = line.plan.pop(0) if line.plan else "passed"
            if fate == "lost on the way":
                return
            if fate in ("busy", "busy for long"):
                self.wfile.write(BUSY.format(3 if fate == "busy" else 3_600).encode())
                return
            with closing(socket.create_connection((host, int(port)), SECONDS)) as service:
                # A proxy gets the whole address, and a service the path alone.
                service.sendall(head.replace(f" {origin}".encode(), b" ", 1) + body)
                answered, content = _message(service.makefile("rb"))
            if fate == "passed":
                self.wfile.write(answered.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
                self.wfile.write(content)

    return Handler


def _message(file: Any) -> tuple[bytes, bytes]:
    """Read one HTTP message, head and content."""
    head = b""
    for row in file:
        head += row
        if row == b"\r\n":
            break
    lengths = [
        int(row.partition(b":")[2])
        for row in head.split(b"\r\n")
        if row.lower().startswith(b"content-length:")
    ]
    return head, file.read(lengths[0]) if lengths else b""
