# SPDX-License-Identifier: Apache-2.0
"""An import against the rate at which the cores can sign and verify, and its memory.

In every round a register of fresh rows is imported into a real ledger. Right beside it the
same process signs and verifies on all cores: as many rows of the same form as envelopes, by
the same code and with nothing else done to them; and bare signatures over as many messages
of the same size, by the libraries alone. Peak memory is read after each size of register,
the smallest first.

Run with ``python -m tests.benchmarks.bench_import [ROWS [ROUNDS [LARGE_ROWS]]]``; the issue
asks for 10,000 and 1,000,000 rows.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from api.importing.chunks import open_chunks
from api.importing.mapping.loading import parse_mapping
from api.importing.placing import FIRST, Signatory
from api.importing.report import Rejects
from api.importing.run import Conduct, import_rows
from api.importing.signing import submission_of
from api.importing.transform.rows import PlannedEvent
from audit.proof.encoding import decode
from audit.proof.envelope.opening import Reading, open_envelope
from audit.proof.keys import libsodium_check, openssl_check, public_key
from domain.catalogue import CATALOGUE
from tests.benchmarks.harness import in_turn
from tests.benchmarks.ledger import AUTHORITY, Bench, opened_ledger

Check = Callable[[bytes, bytes], bool]

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
    """Print rates, their ratios and peak memory as one line of JSON."""
    defaults = ("10000", "3", "0")
    given = sys.argv[1:]
    rows, rounds, large = (int(text) for text in (*given, *defaults[len(given) :]))
    with opened_ledger() as bench, TemporaryDirectory() as folder:
        registers = _registers(Path(folder))
        rates = in_turn(
            {
                "import": lambda: _import(bench, next(registers)(rows)),
                "envelopes signed and opened": lambda: _envelopes(bench, next(registers)(rows)),
                "bare signatures, libsodium": lambda: _bare(bench, rows, libsodium_check),
                "bare signatures, cryptography": lambda: _bare(bench, rows, openssl_check),
            },
            rounds,
        )
        answer: dict[str, object] = {"events a second": dict(rates)}
        ours = rates.pop("import")
        answer |= {f"import / {name}": round(ours / rate, 2) for name, rate in rates.items()}
        answer[f"peak MiB, {rows} rows"] = _peak_mib()
        if large:
            rate = _import(bench, next(registers)(large))
            answer[f"import of {large}, events a second"] = round(rate)
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


def _envelopes(bench: Bench, file: Path) -> float:
    """Sign rows and open them again, on one core and on all; threads can make it slower."""
    events = _planned(file)
    return max(_envelopes_on(bench, events, threads=count) for count in {1, _cores()})


def _envelopes_on(bench: Bench, events: Sequence[PlannedEvent], *, threads: int) -> float:
    signer = _signatory(bench).signer()
    key = public_key(bench.key.jwk)
    reading = Reading(lambda _: key, CATALOGUE, bench.office.audience)

    def work(share: Sequence[PlannedEvent]) -> None:
        for event in share:
            text = signer.signing_input(event, FIRST, iat=int(time.time()))
            open_envelope(submission_of(text, bench.key.sign(text)), reading)

    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        list(pool.map(work, [events[start::threads] for start in range(threads)]))
        return len(events) / (time.perf_counter() - started)


def _bare(bench: Bench, events: int, library: Callable[[bytes], Check]) -> float:
    """Sign and verify messages of an import's size, on all cores of this process."""
    holds = library(decode(bench.key.jwk["x"].encode()))
    message = _message(bench)
    share = events // _cores()

    def work(_: int) -> None:
        for _ in range(share):
            if not holds(bench.key.sign(message), message):
                raise AssertionError("A good signature did not verify.")

    with ThreadPoolExecutor(_cores()) as pool:
        started = time.perf_counter()
        list(pool.map(work, range(_cores())))
        return share * _cores() / (time.perf_counter() - started)


def _message(bench: Bench) -> bytes:
    with TemporaryDirectory() as folder:
        (event,) = _planned(_Writer(Path(folder) / "one.csv", 0)(1))
    return _signatory(bench).signer().signing_input(event, FIRST, iat=int(time.time()))


def _planned(file: Path) -> list[PlannedEvent]:
    mapping = parse_mapping(MAPPING, CATALOGUE, name="bench")
    with open_chunks(file, mapping, secret=bytes(32)) as chunks:
        return [event for chunk in chunks for row in chunk.rows for event in row.events]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
