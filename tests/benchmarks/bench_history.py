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
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg

from api.tracing.inquiry import Inquiry, open_queries, trace
from audit.proof.merkle import leaf_hash, verify_inclusion
from projections.queries import Queries
from tests.benchmarks.ledger import EVENTS_EACH, fill, opened_ledger

_BARE = """
select idx, seq, kind, at, raw from ledger.event where stream = %b order by seq
"""


def main() -> None:
    """Print times and ratios as one line of JSON."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with opened_ledger() as bench, open_queries(bench.office) as queries:
        streams = fill(bench, entries)
        _check(queries, streams)
        reader = bench.office.database.conninfo("ledger_reader")
        with psycopg.connect(reader, autocommit=True) as connection:
            found = measured(connection, queries, streams, rounds)
        found["verified_and_told_us"] = _told(queries, streams, max(2, rounds // 20))
        found["entries"] = bench.office.ledger.size
    print(json.dumps(found))  # noqa: T201 - the result


def measured(
    connection: psycopg.Connection[Any], queries: Queries, streams: Sequence[UUID], rounds: int
) -> dict[str, float]:
    """Give times and ratios of reading some firearms' histories in turn."""

    def bare(stream: UUID) -> None:
        with connection.cursor(binary=True) as cursor:
            cursor.execute(_BARE, (stream,), prepare=True).fetchall()

    def ours(stream: UUID) -> None:
        queries.prover.paths(queries.timeline.history(stream))

    times = _in_turn({"bare": bare, "ours": ours}, streams, rounds)
    one = _in_turn({"bare": bare, "ours": ours}, streams[:1], rounds * 50)
    return {
        "bare_us": times["bare"],
        "ours_us": times["ours"],
        "ratio, every firearm in turn (goal 2.0)": round(times["ours"] / times["bare"], 2),
        "ratio, one firearm again and again (goal 2.0)": round(one["ours"] / one["bare"], 2),
    }


def _told(queries: Queries, streams: Sequence[UUID], rounds: int) -> float:
    def told(stream: UUID) -> None:
        trace(queries, Inquiry(identifier=f"arm.{stream}"))

    return _in_turn({"told": told}, streams, rounds)["told"]


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


if __name__ == "__main__":
    main()
