# SPDX-License-Identifier: Apache-2.0
"""Telling a witness which log to watch, from which checkpoint on.

Implements the pinned start of `log.md` 2.6: the operator of a witness names the log's key and the
tree it begins with, got by another way than from whoever sends the first request. A witness
of a new log begins with the empty tree.
"""

from __future__ import annotations

from audit.proof.checkpoint import Checkpoint, parse_checkpoint
from audit.proof.merkle import EMPTY_ROOT
from audit.proof.note import ED25519, VerifierKey, open_note
from audit.witness.key import Cosigner
from audit.witness.store import WitnessStore
from domain.errors import ProofError, UsageError


def pin(
    store: WitnessStore, cosigner: Cosigner, key: VerifierKey, *, origin: str, start: bytes | None
) -> Checkpoint:
    """Watch a log from a start on; a log that is watched already trusts one more key then.

    Args:
        store: The memory of the witness.
        cosigner: Who it is.
        key: Key that signs the log's checkpoints.
        origin: The log, as its checkpoints name it.
        start: A checkpoint that this key has signed, or None for the empty tree.

    Returns:
        From where the witness goes on.

    Raises:
        ProofError: The start is not a checkpoint of that log under that key.
        UsageError: The key is none of a log, or the log is watched with another start.
        UnreachableError: The disk refuses.
    """
    if key.kind != ED25519 or key.key == cosigner.verifier.key:
        raise UsageError(
            f"The key of {key.name} is not a log's key.",
            slug="witness_log_key",
            next_step="Give the verifier key that the log publishes, of type 01.",
        )
    first = Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)
    if start is not None:
        first = parse_checkpoint(open_note(start, (key,)).text)
    if first.origin != origin:
        raise ProofError(f"The checkpoint is not one of {origin}.", slug="checkpoint_origin")
    return store.watch(key, first, start or b"")
