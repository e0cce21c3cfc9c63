# SPDX-License-Identifier: Apache-2.0
"""An import against the rate at which the cores can sign and verify, and its memory.

In every round a register of fresh rows is imported into a real ledger, and right beside it
the same process signs and verifies as many tokens of the same size on all cores. Peak
memory is read after each size of register, the smallest first.

Run with ``python -m tests.benchmarks.bench_import [ROWS [ROUNDS [LARGE_ROWS]]]``; the issue
asks for 10,000 and 1,000,000 rows.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from api.importing.chunks import open_chunks
from api.importing.mapping.loading import parse_mapping
from api.importing.placing import FIRST, Signatory
from api.importing.report import Rejects
from api.importing.run import Conduct, import_rows
from audit.proof.keys import public_key
from domain.catalogue import CATALOGUE
from tests.benchmarks.ledger import AUTHORITY, Bench, opened_ledger

MAPPING = b"""
[source]
register = "bench"
as_of = "2020"
[tables.kind.values]
"Pistole" = "pistol"
[[events]]
evt = "firearm.registered"
first_only = true
occ = { const = "unknown" }
[events.fields]
"jur" = { const = "XA" }
"make" = { column = "make", give = "stated" }
"model" = { column = "model", give = "stated" }
"kind" = { column = "kind", table = "kind" }
"action" = { const = "unknown" }
"calibre" = { column = "calibre", give = "stated" }
"year" = { column = "year", give = "integer" }
"country" = { const = "XA" }
"serial" = { column = "serial", give = "stated" }
"""


def main() -> None:
    """Print rates, their ratio and peak memory as one line of JSON."""
    defaults = ("10000", "3", "0")
    given = sys.argv[1:]
    rows, rounds, large = (int(text) for text in (*given, *defaults[len(given) :]))
    with opened_ledger() as bench, TemporaryDirectory() as folder:
        registers = _registers(Path(folder))
        ours, raw = [], []
        for _ in range(rounds):
            ours.append(_import(bench, next(registers)(rows)))
            raw.append(_raw(bench, rows))
        small_peak = _peak_mib()
        answer = {
            "import, events a second": round(statistics.median(ours)),
            "sign and verify, events a second": round(statistics.median(raw)),
            "ratio": round(statistics.median(a / b for a, b in zip(ours, raw, strict=True)), 3),
            f"peak MiB, {rows} rows": small_peak,
        }
        if large:
            answer[f"import of {large}, events a second"] = round(
                _import(bench, next(registers)(large))
            )
            answer[f"peak MiB, {large} rows"] = _peak_mib()
    sys.stdout.write(json.dumps(answer) + "\n")


def _registers(folder: Path) -> Iterator[_Writer]:
    number = 0
    while True:
        number += 1
        yield _Writer(folder / f"{number}.csv", number)


class _Writer:
    """Writes a register whose serials no other register has."""

    def __init__(self, path: Path, number: int) -> None:
        self._path = path
        self._number = number

    def __call__(self, rows: int) -> Path:
        with self._path.open("w", encoding="utf-8") as file:
            file.write("make,model,kind,calibre,year,serial\n")
            for row in range(rows):
                serial = f"T{self._number}X{row:07}"
                file.write(f"TESTWERK,TW-{row % 40},Pistole,9x19,{1980 + row % 40},{serial}\n")
        return self._path


def _signatory(bench: Bench) -> Signatory:
    return Signatory(
        register=bench.office,
        key=bench.key,
        iss=AUTHORITY,
        catalogue=CATALOGUE,
        clock=time.time,
    )


def _import(bench: Bench, file: Path) -> float:
    mapping = parse_mapping(MAPPING, CATALOGUE, name="bench")
    conduct = Conduct(signatory=_signatory(bench), rejects=Rejects())
    started = time.perf_counter()
    with open_chunks(file, mapping, secret=bytes(32)) as chunks:
        tally = import_rows(chunks, conduct)
    if tally.refused or not tally.events:
        raise SystemExit(f"The benchmark's own rows were refused: {tally.refused}.")
    return tally.events / (time.perf_counter() - started)


def _raw(bench: Bench, events: int) -> float:
    """Sign and verify tokens of an import's size, on all cores of this process."""
    workers = len(os.sched_getaffinity(0))
    key = public_key(bench.key.jwk)
    message = _token(bench)
    share = events // workers

    def work(_: int) -> None:
        for _ in range(share):
            key.verify(bench.key.sign(message), message)

    with ThreadPoolExecutor(workers) as pool:
        started = time.perf_counter()
        list(pool.map(work, range(workers)))
        return share * workers / (time.perf_counter() - started)


def _token(bench: Bench) -> bytes:
    mapping = parse_mapping(MAPPING, CATALOGUE, name="bench")
    with TemporaryDirectory() as folder:
        file = _Writer(Path(folder) / "one.csv", 0)(1)
        with open_chunks(file, mapping, secret=bytes(32)) as chunks:
            (event,) = next(chunks).rows[0].events
    token = _signatory(bench).signer().sign(event, FIRST, iat=int(time.time()))
    return token[: token.rindex(b".")]


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
