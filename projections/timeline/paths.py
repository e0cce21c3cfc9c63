# SPDX-License-Identifier: Apache-2.0
"""Inclusion proofs of a history's entries, to the checkpoint that covers them.

The lowest tiles come with the history; what stands above them is asked for once and
remembered, since a complete tile never changes. Nothing here is trusted: a proof made
from a falsified tile does not verify, and then the memory is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from audit.link import Link
from audit.proof.growth import TILE_HASHES, TILE_HEIGHT, TILE_OCTETS, Edge
from audit.proof.merkle import hash_pairs, resolve, siblings, split_hashes
from audit.tree import TileReader, read_edge
from domain.errors import ProofError

STEPS_MAX: Final = 65_536
"""Remembered steps; one is four hashes beside a place in a tile, some 300 octets."""

Path = tuple[bytes, ...]
Place = tuple[int, int]
"""A hash of a tile: level in units of tiles, and its number among all of that level."""


class Paths:
    """Makes inclusion proofs; for use by one thread at a time."""

    def __init__(self, link: Link) -> None:
        """Bind a connection that may read the stored tree."""
        self._fetch = TileReader(link)
        self._link = link
        self._edge = Edge.empty()
        self._steps: dict[Place, Path] = {}
        self._above: dict[Place, Path] = {}

    def of(self, places: Mapping[int, bytes | None], size: int) -> dict[int, Path]:
        """Prove the entries that lie inside the tree of a size, by index.

        Args:
            places: Indexes, each with the complete tile of leaf hashes around it if at hand.
            size: Size of the tree.

        Raises:
            DamagedTreeError: A tile that the proofs need is missing.
            ProofError: One at hand is malformed.
            UnreachableError: The database does not answer.
        """
        if size != self._edge.size:
            self._edge = read_edge(self._link, size)
            self._above.clear()
        inside = [index for index in places if index < size]
        try:
            return {index: self._path(index) for index in inside}
        except KeyError:
            self._learn(inside, places)
            return {index: self._path(index) for index in inside}

    def forget(self) -> None:
        """Drop everything remembered, since something in it may have been falsified."""
        self._edge = Edge.empty()
        self._steps.clear()
        self._above.clear()

    def _path(self, index: int) -> Path:
        """Climb from tile to tile, then along the edge.

        Raises:
            KeyError: A step is not known yet.
        """
        steps = self._steps
        path: Path = ()
        level, complete = 0, self._edge.size >> TILE_HEIGHT
        while (above := index >> TILE_HEIGHT) < complete:
            path += steps[level, index]
            index = above
            complete >>= TILE_HEIGHT
            level += 1
        return path + self._above[level, index]

    def _learn(self, indexes: Sequence[int], given: Mapping[int, bytes | None]) -> None:
        """Remember every step of some proofs, fetching the tiles that are not at hand."""
        if len(self._steps) > STEPS_MAX:
            self._steps.clear()
        new = {step for index in indexes for step in self._climb(index)} - self._steps.keys()
        tiles = {(0, index >> TILE_HEIGHT): tile for index, tile in given.items() if tile}
        asked = sorted({(level, at >> TILE_HEIGHT) for level, at in new} - tiles.keys())
        tiles.update(self._fetch(asked) if asked else {})
        for level, at in new:
            self._steps[level, at] = _beside(tiles.get((level, at >> TILE_HEIGHT)), at)

    def _climb(self, index: int) -> Iterator[Place]:
        """List the steps of a proof inside complete tiles; work out the rest above them."""
        level, complete = 0, self._edge.size >> TILE_HEIGHT
        while index >> TILE_HEIGHT < complete:
            yield level, index
            level, index, complete = level + 1, index >> TILE_HEIGHT, complete >> TILE_HEIGHT
        if (level, index) not in self._above:
            nodes = siblings(TILE_HEIGHT * level, index, size=self._edge.size)
            self._above[level, index] = resolve(nodes, self._edge_node)

    def _edge_node(self, level: int, index: int) -> bytes:
        unit, within = divmod(level, TILE_HEIGHT)
        first = (index << within) % TILE_HASHES
        row = list(self._edge.partial[unit][first : first + (1 << within)])
        while len(row) > 1:
            row = hash_pairs(row)
        return row[0]


def _beside(tile: bytes | None, at: int) -> Path:
    """Give the hashes beside one hash of its tile and beside its ancestors in that tile."""
    if tile is None or len(tile) != TILE_OCTETS:
        raise ProofError(f"A tile of the stored tree is missing or not {TILE_OCTETS} octets.")
    row: Sequence[bytes] = split_hashes(tile)
    at %= TILE_HASHES
    path = []
    while len(row) > 1:
        path.append(row[at ^ 1])
        row, at = hash_pairs(row), at >> 1
    return tuple(path)
