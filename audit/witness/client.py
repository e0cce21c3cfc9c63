# SPDX-License-Identifier: Apache-2.0
"""The log's side of the witness protocol: have one witness cosign one checkpoint.

Implements the client of C2SP tlog-witness for `log.md` 2.6. It begins at the size that the
witness is known to have cosigned, learns a better one from 409 and tries again, a bounded
number of times; it accepts a cosignature of the expected key only, and checks it before it is
kept. An answer that would mean two histories stops with the evidence kept. Several witnesses
are the matter of `collecting`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.proof.checkpoint import Checkpoint, parse_checkpoint
from audit.proof.cosignature import Cosignature, read_answer, signed_text
from audit.proof.note import with_lines
from audit.proof.policy.rule import KnownWitness, shown
from audit.witness.exchange import Reply, exchange
from audit.witness.memory import WitnessMemory
from audit.witness.message import (
    ADD_CHECKPOINT,
    INCONSISTENT,
    OK,
    SIZE_TYPE,
    STALE,
    AddCheckpoint,
    parse_size,
)
from domain.errors import ConflictError, ProofError, UnreachableError, UnsafeError, UsageError

ConsistencyProof = Callable[[int, int], Sequence[bytes]]
"""Gives the RFC 6962 consistency proof between two sizes of the log, neither of them 0."""

CONFLICTS_MAX: Final = 3
ATTEMPTS_MAX: Final = 3
PAUSE_SECONDS: Final = 0.5
CLOCK_SKEW_SECONDS_MAX: Final = 300
"""How far the clock of a witness may be from ours."""

_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What a witness has given.

    Attributes:
        checkpoint: What it cosigned.
        cosignature: Its checked cosignature.
        line: The signature line, to be added to the log's note.
    """

    checkpoint: Checkpoint
    cosignature: Cosignature
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessClient:
    """Asks one witness for cosignatures.

    Attributes:
        witness: Its name, key and address.
        memory: What it is known to have cosigned.
        proof: Where consistency proofs come from.
        clock: The time in seconds since 1970 UTC.
        pause: Waits some seconds between attempts.
    """

    witness: KnownWitness
    memory: WitnessMemory
    proof: ConsistencyProof
    clock: Callable[[], float] = field(default=time.time)
    pause: Callable[[float], None] = field(default=time.sleep)

    def cosign(self, note: bytes) -> Cosigned:
        """Have a checkpoint cosigned, and remember that it is.

        Args:
            note: The log's signed checkpoint, which the caller trusts.

        Raises:
            UnsafeError: ``witness_conflict``, the witness holds another history;
                ``witness_rolled_back``, it has forgotten what it cosigned. Both keep evidence.
            ConflictError: ``witness_ahead``, it has cosigned a larger checkpoint.
            ProofError: The cosignature is missing, bad or dated elsewhere; ``proof`` failed.
            UsageError: The witness declines this log, or has no address.
            UnreachableError: It does not answer, or the folder cannot be written.
        """
        text = signed_text(note)
        checkpoint = parse_checkpoint(text)
        known = self.memory.newest(checkpoint.origin)
        least = known.size if known else 0
        old = least if least <= checkpoint.size else 0
        for _ in range(CONFLICTS_MAX):
            path = tuple(self.proof(old, checkpoint.size)) if 0 < old < checkpoint.size else ()
            request = AddCheckpoint(old=old, path=path, note=note).encode()
            reply = self._ask(request)
            if reply.status == OK:
                return self._accept(note, text, reply.body)
            held = self._held(reply, request, checkpoint)
            self._check_held(held, request, reply=reply, sizes=(old, least, checkpoint.size))
            old = held
        raise UnreachableError(
            f"The witness {self._name} moved on {CONFLICTS_MAX} times while it was asked.",
            slug="witness_busy",
            next_step="Ask it again with the newest checkpoint.",
        )

    @property
    def _name(self) -> str:
        return shown(self.witness.name)

    def _ask(self, request: bytes) -> Reply:
        """Send a request until there is an answer; to send it twice is harmless."""
        if self.witness.url is None:
            raise UsageError(
                f"The policy has no address for the witness {self._name}.",
                slug="witness_url",
                next_step="Add its submission prefix at the end of its line.",
            )
        for attempt in range(1, ATTEMPTS_MAX):
            try:
                reply = exchange(self.witness.url, ADD_CHECKPOINT, request)
            except UnreachableError:
                pass
            else:
                if reply.status not in _TRY_AGAIN:
                    return reply
            self.pause(PAUSE_SECONDS * attempt)
        return exchange(self.witness.url, ADD_CHECKPOINT, request)

    def _accept(self, note: bytes, text: str, answer: bytes) -> Cosigned:
        cosignature, line = read_answer(text, answer, self.witness.key)
        if abs(cosignature.at - self.clock()) > CLOCK_SKEW_SECONDS_MAX:
            raise ProofError(
                f"The witness {self._name} dates its cosignature {cosignature.at}, which is not"
                f" within {CLOCK_SKEW_SECONDS_MAX} s of now.",
                slug="cosignature_time",
                next_step="Compare both clocks with a third one.",
            )
        self.memory.remember(with_lines(note, (line,)))
        return Cosigned(parse_checkpoint(text), cosignature, line)

    def _held(self, reply: Reply, request: bytes, checkpoint: Checkpoint) -> int:
        """Give the size that a 409 names; every other answer is an end."""
        if reply.status == INCONSISTENT:
            raise self._conflict(request, reply, size=checkpoint.size)
        if reply.status in _TRY_AGAIN:
            raise UnreachableError(
                f"The witness {self._name} answers {reply.status}.",
                slug="witness_unreachable",
                next_step="Nothing is lost: a later checkpoint catches up. Tell its operator.",
            )
        if reply.status != STALE or reply.content_type != SIZE_TYPE:
            raise UsageError(
                f"The witness {self._name} declines {checkpoint.origin} with {reply.status}.",
                slug="witness_declines",
                next_step="Ask its operator to watch this log under its present key.",
            )
        return parse_size(reply.body)

    def _check_held(
        self, held: int, request: bytes, *, reply: Reply, sizes: tuple[int, int, int]
    ) -> None:
        """Refuse a size from which one may not go on."""
        old, least, size = sizes
        if held == old == size:
            # Before version 1.1 of the protocol this was the answer to another root.
            raise self._conflict(request, reply, size=size)
        if held < least:
            kept = self.memory.keep_evidence(request, reply.body)
            raise UnsafeError(
                f"The witness {self._name} has cosigned size {least} but now holds {held}.",
                slug="witness_rolled_back",
                next_step=f"Take it out of the policy and ask its operator; evidence: {kept}.",
            )
        if held > size:
            raise ConflictError(
                f"The witness {self._name} holds size {held}, the checkpoint has {size}.",
                slug="witness_ahead",
                next_step="Submit the newest checkpoint; if the ledger has none as large, it was"
                " rolled back: stop writing and run `muniment fsck`.",
            )

    def _conflict(self, request: bytes, reply: Reply, *, size: int) -> UnsafeError:
        kept = self.memory.keep_evidence(request, reply.body)
        return UnsafeError(
            f"The witness {self._name} finds the checkpoint of size {size} inconsistent with"
            " what it cosigned before.",
            slug="witness_conflict",
            next_step=f"Stop writing and compare with its checkpoint; evidence: {kept}.",
        )
