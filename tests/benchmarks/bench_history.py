# SPDX-License-Identifier: Apache-2.0
"""One history with its proofs, against the bare SQL that reads the same rows of the log.

Ours reads the timeline, the signed bytes and the lowest tiles in one statement that also
proves that the answer is current, and makes the inclusion proof of every entry to the
signed checkpoint. Signatures are not verified in it; what that and the telling cost is
given beside it. Both sides use prepared statements with binary results, in turn.

Run with ``python -m tests.benchmarks.bench_history [ENTRIES [ROUNDS]]``.
"""

from __future__ import annotations

import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import Any
from uuid import UUID

import psycopg

from api.client.ids import uuid7
from api.client.signer import Draft, sign
from api.tracing.inquiry import Inquiry, open_queries, trace
from audit.proof.merkle import leaf_hash, verify_inclusion
from domain.catalogue import CATALOGUE
from domain.identifiers import FIRST_PREV
from projections.queries import Queries
from tests.benchmarks.ledger import AUDIENCE, AUTHORITY, Bench, manufactured, opened_ledger

FIREARMS = 200
EVENTS_EACH = 7
BATCH = 2_000
HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"

_BARE = """
select idx, seq, kind, at, raw from ledger.event where stream = %b order by seq
"""


def main() -> None:
    """Print times and ratios as one line of JSON."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with opened_ledger() as bench, open_queries(bench.office) as queries:
        streams = _fill(bench, entries)
        _check(queries, streams)
        reader = bench.office.database.conninfo("ledger_reader")
        with psycopg.connect(reader, autocommit=True) as connection:
            found = _measure(connection, queries, streams, rounds)
        found["entries"] = bench.office.ledger.size
    print(json.dumps(found))  # noqa: T201 - the result


def _measure(
    connection: psycopg.Connection[Any], queries: Queries, streams: Sequence[UUID], rounds: int
) -> dict[str, float]:
    def bare(stream: UUID) -> None:
        with connection.cursor(binary=True) as cursor:
            cursor.execute(_BARE, (stream,), prepare=True).fetchall()

    def ours(stream: UUID) -> None:
        queries.prover.paths(queries.timeline.history(stream))

    def proved(stream: UUID) -> None:
        trace(queries, Inquiry(identifier=f"arm.{stream}"))

    times = _in_turn({"bare": bare, "ours": ours}, streams, rounds)
    one = _in_turn({"bare": bare, "ours": ours}, streams[:1], rounds * 50)
    whole = _in_turn({"trace": proved}, streams, max(2, rounds // 20))
    return {
        "bare_us": times["bare"],
        "ours_us": times["ours"],
        "ratio, every firearm in turn (goal 2.0)": round(times["ours"] / times["bare"], 2),
        "ratio, one firearm again and again (goal 2.0)": round(one["ours"] / one["bare"], 2),
        "verified_and_told_us": whole["trace"],
    }


def _in_turn(
    works: dict[str, Callable[[UUID], None]], streams: Sequence[UUID], rounds: int
) -> dict[str, float]:
    """Give the median time of each work in microseconds, after one round to warm up."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for stream in chain.from_iterable([streams] * (rounds + 1)):
        for name, work in works.items():
            started = time.perf_counter()
            work(stream)
            times[name].append(time.perf_counter() - started)
    return {
        name: round(statistics.median(found[len(streams) :]) * 1e6, 1)
        for name, found in times.items()
    }


def _check(queries: Queries, streams: Sequence[UUID]) -> None:
    """Make sure that what is measured is right: every proof verifies."""
    for stream in streams:
        history = queries.timeline.history(stream)
        anchor, paths = queries.prover.paths(history)
        assert anchor is not None
        assert len(history.lines) == len(paths) == EVENTS_EACH
        for line in history.lines:
            verify_inclusion(
                leaf=leaf_hash(line.raw or b""),
                index=line.index,
                size=anchor.checkpoint.size,
                path=paths[line.index],
                root=anchor.checkpoint.root,
            )


def _fill(bench: Bench, entries: int) -> list[UUID]:
    """Fill the log with lives that are spread over all of it, through the usual door."""
    arms = [_new_id() for _ in range(FIREARMS)]
    heads = dict.fromkeys(arms, FIRST_PREV)
    for seq in range(1, EVENTS_EACH + 1):
        lives = [(arm, seq, heads[arm]) for arm in arms]
        others = [(_new_id(), 1, FIRST_PREV) for _ in range(entries // EVENTS_EACH - FIREARMS)]
        step = max(1, len(others) // FIREARMS)
        spread = [
            each
            for at, life in enumerate(lives)
            for each in (life, *others[at * step : (at + 1) * step])
        ]
        for arm, eid in _record(bench, iter(spread)):
            if arm in heads:
                heads[arm] = eid
    return arms


def _record(bench: Bench, places: Iterator[tuple[UUID, int, str]]) -> Iterator[tuple[UUID, str]]:
    with ThreadPoolExecutor() as pool:
        while batch := list(islice(places, BATCH)):
            opened = list(
                pool.map(lambda place: bench.office.open(_submission(bench, place)), batch)
            )
            bench.office.record(opened)
            yield from ((each.event.sub.uuid, each.event.eid) for each in opened)


def _submission(bench: Bench, place: tuple[UUID, int, str]) -> bytes:
    arm, seq, prev = place
    sale = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    draft = Draft(
        evt="firearm.manufactured" if seq == 1 else "firearm.transferred",
        iss=AUTHORITY,
        aud=AUDIENCE,
        sub=f"arm.{arm}",
        seq=seq,
        prev=prev,
        jti=str(_new_id()),
        iat=int(time.time()),
        occ=f"{2014 + seq}-03-02",
        dat=manufactured(f"TW9-{arm.int % 10**9:09d}") if seq == 1 else sale,
    )
    return sign(draft, {}, bench.key, catalogue=CATALOGUE).to_bytes()


def _new_id() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, secrets.token_bytes)


if __name__ == "__main__":
    main()
