# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority that is asked over HTTP, and can be told to misbehave."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.unit.audit.timestamps.local_authority import LocalAuthority

ANSWER_TYPE = "application/timestamp-reply"
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Reply:
    """What goes over the wire."""

    body: bytes
    status: int = 200
    kind: str = ANSWER_TYPE
    location: str = ""


Behaviour = Callable[[bytes], Reply]


@dataclass
class Served:
    """One authority behind an address.

    Attributes:
        authority: Who answers.
        url: Where it is asked.
        behaviours: What it does instead of answering well, request by request.
        asked: Requests that came, octet for octet.
        types: Their content types.
        drips: Whether its answers never end.
    """

    authority: LocalAuthority
    url: str = ""
    behaviours: list[Behaviour] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    drips: bool = False

    def reply(self, request: bytes) -> Reply:
        """Answer well, or as told."""
        self.asked.append(request)
        behave = self.behaviours.pop(0) if self.behaviours else self.good
        return behave(request)

    def good(self, request: bytes) -> Reply:
        """Answer as an authority should."""
        return Reply(self.authority.answer(request))


@contextmanager
def serving(authority: LocalAuthority) -> Iterator[Served]:
    """Serve an authority for as long as the ``with`` lasts."""
    served = Served(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            served.types.append(self.headers["Content-Type"])
            reply = served.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            if reply.location:
                self.send_header("Location", reply.location)
            self.end_headers()
            # A client that has had enough may hang up.
            try:
                self.wfile.write(reply.body)
                while served.drips:
                    time.sleep(POLL_SECONDS)
                    self.wfile.write(b"x")
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(POLL_SECONDS,))
    thread.start()
    try:
        served.url = f"http://127.0.0.1:{server.server_address[1]}/stamp?by={authority.name}"
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_settings(path: Path, *served: Served) -> Path:
    """Write the settings file that names some authorities."""
    tables = []
    for each in served:
        folder = each.authority.folder
        lines = [f'name = "{each.authority.name}"', f'url = "{each.url}"']
        lines.append(f'roots = "{folder / "root.pem"}"')
        if each.authority.between:
            lines.append(f'chain = "{folder / "chain.pem"}"')
        tables.append("[[authority]]\n" + "\n".join(lines) + "\n")
    path.write_text("\n".join(tables), "utf-8")
    return path
