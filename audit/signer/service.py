# SPDX-License-Identifier: Apache-2.0
"""The decision to sign: forward only, and only what was read and hashed here.

Implements the rules of `log.md` 2.4. The signer reads the committed rows past its
own last tree, hashes the stored bytes itself, extends its own range and compares
with the head row; then it saves its state, and only then signs. So it can sign
neither a rollback nor a fork, nor a leaf hash that a fault in the writer got wrong.
Having refused once, it goes on refusing until an operator restarts it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from audit.proof.merkle import CompactRange, leaf_hash
from audit.signer.identity import Identity
from audit.signer.keys.lines import Line
from audit.signer.protocol import RECEIPT_LINES
from audit.signer.rows import PAGE_ROWS_MAX, CommittedRows, Page
from audit.signer.state import StateFile
from domain.errors import UnsafeError

FORK: Final = "signer_fork"
ROLLBACK: Final = "signer_rollback"
HEAD_SHORT: Final = "signer_head_short"


class CheckpointSigner:
    """Signs checkpoints of one log, one request at a time."""

    def __init__(self, identity: Identity, state: StateFile, rows: CommittedRows) -> None:
        """Bind the key, the state outside the database, and the committed rows."""
        self._identity = identity
        self._state = state
        self._rows = rows
        self._refusal: UnsafeError | None = None

    @property
    def signed_size(self) -> int:
        """Size of the newest tree that may have been signed."""
        return self._state.tree.size

    @property
    def refusal(self) -> UnsafeError | None:
        """Why the signer has stopped signing, or None while it signs."""
        return self._refusal

    def sign(self, at_least: int, lines: Collection[Line] = RECEIPT_LINES) -> bytes:
        """Give the signed checkpoint of everything that is committed now.

        When it returns, the state that forbids any other tree of that size is durable.

        Args:
            at_least: Number of events that the caller knows to be committed.
            lines: Types of signature line that the note carries.

        Raises:
            UnsafeError: The database contradicts what was signed before (sticky), or
                holds fewer events than the caller says were committed.
            UnreachableError: The database or the signer's disk does not answer.
        """
        if self._refusal is not None:
            raise self._refusal
        try:
            tree = self._follow()
        except UnsafeError as error:
            if error.slug in {FORK, ROLLBACK}:
                self._refusal = error
            raise
        if tree.size < at_least:
            raise UnsafeError(
                f"{at_least} events are said to be committed; the database has {tree.size}.",
                slug=HEAD_SHORT,
            )
        return self._identity.sign(tree.size, tree.root(), lines)

    def _follow(self) -> CompactRange:
        """Extend the own range to the committed head and make it the durable state."""
        tree = self._state.tree
        page = self._rows.after(tree.size)
        if page.head_size < tree.size:
            raise _contradiction(
                ROLLBACK, f"the head is at {page.head_size}, after {tree.size} was signed"
            )
        tree = _extended(tree, page)
        while tree.size < page.head_size:
            page = self._rows.after(tree.size)
            tree = _extended(tree, page)
        if tree.size != page.head_size or tree.root() != page.head_root:
            raise _contradiction(FORK, f"the rows up to {tree.size} give another root")
        if tree.size > self._state.tree.size:
            self._state.save(tree)
        return tree


def _extended(tree: CompactRange, page: Page) -> CompactRange:
    """Append the rows of a page, which have to follow on without a gap."""
    expected = min(page.head_size - tree.size, PAGE_ROWS_MAX)
    if expected and (page.start != tree.size or len(page.entries) != expected):
        raise _contradiction(FORK, f"rows at and after {tree.size} are missing")
    return tree.extend([leaf_hash(entry) for entry in page.entries])


def _contradiction(slug: str, what: str) -> UnsafeError:
    return UnsafeError(
        f"The signer refuses: {what}.",
        slug=slug,
        next_step="Stop the service, keep the database as evidence and rebuild its rows from "
        "an export or a mirror; never reset the signer.",
    )
