# SPDX-License-Identifier: Apache-2.0
"""Whether what is quick at a hundred thousand entries is as quick at millions, in one run.

One ledger grows from size to size (``padding``). At each, in every round: the timeline is built
anew and catches up, lives and findings catch up with as many entries as one batch holds, and
histories with their proofs are read beside the bare SQL that reads the same rows. The search by
marking is asked in ledgers of its own, of as many markings as there are entries (``bench_search``).
The first line tells of each size; the last tells each figure of the largest size as a share of
that of the smallest.

Run with ``python -m tests.benchmarks.nation.bench_flatness [ROUNDS [SEARCHED_MAX [SIZE...]]]``; the
issue asks for sizes from 100,000 to 5,000,000, and for no more than 1.3 times. Sizes above
SEARCHED_MAX are not searched.
"""

from __future__ import annotations

import json
import random
import sys
from statistics import median
from typing import Any, Final
from uuid import UUID

import psycopg

from api.tracing.inquiry import open_queries
from projections.findings.store import FINDINGS
from projections.lives.store import LIVES
from projections.reading import BATCH_ENTRIES
from projections.runner import catch_up
from projections.timeline.store import TIMELINE
from tests.benchmarks.bench_history import measured as measured_history
from tests.benchmarks.bench_projections import catching_up, rebuilding
from tests.benchmarks.bench_search import measured as measured_search
from tests.benchmarks.ledger import Bench, opened_ledger, submission
from tests.benchmarks.nation.padding import pad

SIZES: Final = (100_000, 1_000_000)
ROUNDS: Final = 3
SEARCHED_MAX: Final = 1_000_000
QUESTIONS: Final = 200
FIREARMS: Final = 300
CAUGHT_UP: Final = (TIMELINE, LIVES, FINDINGS)


def main() -> None:
    """Print what was measured at each size, and how the figures of the sizes compare."""
    given = [int(text) for text in sys.argv[1:]]
    rounds, searched_max = (*given[:2], *(ROUNDS, SEARCHED_MAX)[len(given) :])
    sizes = given[2:] or SIZES
    found: dict[int, dict[str, float]] = {size: {} for size in sizes}
    with opened_ledger() as bench:
        firearms: list[UUID] = []
        for size in sizes:
            firearms += pad(bench, size)
            found[size] |= _measured(bench, firearms, rounds)
    for size in sizes:
        if size <= searched_max:
            found[size] |= _searched(size, rounds)
        _tell({"entries": size, **found[size]})
    first, last = sizes[0], sizes[-1]
    both = found[first].keys() & found[last].keys()
    _tell({name: round(found[last][name] / found[first][name], 2) for name in sorted(both)})


def _measured(bench: Bench, firearms: list[UUID], rounds: int) -> dict[str, float]:
    bench.office.record([bench.office.open(submission(bench.key))])  # which signs the head
    conninfo = bench.office.database.conninfo("ledger_projector")
    with psycopg.connect(conninfo) as connection:
        connection.execute("delete from projection.position")
    catch_up(conninfo, CAUGHT_UP)
    works = {"rebuild timeline": rebuilding(conninfo, TIMELINE)}
    for each in CAUGHT_UP:
        works[f"catch up {each.name}"] = catching_up(conninfo, each, BATCH_ENTRIES)
    rates = {name: [work() for _ in range(rounds)] for name, work in works.items()}
    sample = random.Random(rounds).sample(firearms, FIREARMS)
    reader = bench.office.database.conninfo("ledger_reader")
    with open_queries(bench.office) as queries, psycopg.connect(reader, autocommit=True) as link:
        history = measured_history(link, queries, sample, rounds=10)
    found = {f"{name}, entries a second": median(each) for name, each in rates.items()}
    return {**found, **history}


def _searched(markings: int, rounds: int) -> dict[str, float]:
    found = measured_search(markings, QUESTIONS, rounds=rounds)
    kinds = {name: told for name, told in found.items() if isinstance(told, dict)}
    return {
        f"search p99, {name}, to a read by key": told["p99 to key p50"]
        for name, told in kinds.items()
        if "p99 to key p50" in told
    }


def _tell(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
