# SPDX-License-Identifier: Apache-2.0
"""Writing on where a published log ends, from nothing but its own partial tiles.

Implements the incremental half of the publisher of `log.md` 2.5 over the tile writer of an
export. What the tiles say is not trusted: whoever writes on compares the root with the one
that the published checkpoint signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from audit.proof.merkle import CompactRange
from audit.proof.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    TileWriter,
    read_bundle,
    read_tile,
    tile_width,
)

Rows = tuple[tuple[bytes, ...], ...]
"""For each tile level from 1 up, the hashes of its tile that is not full yet."""


class ContinuedWriter(TileWriter):
    """A tile writer that begins at the last complete bundle of a published log.

    Attributes:
        start: The first entry that is to be added, a multiple of 256.
    """

    def __init__(self, directory: Path, size: int = 0) -> None:
        """Read what is needed of the tiles of a log of this size.

        Raises:
            UnreachableError: ``tile_missing``, one of them is not there.
            ProofError: One of them is not as long as it must be.
        """
        super().__init__(directory)
        rows = read_rows(directory, size)
        self.start = size - size % TILE_WIDTH
        self._bundles = size // TILE_WIDTH
        self._upper = [list(row) for row in rows]
        self._tree = CompactRange(self.start, _peaks(rows))

    @property
    def tree(self) -> CompactRange:
        """The tree of the entries before ``start``, as the tiles state it."""
        return self._tree


def read_rows(directory: Path, size: int) -> Rows:
    """Read the tiles that a log of this size has not filled, above the entries.

    Also reads what it has published of the last bundle, which must not be missing either.
    """
    if size % TILE_WIDTH:
        n = size // TILE_WIDTH
        read_tile(directory, level=0, n=n, size=size)
        read_bundle(directory, n, size=size)
    rows: list[tuple[bytes, ...]] = []
    level = 1
    while size >> TILE_HEIGHT * level:
        n = size >> TILE_HEIGHT * (level + 1)
        there = tile_width(level, n, size)
        rows.append(read_tile(directory, level=level, n=n, size=size) if there else ())
        level += 1
    return tuple(rows)


def _peaks(rows: Sequence[Sequence[bytes]]) -> tuple[bytes, ...]:
    return tuple(chain.from_iterable(CompactRange().extend(row).hashes for row in reversed(rows)))
