# SPDX-License-Identifier: Apache-2.0
"""Three tellings of one log, and the tree that each of them gives.

Serves `muniment fsck` (log specification, section 2.10): the rows, the stored tiles and, where
there is one, the published copy each name a leaf for an index. Where they disagree, each grows
a tree of its own, so that a signed root can tell which of them is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from audit.proof.growth import Edge, Growth, Tile, grow

Source = Literal["rows", "tiles", "published"]

DIFFERENCES_KEPT_MAX: Final = 1_000
"""Differences whose details are kept; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An index at which not all sources name the same leaf.

    Attributes:
        index: Position in the log.
        leaves: What each source names; a source that has nothing there is absent.
        octets: In which octets the row and the published entry differ, in words.
    """

    index: int
    leaves: Mapping[Source, bytes]
    octets: str = ""


@dataclass(slots=True)
class Trees:
    """One tree a source, grown together.

    Attributes:
        edges: The edge of each source's tree so far.
        differences: Where they differ, those of the lowest indexes.
        count: How many differences there are in all.
        broken: The first index for which no source names a leaf, if there is one.
    """

    edges: dict[Source, Edge]
    differences: list[Difference] = field(default_factory=list)
    count: int = 0
    broken: int | None = None

    @classmethod
    def of(cls, sources: Sequence[Source]) -> Trees:
        """Begin with empty trees."""
        return cls(edges=dict.fromkeys(sources, Edge.empty()))

    def note(self, difference: Difference) -> None:
        """Count a difference, and keep it if few have a lower index."""
        self.count += 1
        if len(self.differences) < DIFFERENCES_KEPT_MAX:
            self.differences.append(difference)

    def roots(self, start: int, leaves: Mapping[Source, Sequence[bytes]], size: int) -> Roots:
        """Give each source's root at a size inside the leaves that come next."""
        return {
            source: growth.edge.root()
            for source, growth in self._grown(leaves, size - start).items()
        }

    def grow(self, leaves: Mapping[Source, Sequence[bytes]]) -> dict[Source, tuple[Tile, ...]]:
        """Append leaves to every tree; give the tiles that each completed."""
        grown = self._grown(leaves, None)
        self.edges = {source: growth.edge for source, growth in grown.items()}
        return {source: growth.tiles for source, growth in grown.items()}

    def _grown(
        self, leaves: Mapping[Source, Sequence[bytes]], count: int | None
    ) -> dict[Source, Growth]:
        """Grow every tree by its first leaves; sources that agree are hashed once."""
        known: dict[tuple[Edge, tuple[bytes, ...]], Growth] = {}
        found: dict[Source, Growth] = {}
        for source, edge in self.edges.items():
            key = edge, tuple(leaves[source][:count])
            found[source] = known.get(key) or known.setdefault(key, grow(*key))
        return found


Roots = Mapping[Source, bytes]
"""The root that each source gives at one size."""
