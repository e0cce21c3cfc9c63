# SPDX-License-Identifier: Apache-2.0
"""Reading an export: entry bundles, tiles and the checkpoint, as files of a directory.

Implements the reader's side of C2SP tlog-tiles for a directory, with the fall-back from a
partial file to the full one. Every read is capped before memory is taken. What is absent
or cut short is told apart from what is wrong, since only the latter accuses anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.proof.merkle import HASH_OCTETS
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.tiles import ENTRY_OCTETS_MAX, TILE_WIDTH, bundle_path, tile_path
from audit.proof.verify.beside.folder import read_regular
from audit.proof.verify.findings import Finding, between
from domain.errors import UnreachableError

FILES: Final = "files"
TILES: Final = "tiles"
CHECKPOINT_FILE: Final = "checkpoint"
PENDING_FILE: Final = "checkpoint.pending"
"""Beside a published checkpoint the newest one, which may lack its quorum; no check rests on it."""
LOCK_FILE: Final = ".publish.lock"
"""What whoever publishes holds meanwhile, so that nobody else does."""

_LENGTH_OCTETS: Final = 2
BUNDLE_OCTETS_MAX: Final = TILE_WIDTH * (_LENGTH_OCTETS + ENTRY_OCTETS_MAX)
TILE_OCTETS: Final = TILE_WIDTH * HASH_OCTETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The entries of one bundle file.

    Attributes:
        start: Index of the first entry.
        entries: Those that are there, at most 256.
        findings: What is missing or too much.
    """

    start: int
    entries: tuple[bytes, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one exported log.

    Attributes:
        directory: Where ``checkpoint`` and ``tile`` lie.
    """

    directory: Path

    def checkpoint(self) -> bytes | None:
        """Give the checkpoint note; nothing if there is none."""
        return self.read(CHECKPOINT_FILE, NOTE_OCTETS_MAX)

    def bundle(self, n: int, width: int) -> Bundle:
        """Read the first ``width`` entries of a bundle, as many as there are."""
        start = n * TILE_WIDTH
        octets, full = self._either(
            bundle_path(n, width=width), bundle_path(n), cap=BUNDLE_OCTETS_MAX
        )
        if octets is None:
            return Bundle(start=start, entries=(), findings=(_absent(n, width, start),))
        entries, rest = _split(octets, width)
        if len(entries) < width:
            return Bundle(start=start, entries=entries, findings=(_short(n, start + len(entries)),))
        whole = width == TILE_WIDTH or not full
        surplus = (_surplus(n, start + width - 1),) if rest and whole else ()
        return Bundle(start=start, entries=entries, findings=surplus)

    def tile(self, level: int, n: int, hashes: bytes) -> Finding | None:
        """Compare a published tile with the hashes that were computed; say what is wrong."""
        name = tile_path(level, n, width=len(hashes) // HASH_OCTETS)
        octets, full = self._either(name, tile_path(level, n), cap=TILE_OCTETS)
        if octets is None:
            sentence = f"The file {name} is missing."
            return Finding(check=TILES, code="tile_missing", sentence=sentence, missing=True)
        if octets == hashes or (full and octets.startswith(hashes) and len(octets) == TILE_OCTETS):
            return None
        if hashes.startswith(octets):
            sentence = f"The file {name} is cut short."
            return Finding(check=TILES, code="tile_short", sentence=sentence, missing=True)
        sentence = f"The published tile {name} states another hash than the entries give."
        # Only at the lowest level does a hash belong to one entry.
        index = n * TILE_WIDTH + _first_difference(octets, hashes) if level == 0 else None
        return Finding(check=TILES, code="tile_differs", sentence=sentence, index=index)

    def present_tile(self, level: int, n: int, width: int) -> bytes | None:
        """Give the octets of a tile as a tree has it in which it is so wide; nothing if absent."""
        octets, _ = self._either(
            tile_path(level, n, width=width), tile_path(level, n), cap=TILE_OCTETS
        )
        return octets

    def read(self, name: str, cap: int) -> bytes | None:
        """Read a file up to one octet beyond a cap; nothing where there is none."""
        try:
            return read_regular(self.directory / name, cap)
        except UnreachableError:
            return None

    def _either(self, partial: str, full: str, *, cap: int) -> tuple[bytes | None, bool]:
        """Read a partial file, or the full one that replaced it; say whether it was that."""
        octets = self.read(partial, cap)
        if octets is not None:
            return octets, partial == full
        return self.read(full, cap), True


def _split(octets: bytes, width: int) -> tuple[tuple[bytes, ...], bool]:
    """Cut at most ``width`` whole entries off; say whether anything is left."""
    entries: list[bytes] = []
    at = 0
    while len(entries) < width:
        start = at + _LENGTH_OCTETS
        end = start + int.from_bytes(octets[at:start], "big")
        if start > len(octets) or end > len(octets):
            break
        entries.append(octets[start:end])
        at = end
    return tuple(entries), at < len(octets)


def _first_difference(octets: bytes, hashes: bytes) -> int:
    """Give the first hash that differs; what goes on too long differs at its last."""
    pairs = zip(octets, hashes, strict=False)
    differing = (at for at, (one, other) in enumerate(pairs) if one != other)
    return next(differing, len(hashes) - 1) // HASH_OCTETS


def _absent(n: int, width: int, start: int) -> Finding:
    sentence = (
        f"The entry bundle {bundle_path(n, width=width)} is missing or cannot be read; "
        f"it holds {between(start, start + width - 1)}."
    )
    return Finding(check=FILES, code="bundle_missing", sentence=sentence, index=start, missing=True)


def _short(n: int, index: int) -> Finding:
    sentence = f"The entry bundle {bundle_path(n)} is cut short; this entry is not in it."
    return Finding(check=FILES, code="bundle_short", sentence=sentence, index=index, missing=True)


def _surplus(n: int, index: int) -> Finding:
    sentence = f"The entry bundle {bundle_path(n)} goes on after its last entry."
    return Finding(check=FILES, code="bundle_surplus", sentence=sentence, index=index)
