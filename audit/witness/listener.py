# SPDX-License-Identifier: Apache-2.0
"""HTTP around the witness: a thread a connection, and a bound on everything a stranger sends.

Serves ``POST /add-checkpoint`` and ``GET /<sha256(origin)>/checkpoint`` of C2SP tlog-witness with
the standard library's server. A request has to arrive whole within a deadline, a body within
its cap, and only so many connections are open at once; nobody's address is written down. TLS
is left to a proxy in front, or to a bastion.
"""

from __future__ import annotations

import io
import socket
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Thread
from typing import Any, Final

from audit.witness.message import ADD_CHECKPOINT, BODY_OCTETS_MAX, UNKNOWN
from audit.witness.service import Answer, Witness
from domain.errors import UnreachableError, UsageError

CHECKPOINT_SUFFIX: Final = "/checkpoint"
CONNECTIONS_MAX: Final = 128
REQUEST_SECONDS_MAX: Final = 15.0
"""For a whole request, and for the pause before it on a connection that stays open."""

_LENGTH_DIGITS_MAX: Final = 9
_PORT_MAX: Final = 0xFFFF
_BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)


class WitnessServer(ThreadingHTTPServer):
    """Listens from the moment it is made; serves once ``serve_forever`` runs."""

    daemon_threads = True
    request_queue_size = CONNECTIONS_MAX

    def __init__(
        self,
        address: tuple[str, int],
        witness: Witness,
        *,
        connections_max: int = CONNECTIONS_MAX,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> None:
        """Listen at an address; port 0 lets the system choose one.

        Raises:
            UnreachableError: Nobody can listen there.
        """
        self.witness = witness
        self.seconds_max = seconds_max
        self._places = BoundedSemaphore(connections_max)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        try:
            super().__init__(address, _Handler)
        except OSError as error:
            raise UnreachableError(
                f"The witness cannot listen at {address[0]} port {address[1]}: {error.strerror}.",
                slug="witness_address",
                next_step="Choose another address with --listen.",
            ) from error

    @property
    def url(self) -> str:
        """Where it listens, as the submission prefix of its clients."""
        host, port = self.server_address[:2]
        name = str(host)
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread, or turn it away while there are too many."""
        if not self._places.acquire(blocking=False):
            request.setblocking(False)  # noqa: FBT003 - the standard library's own signature
            with suppress(OSError):
                request.send(_BUSY)
            self.shutdown_request(request)
            return
        Thread(target=self._serve, args=(request, client_address), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Write down that a connection broke, but not whose it was."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            words = f"a connection failed: {type(error).__name__}: {error}"
            print(words, file=sys.stderr, flush=True)  # noqa: T201 - the witness's log

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._places.release()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "muniment-witness"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: WitnessServer

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._incoming = _Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        self._incoming.deadline = time.monotonic() + self.server.seconds_max
        super().handle_one_request()

    def do_POST(self) -> None:
        if self.path != ADD_CHECKPOINT:
            self._send(Answer(UNKNOWN, b"There is no such page.\n"), close=True)
            return
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not length.isascii() or not length.isdigit():
            self._send(Answer(411, b"The request has to say its length.\n"), close=True)
        elif len(length) > _LENGTH_DIGITS_MAX or int(length) > BODY_OCTETS_MAX:
            self._send(Answer(413, b"The request is too large.\n"), close=True)
        else:
            self._answer(int(length))

    def do_GET(self) -> None:
        name = self.path.removeprefix("/").removesuffix(CHECKPOINT_SUFFIX)
        found = self.path == f"/{name}{CHECKPOINT_SUFFIX}"
        answer = self.server.witness.checkpoint(name if found else "")
        # A body that nobody reads would be taken for the next request.
        self._send(answer, close=self.headers.get("Content-Length", "0") != "0")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Write nothing: addresses of strangers are not collected."""

    def _answer(self, length: int) -> None:
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return
        self._send(self.server.witness.add_checkpoint(body))

    def _send(self, answer: Answer, *, close: bool = False) -> None:
        self.connection.settimeout(self.server.seconds_max)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)


class _Incoming(io.RawIOBase):
    """Reads from a connection until a deadline, however slowly the octets drip in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


def parse_address(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT`` or ``[IPV6]:PORT``.

    Raises:
        UsageError: It is no such address.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= len("65535") else -1
    if not colon or not host or not 0 <= number <= _PORT_MAX:
        raise UsageError(
            f"{text} is no address to listen at.",
            slug="address_invalid",
            next_step="Give HOST:PORT, such as 127.0.0.1:7380.",
        )
    return host, number
