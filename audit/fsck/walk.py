# SPDX-License-Identifier: Apache-2.0
"""One walk over a log in pages, comparing every source with every other.

Serves `muniment fsck` (log specification, sections 2.4 and 2.10) in memory that does not grow
with the log. What is found out here is told apart by `verdict`, once the walk has reached the
newest signed root.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.fsck.marks import Judged, Mark
from audit.fsck.published import Published
from audit.fsck.row import COLUMN_DIFFERS, ROWS, check_columns, differing_octets
from audit.fsck.snapshot import Row, Snapshot
from audit.fsck.sources import Difference, Source, Trees
from audit.proof.growth import TILE_HASHES, Tile, TileId
from audit.proof.merkle import HASH_OCTETS, leaf_hash
from audit.proof.verify.findings import Finding
from audit.proof.verify.report import Tally

PAGE_ENTRIES: Final = 1_024
TILES: Final = "tiles"

Leaves = Mapping[Source, Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the sources say about a range of indexes.

    Attributes:
        start: First index.
        rows: Rows by index.
        tiled: Leaf hashes of complete stored tiles, by index.
        published: Published entries by index; nothing without a published copy.
    """

    start: int
    stop: int
    rows: Mapping[int, Row]
    tiled: Mapping[int, bytes]
    published: Mapping[int, bytes] | None

    def leaves_at(self, index: int) -> dict[Source, bytes]:
        """Give the leaf that each source names for an index, where it names one."""
        row = self.rows.get(index)
        found: dict[Source, bytes] = {}
        if row is not None:
            found["rows"] = leaf_hash(row.raw)
        tiled = self.tiled.get(index) or (row and row.leaf)
        if tiled is not None:
            found["tiles"] = tiled
        if self.published is not None and index in self.published:
            found["published"] = leaf_hash(self.published[index])
        return found

    def agrees(self, index: int) -> bool:
        """Tell whether every source that names a leaf for an index names the same."""
        return len(set(self.leaves_at(index).values())) == 1


@dataclass(slots=True, kw_only=True)
class Walk:
    """A walk under way.

    Attributes:
        snapshot: The database.
        size: Entries to walk over.
        published: The published copy, if there is one.
        trees: What each source gives so far.
        tally: What is wrong, whoever is right.
        judged: What the marks said.
        examined: Rows that were there.
    """

    snapshot: Snapshot
    size: int
    published: Published | None
    trees: Trees
    tally: Tally = field(default_factory=Tally)
    judged: Judged = field(default_factory=Judged)
    examined: int = 0

    def step(self, start: int, marks: Sequence[Mark]) -> None:
        """Walk over one page.

        Args:
            start: Its first index.
            marks: What is said of the roots at sizes after its first index, up to its last
                entry, in their order.
        """
        page = self._read(start)
        self.examined += len(page.rows)
        for row in page.rows.values():
            self._check_row(row, page)
        if self.trees.broken is not None:
            self._name_missing(page, page.start)
            return
        leaves, stop = self._leaves(page)
        for mark in marks:
            if mark.size <= stop:
                self.judged.take(mark, self.trees.roots(start, leaves, mark.size))
        self._compare_tiles(self.trees.grow(leaves))
        if stop < page.stop:
            self.trees.broken = stop
            self._name_missing(page, stop)

    def _read(self, start: int) -> Page:
        stop = min(start + PAGE_ENTRIES, self.size)
        wanted = [(0, n) for n in range(start // TILE_HASHES, stop // TILE_HASHES)]
        tiled = {
            n * TILE_HASHES + at: hashes[at * HASH_OCTETS : (at + 1) * HASH_OCTETS]
            for (_, n), hashes in self.snapshot.tiles(wanted).items()
            for at in range(TILE_HASHES)
        }
        return Page(
            start=start,
            stop=stop,
            rows=self.snapshot.rows(start, stop),
            tiled=tiled,
            published=self.published.entries(start, stop) if self.published else None,
        )

    def _check_row(self, row: Row, page: Page) -> None:
        finding = check_columns(row)
        # Bytes that are in dispute are no measure of the columns beside them.
        if finding and (finding.code != COLUMN_DIFFERS or page.agrees(row.idx)):
            self.tally.add(finding)
        tiled = page.tiled.get(row.idx)
        if tiled is not None and tiled != row.leaf:
            self.tally.add(
                Finding(
                    check=ROWS,
                    code="leaf_differs",
                    sentence="The stored leaf hash is not the one in the stored tile.",
                    index=row.idx,
                    evidence=f"row {row.leaf.hex()}, tile {tiled.hex()}",
                    next_step="Hash the signed bytes; restore whichever of the two differs.",
                )
            )

    def _leaves(self, page: Page) -> tuple[Leaves, int]:
        """Give each source's leaves up to the first index that none of them knows."""
        leaves: dict[Source, list[bytes]] = {source: [] for source in self.trees.edges}
        for index in range(page.start, page.stop):
            found = page.leaves_at(index)
            if not found:
                return leaves, index
            if index not in page.rows or len(set(found.values())) > 1:
                self._note(index, found, page)
            for source, row in leaves.items():
                row.append(found.get(source) or next(iter(found.values())))
        return leaves, page.stop

    def _note(self, index: int, found: Mapping[Source, bytes], page: Page) -> None:
        row = page.rows.get(index)
        entry = page.published.get(index) if page.published else None
        octets = differing_octets(row.raw, entry) if row and entry and row.raw != entry else ""
        self.trees.note(Difference(index=index, leaves=found, octets=octets))

    def _compare_tiles(self, grown: Mapping[Source, Sequence[Tile]]) -> None:
        """Compare stored tiles with what lies below them, whichever source that is."""
        due: dict[TileId, set[bytes]] = {}
        for tile in (tile for tiles in grown.values() for tile in tiles):
            due.setdefault((tile.level, tile.n), set()).add(tile.hashes)
        stored = self.snapshot.tiles(sorted(due)) if due else {}
        for (level, n), hashes in due.items():
            found = stored.get((level, n))
            if found is None:
                self.tally.add(_tile_missing(level, n))
            elif level and found not in hashes:
                self.tally.add(_tile_differs(level, n))

    def _name_missing(self, page: Page, start: int) -> None:
        """Name the rows that are gone where nothing else says what they were."""
        for index in range(start, page.stop):
            if index not in page.rows:
                self.tally.add(
                    Finding(
                        check=ROWS,
                        code="row_missing",
                        sentence="The row is gone, and no stored hash says what it was.",
                        index=index,
                        next_step="Restore it from an export, a mirror or a backup.",
                    )
                )


def _tile_missing(level: int, n: int) -> Finding:
    return Finding(
        check=TILES,
        code="tile_missing",
        sentence=f"The stored tile {n} of level {level} is gone.",
        index=_first_leaf(level, n),
        next_step="Compute it again from the rows below it, once they are found sound.",
    )


def _tile_differs(level: int, n: int) -> Finding:
    return Finding(
        check=TILES,
        code="tile_differs",
        sentence=f"The stored tile {n} of level {level} does not state the hashes of what is "
        f"below it, the {TILE_HASHES ** (level + 1)} entries from this one on.",
        index=_first_leaf(level, n),
        next_step="Compute it again from the rows below it, once they are found sound.",
    )


def _first_leaf(level: int, n: int) -> int:
    return n * int(TILE_HASHES ** (level + 1))
