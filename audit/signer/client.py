# SPDX-License-Identifier: Apache-2.0
"""The way to the signer for the append path: ask for a checkpoint, get the note.

Safe for several threads; they share one connection, since the signer answers one
request at a time anyway. Asking twice is harmless, so a broken connection is opened
once more before the signer is called unreachable.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

from audit.signer.protocol import (
    ANSWER_OCTETS_MAX,
    RECEIPT_LINES,
    SIGN,
    STATUS,
    check,
    decode,
    encode,
)
from domain.errors import UnreachableError

# A signer that has to read a large backlog hashes some 100,000 rows a second.
ANSWER_SECONDS_MAX: Final = 300.0

_READ_OCTETS: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerStatus:
    """How the signer is.

    Attributes:
        origin: Which log it signs for.
        database: Fingerprint of the connection it reads from.
        size: Size of the newest tree that it may have signed.
        root: Root of that tree, in hexadecimal.
        pid: Its process id.
        refusal: Why it has stopped signing, or None while it signs.
    """

    origin: str
    database: str
    size: int
    root: str
    pid: int
    refusal: str | None


class SignerClient:
    """A connection to the signer, opened when first needed."""

    def __init__(self, path: Path, *, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """Remember the socket and how long to wait for an answer."""
        self._path = path
        self._seconds_max = seconds_max
        self._lock = Lock()
        self._socket: socket.socket | None = None

    def sign(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> bytes:
        """Give a signed checkpoint note over everything that is committed.

        Args:
            at_least: Number of events that the caller knows to be committed.
            lines: Types of its signature lines; ``KEPT_LINES`` if it is kept or published.

        Raises:
            UnsafeError: The database contradicts what was signed before.
            UnreachableError: The signer, its disk or its database does not answer.
        """
        return self.begin(at_least, lines)()

    def begin(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> Callable[[], bytes]:
        """Ask as ``sign`` does and go on; what is given waits for the note, and is called once."""
        receive = self._send({"op": SIGN, "at_least": at_least, "lines": list(lines)})

        def note() -> bytes:
            text: str = receive()["note"]
            return text.encode()

        return note

    def status(self) -> SignerStatus:
        """Ask how the signer is.

        Raises:
            UnreachableError: The signer does not answer.
        """
        return SignerStatus(**self._send({"op": STATUS})())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, if one is open."""
        with self._lock:
            self._disconnect()

    def _send(self, request: dict[str, Any]) -> Callable[[], dict[str, Any]]:
        """Send a request; what is given receives the answer, and has to be called."""
        line = encode(request)
        self._lock.acquire()
        try:
            self._connect().sendall(line)
        except OSError:
            self._disconnect()

        def receive() -> dict[str, Any]:
            try:
                answer = self._receive(line)
            finally:
                self._lock.release()
            return check(decode(answer))

        return receive

    def _receive(self, line: bytes) -> bytes:
        if self._socket is not None:
            try:
                return _line_from(self._socket)
            except OSError:
                self._disconnect()
        try:
            connection = self._connect()
            connection.sendall(line)
            return _line_from(connection)
        except OSError as error:
            self._disconnect()
            raise UnreachableError(
                "The signer does not answer.",
                slug="signer_unreachable",
                next_step="What is committed is kept; run the command again to start the signer.",
            ) from error

    def _connect(self) -> socket.socket:
        if self._socket is None:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._seconds_max)
            try:
                connection.connect(os.fspath(self._path))
            except OSError:
                connection.close()
                raise
            self._socket = connection
        return self._socket

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _line_from(connection: socket.socket) -> bytes:
    answer = bytearray()
    while not answer.endswith(b"\n"):
        octets = connection.recv(_READ_OCTETS)
        if not octets or len(answer) > ANSWER_OCTETS_MAX:
            raise ConnectionResetError
        answer += octets
    return bytes(answer)
