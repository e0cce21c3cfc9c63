# SPDX-License-Identifier: Apache-2.0
"""Takes a port for a demonstration and keeps it, so that no other one can be asked in its place."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Final

from domain.errors import UnreachableError

HOST: Final = "127.0.0.1"
PORT: Final = 8080
PORTS_TRIED: Final = 100
"""From the usual port on; behind them any that is free."""


def listening() -> socket.socket:
    """Give a socket that listens at the usual port, or at the next that is free.

    It listens from now on, so that nobody else can take the port before the service answers there;
    whoever calls meanwhile waits for it.

    Raises:
        UnreachableError: No port of this machine is free.
    """
    for port in (*range(PORT, PORT + PORTS_TRIED), 0):
        with suppress(OSError):
            return _listening_at(port)
    raise UnreachableError(
        "No port of this machine is free for the console.",
        slug="demo_port_taken",
        next_step="Stop another program that listens, and run it again.",
    )


def port_of(bound: socket.socket) -> int:
    """Give the port at which a socket listens."""
    found: int = bound.getsockname()[1]
    return found


def _listening_at(port: int) -> socket.socket:
    made = socket.socket()
    try:
        # A port of which old connections still linger may be taken; one that is listened at not.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()
    except OSError:
        made.close()
        raise
    return made
