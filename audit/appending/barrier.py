# SPDX-License-Identifier: Apache-2.0
"""What stands between a batch and its commit: the signer must have followed the head.

Implements the restart rule of the log specification, section 2.4, where it counts: nothing is
appended to a head that is behind what was signed, or other than it, since a single row there
would take the place of one that was signed. The signer is asked about every head that this
process did not leave itself. Along its own appends it is not: the compare-and-swap proves
that the head is still the one which was left, and each receipt brings an answer anyway.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from typing import Final

from audit.appending.receipts import Signer
from audit.proof.checkpoint import Checkpoint, read_body
from audit.proof.growth import Edge
from audit.signer.protocol import RECEIPT_LINES
from domain.ports import StaleHeadError

SILENCE_SECONDS_MAX: Final = 10.0
"""For so long a writer goes on without a word of the signer (log specification 2.3, step 6).

Other writers may have moved the log on meanwhile, and a restored backup may have brought it
back to the very head that this process left: only the signer can tell.
"""


class Barrier:
    """The signer, asked before an append as well as after it; safe for several threads."""

    def __init__(self, signer: Signer, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Bind the signer; no head is known to be sound yet."""
        self._signer = signer
        self._monotonic = monotonic
        self._heard_at = -math.inf
        self._signed = 0
        self._head: Edge | None = None

    def sign(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> bytes:
        """Have a checkpoint signed, as ``Signer.sign`` does."""
        return self.begin(at_least, lines)()

    def begin(self, at_least: int, lines: Collection[str] = RECEIPT_LINES) -> Callable[[], bytes]:
        """Ask for one and go on, as ``Signer.begin`` does."""
        signed = self._signer.begin(at_least, lines)

        def note() -> bytes:
            octets = signed()
            self._hear(read_body(octets))
            return octets

        return note

    def approach(self, head: Edge) -> None:
        """Let an append to a head through, or raise.

        Raises:
            UnsafeError: The database is behind what was signed, or contradicts it.
            UnreachableError: The signer does not answer; nothing may be appended meanwhile.
            StaleHeadError: The log has another head by now.
        """
        if head == self._head and self._is_fresh(head):
            return
        followed = read_body(self.sign(head.size))
        if (followed.size, followed.root) != (head.size, head.root()):
            raise StaleHeadError("The signer has followed the log to another head.")
        self._head = head

    def leave(self, head: Edge | None) -> None:
        """Remember the head that an append left which was let through; nothing to ask anew."""
        self._head = head

    def _is_fresh(self, head: Edge) -> bool:
        """Tell whether the signer has spoken lately, and of no more than this head."""
        silence = self._monotonic() - self._heard_at
        return silence < SILENCE_SECONDS_MAX and self._signed <= head.size

    def _hear(self, checkpoint: Checkpoint) -> None:
        self._heard_at = self._monotonic()
        self._signed = checkpoint.size
