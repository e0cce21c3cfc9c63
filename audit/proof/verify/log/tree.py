# SPDX-License-Identifier: Apache-2.0
"""From entries to the root: the whole tree of a log, recomputed in little memory.

Implements the log specification, section 2.9: entry, leaf, tile, root. The hashes come
from the entries; published tiles are only compared with them. At most one tile of each
level is held.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange
from audit.proof.tiles import TILE_HEIGHT, TILE_WIDTH
from audit.proof.verify.book import CONSISTENCY
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.log.layout import Layout
from audit.proof.verify.report import Tally

ROOT: Final = "root"


class BundleHashes(NamedTuple):
    """What one bundle adds to the tree: the root of all its leaves, or the leaves."""

    n: int
    root: bytes | None
    leaves: tuple[bytes, ...]


class TreeCheck:
    """Grows the tree bundle by bundle, in order, and compares what is published."""

    def __init__(self, layout: Layout, *, marks: Collection[int] = ()) -> None:
        """Start with the empty tree.

        Args:
            layout: Where tiles are published.
            marks: Sizes whose roots are kept on the way, those of other checkpoints.
        """
        self.tally = Tally()
        self.marked: dict[int, bytes] = {}
        self.size = 0
        self._layout = layout
        self._marks = sorted(marks)
        # The first row holds the leaves of a partial bundle, the others roots of tiles.
        self._rows: list[list[bytes]] = [[]]

    def add(self, bundle: BundleHashes) -> None:
        """Append one bundle, the next one."""
        start = bundle.n * TILE_WIDTH
        for mark in marks_within(self._marks, start, start + TILE_WIDTH):
            prefix = list(bundle.leaves[: mark - start])
            self.marked[mark] = _root([prefix, *self._rows[1:]], mark)
        if bundle.root is None:
            self._rows[0] = list(bundle.leaves)
            self.size = start + len(bundle.leaves)
        else:
            self.size = start + TILE_WIDTH
            self._raise(1, bundle.root)

    def finish(self) -> bytes:
        """Compare the partial tiles; give the root of all entries."""
        for level, row in enumerate(self._rows):
            if row and level:
                self._compare(level, row)
        root = _root(self._rows, self.size)
        if self.size in self._marks:
            self.marked[self.size] = root
        return root

    def _raise(self, level: int, tile_root: bytes) -> None:
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(tile_root)
        if len(row) == TILE_WIDTH:
            self._compare(level, row)
            above = CompactRange().extend(row).root()
            row.clear()
            self._raise(level + 1, above)

    def _compare(self, level: int, row: list[bytes]) -> None:
        n = ((self.size >> TILE_HEIGHT * level) - len(row)) // TILE_WIDTH
        finding = self._layout.tile(level, n, b"".join(row))
        if finding:
            self.tally.add(finding)


def marks_within(marks: Sequence[int], start: int, stop: int) -> Sequence[int]:
    """Give those of some sizes, in order, that lie in a range."""
    return marks[bisect_left(marks, start) : bisect_left(marks, stop)]


def root_problem(found: bytes, checkpoint: Checkpoint) -> Finding | None:
    """Say that the entries give another root than the signed one, if they do."""
    if found == checkpoint.root:
        return None
    return Finding(
        check=ROOT,
        code="root_mismatch",
        sentence=f"The {counted(checkpoint.size, 'entry gives', 'entries give')} another root than "
        "the signed checkpoint.",
    )


def consistency_problem(
    marked: bytes | None, saved: Checkpoint, present: Checkpoint
) -> Finding | None:
    """Say that an earlier checkpoint is of another history, if it is."""
    if saved.size > present.size:
        return Finding(
            check=CONSISTENCY,
            code="rolled_back",
            sentence=f"The saved checkpoint covers {counted(saved.size)}, this one only "
            f"{present.size}: entries were dropped since, or this copy is the older one.",
        )
    if saved.size == present.size and saved.root != present.root:
        return Finding(
            check=CONSISTENCY,
            code="fork",
            sentence="The log signed two different trees of one size; keep both checkpoints, "
            "together they prove it.",
        )
    if saved.size and marked != saved.root:
        return Finding(
            check=CONSISTENCY,
            code="not_a_prefix",
            sentence=f"This log does not begin with the {counted(saved.size)} of the older "
            "checkpoint.",
        )
    return None


def _root(rows: list[list[bytes]], size: int) -> bytes:
    peaks: list[bytes] = []
    for row in reversed(rows):
        peaks.extend(CompactRange().extend(row).hashes)
    return CompactRange(size, tuple(peaks)).root()
