# SPDX-License-Identifier: Apache-2.0
"""The service over HTTP, everything on, against what the same machine does without it.

In turn, on one embedded PostgreSQL, medians of several rounds: the eventsourcing library's own
recorder in its safe default setting (bare unsigned rows, one a transaction, 16 threads); single
events over HTTP from 64 clients; batches of 100; raw signature verification on all cores; a
timeline over HTTP and by a call in process; the same with two processes of the service.

Run with ``python -m tests.benchmarks.bench_http [SECONDS [ROUNDS]]``.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from uuid import UUID

import httpx

from api.access.message import HttpRequest
from api.access.signing import Times, sign_request
from api.client.keyfile import FileKey
from api.registrar import Enrolment, enrol
from api.service.settings import SERVICE_FILE
from api.tracing.inquiry import Inquiry, open_queries, trace
from api.tracing.record import trace_record
from audit.proof.keys import public_key
from tests.benchmarks.bench_append import _library, _library_recorder
from tests.benchmarks.harness import in_turn, rate
from tests.benchmarks.ledger import Bench, fill, opened_ledger, submission
from tests.benchmarks.tools.clients import Told, ask, get, post

CLIENTS = 64
READERS = 8
LIBRARY_THREADS = 16
BATCH = 100
PREPARED_A_SECOND = 3_000
ENTRIES = 1_400
VERIFIED = 4_000
CORES = os.cpu_count() or 1
START_SECONDS = 60
RATE = "append_rate = 1_000_000\n"
"""One key records everything here, so that its limit is counted and never reached."""


def main() -> None:
    """Print the rates and ratios as one line of JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with opened_ledger() as bench, ExitStack() as stack:
        streams = fill(bench, ENTRIES)
        machine = _machine(bench)
        library = _library_recorder(bench, stack)
        raw = submission(bench.key).rstrip(b"~")
        addresses = [f"/v1/firearms/arm.{stream}/timeline" for stream in streams]
        one = stack.enter_context(_serving(bench, 1))
        two = stack.enter_context(_serving(bench, 2))
        slow: dict[str, list[float]] = {"call": [], "http": []}
        rates = in_turn(
            {
                "library, 16 threads": lambda: rate(
                    lambda: _library(library, raw), callers=LIBRARY_THREADS, seconds=seconds
                ),
                "http, 64 clients": lambda: _append(bench, one, seconds),
                "http, 64 clients, 2 processes": lambda: _append(bench, two, seconds),
                "http, batches": lambda: _batches(bench, one, seconds),
                "verify, all cores": lambda: _verify(bench),
                "timeline, 1 process": lambda: _read(machine, one, addresses, seconds).rate,
                "timeline, 2 processes": lambda: _read(machine, two, addresses, seconds).rate,
                "slow call": lambda: _keep(slow["call"], _called(bench, streams)),
                "slow http": lambda: _keep(
                    slow["http"], _read(machine, one, addresses, seconds, clients=1).p99
                ),
            },
            rounds,
        )
    p99 = {name: statistics.median(found) for name, found in slow.items()}
    single = rates["http, 64 clients"]
    ratios = {
        "64 clients / library (goal 2.5)": single / rates["library, 16 threads"],
        "batches / verification (goal 0.6)": rates["http, batches"] / rates["verify, all cores"],
        "timeline p99 / call (goal 3.0, at most)": p99["http"] / p99["call"],
        "reads of 2 processes / 1 (goal 1.3)": rates["timeline, 2 processes"]
        / rates["timeline, 1 process"],
        "appends of 2 processes / 1 (goal 1.0)": rates["http, 64 clients, 2 processes"] / single,
    }
    print(json.dumps({"rates": rates, **{name: round(r, 2) for name, r in ratios.items()}}))  # noqa: T201 - the result


def _keep(found: list[float], value: float) -> float:
    found.append(value)
    return value


def _append(bench: Bench, port: int, seconds: float) -> float:
    """Append single events; each is signed before the clock runs."""
    wanted = int(seconds * PREPARED_A_SECOND)
    bodies = [submission(bench.key) for _ in range(wanted)]
    requests = [post("/v1/events", body, "application/sd-jwt") for body in bodies]
    return _good(ask(port, requests, clients=CLIENTS, seconds=seconds)).rate


def _batches(bench: Bench, port: int, seconds: float) -> float:
    wanted = int(seconds * PREPARED_A_SECOND * 2 / BATCH)
    media_type = "application/vnd.muniment.submissions"
    requests = [
        post(
            "/v1/events/batch", b"\n".join(submission(bench.key) for _ in range(BATCH)), media_type
        )
        for _ in range(wanted)
    ]
    return _good(ask(port, requests, clients=4, seconds=seconds)).rate * BATCH


def _read(
    machine: FileKey, port: int, addresses: list[str], seconds: float, *, clients: int = READERS
) -> Told:
    """Ask for timelines; every request is signed by a machine."""
    wanted = int(seconds * 600)
    origin = f"http://127.0.0.1:{port}"
    requests = [
        get(path, _signed(machine, f"{origin}{path}"))
        for path in (addresses[number % len(addresses)] for number in range(wanted))
    ]
    return _good(ask(port, requests, clients=clients, seconds=seconds))


def _good(told: Told) -> Told:
    assert all(status.startswith("2") for status in told.statuses), told.statuses
    return told


def _called(bench: Bench, streams: Sequence[UUID]) -> float:
    """Give the time within which 99 of 100 timelines are told in process."""
    times = []
    with open_queries(bench.office) as queries:
        for number in range(300):
            begun = perf_counter()
            found = trace(queries, Inquiry(identifier=f"arm.{streams[number % len(streams)]}"))
            json.dumps(trace_record(found), default=str)  # type: ignore[arg-type]
            times.append(perf_counter() - begun)
    return sorted(times)[int(len(times) * 0.99)]


def _signed(key: FileKey, url: str) -> list[tuple[str, str]]:
    message = HttpRequest(method="GET", url=url)
    return list(sign_request(message, key, times=Times(created=int(time.time()))))


def _machine(bench: Bench) -> FileKey:
    key = FileKey.create("Ed25519")
    wanted = Enrolment(authority="auth.xa", roles=["TRC"], jurisdictions=["XA"], key_class="http")
    enrol(bench.office, wanted, key, proposer=bench.roots[0], approver=bench.roots[1])
    return key


def _verify(bench: Bench) -> float:
    """Verify signatures and nothing else, on all cores."""
    jwk, message = dict(bench.key.jwk), b"m" * 1_000
    signature = bench.key.sign(message)
    with get_context("spawn").Pool(CORES) as pool:
        pool.map(_verified, [(jwk, signature, message, 1)] * CORES)
        begun = perf_counter()
        pool.map(_verified, [(jwk, signature, message, VERIFIED)] * CORES)
        return CORES * VERIFIED / (perf_counter() - begun)


def _verified(work: tuple[dict[str, str], bytes, bytes, int]) -> None:
    jwk, signature, message, times = work
    key = public_key(jwk)
    for _ in range(times):
        key.verify(signature, message)


@contextmanager
def _serving(bench: Bench, workers: int) -> Iterator[int]:
    """Run the service as its users do, at a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    home: Path = bench.office.settings.home
    (home / SERVICE_FILE).write_text(f'origin = "http://127.0.0.1:{port}"\n{RATE}')
    command = [sys.executable, "-m", "api.cli.main", "--home", str(home), "serve"]
    with subprocess.Popen(
        [*command, "--port", str(port), "--workers", str(workers)], stderr=subprocess.DEVNULL
    ) as process:
        try:
            _await(port)
            yield port
        finally:
            process.terminate()


def _await(port: int) -> None:
    until = perf_counter() + START_SECONDS
    while perf_counter() < until:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/v1/health/live").status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(port)


if __name__ == "__main__":
    main()
