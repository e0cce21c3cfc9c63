# SPDX-License-Identifier: Apache-2.0
"""The published form of the log made from the database, for whoever asks for one piece of it.

Gives the same octets as the published files (C2SP tlog-tiles; log specification 2.5): hash tiles
of height 8 out of the stored ones of height 4, and entry bundles out of the rows. Nothing is read
beyond the size that the caller names, which is one that was signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.link import Link
from audit.proof.growth import TileId
from audit.proof.merkle import CompactRange, split_hashes
from audit.proof.tiles import TILE_WIDTH, encode_bundle, tile_width
from audit.tree import DamagedTreeError, TileReader, read_leaves
from domain.errors import InvalidValueError

_RAWS: Final = "select raw from ledger.event where idx >= %b and idx < %b order by idx"
_SIGNED: Final = "select size from ledger.checkpoint order by size desc limit 1"


def signed_size(link: Link) -> int:
    """Give the size of the newest checkpoint that is kept; 0 before there is one."""
    rows = link.read(_SIGNED)
    return rows[0][0] if rows else 0


def hash_tile(link: Link, level: int, n: int, *, width: int, size: int) -> bytes:
    """Give the first hashes of a tile, 32 octets each.

    Args:
        link: May read the log.
        level: Level of the tile, in units of eight tree levels.
        n: Its number.
        width: How many hashes; 256 for a whole tile.
        size: Size of the log that was signed.

    Raises:
        InvalidValueError: ``tile_unknown``, a log of that size has no such tile.
        DamagedTreeError: Rows or tiles are missing.
    """
    _check(level, n, width=width, size=size)
    first = n * TILE_WIDTH
    if level == 0:
        hashes = read_leaves(link, first, first + width)
    else:
        hashes = _roots(link, 2 * level - 1, range(first, first + width))
    return b"".join(_whole(hashes, width))


def entry_bundle(link: Link, n: int, *, width: int, size: int) -> bytes:
    """Give the first entries of a bundle, each behind its length in two octets.

    Raises:
        InvalidValueError: ``tile_unknown``, a log of that size has no such bundle.
        DamagedTreeError: Rows are missing.
    """
    _check(0, n, width=width, size=size)
    first = n * TILE_WIDTH
    rows = link.read(_RAWS, (first, first + width))
    return encode_bundle(_whole([raw for (raw,) in rows], width))


def _roots(link: Link, level: int, numbers: range) -> list[bytes]:
    """Give the roots of stored tiles: each is one hash of the tile level above."""
    wanted: list[TileId] = [(level, number) for number in numbers]
    tiles = TileReader(link)(wanted)
    roots = (CompactRange().extend(split_hashes(tiles[each])).root() for each in wanted)
    return list(roots)


def _check(level: int, n: int, *, width: int, size: int) -> None:
    if 0 < width <= tile_width(level, n, size):
        return
    raise InvalidValueError(
        f"The log of {size:,} entries has no such tile.",
        slug="tile_unknown",
        next_step="Fetch the checkpoint again, and ask for what a log of that size has.",
    )


def _whole(parts: Sequence[bytes], width: int) -> Sequence[bytes]:
    if len(parts) != width:
        raise DamagedTreeError(f"The database lacks {width - len(parts)} of {width} entries.")
    return parts
