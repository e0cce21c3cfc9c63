# SPDX-License-Identifier: Apache-2.0
"""Appends with receipts, everything on, against what the same machine does without us.

Five measures in turn on one embedded PostgreSQL, medians of several rounds: the
eventsourcing library's own recorder in its safe default setting (bare unsigned rows, one
a transaction, 16 threads); plain autocommit INSERT of the same row (64 callers and one);
ours (signature, schema, registry, rules, tree, durable signer, receipt; 64 callers and one).

Run with ``python -m tests.benchmarks.bench_append [SECONDS [ROUNDS]]``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque
from contextlib import ExitStack
from itertools import count
from time import perf_counter
from uuid import uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from audit.appending.gathering import Gathering
from tests.benchmarks.harness import Work, in_turn, rate
from tests.benchmarks.ledger import Bench, opened_ledger, submission

CALLERS = 64
LIBRARY_THREADS = 16
PREPARED_A_SECOND = 6_000

_INSERT = """
insert into bench.event (idx, stream, seq, kind, iss, jti, eid, raw, leaf)
values (%b, %b, 1, 'firearm.manufactured/1', 'auth.xa', %b, %b, %b, %b)
"""

_numbers = count()


def main() -> None:
    """Print the rates and ratios as one line of JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with opened_ledger() as bench, ExitStack() as stack:
        raw = submission(bench.key).rstrip(b"~")
        library = _library_recorder(bench, stack)
        _plain_table(bench)
        rates = in_turn(
            {
                "library, 16 threads": lambda: rate(
                    lambda: _library(library, raw), callers=LIBRARY_THREADS, seconds=seconds
                ),
                "plain INSERT, 64 callers": lambda: _plain(bench, raw, CALLERS, seconds),
                "plain INSERT, 1 caller": lambda: _plain(bench, raw, 1, seconds),
                "muniment, 64 callers": lambda: _ours(bench, CALLERS, seconds),
                "muniment, 1 caller": lambda: _ours(bench, 1, seconds),
            },
            rounds,
        )
    many, one = rates["muniment, 64 callers"], rates["muniment, 1 caller"]
    ratios = {
        "64 callers / library (goal 4.0)": many / rates["library, 16 threads"],
        "64 callers / plain INSERT (goal 0.55)": many / rates["plain INSERT, 64 callers"],
        "1 caller / plain INSERT (goal 0.35)": one / rates["plain INSERT, 1 caller"],
    }
    print(json.dumps({"rates": rates, **{name: round(r, 2) for name, r in ratios.items()}}))  # noqa: T201 - the result


def _ours(bench: Bench, callers: int, seconds: float) -> float:
    wanted = int(seconds * (PREPARED_A_SECOND if callers > 1 else PREPARED_A_SECOND / 4))
    ready = deque(submission(bench.key) for _ in range(wanted))
    if callers > 1:
        return asyncio.run(_ours_side_by_side(bench, ready, callers=callers, seconds=seconds))

    def work() -> None:
        bench.office.append(ready.popleft())

    return rate(lambda: work, callers=callers, seconds=seconds)


async def _ours_side_by_side(
    bench: Bench, ready: deque[bytes], *, callers: int, seconds: float
) -> float:
    """Let coroutines append as those of a service do, each waiting for its receipts."""
    door = Gathering(bench.office.append_all)
    started = perf_counter()

    async def call() -> int:
        done = 0
        while perf_counter() < started + seconds:
            await door.append(ready.popleft())
            done += 1
        return done

    done = sum(await asyncio.gather(*[call() for _ in range(callers)]))
    door.close()
    return done / (perf_counter() - started)


def _library_recorder(bench: Bench, stack: ExitStack) -> PostgresApplicationRecorder:
    known = conninfo_to_dict(bench.office.database.admin)
    with psycopg.connect(bench.office.database.admin) as connection:
        connection.execute("create schema library")
    datastore = PostgresDatastore(
        str(known["dbname"]),
        str(known["host"]),
        str(known.get("port") or ""),
        str(known["user"]),
        "",
        schema="library",
        pool_size=LIBRARY_THREADS,
    )
    stack.callback(datastore.close)
    recorder = PostgresApplicationRecorder(datastore)
    recorder.create_table()
    return recorder


def _library(recorder: PostgresApplicationRecorder, raw: bytes) -> Work:
    def work() -> None:
        recorder.insert_events([StoredEvent(uuid4(), 1, "firearm.manufactured/1", raw)])

    return work


def _plain_table(bench: Bench) -> None:
    with psycopg.connect(bench.office.database.admin) as connection:
        connection.execute("create schema bench")
        connection.execute("create table bench.event (like ledger.event including all)")


def _plain(bench: Bench, raw: bytes, callers: int, seconds: float) -> float:
    with ExitStack() as stack:
        return rate(lambda: _insert(bench, raw, stack), callers=callers, seconds=seconds)


def _insert(bench: Bench, raw: bytes, stack: ExitStack) -> Work:
    connection = psycopg.connect(bench.office.database.admin, autocommit=True)
    stack.callback(connection.close)
    eid = bytes(32)

    def work() -> None:
        row = (next(_numbers), uuid4(), uuid4(), eid, raw, eid)
        connection.execute(_INSERT, row, prepare=True, binary=True)

    return work


if __name__ == "__main__":
    main()
