# SPDX-License-Identifier: Apache-2.0
"""Putting back the end of the log that a restored backup has lost.

Implements "head behind signer: rebuild rows from tiles or a mirror, never reset signer state"
of the log specification, section 2.4. Before anything is written, the entries of a copy have
to lead from the tree of the database to the root that its checkpoint signed, and through the
one that the signer remembers. They are then recorded by the ordinary append function, after
their signatures and the rules have been checked as when they were new; only the clock at the
door is left out, since they were admitted once. Killed half-way, it is run again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from audit.appending.admission import AdmittedEvent
from audit.link import Link
from audit.proof.envelope.opening import Reading, open_stored
from audit.proof.keys import PublicKey, public_key
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.verify.registry import may_be_registry
from audit.restoring.copy import Entries, LogCopy
from audit.tree import read_edge
from domain.application import Ledger, leftover
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, UnsafeError

_BEYOND: Final = "select idx from ledger.event where idx >= %b::int8 limit 1"
_COMPARE: Final = (
    "Nothing was written. Keep both as evidence and see with `muniment fsck --published DIR` "
    "which entries differ; put an older backup of the database in its place and run it again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What is to be put back, and what it has to fit.

    Attributes:
        ledger: Judges and records it; no signer may run meanwhile.
        audience: Identifier of the ledger.
        head: The tree of the database.
        signed: The newest tree that the signer remembers.
        copy: What it is taken from.
    """

    ledger: Ledger
    audience: str
    head: CompactRange
    signed: CompactRange
    copy: LogCopy
    _keys: dict[str, PublicKey] = field(default_factory=dict)

    @property
    def lost(self) -> range:
        """The indexes that the copy has and the database lacks."""
        return range(self.head.size, max(self.head.size, self.copy.checkpoint.size))

    def prove(self) -> Mapping[int, bytes]:
        """Check that the copy goes on where the database ends, and leads to what was signed.

        Returns:
            The root after each piece of the copy, by size.

        Raises:
            UnsafeError: ``restore_differs``, it leads elsewhere.
            UnreachableError: ``copy_incomplete``.
        """
        tree = self.head
        roots = {}
        for start, entries in self.copy.entries(self.head.size):
            leaves = [leaf_hash(each) for each in entries]
            if start < self.signed.size <= start + len(leaves):
                self._compare(tree.extend(leaves[: self.signed.size - start]))
            tree = tree.extend(leaves)
            roots[tree.size] = tree.root()
        signed = self.copy.checkpoint
        if self.lost and (tree.size, tree.root()) != (signed.size, signed.root):
            raise UnsafeError(
                f"The {self.head.size} entries of the database, followed by those of "
                f"{self.copy.place}, do not give the root that its checkpoint signed.",
                slug="restore_differs",
                next_step=_COMPARE,
            )
        return roots

    def put_back(self, roots: Mapping[int, bytes]) -> Iterator[Sequence[AdmittedEvent]]:
        """Record what is lost, a batch at a time; each is durable when it is given.

        Args:
            roots: What ``prove`` gave.

        Raises:
            UnsafeError: ``restore_changed``, the copy is not what was proved any more;
                ``restore_unfit`` or ``restore_collision``, as ``Ledger.restore`` says.
            UnreachableError: The copy or the database cannot be read.
        """
        tree = self.head
        for start, entries in self.copy.entries(self.head.size):
            tree = tree.extend(map(leaf_hash, entries))
            if roots.get(tree.size) != tree.root():
                raise UnsafeError(
                    f"{self.copy.place} changed while it was read.", slug="restore_changed"
                )
            for index, batch in _batches(start, entries):
                opened = [self._open(at, jws) for at, jws in enumerate(batch, start=index)]
                self.ledger.restore(opened, index)
                yield opened

    def _compare(self, tree: CompactRange) -> None:
        if tree != self.signed:
            raise UnsafeError(
                f"{self.copy.place} gives another root at {tree.size} entries than the signer "
                "remembers.",
                slug="restore_differs",
                next_step=_COMPARE,
            )

    def _open(self, index: int, jws: bytes) -> AdmittedEvent:
        """Verify an entry as every verifier does; disclosures are never in a copy of the log."""
        reading = Reading(self._key, CATALOGUE, self.audience, founding=index == 0)
        try:
            return AdmittedEvent(open_stored(jws, reading), ())
        except EnvelopeError as error:
            raise UnsafeError(
                f"Entry {index} of {self.copy.place} does not verify: {error.sentence}",
                slug="restore_unfit",
                next_step="Keep the copy as evidence and verify it with `muniment-verify`.",
            ) from error

    def _key(self, kid: str) -> PublicKey | None:
        record = self.ledger.registry.keys.get(kid)
        if kid not in self._keys and record is not None:
            self._keys[kid] = public_key(record.jwk)
        return self._keys.get(kid)


def plan(
    link: Link, ledger: Ledger, *, audience: str, signed: CompactRange, copy: LogCopy
) -> Restoration:
    """Tell what of a copy is to be put back into a database.

    Args:
        link: A connection that may read the log.
        ledger: The ledger of that database, opened while no signer runs.
        audience: Identifier of the ledger.
        signed: The newest tree that the signer remembers.
        copy: What is to be put back.

    Raises:
        UnsafeError: ``restore_differs``, the database is not behind but other than was signed;
            ``restore_collision``, rows stand beyond its head; ``tree_damaged``, rows or tiles
            below it are missing.
        UnreachableError: The database does not answer.
    """
    head = read_edge(link).compact()
    if link.read(_BEYOND, (head.size,)):
        raise leftover(head.size)
    if signed.size <= head.size and read_edge(link, signed.size).compact() != signed:
        raise UnsafeError(
            f"The database gives another root at {signed.size} entries than was signed.",
            slug="restore_differs",
            next_step=_COMPARE,
        )
    return Restoration(ledger=ledger, audience=audience, head=head, signed=signed, copy=copy)


def _batches(start: int, entries: Entries) -> Iterator[tuple[int, Entries]]:
    """Cut behind each entry that may change who signs: only then can the next be opened."""
    ends = [at for at, jws in enumerate(entries, start=1) if may_be_registry(jws)]
    cuts = sorted({0, *ends, len(entries)})
    for first, end in pairwise(cuts):
        yield start + first, entries[first:end]
