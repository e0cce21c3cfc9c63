# SPDX-License-Identifier: Apache-2.0
"""Making a receipt worth more: the same entry, proved in a later and better checkpoint.

Implements the upgrade of receipts of the log specification, section 2.5. The index stays. The
better checkpoint has to be of the history that the receipt already proves, or nothing is
upgraded: that would hand over evidence of one history for evidence of another. Nor is anything
given away that was not asked about: without a policy no cosignature, without roots no time-stamp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from audit.proof.checkpoint import Checkpoint, parse_checkpoint, verify_growth
from audit.proof.cosignature import signed_text
from audit.proof.inclusion import TlogProof
from audit.proof.note import signature_parts
from audit.proof.policy.rule import NONE
from audit.proof.timestamps.files import stamp_names
from audit.proof.verify.book import Request
from audit.proof.verify.receipts.level import RANK, Held, Level, Worth, judge_receipt
from audit.proof.verify.receipts.source import Log, own_trust
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import Trust
from domain.errors import ProofError, UnreachableError


def upgrade(held: Held, log: Log, request: Request) -> tuple[Held, Worth]:
    """Give the best receipt of the same entry that a log can give, or the old one.

    Args:
        held: The receipt; its entry and index stay.
        log: Where better checkpoints and proofs come from.
        request: Whom the auditor believes; where it names no trust file, that of the log serves.

    Raises:
        ProofError: The receipt does not hold, or a checkpoint is of another history.
        UsageError: There is no usable trust file.
    """
    own = partial(own_trust, log)
    best = held, judge_receipt(held, request, own)
    if best[1].level == "none":
        if best[1].report.exit_code is ExitCode.INCOMPLETE:
            return best
        first = best[1].report.first
        said = first.sentence if first else "It does not verify."
        raise ProofError(f"The receipt does not hold, so it is not upgraded: {said}")
    trust = request.trust or own()
    before = trust.open(held.receipt.checkpoint_note)
    covering = sorted((size for size in log.notes if size > held.receipt.index), reverse=True)
    for size in covering[:1]:
        _candidate(held, log, size, before=before, trust=trust)
    for size, ceiling in _ceilings(covering, log, request):
        if RANK[best[1].level] >= RANK[ceiling] or not _has_quorum(log.notes[size], request, trust):
            continue
        found = _candidate(held, log, size, before=before, trust=trust)
        if found is None or _loses(held, found, request):
            continue
        worth = judge_receipt(found, request, own)
        if RANK[worth.level] > RANK[best[1].level]:
            best = found, worth
    return best


def _ceilings(covering: Sequence[int], log: Log, request: Request) -> Iterator[tuple[int, Level]]:
    """Give sizes with the level that a receipt may come to there, those that may do best first.

    A log may have years of checkpoints, and to prove a receipt in each would take its time.
    """
    names = stamp_names(log.stamps) if request.authorities is not None else ()
    dated = {name.size for name in names}
    most: Level = "witnessed" if _asks(request) else "logged"
    yield from ((size, "timestamped") for size in covering if size in dated)
    yield from ((size, most) for size in covering if size not in dated)


def _has_quorum(note: bytes, request: Request, trust: Trust) -> bool:
    """Tell whether a checkpoint has the quorum that is asked for, if one is."""
    if request.policy is None or not _asks(request):
        return True
    try:
        request.policy.accept(note, trust.origin)
    except ProofError:
        return False
    return True


def _asks(request: Request) -> bool:
    """Tell whether witnesses are asked for."""
    return request.policy is not None and request.policy.quorum != NONE


def _loses(held: Held, found: Held, request: Request) -> bool:
    """Tell whether a better receipt lacks something that was not judged, and so may be worth it."""
    unwitnessed = not _asks(request) and not _signers(held) <= _signers(found)
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


def _candidate(held: Held, log: Log, size: int, *, before: Checkpoint, trust: Trust) -> Held | None:
    """Give the same receipt in the checkpoint of a size; nothing where it cannot be proved there.

    Raises:
        ProofError: ``history``, that checkpoint is of another history.
    """
    index, note = held.receipt.index, log.notes[size]
    try:
        found = trust.open(note)
        path = tuple(log.inclusion(index, size))
        _same_history(before, found, log)
    except (ProofError, UnreachableError) as error:
        if error.slug == "history":
            raise
        return None
    receipt = TlogProof(index=index, path=path, checkpoint_note=note, extra=held.receipt.extra)
    return replace(held, receipt=receipt, stamps={**held.stamps, **_stamps_of(log.stamps, size)})


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
