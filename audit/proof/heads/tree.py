# SPDX-License-Identifier: Apache-2.0
"""The tree over the lines of a map, hashed in one pass that keeps only what a proof needs.

Implements the map of the log specification, section 2.2, as the tree of RFC 6962: memory is one
hash a level, however many streams there are. Proofs are of ``audit.proof.merkle``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from audit.proof.merkle import EMPTY_ROOT, NodeId, fold, node_hash


class Hashed(NamedTuple):
    """A tree that was hashed.

    Attributes:
        size: Number of leaves.
        root: Root; SHA-256("") without a leaf.
        nodes: Those complete subtrees that were asked for and exist.
    """

    size: int
    root: bytes
    nodes: Mapping[NodeId, bytes]


def hash_tree(leaves: Iterable[bytes], wanted: Collection[NodeId] = frozenset()) -> Hashed:
    """Hash leaf hashes, 32 octets each, into their tree.

    Args:
        leaves: Leaf hashes from the first on.
        wanted: Complete subtrees to keep, as (level, index).
    """
    edge: list[bytes] = []
    kept: dict[NodeId, bytes] = {}
    size = 0
    for found in leaves:
        node, level, index = found, 0, size
        if wanted and (0, index) in wanted:
            kept[0, index] = node
        while index & 1:
            node, level, index = node_hash(edge.pop(), node), level + 1, index >> 1
            if wanted and (level, index) in wanted:
                kept[level, index] = node
        edge.append(node)
        size += 1
    return Hashed(size, fold(edge) if edge else EMPTY_ROOT, kept)
