# SPDX-License-Identifier: Apache-2.0
"""Clients that cost next to nothing: prepared requests over connections that stay open.

They run in a process of their own, so that their interpreter does not stand in the service's way.
Run as ``python -m tests.benchmarks.tools.clients PORT CLIENTS SECONDS`` with one request in base64
a line of standard input; prints answers by status, seconds, and the slowest of a hundred.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Told:
    """What clients have seen.

    Attributes:
        statuses: Number of answers by status.
        seconds: How long they asked.
        p99: Seconds within which 99 of 100 answers came.
    """

    statuses: dict[str, int]
    seconds: float
    p99: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        good = sum(number for status, number in self.statuses.items() if status.startswith("2"))
        return good / self.seconds


def ask(port: int, requests: Iterable[bytes], *, clients: int, seconds: float) -> Told:
    """Let clients send requests from another process, each waiting for its answer."""
    lines = b"\n".join(b64encode(each) for each in requests)
    command = [sys.executable, "-m", "tests.benchmarks.tools.clients", str(port), str(clients)]
    done = subprocess.run([*command, str(seconds)], input=lines, capture_output=True, check=True)
    return Told(**json.loads(done.stdout))


def post(path: str, body: bytes, media_type: str) -> bytes:
    """Prepare a request with a body."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """Prepare a request without one."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()


async def _ask(port: int, requests: deque[bytes], clients: int, seconds: float) -> Told:
    statuses, times = Counter[str](), list[float]()
    started = perf_counter()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while requests and perf_counter() < started + seconds:
            begun = perf_counter()
            writer.write(requests.popleft())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            times.append(perf_counter() - begun)
            statuses[head[9:12].decode()] += 1
        writer.close()

    await asyncio.gather(*[client() for _ in range(clients)])
    slowest = sorted(times)[int(len(times) * 0.99)]
    return Told(dict(statuses), perf_counter() - started, slowest)


def main() -> None:
    """Ask, and print what was seen."""
    port, clients, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    requests = deque(b64decode(line) for line in sys.stdin.buffer)
    import uvloop  # noqa: PLC0415 - only the process of the clients needs it

    told = uvloop.run(_ask(port, requests, clients, seconds))
    print(  # noqa: T201 - the result
        json.dumps({"statuses": told.statuses, "seconds": told.seconds, "p99": told.p99})
    )


if __name__ == "__main__":
    main()
