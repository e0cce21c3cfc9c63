# SPDX-License-Identifier: Apache-2.0
"""Bent submissions, bodies too large, too deep or too slow, and floods of headers."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.http.passing.bodies import BATCH_OCTETS_MAX, Bodies
from api.service import connection
from audit.proof.limits import BODY_OCTETS_MAX
from domain.errors import UsageError
from tests.integration.append.desk import born, following, signed
from tests.integration.append.test_bad_envelopes import BENT
from tests.integration.http.conftest import Served

SUBMISSION = "application/sd-jwt"
BATCH = "application/vnd.muniment.submissions"
STATUSES = (400, 413, 422)
RACERS = 50
POST = b"POST /v1/events HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def _post(served: Served, body: bytes, media_type: str = SUBMISSION) -> httpx.Response:
    path = "/v1/events" if media_type == SUBMISSION else "/v1/events/batch"
    return served.client.post(path, content=body, headers={"Content-Type": media_type})


def _size(served: Served) -> int:
    return int(served.client.get("/v1/registry").json()["log_size"])


@pytest.mark.parametrize("name", BENT)
def test_a_bent_submission_is_refused_by_its_code_and_leaves_nothing(
    served: Served, name: str
) -> None:
    before = _size(served)
    code, bend = BENT[name]
    body = bend(signed(born(), served.key).jws, served.key)
    answer = _post(served, body)
    assert answer.json()["code"] == code
    assert answer.status_code in STATUSES
    assert answer.headers["content-type"] == "application/problem+json"
    assert _size(served) == before
    assert not body or body[:40].decode("latin-1") not in answer.text


@pytest.mark.parametrize("size", [BODY_OCTETS_MAX + 1, 1_048_576])
def test_a_body_too_large_is_not_read(served: Served, size: int) -> None:
    for content in (b"a" * size, iter([b"a" * 65_536] * (size // 65_536 + 1))):
        headers = {"Content-Type": SUBMISSION}
        answer = served.client.post("/v1/events", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_batch_may_be_larger_and_not_too_large(served: Served) -> None:
    assert _post(served, b"e30~\n" * 50_000, BATCH).json()["code"] == "too_large"
    padded = b"\n" * BODY_OCTETS_MAX + signed(born(), served.key).to_bytes()
    assert _post(served, padded, BATCH).json()["recorded"] == 1
    assert _post(served, b"a" * (BATCH_OCTETS_MAX + 1), BATCH).status_code == 413


@pytest.mark.parametrize("depth", [7, 6_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_json_is_refused_wherever_it_stands(
    served: Served, depth: int, opening: bytes
) -> None:
    _, bend = BENT["deep json"]
    assert _post(served, bend(signed(born(), served.key).jws, served.key)).status_code == 400
    answer = served.machine("TRC").request(
        "POST",
        "/v1/search",
        content=b'{"questions":' + opening * depth,
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request_invalid")


@pytest.mark.parametrize("media_type", ["", "application/json", "text/plain", BATCH, "application"])
def test_another_media_type_is_refused(served: Served, media_type: str) -> None:
    body = signed(born(), served.key).to_bytes()
    headers = {"Content-Type": media_type} if media_type else {}
    answer = served.client.post("/v1/events", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")
    fine = served.client.post(
        "/v1/events", content=body, headers={"Content-Type": "Application/SD-JWT; charset=us-ascii"}
    )
    assert fine.status_code == 201


@pytest.mark.parametrize("path", ["/v1/search?text=" + "a" * 9_000, "/v1/" + "a" * 9_000])
def test_an_address_too_long_is_refused(served: Served, path: str) -> None:
    answer = served.client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def _reads(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await Response()(scope, receive, send)


def test_a_body_too_slow_ends_the_request() -> None:
    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def send(_: object) -> None:
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": "/v1/events", "raw_path": b"/v1/events"}
    bodies = Bodies(_reads, seconds_max=0.01)
    with pytest.raises(UsageError) as refused:
        asyncio.run(bodies({**scope, "query_string": b"", "headers": []}, never, send))
    assert refused.value.slug == "body_slow"


def _raw(served: Served, octets: bytes) -> bytes:
    """Send octets as they are; give the first line of the answer, nothing where it was cut off."""
    host, _, port = served.origin.removeprefix("http://").partition(":")
    answer = b""
    with suppress(ConnectionError), socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(octets)
        with suppress(OSError):  # the service may have ended it before
            line.shutdown(socket.SHUT_WR)
        while b"\r\n" not in answer and (part := line.recv(4_096)):
            answer += part
    return answer.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00" * 64 + b"\r\n\r\n",
        b"GET /v1/limits HTTP/1.1\r\nHost: a\r\nA\x00B: c\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        POST + b"Content-Length: -5\r\n\r\nabcde",
        POST + CHUNKED + b"Content-Length: 3\r\n\r\n0\r\n\r\n",
        POST + CHUNKED + b"\r\nZZ\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_service_goes_on(
    served: Served, octets: bytes
) -> None:
    line = _raw(served, octets)
    assert not line or line.split()[1].startswith(b"4"), line
    assert served.client.get("/v1/health/live").status_code == 200


def test_a_flood_of_headers_is_refused_and_the_service_goes_on(served: Served) -> None:
    flood = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 200) for number in range(5_000))
    begun = time.monotonic()
    line = _raw(served, b"GET /v1/limits HTTP/1.1\r\nHost: a\r\n" + flood + b"\r\n")
    assert not line or line.split()[1] in (b"400", b"413", b"431"), line
    assert time.monotonic() - begun < 10
    assert served.client.get("/v1/health/live").status_code == 200


def _until_closed(served: Served, octets: bytes) -> bytes:
    """Send octets and no end; give what comes back until the service ends the connection."""
    host, _, port = served.origin.removeprefix("http://").partition(":")
    answer = b""
    with suppress(ConnectionError), socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(octets)
        while part := line.recv(4_096):
            answer += part
    return answer


@pytest.mark.parametrize("endless", [b"X-A: ", b"X-A: b\r\n", b"X"])
def test_headers_without_end_end_the_connection(served: Served, endless: bytes) -> None:
    head = b"GET /v1/limits HTTP/1.1\r\nHost: a\r\n"
    assert _until_closed(served, head + endless * (1_000_000 // len(endless))) == b""
    assert served.client.get("/v1/health/live").status_code == 200


@pytest.mark.parametrize("octets", [b"", b"GET /v1/limits HTTP/1.1\r\nHost: "])
def test_headers_that_do_not_come_end_the_connection(
    served: Served, octets: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS_MAX", 0.05)
    assert _until_closed(served, octets) == b""
    assert served.client.get("/v1/health/live").status_code == 200


def test_of_fifty_that_race_for_one_place_one_wins(served: Served) -> None:
    first, told = served.recorded()
    bodies = [signed(following(first, told["eid"]), served.key).to_bytes() for _ in range(RACERS)]
    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(lambda body: _post(served, body), bodies))
    statuses = sorted(each.status_code for each in answers)
    assert statuses == [201] + [409] * (RACERS - 1)
    codes = {each.json()["code"] for each in answers if each.status_code == 409}
    assert codes == {"seq_conflict"}
    head = served.machine("TRC").get(f"/v1/streams/{first.sub}").json()
    winner = next(each.json() for each in answers if each.status_code == 201)
    assert (head["seq"], head["eid"]) == (2, winner["eid"])


def test_bad_submissions_in_a_crowd_fail_no_good_ones(served: Served) -> None:
    good = [signed(born(), served.key).to_bytes() for _ in range(20)]
    bad = [bend(signed(born(), served.key).jws, served.key) for _, bend in BENT.values()]
    crowd = [each for pair in zip(good, bad, strict=False) for each in pair]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda body: _post(served, body), crowd))
    assert [each.status_code for each in answers[::2]] == [201] * len(answers[::2])
    assert all(each.status_code in STATUSES for each in answers[1::2])
    assert json.loads(answers[0].content)["index"] > 0
