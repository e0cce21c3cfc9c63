# SPDX-License-Identifier: Apache-2.0
"""Who may sign, folded anew from the log and verified like every other entry.

The running ledger's registry is convenient, not evidence: whoever can change the database
can change its rows. Here each of them is verified, judged, and proved to stand in the
tree of the signed checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from audit.batch import REGISTRY
from audit.link import Link
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.verify.findings import Finding
from audit.proof.verify.registry import open_entry
from domain.catalogue import CATALOGUE
from domain.errors import ProofError
from domain.registry.aggregate import decide, evolve
from domain.registry.state import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerBook:
    """The registry of a log up to a size, with what was wrong in it.

    Attributes:
        registry: The registry as far as it could be verified.
        entries: Bytes of its entries by index.
        doubt: The first thing wrong, in a sentence.
        end: Index after the last entry looked at.
    """

    registry: Registry = field(default_factory=Registry.empty)
    entries: Mapping[int, bytes] = field(default_factory=dict)
    doubt: str | None = None
    end: int = 0

    def doubted(self, reason: str | None) -> SignerBook:
        """Give the same book with what was found wrong in it later, if anything."""
        return replace(self, doubt=self.doubt or reason)


def read_on(link: Link, book: SignerBook, *, audience: str, size: int) -> SignerBook:
    """Read and verify the registry's entries that follow, up to the size of the log.

    Raises:
        UnreachableError: The database does not answer.
    """
    rows = link.read(REGISTRY, (book.end,))
    registry, doubt = book.registry, book.doubt
    fresh = {index: raw for index, _, _, _, raw in rows if index < size}
    for index, raw in fresh.items():
        opened = open_entry(
            raw, index=index, registry=registry, audience=audience, catalogue=CATALOGUE
        )
        if isinstance(opened, Finding):
            doubt = doubt or f"at index {index}, {opened.sentence}"
            continue
        refusal = decide(registry, opened, index)
        if refusal:
            doubt = doubt or f"at index {index}, {refusal.sentence}"
            continue
        registry = evolve(registry, opened, index)
    return SignerBook(
        registry=registry, entries={**book.entries, **fresh}, doubt=doubt, end=max(size, book.end)
    )


def outside_tree(
    entries: Mapping[int, bytes], paths: Mapping[int, Sequence[bytes]], *, size: int, root: bytes
) -> str | None:
    """Name the first entry that is not in the tree of a checkpoint; none if all are."""
    for index, raw in entries.items():
        if index >= size:
            continue
        try:
            verify_inclusion(
                leaf=leaf_hash(raw), index=index, size=size, path=paths.get(index, ()), root=root
            )
        except ProofError:
            return f"the entry at index {index} is not the one in the signed tree."
    return None
