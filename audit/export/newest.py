# SPDX-License-Identifier: Apache-2.0
"""Proving in a bundle that it shows the newest event of its firearm, as of the newest epoch.

Serves ``heads/`` of the log specification, section 2.9. Making the map of newest events again
takes one pass over the log. A whole log needs no such proof: who has it makes the map himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from audit.heads.taking import prove_head
from audit.proof.verify.evidence import Evidence
from domain.registry.state import Epoch


def with_head(evidence: Evidence, conninfo: str, epochs: Sequence[Epoch]) -> Evidence:
    """Give evidence with the proof of its firearm's newest event, where the log states an epoch.

    The proof leads to the checkpoint of the evidence, since it could be of another history else.

    Args:
        evidence: What a bundle shows.
        conninfo: A role that may read the log.
        epochs: What the log states, in its order.

    Raises:
        UnsafeError: ``heads_differ``, the stored entries do not give the map that was stated.
        UnreachableError: The database breaks off, or the disk is full.
    """
    covered = [epoch for epoch in epochs if epoch.index < evidence.size]
    if not covered:
        return evidence
    epoch = covered[-1]
    proof = prove_head(
        conninfo,
        epoch,
        evidence.subject,
        entry=evidence.entries[epoch.index],
        receipt=evidence.proofs[epoch.index],
    )
    return replace(evidence, heads={epoch.number: proof.encode()})
