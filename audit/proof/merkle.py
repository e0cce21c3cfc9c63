# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of the log: hashes, the growing frontier, proofs and their checks.

Implements RFC 6962 section 2.1 (the same tree as RFC 9162 section 2.1) and the
meaning of size 0 fixed in `log.md` 1.3: the empty tree has the root SHA-256(""),
and no consistency proof starts from it. Proofs are generated from any source of
complete subtrees; where those subtrees are kept is the matter of `growth` and
`tiles`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from domain.errors import ProofError

NodeId = tuple[int, int]
"""A complete subtree: (level, index); level 0 is the leaves, index counts from the left."""

NodeSource = Callable[[int, int], bytes]
"""Gives the 32-octet hash of the complete subtree (level, index)."""

HASH_OCTETS = 32
PATH_HASHES_MAX = 63
SIZE_MAX = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()

_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Hash one log entry as RFC 6962 does: SHA-256(0x00 || entry)."""
    return sha256(_LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees as RFC 6962 does: SHA-256(0x01 || left || right)."""
    return sha256(_NODE_PREFIX + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The right edge of a tree: the roots of its largest complete subtrees.

    It holds everything that is needed to append to the tree and to state its root,
    in at most 63 hashes.

    Attributes:
        size: Number of leaves.
        hashes: One root for each set bit of the size, the largest subtree first.

    Raises:
        ProofError: The number or length of the hashes does not fit the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= SIZE_MAX or len(self.hashes) != self.size.bit_count():
            raise ProofError(
                f"{len(self.hashes)} frontier hashes cannot belong to a tree of size {self.size}."
            )
        _check_lengths(self.hashes)

    def extend(self, leaf_hashes: Iterable[bytes]) -> CompactRange:
        """Give the range after these leaf hashes (32 octets each) are appended in order."""
        row = list(leaf_hashes)
        size = self.size + len(row)
        older = list(self.hashes)
        edge: list[bytes] = []
        level = 0
        while row:
            if self.size >> level & 1:
                row.insert(0, older.pop())
            if len(row) & 1:
                edge.append(row.pop())
            row = hash_pairs(row)
            level += 1
        return CompactRange(size, (*older, *reversed(edge)))

    def root(self) -> bytes:
        """Give the root of the tree; SHA-256("") when it is empty."""
        return fold(self.hashes) if self.hashes else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """Give the hashes joined; the size is stored beside them."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, joined: bytes) -> CompactRange:
        """Read a range back from its size and its joined hashes.

        Raises:
            ProofError: The octets do not fit the size.
        """
        return cls(size, split_hashes(joined))


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf hash stands at an index of the tree with this size and root.

    Implements RFC 9162 section 2.1.3.2. The path runs from the leaf's sibling up.

    Raises:
        ProofError: The index lies outside the tree, the path has the wrong length,
            a hash is not 32 octets, or the root that results is another one.
    """
    if not 0 <= index < size <= SIZE_MAX:
        raise ProofError(f"Index {index} lies outside a tree of size {size}.")
    inner = (index ^ (size - 1)).bit_length()
    _check_path(path, inner + (index >> inner).bit_count())
    _check_lengths((leaf, root))
    found = _climb_border(_climb_inner(leaf, path[:inner], index=index), path[inner:])
    if found != root:
        raise ProofError(f"The inclusion proof of index {index} leads to another root.")


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that a tree is a prefix of a larger one, as RFC 9162 section 2.1.4.2 does.

    Raises:
        ProofError: The old tree is empty or larger than the new one, the path has the
            wrong length, a hash is not 32 octets, or either root does not result.
    """
    _check_lengths((old_root, new_root))
    if 0 < old_size == new_size <= SIZE_MAX:
        _check_path(path, 0)
        found = new_root, old_root
    else:
        found = _roots_of(path, old_size=old_size, new_size=new_size, old_root=old_root)
    if found != (old_root, new_root):
        raise ProofError(f"The trees of sizes {old_size} and {new_size} are not consistent.")


def refutes_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether a path proves that a tree is no prefix of a larger one.

    Hashes that lead to the new root are nodes of the new tree, since nobody finds others; the old
    root that they lead to is then that of its prefix. If that is not the old root, the two trees
    contradict each other. A path that misses the new root proves nothing: anybody can make one.
    Nor does one from a power of two, which begins at the old root itself.
    """
    try:
        _check_lengths((old_root, new_root))
        found = _roots_of(path, old_size=old_size, new_size=new_size, old_root=old_root)
    except ProofError:
        return False
    return found[1] == new_root and found[0] != old_root


def inclusion_path(index: int, size: int, *, node: NodeSource) -> tuple[bytes, ...]:
    """Make the inclusion proof of a leaf, leaf's sibling first.

    Args:
        index: Position of the leaf, 0 <= index < size.
        size: Number of leaves of the tree that the proof leads to.
        node: Source of complete subtrees; it is asked for no other node.

    Raises:
        ProofError: The index lies outside the tree.
    """
    return resolve(inclusion_plan(index, size), node)


def consistency_path(old_size: int, new_size: int, *, node: NodeSource) -> tuple[bytes, ...]:
    """Make the consistency proof between two sizes of one tree.

    Raises:
        ProofError: The old size is 0 or larger than the new one.
    """
    return resolve(consistency_plan(old_size, new_size), node)


def inclusion_plan(index: int, size: int) -> tuple[tuple[NodeId, ...], ...]:
    """Name the complete subtrees that each step of an inclusion proof is folded from.

    A step has one subtree, except the one that holds the incomplete right edge.

    Raises:
        ProofError: The index lies outside the tree.
    """
    if not 0 <= index < size <= SIZE_MAX:
        raise ProofError(f"Index {index} lies outside a tree of size {size}.")
    return siblings(0, index, size=size)


def consistency_plan(old_size: int, new_size: int) -> tuple[tuple[NodeId, ...], ...]:
    """Name the complete subtrees that each step of a consistency proof is folded from.

    Raises:
        ProofError: The old size is 0 or larger than the new one.
    """
    if not 0 < old_size <= new_size <= SIZE_MAX:
        raise ProofError(f"No consistency proof leads from size {old_size} to {new_size}.")
    if old_size == new_size:
        return ()
    level, index = _last_complete(old_size)
    steps = siblings(level, index, size=new_size)
    return steps if index == 0 else (((level, index),), *steps)


def siblings(level: int, index: int, *, size: int) -> tuple[tuple[NodeId, ...], ...]:
    """Name what stands beside a complete subtree and beside each of its ancestors.

    One step for each hash of its proof in a tree of this size, lowest first; a step
    lists the complete subtrees that its hash is folded from.
    """
    inner = (index ^ ((size - 1) >> level)).bit_length()
    beside = [(level + up, (index >> up) ^ 1) for up in range(inner)]
    border = [
        ((level + up, (index >> up) - 1),)
        for up in range(inner, index.bit_length())
        if index >> up & 1
    ]
    return tuple(chain((_cover(above, at, size=size) for above, at in beside), border))


def resolve(plan: Iterable[Sequence[NodeId]], node: NodeSource) -> tuple[bytes, ...]:
    """Turn a plan into the hashes of a proof, one a step."""
    return tuple(
        [
            node(*step[0])
            if len(step) == 1
            else fold([node(level, index) for level, index in step])
            for step in plan
        ]
    )


def fold(hashes: Sequence[bytes]) -> bytes:
    """Hash complete subtrees, largest first, into the root above all of them."""
    found = hashes[-1]
    for left in hashes[-2::-1]:
        found = sha256(_NODE_PREFIX + left + found).digest()
    return found


def hash_pairs(row: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours into the row one level up; a lone last hash is left out."""
    pairs = iter(row)
    return [sha256(_NODE_PREFIX + a + b).digest() for a, b in zip(pairs, pairs, strict=False)]


def split_hashes(joined: bytes) -> tuple[bytes, ...]:
    """Cut joined hashes apart.

    Raises:
        ProofError: The length is no multiple of 32 octets.
    """
    if len(joined) % HASH_OCTETS:
        raise ProofError(f"{len(joined)} octets are not a whole number of SHA-256 hashes.")
    return tuple(
        [joined[start : start + HASH_OCTETS] for start in range(0, len(joined), HASH_OCTETS)]
    )


def _cover(level: int, index: int, *, size: int) -> tuple[NodeId, ...]:
    """Cut the part of a subtree that lies inside the tree into complete subtrees."""
    start = index << level
    count = size - start
    if count >= 1 << level:
        return ((level, index),)
    found = []
    for below in range(level - 1, -1, -1):
        if count >> below & 1:
            found.append((below, start >> below))
            start += 1 << below
    return tuple(found)


def _last_complete(size: int) -> NodeId:
    """Name the smallest complete subtree at the right edge of a tree that is not empty."""
    level = (size & -size).bit_length() - 1
    return level, (size - 1) >> level


def _roots_of(
    path: Sequence[bytes], *, old_size: int, new_size: int, old_root: bytes
) -> tuple[bytes, bytes]:
    """Give the old and the new root to which a consistency proof leads.

    From a power of two a proof begins at the old root, which it does not repeat.
    """
    if not 0 < old_size < new_size <= SIZE_MAX:
        raise ProofError(f"No consistency proof leads from size {old_size} to {new_size}.")
    level, index = _last_complete(old_size)
    inner = (index ^ ((new_size - 1) >> level)).bit_length()
    from_root = index == 0
    _check_path(path, inner + (index >> inner).bit_count() + (not from_root))
    seed, rest = (old_root, path) if from_root else (path[0], path[1:])
    beside, border = rest[:inner], rest[inner:]
    return (
        _climb_border(_climb_left(seed, beside, index=index), border),
        _climb_border(_climb_inner(seed, beside, index=index), border),
    )


def _climb_inner(seed: bytes, path: Sequence[bytes], *, index: int) -> bytes:
    """Hash upwards, beside a sibling on the side that each bit of the index says."""
    for up, beside in enumerate(path):
        seed = node_hash(beside, seed) if index >> up & 1 else node_hash(seed, beside)
    return seed


def _climb_left(seed: bytes, path: Sequence[bytes], *, index: int) -> bytes:
    """Hash upwards with left siblings only, which gives the root as it was before."""
    for up, beside in enumerate(path):
        if index >> up & 1:
            seed = node_hash(beside, seed)
    return seed


def _climb_border(seed: bytes, path: Sequence[bytes]) -> bytes:
    """Hash upwards along the right border, where every sibling is on the left."""
    for beside in path:
        seed = node_hash(beside, seed)
    return seed


def _check_path(path: Sequence[bytes], expected: int) -> None:
    """Refuse a path that has not exactly the expected number of hashes."""
    if len(path) != expected or expected > PATH_HASHES_MAX:
        raise ProofError(f"The proof has {len(path)} hashes where exactly {expected} are due.")
    _check_lengths(path)


def _check_lengths(hashes: Iterable[bytes]) -> None:
    """Refuse any hash that is not exactly 32 octets."""
    for each in hashes:
        if len(each) != HASH_OCTETS:
            raise ProofError(f"A SHA-256 hash has 32 octets, not {len(each)}.")
