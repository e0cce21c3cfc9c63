# SPDX-License-Identifier: Apache-2.0
"""The figures of proof: roots, whole verifications with and without signatures, memory, the hop.

Measured side by side in one run, medians of several rounds (log specification, section 3; the
last line is one JSON object):

- the root of many entries beside plain recursion (goal 1.1 at a million);
- ``muniment-verify --without signatures`` in one process beside a plain hash pass over the same
  files (goal 2.5); the part of it that proves the tree is measured by itself as well;
- with signatures beside bare verification on all cores (goal 0.8), and two processes beside one
  (goal 1.6 on an idle machine);
- peak memory of the verifier at the two sizes (goal 1.2);
- the share of an append that the signer's process takes at 64 callers (goal 0.15), against
  signing the committed head here.

Run with ``python -m tests.benchmarks.bench_proof [SMALL LARGE]``; the goals are for 100000 1000000.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from api.bootstrap import Office
from audit.appending.gathering import Gathering
from audit.appending.receipts import Notary
from audit.appending.sequencer import Sequencer
from audit.link import Link
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.tiles import TILE_WIDTH, read_bundle, tile_width
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.log.layout import Layout
from audit.proof.verify.log.tree import BundleHashes, TreeCheck
from audit.proof.verify.report import ExitCode
from audit.signer.identity import Identity, load_identity
from audit.signer.protocol import RECEIPT_LINES
from tests.benchmarks import bench_verify
from tests.benchmarks.harness import in_turn
from tests.benchmarks.ledger import Bench, opened_ledger, submission

SIZES: Final = (10_000, 40_000)
ROUNDS: Final = 5
ENTRY_OCTETS: Final = 256
CALLERS: Final = 64
APPEND_SECONDS: Final = 1.5
PREPARED_A_SECOND: Final = 4_000


def main() -> None:
    """Print every figure, and its goal, as one line of JSON."""
    small, large = (int(text) for text in sys.argv[1:3] or map(str, SIZES))
    found: dict[str, float] = {f"root of {large} / recursion (goal 1.1)": _root(large)}
    peaks = []
    for size in (small, large):
        with tempfile.TemporaryDirectory() as folder:
            export, seed = Path(folder) / "export", secrets.token_bytes(32)
            bench_verify._write(export, size, seed)
            if size == small:
                found |= _without_signatures(export, size)
            else:
                found |= _with_signatures(export, size, seed)
            peaks.append(_verified(export).peak_mib)
    found[f"memory {large} / {small} (goal 1.2)"] = peaks[1] / peaks[0]
    found |= _hop()
    told = {name: round(value, 3) for name, value in found.items()}
    sys.stdout.write(json.dumps({"benchmark": "proof", "sizes": [small, large], **told}) + "\n")


def _seconds(work: Callable[[], object]) -> Callable[[], float]:
    """Give a measure of how long some work takes."""

    def measured() -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1e6

    return measured


def _note(figures: dict[str, float]) -> None:
    sys.stderr.write(f"{figures}\n")


# The root of a tree.


def _root(size: int) -> float:
    entries = [bytes([n & 255]) * ENTRY_OCTETS for n in range(size)]
    ours = _seconds(lambda: CompactRange().extend(map(leaf_hash, entries)).root())
    plain = _seconds(lambda: _recursion([sha256(b"\0" + each).digest() for each in entries]))
    found = in_turn({"ours": ours, "recursion": plain}, ROUNDS)
    _note(found)
    return found["ours"] / found["recursion"]


def _recursion(leaves: Sequence[bytes], start: int = 0, stop: int | None = None) -> bytes:
    """Hash a tree as RFC 9162 defines it."""
    stop = len(leaves) if stop is None else stop
    if stop - start == 1:
        return leaves[start]
    middle = start + (1 << (stop - start - 1).bit_length() - 1)
    left, right = _recursion(leaves, start, middle), _recursion(leaves, middle, stop)
    return sha256(b"\1" + left + right).digest()


# Verification in one process, without signatures.


def _without_signatures(export: Path, size: int) -> dict[str, float]:
    request = Request(path=export, assume_trust=True, jobs=1)
    without = replace(request, signatures=False)
    found = in_turn(
        {
            "plain hash pass": _seconds(lambda: _hash_pass(export, size)),
            "tree alone": _seconds(lambda: _tree_alone(export, size)),
            "without signatures": _seconds(lambda: _accepted(without)),
        },
        ROUNDS,
    )
    whole = in_turn({"with signatures": _seconds(lambda: _accepted(request))}, ROUNDS)
    _note(found | whole)
    plain = found["plain hash pass"]
    return {
        "tree check / plain hash pass (goal 2.5)": found["tree alone"] / plain,
        "all checks but signatures / plain hash pass": found["without signatures"] / plain,
        "all checks / plain hash pass": whole["with signatures"] / plain,
    }


def _hash_pass(export: Path, size: int) -> bytes:
    """Read the entries and hash them into a root, with nothing checked."""
    leaves: list[bytes] = []
    for n in range(-(-size // TILE_WIDTH)):
        leaves += [sha256(b"\0" + each).digest() for each in read_bundle(export, n, size=size)]
    return _recursion(leaves)


def _tree_alone(export: Path, size: int) -> bytes:
    """Do what the verifier does for files, tiles and root."""
    layout = Layout(export)
    tree = TreeCheck(layout)
    for n in range(-(-size // TILE_WIDTH)):
        width = tile_width(0, n, size=size)
        leaves = [leaf_hash(each) for each in layout.bundle(n, width).entries]
        if layout.tile(0, n, b"".join(leaves)):
            raise AssertionError(n)
        whole = width == TILE_WIDTH
        root = CompactRange().extend(leaves).root() if whole else None
        tree.add(BundleHashes(n=n, root=root, leaves=() if whole else tuple(leaves)))
    return tree.finish()


def _accepted(request: Request) -> None:
    report = verify_directory(request)
    expected = ExitCode.OK if request.signatures else ExitCode.INCOMPLETE
    if report.exit_code is not expected:
        raise AssertionError(report.first)


# Verification with signatures.


def _verified(export: Path) -> bench_verify.Run:
    """Verify on all cores."""
    return bench_verify._verify(dict(os.environ), export, os.cpu_count() or 1)


def _with_signatures(export: Path, size: int, seed: bytes) -> dict[str, float]:
    shares = bench_verify._shares(export, size, seed)
    found = in_turn(
        {
            "bare verifications a second": lambda: bench_verify._bare(shares).per_second,
            "verified a second": lambda: size / _verified(export).seconds,
            "one process": lambda: size / _run(export, 1),
            "two processes": lambda: size / _run(export, 2),
        },
        3,
    )
    _note(found)
    return {
        "with signatures / bare on all cores (goal 0.8)": found["verified a second"]
        / found["bare verifications a second"],
        "two processes / one (goal 1.6)": found["two processes"] / found["one process"],
    }


def _run(export: Path, jobs: int) -> float:
    """Verify in so many processes, as a user does; give the seconds."""
    command = [
        sys.executable,
        "-m",
        "audit.proof.verify.command",
        "--assume-trust",
        "--json",
        str(export),
    ]
    began = time.perf_counter()
    subprocess.run([*command, "--jobs", str(jobs)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


# The hop to the signer's process.


class _HereSigner:
    """Signs the committed head in this process, as if it could be trusted to."""

    def __init__(self, identity: Identity, conninfo: str) -> None:
        self._identity = identity
        self._link = Link(conninfo)

    def sign(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> bytes:
        """Sign the head row as it is."""
        ((size, root),) = self._link.read("select size, root from ledger.head")
        if size < at_least:
            raise AssertionError(size)
        return self._identity.sign(size, root, lines)  # type: ignore[arg-type]

    def begin(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> Callable[[], bytes]:
        """Sign when the note is wanted."""
        return lambda: self.sign(at_least, lines)

    def close(self) -> None:
        """Close the connection."""
        self._link.close()


def _hop() -> dict[str, float]:
    with opened_ledger() as bench, ExitStack() as stack:
        here = replace(bench, office=_signing_here(bench.office, stack))
        found = in_turn(
            {
                "signer's process": lambda: asyncio.run(_appends(bench)),
                "signing here": lambda: asyncio.run(_appends(here)),
            },
            ROUNDS,
        )
    _note(found)
    share = 1 - found["signer's process"] / found["signing here"]
    return {f"signer hop of an append at {CALLERS} callers (goal 0.15)": share}


def _signing_here(office: Office, stack: ExitStack) -> Office:
    """Give the same ledger with a notary that does not ask the signer's process."""
    identity = load_identity(office.settings.signer_folder, office.name.origin)
    signer = _HereSigner(identity, office.database.conninfo("ledger_reader"))
    stack.callback(signer.close)
    notary = Notary(office.database.conninfo("ledger_api"), signer)
    stack.callback(notary.close)
    sequencer = Sequencer(admission=office.admission, ledger=office.ledger, notary=notary)
    return replace(office, notary=notary, sequencer=sequencer)


async def _appends(bench: Bench) -> float:
    """Let callers append for some seconds, each waiting for its receipts; give the rate."""
    wanted = int(APPEND_SECONDS * PREPARED_A_SECOND)
    ready = deque(submission(bench.key) for _ in range(wanted))
    door = Gathering(bench.office.append_all)
    started = time.perf_counter()

    async def call() -> int:
        done = 0
        while time.perf_counter() < started + APPEND_SECONDS and ready:
            await door.append(ready.popleft())
            done += 1
        return done

    done = sum(await asyncio.gather(*[call() for _ in range(CALLERS)]))
    door.close()
    return done / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
