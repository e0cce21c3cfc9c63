# SPDX-License-Identifier: Apache-2.0
"""A way to the database that breaks at a chosen moment: before or after a commit."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

Moment = Literal["never", "before", "after"]
SOCKET_NAME = ".s.PGSQL.5432"
APPEND_OCTETS_MIN = 900
READ_OCTETS = 1 << 20


@dataclass(slots=True)
class Breaker:
    """Relays connections to a server and breaks one of them around its next large request.

    Attributes:
        conninfo: How the database is reached through it.
        moment: Whether the next append is lost before the server sees it, or its answer is.
        broken: How many connections were broken.
        away: Whether every connection is turned away.
    """

    conninfo: str
    upstream: str
    moment: Moment = "never"
    broken: int = 0
    away: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        """Accept connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                if self.away:
                    _end(client)
                else:
                    self._relay(client)

    def leave(self) -> None:
        """Break every connection and take no other."""
        self.away = True
        for each in self._sockets:
            _end(each)

    def _relay(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.connect(self.upstream)
        self._sockets += [client, server]
        threading.Thread(target=self._up, args=(client, server), daemon=True).start()
        threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while octets := client.recv(READ_OCTETS):
                if len(octets) >= APPEND_OCTETS_MIN and self.moment == "before":
                    self.moment, self.broken = "never", self.broken + 1
                    break
                server.sendall(octets)
        _end(client)
        _end(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while octets := server.recv(READ_OCTETS):
                if self.moment == "after" and b"append" in octets[:200]:
                    self.moment, self.broken = "never", self.broken + 1
                    break
                client.sendall(octets)
        _end(client)
        _end(server)


@contextmanager
def breaker(conninfo: str, folder: Path) -> Iterator[Breaker]:
    """Put a breaker between its user and a server on a Unix socket."""
    upstream = os.path.join(str(conninfo_to_dict(conninfo)["host"]), SOCKET_NAME)  # noqa: PTH118
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / SOCKET_NAME))
    listener.listen()
    made = Breaker(make_conninfo(conninfo, host=str(folder)), upstream)
    threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
    try:
        yield made
    finally:
        _end(listener)
        made.leave()


def _end(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
