# SPDX-License-Identifier: Apache-2.0
"""The notary: a signed checkpoint over what is committed, and proofs that lead to it.

Asks the signer for a checkpoint that covers the indexes to prove (log specification
2.3 step 5 and 2.5), then makes the inclusion proofs: for events just appended from
the frontier before them, for older ones from stored tiles. A note that is kept carries every
type of signature line; the others carry Ed25519 alone, which costs an append next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from audit.link import Link
from audit.proof.checkpoint import Checkpoint, read_body
from audit.proof.growth import TileNodes, batch_paths
from audit.proof.inclusion import TlogProof
from audit.proof.merkle import CompactRange
from audit.signer.protocol import KEPT_LINES, RECEIPT_LINES
from audit.tree import DamagedTreeError, TileReader, read_edge, read_leaves, read_size
from domain.errors import UnsafeError

RECENT_EVENTS_MAX: Final = 4_096
KEEP_EVERY_SECONDS: Final = 1.0

_KEEP: Final = "select ledger.keep_checkpoint(%b::int8, %b)"


class _Grown(NamedTuple):
    """A tree and the inclusion proofs of the leaves that made it grow, in their order."""

    tree: CompactRange
    paths: Sequence[tuple[bytes, ...]]


class Signer(Protocol):
    """The process that holds the log key; it never signs a rollback or a fork."""

    def sign(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> bytes:
        """Give a signed checkpoint note over the committed log.

        Args:
            at_least: Size that the checkpoint has to reach, a committed one.
            lines: Types of signature line that it has to carry.

        Raises:
            UnreachableError: The signer does not answer.
            UnsafeError: What is committed contradicts what it signed before.
        """

    def begin(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> Callable[[], bytes]:
        """Ask for the same and go on; what is given waits for the note, and is called once."""


class Notary:
    """Makes receipts; safe for concurrent use."""

    def __init__(
        self, conninfo: str, signer: Signer, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Connect to the stored tree and to the signer."""
        self._link = Link(conninfo)
        self._signer = signer
        self._monotonic = monotonic
        self._lock = Lock()
        self._kept_at = -KEEP_EVERY_SECONDS
        self._kept: tuple[int, bytes] | None = None
        self._reached: CompactRange | None = None
        with suppress(DamagedTreeError):  # nothing is proved then; whoever only reads, still can
            self._reached = read_edge(self._link).compact()

    def prove(
        self,
        indexes: Sequence[int],
        leaves: Mapping[int, bytes] = MappingProxyType({}),
        *,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> dict[int, TlogProof]:
        """Prove committed events, all to one signed checkpoint.

        Args:
            indexes: Positions of the events.
            leaves: Leaf hashes that the caller knows already, by position; where they
                cover what was appended since the last proof, the database is not asked.
            meanwhile: Called once, while the signer is at work.

        Raises:
            UnreachableError: The signer or the database is away.
            UnsafeError: The signer's tree and the stored one differ.
        """
        with self._lock:
            keep = self._is_due()
            if not keep and self._kept is not None and max(indexes) < self._kept[0]:
                meanwhile()
                return self._proofs(indexes, self._kept[1])
            signed = self._signer.begin(max(indexes) + 1, KEPT_LINES if keep else RECEIPT_LINES)
            try:
                likely = self._recent(indexes, leaves)
                meanwhile()
            finally:
                note = signed()
            proofs = self._proofs(indexes, note, likely)
            if keep:
                self._keep(read_body(note).size, note)
        return proofs

    def checkpoint(self) -> tuple[Checkpoint, bytes]:
        """Give a signed checkpoint over everything committed, and keep it.

        Whoever asks again within a second gets the same one, unless the log has grown: so nobody
        keeps the signer busy by asking.

        Raises:
            UnreachableError: The signer or the database is away.
        """
        with self._lock:
            size = read_size(self._link)
            if self._kept is not None and self._kept[0] == size and not self._is_due():
                return read_body(self._kept[1]), self._kept[1]
            note = self._signer.sign(size, KEPT_LINES)
            checkpoint = read_body(note)
            self._keep(checkpoint.size, note)
            return checkpoint, note

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    @property
    def _proved(self) -> CompactRange:
        """The tree that the last proofs led to; at first the stored one, which may be damaged."""
        if self._reached is None:
            self._reached = read_edge(self._link).compact()
        return self._reached

    def _recent(self, indexes: Sequence[int], leaves: Mapping[int, bytes]) -> _Grown | None:
        """Prove what was appended since the last proof, if its leaves are known."""
        start, stop = self._proved.size, max(indexes) + 1
        found = [leaves[at] for at in range(start, stop) if at in leaves]
        if min(indexes) < start or start + len(found) != stop:
            return None
        return _grow(self._proved, found)

    def _proofs(
        self, indexes: Sequence[int], note: bytes, likely: _Grown | None = None
    ) -> dict[int, TlogProof]:
        paths = self._paths(indexes, read_body(note), likely)
        return {
            index: TlogProof(index=index, path=path, checkpoint_note=note)
            for index, path in paths.items()
        }

    def _paths(
        self, indexes: Sequence[int], checkpoint: Checkpoint, likely: _Grown | None
    ) -> dict[int, tuple[bytes, ...]]:
        start = self._proved.size
        if min(indexes) < start or checkpoint.size - start > RECENT_EVENTS_MAX:
            return self._stored_paths(indexes, checkpoint)
        if likely is None or likely.tree.size != checkpoint.size:
            likely = _grow(self._proved, read_leaves(self._link, start, checkpoint.size))
        _agree(likely.tree, checkpoint)
        self._reached = likely.tree
        return {index: likely.paths[index - start] for index in indexes}

    def _stored_paths(
        self, indexes: Sequence[int], checkpoint: Checkpoint
    ) -> dict[int, tuple[bytes, ...]]:
        """Prove from tiles: events recorded long ago, or after a bulk import."""
        edge = read_edge(self._link, checkpoint.size)
        grown = edge.compact()
        _agree(grown, checkpoint)
        paths = TileNodes(edge, TileReader(self._link)).inclusion_paths(indexes)
        self._reached = grown
        return dict(zip(indexes, paths, strict=True))

    def _is_due(self) -> bool:
        """Tell whether to keep the next checkpoint; every receipt carries its own anyway."""
        return self._monotonic() - self._kept_at >= KEEP_EVERY_SECONDS

    def _keep(self, size: int, note: bytes) -> None:
        self._link.read(_KEEP, (size, note))
        self._kept = size, note
        self._kept_at = self._monotonic()


def _grow(tree: CompactRange, leaves: Sequence[bytes]) -> _Grown:
    return _Grown(tree.extend(leaves), batch_paths(tree, leaves))


def _agree(tree: CompactRange, checkpoint: Checkpoint) -> None:
    """Check the signer's root against our own, so that no bad proof is handed out."""
    if tree.size != checkpoint.size or tree.root() != checkpoint.root:
        raise UnsafeError(
            f"The signed root at size {checkpoint.size} is not that of the stored tree.",
            slug="root_mismatch",
            next_step="Stop writing and run `muniment fsck`: it names the entry that differs.",
        )
