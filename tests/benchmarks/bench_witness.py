# SPDX-License-Identifier: Apache-2.0
"""Add-checkpoint a second: our witness beside the Python witness of the registry.

Both run as processes of their own, serve over loopback with connections kept open, verify the
log's signature and a consistency proof, and have the new state on disk before they answer. The
goal (log specification, section 3): at least as fast as aics-witness.

Run with ``python -m tests.benchmarks.bench_witness [SECONDS]``; it needs aics-witness.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange, consistency_path, leaf_hash, node_hash
from audit.proof.note import sign_note, verifier_key
from audit.witness.key import create_cosigner
from audit.witness.message import AddCheckpoint
from audit.witness.pinning import pin
from audit.witness.store import WitnessStore
from tests.benchmarks.harness import in_turn, rate

ROUNDS: Final = 5
KINDS: Final[dict[str, tuple[int, bool]]] = {
    "1 log, connection kept": (1, True),
    "1 log, connections new": (1, False),
    "8 logs, connections new": (8, False),
}
"""How many logs ask side by side, and whether each keeps its connection."""

LOG: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

OURS: Final = "from api.cli.witnessing.command import witness; witness()"
THEIRS: Final = """
import pathlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import aics_witness as w
folder, *logs = sys.argv[1:]
logs = [w.LogConfig.from_strings(each.split("+")[0], [each]) for each in logs]
store = w.WitnessStore(pathlib.Path(folder, "w.db"), create=True)
server = w.make_server(w.Witness("aics.example/w1", Ed25519PrivateKey.generate(), store, logs))
print('{"listening": "%s"}' % server.url, flush=True)
server.serve_forever()
"""


def main() -> None:
    """Print rates and their ratios as one line of JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        addresses = {
            "ours": stack.enter_context(_ours(Path(folder, "ours"))),
            "theirs": stack.enter_context(_theirs(Path(folder, "theirs"))),
        }
        measures = {
            f"{name}, {kind}": _measure(url, kind, seconds=seconds)
            for kind in KINDS
            for name, url in addresses.items()
        }
        found = in_turn(measures, ROUNDS)
    ratios = {
        f"ratio, {kind} (goal 1.0)": round(found[f"ours, {kind}"] / found[f"theirs, {kind}"], 2)
        for kind in KINDS
    }
    sys.stdout.write(json.dumps(found | ratios) + "\n")


def _measure(url: str, kind: str, *, seconds: float) -> Callable[[], float]:
    """Give a measure in which each caller lets a log of its own grow by one entry at a time."""
    logs, keep = KINDS[kind]
    parts = urlsplit(url)
    growths = [iter(_Requests(origin)) for origin in _origins(kind)]

    def measured() -> float:
        free = list(growths)

        def prepare() -> Callable[[], None]:
            growth = free.pop()
            line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

            def work() -> None:
                line.request("POST", "/add-checkpoint", next(growth))
                with line.getresponse() as response:
                    if response.status != http.HTTPStatus.OK or not response.read():
                        raise AssertionError(response.status)
                if not keep:
                    line.close()

            return work

        return rate(prepare, callers=logs, seconds=seconds)

    return measured


class _Requests:
    """Requests of a log that grows by one entry each, made once for both witnesses."""

    made: Final[dict[str, list[bytes]]] = {}

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def __iter__(self) -> Iterator[bytes]:
        made = self.made.setdefault(self._origin, [])
        size = 0
        while True:
            if size == len(made):
                made.append(_request(self._origin, size, size + 1))
            yield made[size]
            size += 1


def _request(origin: str, old: int, new: int) -> bytes:
    checkpoint = Checkpoint(origin=origin, size=new, root=_tree(new).root())
    note = sign_note(checkpoint.body(), name=origin, private_key=LOG)
    path: Sequence[bytes] = consistency_path(old, new, node=_node) if old else ()
    return AddCheckpoint(old=old, path=tuple(path), note=note).encode()


@cache
def _node(level: int, index: int) -> bytes:
    if level == 0:
        return leaf_hash(f"entry {index}".encode())
    return node_hash(_node(level - 1, 2 * index), _node(level - 1, 2 * index + 1))


def _tree(size: int) -> CompactRange:
    """Give the frontier of the tree from its cached nodes."""
    hashes, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            hashes.append(_node(level, start >> level))
            start += 1 << level
    return CompactRange(size, tuple(hashes))


def _origins(*kinds: str) -> list[str]:
    return [f"{_word(kind)}{n}" for kind in kinds for n in range(KINDS[kind][0])]


def _word(kind: str) -> str:
    return "".join(letter for letter in kind if letter.isalnum())


@contextmanager
def _ours(folder: Path) -> Iterator[str]:
    cosigner = create_cosigner(folder, "witness.example/w1")
    store = WitnessStore(folder, create=True)
    for origin in _origins(*KINDS):
        key = verifier_key(origin, LOG.public_key())
        pin(store, cosigner, key, origin=origin, start=None)
    store.close()
    with _serving(OURS, "serve", "--store", str(folder), "--listen", "127.0.0.1:0") as url:
        yield url


@contextmanager
def _theirs(folder: Path) -> Iterator[str]:
    folder.mkdir()
    logs = [str(verifier_key(origin, LOG.public_key())) for origin in _origins(*KINDS)]
    with _serving(THEIRS, str(folder), *logs) as url:
        yield url


@contextmanager
def _serving(program: str, *arguments: str) -> Iterator[str]:
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise AssertionError
        try:
            yield json.loads(process.stdout.readline())["listening"]
        finally:
            process.kill()


if __name__ == "__main__":
    main()
