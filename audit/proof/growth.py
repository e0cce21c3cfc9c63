# SPDX-License-Identifier: Apache-2.0
"""The append side of the tree: complete tiles, the edge beside them, proofs from both.

The store keeps complete tiles of height 4 (16 hashes, 512 octets): small enough
that one query fetches every tile of a few proofs. What is not yet in a complete
tile is the edge, which the writer holds in memory and any reader rebuilds from
tiles. Implements `log.md` 2.3 (proofs of new leaves need only the old frontier).
The height-8 tiles that are published are made elsewhere, in `tiles`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from audit.proof.merkle import (
    HASH_OCTETS,
    CompactRange,
    NodeId,
    consistency_plan,
    hash_pairs,
    resolve,
    siblings,
)
from domain.errors import ProofError

TileId = tuple[int, int]
"""A complete tile: (level, n); its hashes are tree nodes 16n to 16n+15 at tree level 4 * level."""

FetchTiles = Callable[[Sequence[TileId]], Mapping[TileId, bytes]]
"""Gives the 512 octets of each tile asked for; one call is one round trip."""

TILE_HEIGHT = 4
TILE_HASHES = 1 << TILE_HEIGHT
TILE_OCTETS = TILE_HASHES * HASH_OCTETS

_NODE_PREFIX = b"\x01"
_PAIR_OCTETS = 2 * HASH_OCTETS


@dataclass(frozen=True, slots=True)
class Edge:
    """The hashes that are in no complete tile yet.

    Attributes:
        size: Number of leaves of the tree.
        partial: For each tile level, from the leaves up, the at most 15 hashes that
            wait for their tile to be complete; the topmost level is not empty.

    Raises:
        ProofError: The number of hashes does not fit the size.
    """

    size: int
    partial: tuple[tuple[bytes, ...], ...]

    def __post_init__(self) -> None:
        if [len(row) for row in self.partial] != _widths(self.size):
            raise ProofError(f"The partial tiles do not fit a tree of size {self.size}.")

    @classmethod
    def empty(cls) -> Edge:
        """Give the edge of the tree without leaves."""
        return cls(0, ())

    def compact(self) -> CompactRange:
        """Give the same edge as the frontier that the head row stores."""
        peaks: list[bytes] = []
        for row in reversed(self.partial):
            peaks.extend(CompactRange().extend(row).hashes)
        return CompactRange(self.size, tuple(peaks))

    def root(self) -> bytes:
        """Give the root of the tree; SHA-256("") when it is empty."""
        return self.compact().root()


@dataclass(frozen=True, slots=True)
class Tile:
    """One complete tile: level counted in units of 4, number, 512 octets of hashes."""

    level: int
    n: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Growth:
    """What an append leaves: the new edge, and each tile that it completed."""

    edge: Edge
    tiles: tuple[Tile, ...]


def grow(edge: Edge, leaves: Iterable[bytes]) -> Growth:
    """Append leaf hashes (32 octets each) in order.

    Appending in any split gives the same edge and the same tiles as appending at once.
    """
    fresh = list(leaves)
    size = edge.size + len(fresh)
    partial: list[tuple[bytes, ...]] = []
    tiles: list[Tile] = []
    level = 0
    while fresh or level < len(edge.partial):
        row = [*(edge.partial[level] if level < len(edge.partial) else ()), *fresh]
        first = edge.size >> TILE_HEIGHT * (level + 1)
        done = _complete_tiles(row, level=level, first=first)
        tiles += done
        partial.append(tuple(row[len(done) * TILE_HASHES :]))
        fresh = [_reduce(tile.hashes) for tile in done]
        level += 1
    return Growth(Edge(size, tuple(partial)), tuple(tiles))


def batch_paths(before: CompactRange, leaves: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """Prove every new leaf in the tree that has just grown by these leaves.

    Needs no stored tile: each sibling is a new node or one of the old frontier.

    Args:
        before: Frontier of the tree before the leaves.
        leaves: The new leaf hashes in order, 32 octets each.

    Returns:
        One path a leaf, in order, each as `verify_inclusion` takes it for the size
        ``before.size + len(leaves)``.
    """
    if not leaves:
        return []
    paths: list[tuple[bytes, ...]] = [()]
    for level, row in reversed(list(enumerate(_rows_above(before, leaves)))):
        last = len(row) - 1
        paths = [
            (row[at ^ 1], *paths[at >> 1]) if at ^ 1 <= last else paths[at >> 1]
            for at in range(before.size >> level & 1, len(row))
        ]
    return paths


def edge_from(size: int, leaves: Sequence[bytes], fetch: FetchTiles) -> Edge:
    """Rebuild the edge of a tree from its stored tiles, with one fetch.

    Args:
        size: Number of leaves of the tree, which may be older than the newest tile.
        leaves: The last ``size % 16`` leaf hashes before that size.
        fetch: Where complete tiles are read.

    Raises:
        ProofError: The leaves do not fit the size, or a tile is missing or malformed.
    """
    widths = _widths(size)
    wanted = [
        (level - 1, n)
        for level in range(1, len(widths))
        for n in _tail(size >> TILE_HEIGHT * level, widths[level])
    ]
    tiles = _fetch_all(fetch, wanted)
    upper = [
        tuple(
            _reduce(tiles[level - 1, n]) for n in _tail(size >> TILE_HEIGHT * level, widths[level])
        )
        for level in range(1, len(widths))
    ]
    return Edge(size, (tuple(leaves), *upper) if widths else ())


class TileNodes:
    """Proofs out of stored tiles for one size of the tree.

    What lies above the complete tiles is hashed once and kept, so an object that
    lives as long as its head stands answers faster. Safe for several threads.
    """

    def __init__(self, edge: Edge, fetch: FetchTiles) -> None:
        self._edge = edge
        self._fetch = fetch
        self._above: dict[NodeId, tuple[bytes, ...]] = {}

    @property
    def size(self) -> int:
        """Number of leaves of the tree that every proof leads to."""
        return self._edge.size

    def inclusion_paths(self, indexes: Sequence[int]) -> list[tuple[bytes, ...]]:
        """Prove several leaves with a single fetch, in the order asked.

        Raises:
            ProofError: An index lies outside the tree, or a tile is missing.
        """
        routes = [self._route(index) for index in indexes]
        steps = set(chain.from_iterable(routes))
        tiles = _fetch_all(self._fetch, {tile for tile, _ in steps})
        beside = {(tile, at): _beside(tiles[tile], at) for tile, at in steps}
        return [
            (
                *chain.from_iterable([beside[step] for step in route]),
                *self._above_tiles(TILE_HEIGHT * len(route), index),
            )
            for index, route in zip(indexes, routes, strict=True)
        ]

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Prove that the tree of an older size is a prefix of this one, with one fetch.

        Raises:
            ProofError: The old size is 0 or too large, or a tile is missing.
        """
        plan = consistency_plan(old_size, self.size)
        wanted = [self._tile_of(*node) for node in chain.from_iterable(plan)]
        tiles = _fetch_all(self._fetch, {tile for tile in wanted if tile is not None})

        def node(level: int, index: int) -> bytes:
            tile = self._tile_of(level, index)
            if tile is None:
                return self._edge_node(level, index)
            within = level % TILE_HEIGHT
            return _part(tiles[tile], index % (TILE_HASHES >> within), up=within)

        return resolve(plan, node)

    def _route(self, index: int) -> list[tuple[TileId, int]]:
        """List the complete tiles above a leaf, and which hash in each leads to it."""
        if not 0 <= index < self.size:
            raise ProofError(f"Index {index} lies outside a tree of size {self.size}.")
        route: list[tuple[TileId, int]] = []
        complete = self.size >> TILE_HEIGHT
        while (n := index >> TILE_HEIGHT) < complete:
            route.append(((len(route), n), index % TILE_HASHES))
            index, complete = n, complete >> TILE_HEIGHT
        return route

    def _above_tiles(self, level: int, index: int) -> tuple[bytes, ...]:
        """Give the rest of a leaf's path, where every node lies in the edge."""
        top = (level, index >> level)
        path = self._above.get(top)
        if path is None:
            path = self._above[top] = resolve(siblings(*top, size=self.size), self._edge_node)
        return path

    def _edge_node(self, level: int, index: int) -> bytes:
        within = level % TILE_HEIGHT
        first = (index << within) % TILE_HASHES
        row = self._edge.partial[level // TILE_HEIGHT]
        return _reduce(b"".join(row[first : first + (1 << within)]))

    def _tile_of(self, level: int, index: int) -> TileId | None:
        """Name the complete tile that holds a node, or None when the edge holds it."""
        unit, within = divmod(level, TILE_HEIGHT)
        n = index << within >> TILE_HEIGHT
        complete = n < self.size >> TILE_HEIGHT * (unit + 1)
        return (unit, n) if complete else None


def _widths(size: int) -> list[int]:
    """Count the hashes of each partial tile of a tree, from the leaves up."""
    widths = []
    while size:
        widths.append(size % TILE_HASHES)
        size >>= TILE_HEIGHT
    return widths


def _tail(end: int, count: int) -> range:
    return range(end - count, end)


def _complete_tiles(row: Sequence[bytes], *, level: int, first: int) -> list[Tile]:
    """Cut every complete tile off the front of a row of hashes."""
    return [
        Tile(level, first + at, b"".join(row[at * TILE_HASHES : (at + 1) * TILE_HASHES]))
        for at in range(len(row) // TILE_HASHES)
    ]


def _beside(tile: bytes, at: int) -> tuple[bytes, ...]:
    """Give the four hashes beside one hash of a tile and beside its ancestors."""
    return tuple([_part(tile, (at >> up) ^ 1, up=up) for up in range(TILE_HEIGHT)])


def _part(tile: bytes, at: int, *, up: int) -> bytes:
    """Give a node inside a tile: the at-th of those that stand this many levels up."""
    octets = HASH_OCTETS << up
    return _reduce(tile[at * octets : (at + 1) * octets])


def _reduce(joined: bytes) -> bytes:
    """Hash joined neighbours (a power of two of them) into the root above them."""
    octets = len(joined)
    if octets <= _PAIR_OCTETS:
        return joined if octets == HASH_OCTETS else sha256(_NODE_PREFIX + joined).digest()
    left, right = _reduce(joined[: octets >> 1]), _reduce(joined[octets >> 1 :])
    return sha256(_NODE_PREFIX + left + right).digest()


def _rows_above(before: CompactRange, leaves: Sequence[bytes]) -> list[list[bytes]]:
    """List the new nodes of each level, each row starting at an even index.

    A row that would start at an odd index gets the frontier node in front; a lone
    right node is promoted as it is, since RFC 6962 never hashes a node with itself.
    """
    rows: list[list[bytes]] = []
    row = list(leaves)
    older = list(before.hashes)
    level = 0
    while len(row) > 1 or older:
        if before.size >> level & 1:
            row.insert(0, older.pop())
        rows.append(row)
        row = hash_pairs(row) + row[len(row) & ~1 :]
        level += 1
    return rows


def _fetch_all(fetch: FetchTiles, wanted: Iterable[TileId]) -> dict[TileId, bytes]:
    """Fetch tiles and refuse an answer that lacks one or has one of the wrong size."""
    asked = sorted(wanted)
    found = fetch(asked) if asked else {}
    tiles = {}
    for tile in asked:
        hashes = found.get(tile)
        if hashes is None or len(hashes) != TILE_OCTETS:
            raise ProofError(f"Tile {tile[1]} of level {tile[0]} is missing or not 512 octets.")
        tiles[tile] = bytes(hashes)
    return tiles
