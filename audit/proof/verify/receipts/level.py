# SPDX-License-Identifier: Apache-2.0
"""What a receipt is worth: logged, witnessed or time-stamped, and verified offline.

Implements the levels of the log specification, section 2.5. The level is what the keys, the
policy and the clocks of whoever asks make of it; without a policy nothing is witnessed, and one
authority alone, whose clock may be wrong, makes nothing time-stamped. A receipt proves that the
entry stands in the log; whether the entry itself holds is left to the verification of an export
or a bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from audit.proof.checkpoint import Checkpoint, verify_growth
from audit.proof.inclusion import TlogProof
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.policy.rule import NONE
from audit.proof.timestamps.bracket import AGREEING, Fact
from audit.proof.verify.beside.clocks import check_clocks
from audit.proof.verify.beside.history import NO_SAVED
from audit.proof.verify.beside.witnesses import WITNESSES, check_witnesses
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, Book, Request
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.tree import consistency_problem
from audit.proof.verify.report import Report
from audit.proof.verify.trust import Trust
from domain.errors import ProofError, UnreachableError

Growth = Callable[[int, int], Sequence[bytes]]
"""Gives the proof that the tree of one size grew out of that of another, which is not empty."""

Level = Literal["none", "logged", "witnessed", "timestamped"]

RANK: Final[Mapping[Level, int]] = {"none": 0, "logged": 1, "witnessed": 2, "timestamped": 3}
INCLUSION: Final = "inclusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A receipt that somebody holds, with what belongs to it.

    Attributes:
        receipt: The receipt.
        entry: The token that it is about.
        stamps: Time-stamps that lie beside it, by their names ``tsa/...``.
    """

    receipt: TlogProof
    entry: bytes
    stamps: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a receipt is worth, and the report that says why."""

    level: Level
    report: Report


def judge_receipt(
    held: Held, request: Request, own: Callable[[], Trust], *, growth: Growth | None = None
) -> Worth:
    """Verify a receipt.

    Args:
        held: The receipt, its entry and its time-stamps.
        request: Whom the auditor believes; its path is not looked at.
        own: Gives the trust file that came with the receipt, where the request names none.
        growth: Where proofs come from that lead to a saved checkpoint of another size.

    Raises:
        UsageError: There is no usable trust file.
    """
    book = Book.opened(request, "receipt", own)
    receipt = held.receipt
    checkpoint = book.open_checkpoint(receipt.checkpoint_note, lasting=False)
    book.conclude(CHECKPOINT, "A trusted key of the log signed it.")
    _compare(book, request, checkpoint, growth=growth)
    stands = checkpoint is not None and _stands(book, held, checkpoint)
    book.conclude(
        INCLUSION,
        f"The entry stands at index {receipt.index} of the signed tree.",
        undone=None if checkpoint else "There is no verified checkpoint to compare with.",
    )
    notes = {checkpoint.size: receipt.checkpoint_note} if checkpoint and stands else {}
    facts = check_witnesses(book, request.policy, notes, covering=receipt.index + 1)
    known = check_clocks(book, request, files=held.stamps, notes=notes, facts=facts)
    report = book.report(size=checkpoint.size if checkpoint else None, examined=1)
    return Worth(_level(book, request, known) if notes else "none", report)


def _compare(
    book: Book, request: Request, checkpoint: Checkpoint | None, *, growth: Growth | None
) -> None:
    """Compare with the auditor's own checkpoint."""
    saved = book.open_saved(request.saved)
    undone: str | None = NO_SAVED
    if saved and checkpoint:
        undone = _compare_trees(book, saved, checkpoint, growth=growth)
    book.conclude(CONSISTENCY, "The saved checkpoint is of the same history.", undone=undone)


def _compare_trees(
    book: Book, saved: Checkpoint, checkpoint: Checkpoint, *, growth: Growth | None
) -> str | None:
    """Compare two trees; say why, if that cannot be done."""
    older, newer = sorted((saved, checkpoint), key=lambda each: each.size)
    if older.size == newer.size:
        if problem := consistency_problem(checkpoint.root, saved, checkpoint):
            book.tally.add(problem)
        return None
    if growth is None:
        return "The saved checkpoint is of another size; name a log with --from to compare them."
    try:
        if older.size:
            verify_growth(older, newer, tuple(growth(older.size, newer.size)))
    except UnreachableError as error:
        return f"There is no proof between the saved checkpoint and this one: {error.sentence}"
    except ProofError as error:
        book.tally.add(Finding(check=CONSISTENCY, code="not_a_prefix", sentence=error.sentence))
    return None


def _stands(book: Book, held: Held, checkpoint: Checkpoint) -> bool:
    receipt = held.receipt
    try:
        verify_inclusion(
            leaf=leaf_hash(held.entry),
            index=receipt.index,
            size=checkpoint.size,
            path=receipt.path,
            root=checkpoint.root,
        )
    except ProofError as error:
        book.tally.add(
            Finding(check=INCLUSION, code=error.slug, sentence=error.sentence, index=receipt.index)
        )
        return False
    return True


def _level(book: Book, request: Request, known: tuple[Fact, ...]) -> Level:
    policy = request.policy
    asked = policy is not None and policy.quorum != NONE
    witnessed = asked and not book.tally.count(WITNESSES)
    authorities = {fact.source for fact in known if fact.kind == "stamped"}
    if len(authorities) >= AGREEING and (witnessed or not asked):
        return "timestamped"
    return "witnessed" if witnessed else "logged"
