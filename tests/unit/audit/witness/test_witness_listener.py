# SPDX-License-Identifier: Apache-2.0
"""HTTP around the witness: its two pages, its caps and its deadlines."""

from __future__ import annotations

import http.client
import random
import socket
import sys
import time
from contextlib import closing, suppress
from threading import Thread

import pytest

from audit.witness.evidence import origin_hash
from audit.witness.exchange import exchange
from audit.witness.listener import CONNECTIONS_MAX, WitnessServer, _Incoming, parse_address
from audit.witness.message import BODY_OCTETS_MAX
from domain.errors import UnreachableError, UsageError
from tests.unit.audit.witness.logs import FIRST, ORIGIN, Desk

pytestmark = pytest.mark.slow  # real connections and processes

PATIENCE_SECONDS = 60


def said(server: WitnessServer, octets: bytes) -> bytes:
    """Send octets as they are, and give everything until the witness hangs up."""
    address = server.server_address[:2]
    with socket.create_connection((str(address[0]), int(address[1])), PATIENCE_SECONDS) as line:
        line.sendall(octets)
        line.shutdown(socket.SHUT_WR)
        answer = bytearray()
        while octets := line.recv(65_536):
            answer += octets
    return bytes(answer)


def test_a_checkpoint_is_cosigned_and_shown_over_http(server: WitnessServer, desk: Desk) -> None:
    reply = exchange(server.url, "/add-checkpoint", FIRST.request(0, 5))
    assert (reply.status, reply.content_type) == (200, "text/plain")
    stale = exchange(server.url, "/add-checkpoint", FIRST.request(0, 9))
    assert (stale.status, stale.body, stale.content_type) == (409, b"5\n", "text/x.tlog.size")
    page = exchange(server.url, f"/{origin_hash(ORIGIN)}/checkpoint")
    assert (page.status, page.body) == (200, desk.witness.checkpoint(origin_hash(ORIGIN)).body)


def test_one_connection_serves_many_requests(server: WitnessServer) -> None:
    address = server.server_address[:2]
    line = http.client.HTTPConnection(str(address[0]), int(address[1]), timeout=PATIENCE_SECONDS)
    with closing(line):
        for old, new in ((0, 5), (5, 9), (9, 30)):
            line.request("POST", "/add-checkpoint", FIRST.request(old, new))
            with line.getresponse() as response:
                assert response.status == 200
                assert response.read()


@pytest.mark.parametrize(
    ("request_octets", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 404),
        (b"GET /add-checkpoint HTTP/1.1\r\n\r\n", 404),
        (b"POST /elsewhere HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404),
        (b"PUT /add-checkpoint HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 501),
        (b"POST /add-checkpoint HTTP/1.1\r\n\r\n", 411),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 411),
        (b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % 10**20, 413),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (2**18 + 9_999), 413),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", 431),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_every_other_request_has_its_status(
    server: WitnessServer, request_octets: bytes, status: int
) -> None:
    assert BODY_OCTETS_MAX < 2**18 + 9_999
    answer = said(server, request_octets)
    assert f" {status} ".encode() in answer.split(b"\r\n")[0] or f"{status}".encode() in answer


def test_a_body_that_was_cut_is_not_answered(server: WitnessServer, desk: Desk) -> None:
    body = FIRST.request(0, 5)
    head = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert said(server, head + body[:-1]) == b""
    held = desk.store.held(ORIGIN)
    assert held is not None
    assert held.size == 0


def serving(desk: Desk, **limits: float) -> WitnessServer:
    connections = int(limits.get("connections", CONNECTIONS_MAX))
    made = WitnessServer(
        ("127.0.0.1", 0),
        desk.witness,
        connections_max=connections,
        seconds_max=limits.get("seconds", PATIENCE_SECONDS),
    )
    Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    return made


@pytest.mark.parametrize("begun", [b"", b"POST /add-checkpoint HTTP/1.1\r\nContent-Le", b"GET /x"])
def test_whoever_sends_too_slowly_is_cut_off(desk: Desk, begun: bytes) -> None:
    with serving(desk, seconds=0.1) as server:
        address = (str(server.server_address[0]), int(server.server_address[1]))
        answer = b""
        # Whoever is cut off before it has sent is told by a reset.
        with socket.create_connection(address, PATIENCE_SECONDS) as line, suppress(OSError):
            line.sendall(begun)
            answer = line.recv(1)
        server.shutdown()
    assert answer == b""


def test_octets_that_drip_in_do_not_move_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"x" * 10)
        incoming = _Incoming(ours)
        incoming.deadline = time.monotonic() + PATIENCE_SECONDS
        assert incoming.read(1) == b"x"
        incoming.deadline = time.monotonic()
        with pytest.raises(TimeoutError):
            incoming.read(1)


def test_no_octets_bring_the_witness_down(server: WitnessServer) -> None:
    chance = random.Random(7)
    for _ in range(40):
        head = chance.choice([b"", b"GET ", b"POST /add-checkpoint HTTP/1.1\r\n"])
        said(server, head + chance.randbytes(chance.randrange(300)) + b"\r\n\r\n")
    assert exchange(server.url, "/add-checkpoint", FIRST.request(0, 5)).status == 200


def test_one_connection_too_many_is_turned_away(desk: Desk) -> None:
    with serving(desk, connections=1) as server:
        address = (str(server.server_address[0]), int(server.server_address[1]))
        line = http.client.HTTPConnection(*address, timeout=PATIENCE_SECONDS)
        with closing(line):
            line.request("GET", "/x")
            line.getresponse().read()
            with socket.create_connection(address, PATIENCE_SECONDS) as second:
                assert second.recv(100).startswith(b"HTTP/1.1 503 ")
        server.shutdown()


def test_a_connection_that_fails_is_written_down_without_its_address(
    server: WitnessServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for error in (BrokenPipeError("gone"), ValueError("odd")):
        try:
            raise error
        except (BrokenPipeError, ValueError):
            assert sys.exc_info()[1] is error
            server.handle_error(None, ("192.0.2.1", 5))
    assert capsys.readouterr().err == "a connection failed: ValueError: odd\n"


def test_an_address_that_is_taken_is_told(server: WitnessServer, desk: Desk) -> None:
    taken = (str(server.server_address[0]), int(server.server_address[1]))
    with pytest.raises(UnreachableError, match="cannot listen") as told:
        WitnessServer(taken, desk.witness)
    assert told.value.slug == "witness_address"


def test_a_witness_listens_on_ipv6_where_there_is_any(desk: Desk) -> None:
    try:
        server = WitnessServer(("::1", 0), desk.witness)
    except UnreachableError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert server.url.startswith("http://[::1]:")


def test_an_address_is_a_host_and_a_port() -> None:
    assert parse_address("127.0.0.1:80") == ("127.0.0.1", 80)
    assert parse_address("[::1]:0") == ("::1", 0)


@pytest.mark.parametrize("text", ["", "80", ":80", "host:", "host:65536", "host:-1", "host:٣"])
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        parse_address(text)
