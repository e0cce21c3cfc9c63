# SPDX-License-Identifier: Apache-2.0
"""The stored tree: its growing edge and the tiles from which any proof is made.

Reads what ``ledger.append`` wrote (log specification 2.3 and 2.5). Nothing read here
is trusted: a proof made from a falsified tile does not verify.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from audit.arrays import int8_array
from audit.link import Link
from audit.proof.growth import TILE_HASHES, TILE_OCTETS, Edge, TileId, TileNodes, edge_from
from domain.errors import UnsafeError

_SIZE: Final = "select size from ledger.head"
_LEAVES: Final = "select leaf from ledger.event where idx >= %b and idx < %b order by idx"
_TILES: Final = """
select t.level, t.n, t.hashes
from unnest(%b::int8[]::int2[], %b::int8[]) as w (level, n) join ledger.tile t using (level, n)
"""


class DamagedTreeError(UnsafeError):
    """Rows or tiles of the ledger's own database are missing."""

    slug = "tree_damaged"
    next_step = "Nothing can be appended. Run `muniment fsck`: it names what is to be restored."


def read_size(link: Link) -> int:
    """Give the number of committed events.

    Raises:
        DamagedTreeError: The head row is gone.
    """
    rows = link.read(_SIZE)
    if not rows:
        raise DamagedTreeError("The head row of the log is gone.")
    size: int = rows[0][0]
    return size


def read_leaves(link: Link, start: int, stop: int) -> list[bytes]:
    """Give the leaf hashes of a range of indexes."""
    return [leaf for (leaf,) in link.read(_LEAVES, (start, stop))]


def read_edge(link: Link, size: int | None = None) -> Edge:
    """Rebuild the edge of the tree of a given size, by default the committed one.

    Raises:
        DamagedTreeError: Leaves or tiles of that size are missing.
    """
    at = read_size(link) if size is None else size
    start = at - at % TILE_HASHES
    leaves = read_leaves(link, start, at)
    if len(leaves) != at - start:
        raise DamagedTreeError(
            f"The database lacks {at - start - len(leaves)} of the entries {start} to {at - 1}."
        )
    return edge_from(at, leaves, TileReader(link))


def tree_at(link: Link, size: int) -> TileNodes:
    """Give the source of proofs for the tree of one size."""
    return TileNodes(read_edge(link, size), TileReader(link))


class TileReader:
    """Fetches complete tiles, all that one call names in one round trip."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def __call__(self, tiles: Sequence[TileId]) -> Mapping[TileId, bytes]:
        """Give the tiles asked for.

        Raises:
            DamagedTreeError: One of them is missing, or is none.
        """
        levels = int8_array([level for level, _ in tiles])
        numbers = int8_array([n for _, n in tiles])
        rows = self._link.read(_TILES, (levels, numbers))
        found = {(level, n): hashes for level, n, hashes in rows if len(hashes) == TILE_OCTETS}
        absent = sorted(set(tiles) - found.keys())
        if absent:
            level, n = absent[0]
            raise DamagedTreeError(f"The database lacks tile {n} of level {level}.")
        return found
