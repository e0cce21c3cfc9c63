# SPDX-License-Identifier: Apache-2.0
"""Gathering the evidence about one stream: its entries, the registry's, and their receipts.

Serves the partial bundle of the log specification, section 2.9, with one query for the
entries and one for the tiles. Decisions on policies go with the registry's entries, since by them
it is told what was recorded late. Older checkpoints that witnesses cosigned or clocks dated go
with it, each with its proof, as far as they say when the entries were recorded. Nothing read
here is trusted by whoever verifies it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

from audit.export.said import NOTHING, Said
from audit.link import Link
from audit.proof.checkpoint import Checkpoint, read_body
from audit.proof.envelope.opening import read_stored
from audit.proof.inclusion import TlogProof
from audit.proof.verify.evidence import Evidence
from audit.proof.verify.trust import Trust
from audit.tree import tree_at
from domain.aggregate.naming import POLICIES
from domain.catalogue import CATALOGUE
from domain.errors import UsageError

SaidAround = Callable[[Collection[int]], Said]
"""Gives what others have said about the log, as far as it matters for some indexes."""

_KEPT: Final = "select note from ledger.checkpoint where size = %b::int8"
_ENTRIES: Final = """
select idx, raw, stream = %b as own from ledger.event
where idx < %b and (stream = %b
  or split_part(kind, '.', 1) in ('ledger', 'authority', 'key', 'role', 'alg')
  or stream = (select stream from ledger.event where idx = 0)
  or idx = any(array(select idx from ledger.event_ref where tag = %b::text)))
order by idx
"""


def gather(
    link: Link,
    stream: UUID,
    *,
    checkpoint: tuple[Checkpoint, bytes],
    trust: Trust,
    said: SaidAround = lambda _indexes: NOTHING,
) -> Evidence:
    """Give everything that proves the history of one stream up to a checkpoint.

    Args:
        link: A connection that may read the log.
        stream: The firearm.
        checkpoint: A signed checkpoint, as ``Notary.checkpoint`` gives it.
        trust: What its reader has to trust.
        said: What others have said about this log.

    Raises:
        UsageError: The log has no such stream.
        UnreachableError: The database does not answer.
        DamagedTreeError: Tiles are missing, so nothing can be proved.
    """
    size = checkpoint[0].size
    rows = link.read(_ENTRIES, (stream, size, stream, POLICIES))
    own = {index: raw for index, raw, is_own in rows if is_own}
    if not own:
        raise _unknown()
    indexes = [index for index, _, _ in rows]
    tree = tree_at(link, size)
    paths = tree.inclusion_paths(indexes)
    others = said(own)
    note = others.notes.get(size, checkpoint[1])
    older = [each for each in others.notes if each < size]
    return Evidence(
        subject=str(read_stored(next(iter(own.values())), CATALOGUE).sub),
        trust=trust,
        size=size,
        checkpoint=note,
        entries={index: raw for index, raw, _ in rows},
        proofs={
            index: TlogProof(index=index, path=path, checkpoint_note=note)
            for index, path in zip(indexes, paths, strict=True)
        },
        others={each: others.notes[each] for each in older},
        last=others.last,
        consistency=_proofs(link, sorted((*older, size))),
        stamps=others.stamps,
    )


def kept_checkpoint(link: Link, size: int) -> tuple[Checkpoint, bytes]:
    """Give the checkpoint that was kept at a size, so that older evidence can be gathered again.

    Raises:
        UsageError: ``checkpoint_unkept``.
        UnreachableError: The database does not answer.
    """
    rows = link.read(_KEPT, (size,))
    if not rows:
        raise UsageError(
            f"No checkpoint of the size {size:,} was kept.",
            slug="checkpoint_unkept",
            next_step="Ask for the evidence as of now, without a size.",
        )
    note = bytes(rows[0][0])
    return read_body(note), note


def _unknown() -> UsageError:
    return UsageError(
        "The log has no events of that firearm.",
        slug="stream_unknown",
        next_step="Look it up with `muniment trace`.",
    )


def _proofs(link: Link, sizes: Sequence[int]) -> dict[tuple[int, int], tuple[bytes, ...]]:
    """Prove that each tree grew out of the one before it; the empty one needs no proof."""
    return {(old, new): tree_at(link, new).consistency(old) for old, new in pairwise(sizes) if old}
