# SPDX-License-Identifier: Apache-2.0
"""The stored bytes of the first entries, hashed anew: which roots they give, and which differ.

The stored tree would not tell of bytes that were changed behind it, since it holds hashes alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from audit.link import Link
from audit.proof.merkle import CompactRange, leaf_hash

ENTRIES_MAX: Final = 20_000
"""Entries that are hashed while somebody waits."""

_PAGE: Final = 2_000
_ROWS: Final = """
select idx, raw, leaf from ledger.event where idx >= %b::int8 and idx < %b::int8 order by idx
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the stored bytes of a log give.

    Attributes:
        roots: The root at each size that was asked for and is not too large.
        changed: First entry that is gone, or whose bytes are not those of its stored hash.
    """

    roots: Mapping[int, bytes]
    changed: int | None


def stored_bytes(link: Link, sizes: Collection[int], *, upto: int) -> Stored:
    """Hash the first entries of the log.

    Args:
        link: A connection that may read the log.
        sizes: Sizes of which the root is wanted.
        upto: Entries of the log.

    Raises:
        UnreachableError: The database does not answer.
    """
    wanted = sorted({size for size in sizes if size <= min(upto, ENTRIES_MAX)})
    tree, roots, changed = CompactRange(), dict[int, bytes](), None
    for size in wanted:
        while tree.size < size:
            stop = min(tree.size + _PAGE, size)
            leaves, wrong = _leaves(link, tree.size, stop)
            changed = wrong if changed is None else changed
            if len(leaves) < stop - tree.size:
                return Stored(roots=roots, changed=changed)
            tree = tree.extend(leaves)
        roots[size] = tree.root()
    return Stored(roots=roots, changed=changed)


def _leaves(link: Link, start: int, stop: int) -> tuple[list[bytes], int | None]:
    """Hash a page of entries; tell the first that is gone or is not what its hash says."""
    leaves: list[bytes] = []
    changed = None
    for index, raw, leaf in link.read(_ROWS, (start, stop)):
        if index != start + len(leaves):
            break
        leaves.append(leaf_hash(bytes(raw)))
        if leaves[-1] != bytes(leaf) and changed is None:
            changed = index
    if len(leaves) < stop - start and changed is None:
        changed = start + len(leaves)
    return leaves, changed
