# SPDX-License-Identifier: Apache-2.0
"""Judging and folding one more event of a firearm that has a history.

The goal: ``decide`` plus ``evolve`` for one event of a ten-event history under 50 microseconds
in the median; beside it the validation of the same event's data by its schema, as a measure of
the machine.

Run with ``python -m tests.benchmarks.bench_domain [ROUNDS]``.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Final

from domain.event import read_data
from domain.firearm.aggregate import decide, evolve
from tests.unit.domain.lives import DATA, happened, life

REPEATS: Final = 200
HISTORY: Final = (
    ("manufactured", "2010"),
    ("marked", "2010-02"),
    ("stock-received", "2011"),
    ("stock-issued", "2012"),
    ("lost-reported", "2014-03-05"),
    ("found", "2014-06"),
    ("seized", "2014-06-02"),
    ("custody-moved", "2014-06-03"),
    ("custody-moved", "2014-07"),
    ("stock-received", "2015"),
)


def main() -> None:
    """Print microseconds as one line of JSON."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    firearm = life(*[happened(evt, occ, name=str(at)) for at, (evt, occ) in enumerate(HISTORY)])
    newest, late = happened("stock-issued", "2016"), happened("stock-issued", "2013")
    kind, data = newest.type, DATA["firearm.stock-issued"]
    answer = {
        "history": len(firearm.entries),
        "decide and evolve, us (goal 50)": _median(
            lambda: (decide(firearm, newest), evolve(firearm, newest, 10)), rounds
        ),
        "the same for a late event, us": _median(
            lambda: (decide(firearm, late), evolve(firearm, late, 10)), rounds
        ),
        "schema of its data, us": _median(lambda: read_data(kind, data), rounds),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


def _median(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(REPEATS):
            work()
        found.append((time.perf_counter() - started) / REPEATS * 1e6)
    return round(statistics.median(found), 1)


if __name__ == "__main__":
    main()
