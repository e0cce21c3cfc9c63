# SPDX-License-Identifier: Apache-2.0
"""Where a better checkpoint and the proofs to it come from, offline: a log or a bundle.

Serves the upgrade of receipts of the log specification, section 2.5, out of an exported or
published folder, a whole log in one file, or the evidence about one firearm. Nothing read
here is trusted: every proof is verified against a signed root by whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

from audit.proof.checkpoint import parse_checkpoint
from audit.proof.cosignature import signed_text
from audit.proof.inclusion import parse_tlog_proof
from audit.proof.merkle import CompactRange, consistency_path, inclusion_path, split_hashes
from audit.proof.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    bundle_path,
    decode_bundle,
    tile_path,
    tile_width,
)
from audit.proof.verify.beside.folder import beside_log
from audit.proof.verify.beside.history import NOTES, consistency_name, parse_consistency
from audit.proof.verify.beside.opening import open_files
from audit.proof.verify.evidence import MANIFEST_FILE
from audit.proof.verify.log.layout import CHECKPOINT_FILE
from audit.proof.verify.members import numbered
from audit.proof.verify.trust import TRUST_FILE, Trust
from domain.errors import ProofError, UnreachableError, UsageError

Files = Mapping[str, bytes]


class Log(Protocol):
    """A log that can prove where an entry stands, and that its checkpoints are of one history."""

    @property
    def notes(self) -> Mapping[int, bytes]:
        """The signed checkpoints by size, in order."""

    @property
    def stamps(self) -> Files:
        """Time-stamps of these checkpoints, by their names ``tsa/...``."""

    def trust(self) -> Trust | None:
        """Give what the log itself says should be trusted, if it says so."""

    def entry(self, index: int) -> bytes:
        """Give a token."""

    def inclusion(self, index: int, size: int) -> Sequence[bytes]:
        """Prove that an entry stands in the tree of a checkpoint."""

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Prove that one tree grew out of another that is not empty."""


@contextmanager
def open_log(path: Path) -> Iterator[Log]:
    """Open an export, a published log or a bundle.

    Raises:
        UsageError: It is none of these.
        UnreachableError: It cannot be read.
    """
    if path.is_dir() and not (path / MANIFEST_FILE).exists():
        yield TiledLog(beside_log(path))
        return
    with open_files(path) as files:
        yield TiledLog(files) if CHECKPOINT_FILE in files else EvidenceLog(files)


def own_trust(log: Log | None) -> Trust:
    """Give the trust file that came with a log.

    Raises:
        UsageError: There is none, or it is malformed.
    """
    trust = log.trust() if log else None
    if trust is None:
        raise UsageError(
            "There is no trust file.",
            slug="trust_missing",
            next_step="Name the trust file you were given with --trust FILE.",
        )
    return trust


class _Beside:
    """What an export and a bundle have in common."""

    def __init__(self, files: Files) -> None:
        """Look into some files."""
        self._files = files
        self.stamps = files

    def trust(self) -> Trust | None:
        """Give what came with the log, which proves nothing about whose it is."""
        octets = self._files.get(TRUST_FILE)
        return None if octets is None else Trust.parse(octets)

    def _read(self, *names: str) -> bytes:
        """Read the first of some files that exists."""
        for name in names:
            octets = self._files.get(name)
            if octets is not None:
                return octets
        raise UnreachableError(
            f"{names[0]} is not here.",
            slug="source_lacks",
            next_step="Name the whole log, or a bundle that shows this entry, with --from.",
        )


class TiledLog(_Beside):
    """A whole log: proofs are made from its tiles."""

    def __init__(self, files: Files) -> None:
        """Look into the files of an export."""
        super().__init__(files)
        newest = self._read(CHECKPOINT_FILE)
        self._size = parse_checkpoint(signed_text(newest)).size
        older = {size: files[name] for size, name in numbered(files, NOTES).items()}
        self.notes: Mapping[int, bytes] = dict(sorted({self._size: newest, **older}.items()))
        self._row = cache(self._tile)

    def entry(self, index: int) -> bytes:
        """Give a token out of its entry bundle."""
        n, at = divmod(index, TILE_WIDTH)
        width = tile_width(0, n, self._size)
        if at >= width:
            raise ProofError(f"Index {index} lies outside a tree of size {self._size}.")
        exact = self._files.get(bundle_path(n, width))
        if exact is not None:
            return decode_bundle(exact, width)[at]
        return decode_bundle(self._read(bundle_path(n)), TILE_WIDTH)[at]

    def inclusion(self, index: int, size: int) -> Sequence[bytes]:
        """Prove an entry out of the tiles."""
        return inclusion_path(index, size, node=self._node)

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Prove growth out of the tiles."""
        return consistency_path(old, new, node=self._node)

    def _node(self, level: int, index: int) -> bytes:
        unit, within = divmod(level, TILE_HEIGHT)
        n, first = divmod(index << within, TILE_WIDTH)
        row = self._row(unit, n)[first : first + (1 << within)]
        if len(row) != 1 << within:
            raise ProofError(f"The tile {n} of level {unit} does not reach so far.")
        return CompactRange().extend(row).root()

    def _tile(self, level: int, n: int) -> tuple[bytes, ...]:
        width = tile_width(level, n, self._size)
        if not width:
            raise ProofError(f"A tree of size {self._size} has no tile {n} of level {level}.")
        return split_hashes(self._read(tile_path(level, n, width=width), tile_path(level, n)))


class EvidenceLog(_Beside):
    """The evidence about one firearm: it has the proofs that were put into it."""

    def __init__(self, files: Files) -> None:
        """Look into the files of a bundle."""
        super().__init__(files)
        self.notes: Mapping[int, bytes] = {
            size: files[name] for size, name in numbered(files, NOTES).items()
        }

    def entry(self, index: int) -> bytes:
        """Give a token."""
        return self._read(f"entries/{index}.jws")

    def inclusion(self, index: int, size: int) -> Sequence[bytes]:
        """Give the proof out of the receipt, if it leads to this checkpoint."""
        receipt = parse_tlog_proof(self._read(f"proofs/{index}.tlog-proof"))
        if receipt.checkpoint_note != self.notes.get(size):
            raise ProofError(f"The bundle has no proof of index {index} in a tree of {size}.")
        return receipt.path

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Give the proof that the bundle holds."""
        return parse_consistency(self._read(consistency_name(old, new)))
