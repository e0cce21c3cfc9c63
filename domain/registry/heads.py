# SPDX-License-Identifier: Apache-2.0
"""The events that state how far something is: every stream's newest event, and the access log.

Implements ``log.heads`` of the log specification, section 2.2, and ``log.access``, by which the
access log of the envelope specification, section 7, is checkpointed like the ledger. The rules see
to order and sizes; that the root is the one of the map, anybody who has the log finds out by
``audit.proof.heads``, and that the digest is the one of the records, by ``audit.proof.access``.
"""

from __future__ import annotations

from dataclasses import replace

from domain.refusal import Refusal
from domain.registry.events import AccessStated, HeadsRecorded
from domain.registry.powers import Act, ledger_stream
from domain.registry.state import AccessHead, Epoch, Registry


def may_record(act: Act) -> Refusal | None:
    """Judge an epoch: in the ledger's own stream, the next one, of a later size not ahead of it.

    A root officer or a key with the role ``service`` may record it; one is enough, since the
    statement can be recomputed by everybody.
    """
    stated = act.data(HeadsRecorded)
    last = act.registry.epochs[-1] if act.registry.epochs else None
    due = last.number + 1 if last else 1
    first = last.size + 1 if last else 1
    elsewhere = ledger_stream(act)
    if elsewhere:
        return elsewhere
    if stated.epoch != due:
        return Refusal(
            rule="epoch_order",
            sentence=f"The next epoch is number {due}.",
            axis="epoch",
            found=str(stated.epoch),
            legal=(str(due),),
        )
    if not first <= stated.size <= act.index:
        return Refusal(
            rule="epoch_size",
            sentence=f"This epoch covers {first} to {act.index} entries, those before it.",
            axis="size",
            found=str(stated.size),
            legal=(f"{first} to {act.index}",),
        )
    if stated.streams > stated.size:
        return Refusal(
            rule="epoch_streams",
            sentence="There are no more streams than entries.",
            axis="streams",
            found=str(stated.streams),
            legal=(f"up to {stated.size}",),
        )
    return None


def recorded(act: Act) -> Registry:
    """Add an epoch."""
    stated = act.data(HeadsRecorded)
    epoch = Epoch(
        number=stated.epoch,
        size=stated.size,
        streams=stated.streams,
        root=stated.root,
        index=act.index,
        eid=act.event.eid,
    )
    return replace(act.registry, epochs=(*act.registry.epochs, epoch))


def may_state_access(act: Act) -> Refusal | None:
    """Judge a statement about the access log: in the ledger's own stream, of more than the last.

    One root officer or key with the role ``service`` is enough, as for an epoch.
    """
    stated = act.data(AccessStated)
    before = act.registry.accesses[-1].count if act.registry.accesses else 0
    elsewhere = ledger_stream(act)
    if elsewhere or stated.count > before:
        return elsewhere
    return Refusal(
        rule="access_count",
        sentence=f"The log states already that the access log held {before} records.",
        axis="count",
        found=str(stated.count),
        legal=(f"more than {before}",),
    )


def access_stated(act: Act) -> Registry:
    """Add a statement about the access log."""
    stated = act.data(AccessStated)
    head = AccessHead(
        count=stated.count,
        digest=stated.digest,
        at=act.event.iat,
        index=act.index,
        eid=act.event.eid,
    )
    return replace(act.registry, accesses=(*act.registry.accesses, head))
