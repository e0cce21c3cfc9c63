# SPDX-License-Identifier: Apache-2.0
"""The ledger itself as a source of better receipts.

Serves the upgrade of receipts of the log specification, section 2.5, online: proofs come from
the stored tree, checkpoints from what witnesses and clocks said, and the newest from the
signer. All of it is verified by the same code as what a stranger brings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from audit.export.said import Said
from audit.link import Link
from audit.proof.checkpoint import Checkpoint
from audit.proof.verify.trust import Trust
from audit.tree import tree_at
from domain.errors import ProofError

_ENTRY: Final = "select raw from ledger.event where idx = %b"


class LedgerLog:
    """A running ledger, asked like a published log."""

    def __init__(
        self, link: Link, newest: tuple[Checkpoint, bytes], *, said: Said, trust: Trust
    ) -> None:
        """Bind a connection that may read the log, its checkpoints, and its own trust file."""
        self._link = link
        self._trust = trust
        self.notes: Mapping[int, bytes] = {newest[0].size: newest[1], **said.notes}
        self.stamps = said.stamps

    def trust(self) -> Trust | None:
        """Give what this ledger says should be trusted."""
        return self._trust

    def entry(self, index: int) -> bytes:
        """Give a token.

        Raises:
            ProofError: There is no such entry.
            UnreachableError: The database does not answer.
        """
        rows = self._link.read(_ENTRY, (index,))
        if not rows:
            raise ProofError(f"The log has no entry of index {index}.", slug="index_unknown")
        return bytes(rows[0][0])

    def inclusion(self, index: int, size: int) -> Sequence[bytes]:
        """Prove an entry out of the stored tree."""
        return tree_at(self._link, size).inclusion_paths([index])[0]

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Prove growth out of the stored tree."""
        return tree_at(self._link, new).consistency(old)
