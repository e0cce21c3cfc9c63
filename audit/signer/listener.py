# SPDX-License-Identifier: Apache-2.0
"""The signer's socket: several clients, one request at a time.

A local stream socket with mode 0600. Requests are answered in the order in which
they arrive, which is what serialises signing; a client that sends half a line, or
never reads its answer, holds up nobody. What the requests mean is left to `protocol`.
"""

from __future__ import annotations

import os
import selectors
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from audit.signer.protocol import REQUEST_OCTETS_MAX
from domain.errors import UnreachableError

BACKLOG_CLIENTS_MAX: Final = 128
SEND_SECONDS_MAX: Final = 5.0

_READ_OCTETS: Final = 4_096
_PRIVATE_MASK: Final = 0o177


class HasFileno(Protocol):
    """What a selector can wait for."""

    def fileno(self) -> int:
        """Give the file descriptor."""


def listen(path: Path) -> socket.socket:
    """Open the socket; one left behind by a killed signer is replaced.

    The caller holds the signer's lock, so no living signer can own the old socket.

    Raises:
        UnreachableError: The socket cannot be made.
    """
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(_PRIVATE_MASK)
    try:
        path.unlink(missing_ok=True)
        listening.bind(os.fspath(path))
        listening.listen(BACKLOG_CLIENTS_MAX)
    except OSError as error:
        listening.close()
        raise UnreachableError(f"The socket {path} cannot be made: {error.strerror}.") from error
    finally:
        os.umask(before)
    return listening


class Listener:
    """Serves one listening socket until it is told to stop."""

    def __init__(self, listening: socket.socket, answer: Callable[[bytes], bytes]) -> None:
        """Bind the socket and the function that turns a request line into an answer line."""
        self._listening = listening
        self._answer = answer
        self._selector = selectors.DefaultSelector()
        self._pending: dict[socket.socket, bytearray] = {}

    def serve(self, stop: HasFileno) -> None:
        """Answer requests until ``stop`` becomes readable; a request begun is finished."""
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(stop, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is stop:
                    return
                if key.fileobj is self._listening:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._receive(key.fileobj)

    def close(self) -> None:
        """Close every connection and the listening socket."""
        for client in list(self._pending):
            self._drop(client)
        self._selector.close()
        self._listening.close()

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        client.settimeout(SEND_SECONDS_MAX)
        self._pending[client] = bytearray()
        self._selector.register(client, selectors.EVENT_READ)

    def _receive(self, client: socket.socket) -> None:
        pending = self._pending[client]
        try:
            octets = client.recv(_READ_OCTETS)
            pending += octets
            while (end := pending.find(b"\n")) >= 0:
                line = bytes(pending[:end])
                del pending[: end + 1]
                client.sendall(self._answer(line))
        except OSError:
            octets = b""
        if not octets or len(pending) > REQUEST_OCTETS_MAX:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        self._selector.unregister(client)
        del self._pending[client]
        client.close()
