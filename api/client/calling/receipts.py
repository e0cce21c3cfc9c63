# SPDX-License-Identifier: Apache-2.0
"""Receipts, verified before anybody relies on them.

A receipt is a C2SP tlog-proof from the leaf of what was sent to a checkpoint that a key signed
which the client knows by another way (log specification, section 2.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from api.client.calling.problems import strange
from api.client.signer import Submission
from audit.proof.checkpoint import Checkpoint, open_checkpoint
from audit.proof.inclusion import TlogProof, parse_tlog_proof
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.note import VerifierKey, parse_verifier_key
from domain.errors import ProofError

Record = dict[str, Any]
"""Members as the documentation of that record names them."""


class KnownLedger(Protocol):
    """What a client knows of a ledger before it asks it anything; a trust file is one."""

    @property
    def audience(self) -> str:
        """Identifier of the ledger, ``aud`` of every event."""

    def open(self, note: bytes) -> Checkpoint:
        """Check a checkpoint note.

        Raises:
            ProofError: It is none of this log.
        """


@dataclass(frozen=True, slots=True)
class KeyedLedger:
    """A ledger that is known by the verifier key of its log, where there is no trust file.

    Attributes:
        audience: Identifier of the ledger.
        key: Key of its log; its name is the origin of the checkpoints.
    """

    audience: str
    key: VerifierKey

    @classmethod
    def of(cls, audience: str, vkey: str) -> KeyedLedger:
        """Take a verifier key as it is written down (C2SP signed-note).

        Raises:
            ProofError: It is none.
        """
        return cls(audience, parse_verifier_key(vkey))

    def open(self, note: bytes) -> Checkpoint:
        """Check a checkpoint note under that key."""
        return open_checkpoint(note, [self.key], self.key.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an event is in the log, proved.

    Attributes:
        eid: Event id, the ``prev`` of the stream's next event.
        index: Position in the log.
        repeated: Whether it had been recorded before.
        proof: The ``.tlog-proof`` file: keep it.
        jws: The signed bytes that it is about.
        checkpoint: The tree in which the event was found.
        hits: Open alerts on what the event touches.
        findings: What was recorded with it as not fitting.
        duties: What it opened, where a policy was named.
    """

    eid: str
    index: int
    repeated: bool
    proof: bytes = field(repr=False)
    jws: bytes = field(repr=False)
    checkpoint: Checkpoint
    hits: tuple[Record, ...] = ()
    findings: tuple[Record, ...] = ()
    duties: tuple[Record, ...] = ()


class ReceiptError(ProofError):
    """A receipt does not verify; what was answered is kept as evidence.

    Attributes:
        answer: The octets that were answered.
        jws: The signed bytes that they should have been about.
    """

    slug = "receipt_invalid"
    next_step = "Keep `answer` and `jws`, and ask the keeper of the ledger by another way."

    def __init__(self, sentence: str, *, answer: bytes = b"", jws: bytes = b"") -> None:
        super().__init__(sentence)
        self.answer = answer
        self.jws = jws


def receipt_of(told: Any, submission: Submission, ledger: KnownLedger, *, answer: bytes) -> Receipt:
    """Read and verify what a service tells of an event that was sent to it.

    Args:
        told: Members of the receipt.
        submission: What was sent.
        ledger: The ledger that it was sent to.
        answer: The octets that hold the receipt.

    Raises:
        AnswerError: It is no receipt.
        ReceiptError: It does not verify.
    """
    try:
        proof = str(told["proof"]).encode()
        _check_event(told["eid"], submission)
        checkpoint = proved(proof, submission.jws, ledger, index=told["index"])
        return Receipt(
            eid=submission.eid,
            index=told["index"],
            repeated=bool(told["repeated"]),
            proof=proof,
            jws=submission.jws,
            checkpoint=checkpoint,
            **{name: tuple(told.get(name, ())) for name in _EFFECTS},
        )
    except (KeyError, TypeError):
        raise strange() from None
    except ProofError as error:
        raise ReceiptError(
            f"The receipt does not verify: {error.sentence}", answer=answer, jws=submission.jws
        ) from error


def proved(octets: bytes, jws: bytes, ledger: KnownLedger, *, index: int) -> Checkpoint:
    """Check that a tlog-proof proves signed bytes at an index; give its checkpoint.

    Raises:
        ProofError: It does not.
    """
    proof = parse_tlog_proof(octets)
    if proof.index != index:
        raise ProofError("The receipt proves another index than it names.")
    return _included(proof, leaf_hash(jws), ledger)


def _check_event(eid: object, submission: Submission) -> None:
    if eid != submission.eid:
        raise ProofError("The receipt names another event.")


def _included(proof: TlogProof, leaf: bytes, ledger: KnownLedger) -> Checkpoint:
    checkpoint = ledger.open(proof.checkpoint_note)
    verify_inclusion(
        leaf=leaf,
        index=proof.index,
        size=checkpoint.size,
        path=proof.path,
        root=checkpoint.root,
    )
    return checkpoint


_EFFECTS: Final = ("hits", "findings", "duties")
