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
    def signed(self) -> CompactRange:
        """The newest tree that may have been signed."""
        return self._state.tree

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
            raise rolled_back(page.head_size, tree.size)
        tree = _extended(tree, page)
        while tree.size < page.head_size:
            page = self._rows.after(tree.size)
            tree = _extended(tree, page)
        if tree.size != page.head_size or tree.root() != page.head_root:
            raise forked(f"the rows up to {tree.size} give another root")
        if tree.size > self._state.tree.size:
            self._state.save(tree)
        return tree


def rolled_back(size: int, signed: int) -> UnsafeError:
    """Say that the database holds fewer entries than were signed."""
    lost = signed - size
    return UnsafeError(
        f"The signer refuses: the head is at {size}, after {signed} was signed; "
        f"{'1 entry is' if lost == 1 else f'{lost} entries are'} missing.",
        slug=ROLLBACK,
        next_step="Nothing is written until they are back; reading goes on. Bring them back with "
        "`muniment restore --from DIR`, a published copy or an export; never reset the signer.",
    )


def forked(what: str) -> UnsafeError:
    """Say that the database holds other entries than were signed."""
    return UnsafeError(
        f"The signer refuses: {what}, so they are not what was signed.",
        slug=FORK,
        next_step="Nothing is written; reading goes on. Keep the database as evidence and see "
        "with `muniment fsck --published DIR` what differs. Put an older backup in its place and "
        "run `muniment restore --from DIR`; never reset the signer.",
    )


def _extended(tree: CompactRange, page: Page) -> CompactRange:
    """Append the rows of a page, which have to follow on without a gap."""
    expected = min(page.head_size - tree.size, PAGE_ROWS_MAX)
    if expected and (page.start != tree.size or len(page.entries) != expected):
        raise forked(f"rows at and after {tree.size} are missing")
    return tree.extend([leaf_hash(entry) for entry in page.entries])
