# SPDX-License-Identifier: Apache-2.0
"""How fast the verifier is beside bare signature verification, and how much memory it takes.

Builds an export of real signed events, verifies their signatures with the cryptography
library alone on every core, before and after, and runs the verifier over the export in
between, on every core and in one process. The last line is one JSON object. The goals: at
least 0.8 of the bare rate, two processes at least 1.6 times as fast as one, and memory that
does not grow by more than 1.2 from 100,000 entries to a million. Rates are by the clock and
suffer from neighbours; ``ratio_of_cpu_time`` does not.

    python -m tests.benchmarks.bench_verify [ENTRIES ...]
"""

import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.keyfile import FileKey
from audit.proof.encoding import decode
from audit.proof.keys import public_key
from audit.proof.tiles import TILE_WIDTH, read_bundle
from tests.unit.audit.verify.log_builder import DESCRIPTION, LogBuilder, new_id
from tests.unit.domain.least.component import LOSS

ENTRIES_DEFAULT: Final = (100_000,)
EVENTS_A_FIREARM: Final = 4
CHUNK_FIREARMS: Final = 256
REGISTRY_ENTRIES: Final = 3
"""Founding, proposal, approval: signed by the roots, and left out of the bare measure."""

BARE_BUNDLES_MAX: Final = 400
"""Bundles whose signatures are measured bare; some 100,000 are sample enough."""

GOAL: Final = 0.8
COMMAND: Final = (sys.executable, "-m", "audit.proof.verify.command")


class Share(NamedTuple):
    """Bundles of an export for one process."""

    export: Path
    size: int
    seed: bytes
    bundles: range


class Bare(NamedTuple):
    """Bare verification: rate of all cores together, processor seconds for one signature.

    ``own_cpu_seconds`` is the same through our own key, whose engine may be a faster one.
    """

    per_second: float
    cpu_seconds: float
    own_cpu_seconds: float


class Run(NamedTuple):
    """One run of the verifier: wall and processor seconds, peak memory of all processes."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def main() -> None:
    """Run the benchmark for each size named, or the default one."""
    sizes = [int(text) for text in sys.argv[1:]] or list(ENTRIES_DEFAULT)
    results = [_measure(size) for size in sizes]
    memory = [each["peak_mib"] for each in results]
    summary = {
        "benchmark": "verify",
        "cores": _cores(),
        "goal_ratio": GOAL,
        "memory_growth": round(memory[-1] / memory[0], 3),
        "results": results,
    }
    sys.stdout.write(f"{json.dumps(summary)}\n")


def _measure(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        export, seed = Path(folder) / "export", secrets.token_bytes(32)
        octets = _write(export, size, seed)
        shares = _shares(export, size, seed)
        command = _compiled(Path(folder) / "compiled")
        before = _bare(shares)
        run = command(export, _cores())
        after = _bare(shares)
        alone = command(export, 1)
    bare = (before.per_second + after.per_second) / 2
    bare_cpu = (before.cpu_seconds + after.cpu_seconds) / 2
    own_cpu = (before.own_cpu_seconds + after.own_cpu_seconds) / 2
    result = {
        "entries": size,
        "octets_an_entry": octets,
        "bare_per_second": round(bare),
        "verified_per_second": round(size / run.seconds),
        "ratio": round(size / run.seconds / bare, 3),
        "ratio_of_cpu_time": round(bare_cpu * size / run.cpu_seconds, 3),
        "all_processes_to_one": round(alone.seconds / run.seconds, 2),
        "bare_us": round(bare_cpu * 1e6, 1),
        "own_key_us": round(own_cpu * 1e6, 1),
        "verifier_us": round(run.cpu_seconds / size * 1e6, 1),
        "peak_mib": round(run.peak_mib, 1),
    }
    sys.stderr.write(f"{result}\n")
    return result


def _write(export: Path, size: int, seed: bytes) -> int:
    """Export a log of so many entries, signed on every core; give their mean octets."""
    log = LogBuilder(officer=_key(seed))
    log.found()
    log.enrol(log.officer, log.key_stream)
    firearms = -(-(size - len(log.entries)) // EVENTS_A_FIREARM)
    with _pool() as pool:
        for entries in pool.map(_lives, [seed] * -(-firearms // CHUNK_FIREARMS)):
            log.entries.extend(entries)
    del log.entries[size:]
    log.export(export)
    return sum(map(len, log.entries)) // size


def _shares(export: Path, size: int, seed: bytes) -> list[Share]:
    bundles = min(-(-size // TILE_WIDTH), BARE_BUNDLES_MAX)
    step = -(-bundles // _cores())
    return [
        Share(export, size, seed, range(at, min(at + step, bundles)))
        for at in range(0, bundles, step)
    ]


def _bare(shares: list[Share]) -> Bare:
    """Verify the officer's signatures with the library alone, on every core at once."""
    with _pool() as pool:
        parts = list(pool.map(_bare_share, shares))
    return Bare(
        sum(each.per_second for each in parts),
        sum(each.cpu_seconds for each in parts) / len(parts),
        sum(each.own_cpu_seconds for each in parts) / len(parts),
    )


def _lives(seed: bytes) -> list[bytes]:
    """Sign the lives of some firearms, no two alike: registered, transferred, stolen, seized."""
    log = LogBuilder(officer=_key(seed))
    for _ in range(CHUNK_FIREARMS):
        stream, number = new_id("arm"), secrets.token_hex(4)
        source = {"register_code": "legacy_register", "as_of": "2026-01-01", "row": number}
        register = {**DESCRIPTION, "serial": {"known": f"TW9-{number}"}, "source": source}
        log.append("firearm.registered", stream, register)
        log.transfer(stream)
        report = {**LOSS, "report_no": f"R {number}"}
        log.append("firearm.stolen-reported", stream, report)
        seizure = {"ground": "illicit_possession", "proceeding": "criminal", "jur": "XA"}
        log.append("firearm.seized", stream, {**seizure, "case_no": f"C {number}"})
    return log.entries


def _bare_share(share: Share) -> Bare:
    """Time bare verification of one share; what it takes to read and parse is not timed."""
    key = Ed25519PrivateKey.from_private_bytes(share.seed).public_key()
    own_key = public_key(_key(share.seed).jwk)
    seconds, cpu, own_cpu, count = 0.0, 0.0, 0.0, 0
    for n in share.bundles:
        entries = read_bundle(share.export, n, size=share.size)
        work = [_signature(jws) for jws in entries[0 if n else REGISTRY_ENTRIES :]]
        began, cpu_began = time.perf_counter(), time.process_time()
        for signature, message in work:
            key.verify(signature, message)
        seconds += time.perf_counter() - began
        cpu += time.process_time() - cpu_began
        count += len(work)
        own_began = time.process_time()
        for signature, message in work:
            own_key.verify(signature, message)
        own_cpu += time.process_time() - own_began
    return Bare(count / seconds, cpu / count, own_cpu / count)


def _signature(jws: bytes) -> tuple[bytes, bytes]:
    message, _, mark = jws.rpartition(b".")
    return decode(mark), message


def _compiled(folder: Path) -> Callable[[Path, int], Run]:
    """Compile the command for later runs, as installing it does, whatever this shell says."""
    kept = {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPYCACHEPREFIX": str(folder)}
    subprocess.run([*COMMAND, "--help"], env=environment, stdout=subprocess.DEVNULL, check=True)
    return partial(_verify, environment)


def _verify(environment: dict[str, str], export: Path, jobs: int) -> Run:
    """Run the verifier as its users do, in processes of its own."""
    began, cpu_began = time.perf_counter(), _cpu_of_children()
    command = [*COMMAND, "--assume-trust", "--json", "--jobs", str(jobs), str(export)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _resident_mib(process.pid))
        time.sleep(0.05)
    report = json.loads(process.stdout.read()) if process.stdout else {}
    if report.get("exit_code") != 0:
        raise SystemExit(f"the verifier did not accept its own log: {report}")
    return Run(time.perf_counter() - began, _cpu_of_children() - cpu_began, peak)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _resident_mib(pid: int) -> float:
    """Sum the resident memory of a process and of all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    own = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return own + sum(_resident_mib(int(child)) for child in children)


def _key(seed: bytes) -> FileKey:
    return FileKey.of(Ed25519PrivateKey.from_private_bytes(seed))


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(_cores(), mp_context=get_context("spawn"))


def _cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
