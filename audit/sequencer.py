# SPDX-License-Identifier: Apache-2.0
"""From submissions to receipts: verify, commit, sign, then answer.

Three turnstiles in a row (design section 3, log specification 2.3): while one batch is
signed the next is committed and the one after it verified, and one transaction or one
signature may cover several batches. So few threads are at work, however many callers
wait, that they do not fight for the interpreter. An acknowledged event is durable and
proved; where the signer is down, what is committed stays committed and the same
submission fetches its receipt later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from audit.admission import Admission, AdmittedEvent
from audit.combining import Ticket, Turnstile, serve
from audit.proof.inclusion import TlogProof
from audit.receipts import Notary
from domain.application import Ledger
from domain.errors import MunimentError
from domain.judgement import Accepted, Outcome

BATCH_EVENTS_MAX: Final = 256
BATCHES_MAX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to an append.

    Attributes:
        eid: Event id.
        index: Position in the log, from 0.
        repeated: Whether the event had been recorded before.
        proof: Inclusion proof and signed checkpoint.
    """

    eid: str
    index: int
    repeated: bool
    proof: TlogProof


@dataclass(slots=True, eq=False)
class _Call:
    """One caller's submission on its way through the turnstiles."""

    submission: bytes
    admitted: AdmittedEvent | None = None
    accepted: Accepted | None = None
    proof: TlogProof | None = None
    refusal: MunimentError | None = None

    def answer(self) -> Receipt:
        """Give the receipt, or raise why there is none."""
        if self.refusal is not None:
            raise self.refusal
        if self.accepted is None or self.proof is None:
            raise AssertionError("A served call has been accepted and proved, or refused.")
        return _receipt(self.accepted, self.proof)


class Sequencer:
    """Appends events from many threads in one order; safe for concurrent use."""

    def __init__(self, *, admission: Admission, ledger: Ledger, notary: Notary) -> None:
        """Bind who verifies, who records and who proves."""
        self._admission = admission
        self._ledger = ledger
        self._notary = notary
        self._openings: Turnstile[_Call] = Turnstile(BATCH_EVENTS_MAX)
        self._commits: Turnstile[list[_Call]] = Turnstile(BATCHES_MAX)
        self._signatures: Turnstile[list[_Call]] = Turnstile(BATCHES_MAX)

    def append(self, submission: bytes) -> Receipt:
        """Verify and record one submission and give its receipt, once both are durable.

        Raises:
            EnvelopeError: A check of the envelope fails.
            RefusedError: A rule or a mandate forbids the event.
            ConflictError: The stream or the identifier has moved on.
            UnreachableError: The database or the signer is away. If only the signer is,
                the event is recorded and the same submission gives the receipt later.
        """
        ticket = Ticket(_Call(submission))
        batch = self._openings.enter(ticket)
        if batch is not None:
            self._lead(batch, leader=ticket)
        return ticket.item.answer()

    def append_many(self, batch: Sequence[AdmittedEvent]) -> list[Receipt | MunimentError]:
        """Record a batch in one transaction and in its order; one answer an event.

        Raises:
            UnreachableError: The database or the signer is away, as for ``append``.
        """
        outcomes = self._ledger.record(batch)
        indexes = [each.index for each in outcomes if isinstance(each, Accepted)]
        proofs = self._notary.prove(indexes) if indexes else {}
        return [
            _receipt(each, proofs[each.index]) if isinstance(each, Accepted) else each
            for each in outcomes
        ]

    def record(self, batch: Sequence[AdmittedEvent]) -> list[Outcome]:
        """Record many events in one transaction, without receipts; see ``Ledger.record``."""
        return self._ledger.record(batch)

    def _lead(self, batch: list[Ticket[_Call]], *, leader: Ticket[_Call]) -> None:
        """Take a batch through: verified alone, committed and signed with others."""
        calls = [ticket.item for ticket in batch]
        error: BaseException | None = None
        try:
            self._open(calls)
            _share(self._commits, [each for each in calls if each.admitted], self._commit)
            _share(self._signatures, [each for each in calls if each.accepted], self._sign)
        except BaseException as failure:
            error = failure
            raise
        finally:
            serve(batch, leader=leader, error=error)

    def _open(self, calls: Sequence[_Call]) -> None:
        try:
            for call in calls:
                try:
                    call.admitted = self._admission.open(call.submission)
                except MunimentError as refusal:
                    call.refusal = refusal
        finally:
            self._openings.leave()

    def _commit(self, calls: Sequence[_Call]) -> None:
        outcomes = self._ledger.record([call.admitted for call in calls if call.admitted])
        for call, outcome in zip(calls, outcomes, strict=True):
            if isinstance(outcome, Accepted):
                call.accepted = outcome
            else:
                call.refusal = outcome

    def _sign(self, calls: Sequence[_Call]) -> None:
        leaves = {
            call.accepted.index: call.admitted.signed.leaf
            for call in calls
            if call.accepted and call.admitted and not call.accepted.repeated
        }
        indexes = {call.accepted.index for call in calls if call.accepted}
        proofs = self._notary.prove(list(indexes), leaves)
        for call in calls:
            if call.accepted:
                call.proof = proofs[call.accepted.index]


def _share(
    turnstile: Turnstile[list[_Call]],
    calls: list[_Call],
    work: Callable[[Sequence[_Call]], None],
) -> None:
    """Let one of the batches that wait at a turnstile do the work of all of them."""
    if not calls:
        return
    ticket = Ticket(calls)
    batches = turnstile.enter(ticket)
    if batches is None:
        return
    error: BaseException | None = None
    try:
        work([call for batch in batches for call in batch.item])
    except BaseException as failure:
        error = failure
        raise
    finally:
        turnstile.leave()
        serve(batches, leader=ticket, error=error)


def _receipt(accepted: Accepted, proof: TlogProof) -> Receipt:
    return Receipt(eid=accepted.eid, index=accepted.index, repeated=accepted.repeated, proof=proof)
