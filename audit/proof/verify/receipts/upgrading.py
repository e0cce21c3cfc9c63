# SPDX-License-Identifier: Apache-2.0
"""Making a receipt worth more: the same entry, proved in a later and better checkpoint.

Implements the upgrade of receipts of the log specification, section 2.5. The index stays. The
better checkpoint has to be of the history that the receipt already proves, or nothing is
upgraded: that would hand over evidence of one history for evidence of another. Nor is anything
given away that was not asked about: without a policy no cosignature, without roots no time-stamp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from audit.proof.checkpoint import Checkpoint, parse_checkpoint, verify_growth
from audit.proof.cosignature import signed_text
from audit.proof.inclusion import TlogProof
from audit.proof.note import signature_parts
from audit.proof.policy.rule import NONE
from audit.proof.timestamps.files import stamp_names
from audit.proof.verify.book import Request
from audit.proof.verify.receipts.level import RANK, Held, Worth, judge_receipt
from audit.proof.verify.receipts.source import Log
from audit.proof.verify.trust import Trust
from domain.errors import ProofError, UnreachableError

_BEST: Final = "timestamped"


def upgrade(held: Held, log: Log, *, request: Request, trust: Trust) -> tuple[Held, Worth]:
    """Give the best receipt of the same entry that a log can give, or the old one.

    Args:
        held: The receipt; its entry and index stay.
        log: Where better checkpoints and proofs come from.
        request: Whom the auditor believes.
        trust: Who may sign for the log.

    Raises:
        ProofError: The receipt does not hold, or a checkpoint is of another history.
    """
    best = held, judge_receipt(held, request, trust)
    if best[1].level == "none":
        first = best[1].report.first
        said = first.sentence if first else "It does not verify."
        raise ProofError(f"The receipt does not hold, so it is not upgraded: {said}")
    before = trust.open(held.receipt.checkpoint_note)
    for found in _candidates(held, log, before=before, trust=trust):
        worth = judge_receipt(found, request, trust)
        if RANK[worth.level] > RANK[best[1].level] and not _loses(held, found, request):
            best = found, worth
        if best[1].level == _BEST:
            break
    return best


def _loses(held: Held, found: Held, request: Request) -> bool:
    """Tell whether a better receipt lacks something that was not judged, and so may be worth it."""
    judged = request.policy is not None and request.policy.quorum != NONE
    unwitnessed = not judged and not _signers(held) <= _signers(found)
    undated = request.authorities is None and not _daters(held) <= _daters(found)
    return unwitnessed or undated


def _signers(held: Held) -> set[tuple[str, bytes]]:
    """Give name and key id of whoever signed the checkpoint of a receipt, the log itself left out.

    A log that changed its key signs its later checkpoints with another one.
    """
    note = held.receipt.checkpoint_note
    origin = parse_checkpoint(signed_text(note)).origin
    return {(name, key_id) for name, key_id, _ in signature_parts(note) if name != origin}


def _daters(held: Held) -> set[str]:
    """Give the authorities of whose time-stamps there are some over the checkpoint of a receipt."""
    size = parse_checkpoint(signed_text(held.receipt.checkpoint_note)).size
    return {name.series for name in stamp_names(held.stamps) if name.size == size}


def _candidates(held: Held, log: Log, *, before: Checkpoint, trust: Trust) -> Iterator[Held]:
    """Give the same receipt in each checkpoint that covers it, the newest first."""
    index = held.receipt.index
    for size in sorted((size for size in log.notes if size > index), reverse=True):
        note = log.notes[size]
        try:
            found = trust.open(note)
            path = tuple(log.inclusion(index, size))
            _same_history(before, found, log)
        except (ProofError, UnreachableError) as error:
            if error.slug == "history":
                raise
            continue
        receipt = TlogProof(index=index, path=path, checkpoint_note=note, extra=held.receipt.extra)
        stamps = _stamps_of(log.stamps, size)
        yield replace(held, receipt=receipt, stamps={**held.stamps, **stamps})


def _same_history(before: Checkpoint, found: Checkpoint, log: Log) -> None:
    """Check that two checkpoints are of one history.

    Raises:
        ProofError: ``history``, they are not.
        UnreachableError: The log has no proof between them.
    """
    older, newer = sorted((before, found), key=lambda each: each.size)
    if not older.size:
        return
    same = older.size == newer.size
    path = () if same else tuple(log.consistency(older.size, newer.size))
    try:
        verify_growth(older, newer, path)
    except ProofError as error:
        raise ProofError(
            f"The checkpoint of {found.size} entries is not proved to be of the history of this "
            f"receipt, whose checkpoint covers {before.size}.",
            slug="history",
            next_step="Keep both; compare them with what other readers were shown.",
        ) from error


def _stamps_of(files: Mapping[str, bytes], size: int) -> dict[str, bytes]:
    """Give the time-stamps of one checkpoint, which a receipt takes along."""
    mine = f"tsa/{size}."
    return {name: files[name] for name in files if name.startswith(mine)}
