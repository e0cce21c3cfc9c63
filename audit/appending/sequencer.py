# SPDX-License-Identifier: Apache-2.0
"""From submissions to receipts: verify, commit, sign, then answer.

One batch at a time (design section 3, log specification 2.3), for whose sake its parts do
not overlap: threads of one interpreter that verify, commit and sign side by side were
measured slower than one that does it in a row, while the next batch gathers and another
process checks the signatures. An acknowledged event is durable and proved; where the
signer is down, what is committed stays committed and the same submission fetches its
receipt later.

A fault of the program is caught here and nowhere further in: the judgement stays a pure fold
that a replay repeats, its half-judged batch is thrown away, and each event is tried again alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audit.appending.admission import AdmittedEvent
from audit.appending.ports import Opening, Proving, Recording
from audit.appending.turnstile import Turnstile
from audit.proof.inclusion import TlogProof
from domain.errors import MunimentError
from domain.firearm.hits import Hit
from domain.identifiers import StreamId
from domain.judgement import Accepted, Outcome
from domain.refusal import Refusal

BATCH_EVENTS_MAX: Final = 256

INTERNAL: Final = "internal"
"""Slug of a fault of the program itself, whose exception is the error's cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to an append.

    Attributes:
        eid: Event id.
        stream: The stream that the event belongs to.
        index: Position in the log, from 0.
        repeated: Whether the event had been recorded before.
        proof: Inclusion proof and signed checkpoint.
        hits: Alerts that were open on the firearm it touches, and who listed each.
        findings: What was recorded with it as not fitting.
    """

    eid: str
    stream: StreamId
    index: int
    repeated: bool
    proof: TlogProof
    hits: tuple[Hit, ...] = ()
    findings: tuple[Refusal, ...] = ()


class Sequencer:
    """Appends events from many threads in one order; safe for concurrent use."""

    def __init__(self, *, admission: Opening, ledger: Recording, notary: Proving) -> None:
        """Bind who verifies, who records and who proves."""
        self._admission = admission
        self._ledger = ledger
        self._notary = notary
        self._turnstile: Turnstile[bytes, Receipt | MunimentError] = Turnstile(
            self._serve, items_max=BATCH_EVENTS_MAX
        )

    def append(self, submission: bytes) -> Receipt:
        """Verify and record one submission and give its receipt, once both are durable.

        Raises:
            EnvelopeError: A check of the envelope fails.
            RefusedError: A rule or a mandate forbids the event.
            ConflictError: The stream or the identifier has moved on.
            MunimentError: ``internal``, the program failed at it; see its cause.
            UnreachableError: The database or the signer is away. If only the signer is,
                the event is recorded and the same submission gives the receipt later.
        """
        (answer,) = self._turnstile.serve([submission])
        if isinstance(answer, MunimentError):
            raise answer
        return answer

    def append_all(self, submissions: Sequence[bytes]) -> list[Receipt | MunimentError]:
        """Append several submissions in their order, each accepted or refused alone.

        Returns:
            One answer a submission.

        Raises:
            UnreachableError: As for ``append``; of what came before, any part may be recorded.
        """
        answers: list[Receipt | MunimentError] = []
        for start in range(0, len(submissions), BATCH_EVENTS_MAX):
            answers += self._turnstile.serve(submissions[start : start + BATCH_EVENTS_MAX])
        return answers

    def _serve(self, submissions: Sequence[bytes]) -> Sequence[Receipt | MunimentError]:
        """Take one batch through, one by one where the program fails at it.

        That is safe, since what was recorded before it failed is found again.
        """
        try:
            return self._together(submissions)
        except MunimentError:
            raise
        except Exception as fault:  # noqa: BLE001 - told to whoever sent what it fails at
            if len(submissions) == 1:
                return [_failed(fault)]
            return [answer for each in submissions for answer in self._serve([each])]

    def _together(self, submissions: Sequence[bytes]) -> Sequence[Receipt | MunimentError]:
        """Verify, commit and prove one batch."""
        opened = self._admission.open_many(submissions)
        admitted = [each for each in opened if isinstance(each, AdmittedEvent)]
        answers = iter(self._prove(admitted, self._ledger.record(admitted)) if admitted else ())
        return [each if isinstance(each, MunimentError) else next(answers) for each in opened]

    def _prove(
        self, admitted: Sequence[AdmittedEvent], outcomes: Sequence[Outcome]
    ) -> Sequence[Receipt | MunimentError]:
        """Give receipts for what is committed, and leave refusals as they are."""
        leaves = {
            outcome.index: each.signed.leaf
            for each, outcome in zip(admitted, outcomes, strict=True)
            if isinstance(outcome, Accepted) and not outcome.repeated
        }
        accepted = [each for each in outcomes if isinstance(each, Accepted)]
        if not accepted:
            return [each for each in outcomes if isinstance(each, MunimentError)]
        found: dict[int, tuple[Refusal, ...]] = {}

        def tell() -> None:
            found.update((each.index, each.findings()) for each in accepted if not each.repeated)

        indexes = {each.index for each in accepted}
        proofs = self._notary.prove(list(indexes), leaves, meanwhile=tell)
        return [
            self._answer(each.event.sub, outcome, found=found, proofs=proofs)
            for each, outcome in zip(admitted, outcomes, strict=True)
        ]

    def _answer(
        self,
        stream: StreamId,
        outcome: Outcome,
        *,
        found: Mapping[int, tuple[Refusal, ...]],
        proofs: Mapping[int, TlogProof],
    ) -> Receipt | MunimentError:
        """Give a receipt; of what was recorded before, it is asked anew what does not fit."""
        if not isinstance(outcome, Accepted):
            return outcome
        index = outcome.index
        try:
            findings = found[index] if index in found else self._ledger.noted(stream, index)
        except MunimentError as error:
            return error
        return Receipt(
            eid=outcome.eid,
            stream=stream,
            index=index,
            repeated=outcome.repeated,
            proof=proofs[index],
            hits=outcome.hits,
            findings=findings,
        )


def _failed(fault: Exception) -> MunimentError:
    error = MunimentError(
        f"Muniment failed at this event in a way it should not ({type(fault).__name__}).",
        slug=INTERNAL,
        next_step="Keep what you sent, and give it to whoever maintains this installation.",
    )
    error.__cause__ = fault
    return error
