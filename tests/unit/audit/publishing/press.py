# SPDX-License-Identifier: Apache-2.0
"""A log in memory that is published into a folder, and what a stranger makes of that folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.checkpoint import Checkpoint, parse_checkpoint
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import sign_note, verifier_key
from audit.proof.tiles import TILE_WIDTH, read_bundle, read_tile, tile_width
from audit.proof.verify.trust import LogKey, Trust
from audit.publishing.choosing import Choice
from audit.publishing.publisher import Published, Publisher

ORIGIN = "ledger.xa-test/log"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUST = Trust(
    audience="ledger.xa-test",
    origin=ORIGIN,
    log_keys=(LogKey(vkey=str(verifier_key(ORIGIN, LOG_KEY.public_key())), from_size=0),),
    genesis="A" * 43,
    threshold=2,
    root_keys=("A" * 43, "B" * 42 + "E"),
)


def entries_of(size: int, history: bytes = b"entry") -> list[bytes]:
    """Make so many entries, the same ones every time."""
    return [b"%s %d" % (history, index) for index in range(size)]


@dataclass(frozen=True, slots=True)
class MemoryRows:
    """Entries that are in memory, given in pieces as the database gives them."""

    stored: Sequence[bytes]

    def entries(self, start: int, stop: int) -> Iterator[list[bytes]]:
        rows = iter(self.stored[start:stop])
        while chunk := list(islice(rows, TILE_WIDTH)):
            yield chunk


@dataclass
class Press:
    """A log and the folder that it is published into.

    Attributes:
        folder: Where to.
        entries: What the ledger stores.
    """

    folder: Path
    entries: list[bytes]
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin as a new process would."""
        self.publisher = Publisher(self._open, self.folder, trust=lambda: TRUST)

    def note(self, size: int, entries: Sequence[bytes] | None = None) -> bytes:
        """Sign a checkpoint of the first entries."""
        return note_of((self.entries if entries is None else entries)[:size])

    def publish(self, size: int) -> Published:
        """Publish the log up to a size."""
        note = self.note(size)
        return self.publisher.publish(Choice(newest=note, checkpoint=note))

    @contextmanager
    def _open(self) -> Iterator[MemoryRows]:
        yield MemoryRows(self.entries)


def note_of(entries: Sequence[bytes]) -> bytes:
    """Sign a checkpoint of some entries."""
    root = CompactRange().extend(map(leaf_hash, entries)).root()
    body = Checkpoint(origin=ORIGIN, size=len(entries), root=root).body()
    return sign_note(body, name=ORIGIN, private_key=LOG_KEY)


def proved(folder: Path) -> int:
    """Check that every entry and tile gives the root of the folder's checkpoint; give its size.

    A folder without a checkpoint proves nothing and promises nothing.
    """
    try:
        note = (folder / "checkpoint").read_bytes()
    except FileNotFoundError:
        return 0
    stated = TRUST.open(note)
    assert parse_checkpoint(note.rpartition(b"\n\n")[0].decode() + "\n") == stated
    tree = CompactRange()
    for n in range(-(-stated.size // TILE_WIDTH)):
        tree = tree.extend(map(leaf_hash, read_bundle(folder, n, size=stated.size)))
    assert (tree.size, tree.root()) == (stated.size, stated.root)
    _check_tiles(folder, stated.size)
    return stated.size


def _check_tiles(folder: Path, size: int) -> None:
    row = [
        leaf_hash(entry)
        for n in range(-(-size // TILE_WIDTH))
        for entry in read_bundle(folder, n, size=size)
    ]
    level = 0
    while row:
        for n in range(-(-len(row) // TILE_WIDTH)):
            hashes = tuple(row[n * TILE_WIDTH : (n + 1) * TILE_WIDTH])
            assert tile_width(level, n, size) == len(hashes)
            assert read_tile(folder, level=level, n=n, size=size) == hashes
        full = len(row) // TILE_WIDTH
        row = [
            CompactRange().extend(row[n * TILE_WIDTH : (n + 1) * TILE_WIDTH]).root()
            for n in range(full)
        ]
        level += 1


def names(folder: Path) -> set[str]:
    """List the files of a folder that a reader may ask for."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix() for path in files}
    return {name for name in found if not name.rpartition("/")[2].startswith(".")}


def octets(folder: Path) -> dict[str, bytes]:
    """Give every file that a reader may ask for."""
    return {name: (folder / name).read_bytes() for name in names(folder)}
