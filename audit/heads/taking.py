# SPDX-License-Identifier: Apache-2.0
"""Making the map of newest events of a running ledger, to state it or to prove one of them.

Implements the server side of ``log.heads`` (log specification, section 2.2). The map is made from
the signed bytes of the whole log, which have to give a signed root: whoever falsifies rows gets no
epoch for them. It reads the log once each time; a map that is carried on from one epoch to the
next is left to a later step. Who signs the event is the caller's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from audit.heads.entries import proved_entries, read_entries
from audit.proof.checkpoint import Checkpoint
from audit.proof.encoding import encode
from audit.proof.heads.memory import HeadsMemory
from audit.proof.heads.proof import HeadProof
from audit.proof.inclusion import TlogProof
from domain.errors import UnreachableError, UnsafeError, UsageError
from domain.registry.state import Epoch, Registry

ALGORITHM: Final = "heads-rfc6962-sha256-1"


def take_epoch(conninfo: str, registry: Registry, checkpoint: Checkpoint) -> Mapping[str, Any]:
    """Give the data of the next ``log.heads`` event, over everything a checkpoint covers.

    Args:
        conninfo: A role that may read the log.
        registry: The registry as of now.
        checkpoint: A signed checkpoint, opened.

    Raises:
        UnsafeError: The stored entries do not give the signed root, or one cannot be read.
        UnreachableError: The database breaks off, or the disk is full.
    """
    with _memory() as memory:
        memory.read(proved_entries(read_entries(conninfo, checkpoint.size), checkpoint))
        if memory.unread:
            raise UnsafeError(
                f"{memory.unread} entries of the log cannot be read, so the map would lack them.",
                slug="heads_unreadable",
                next_step="Run `muniment fsck` and `muniment-verify`.",
            )
        found = memory.hashed()
    return {
        "epoch": registry.epochs[-1].number + 1 if registry.epochs else 1,
        "size": checkpoint.size,
        "streams": found.size,
        "root": encode(found.root).decode(),
        "algorithm": ALGORITHM,
    }


def prove_head(
    conninfo: str, epoch: Epoch, sub: str, *, entry: bytes, receipt: TlogProof
) -> HeadProof:
    """Prove what an epoch says about one stream.

    Args:
        conninfo: A role that may read the log.
        epoch: The epoch.
        sub: The stream.
        entry: Compact token of the entry that states it.
        receipt: That entry's receipt.

    Raises:
        UnsafeError: ``heads_differ``, the stored entries do not give the map that was stated.
        UnreachableError: The database breaks off, or the disk is full.
    """
    with _memory() as memory:
        memory.read(raw for _, raw in read_entries(conninfo, epoch.size))
        tree, placed = memory.prove(sub)
    if (tree.size, encode(tree.root).decode()) != (epoch.streams, epoch.root):
        raise UnsafeError(
            f"The stored entries do not give the map that epoch {epoch.number} states.",
            slug="heads_differ",
            next_step="Stop writing and run `muniment fsck`; keep what the log signed.",
        )
    return HeadProof(sub=sub, entry=entry, receipt=receipt, heads=placed)


def newest_epoch(registry: Registry) -> Epoch:
    """Give the newest epoch that the log states.

    Raises:
        UsageError: ``epoch_missing``, there is none.
    """
    if not registry.epochs:
        raise UsageError(
            "The log states no epoch of newest events yet.",
            slug="epoch_missing",
            next_step="Take one with `muniment heads take --key FILE`.",
        )
    return registry.epochs[-1]


@contextmanager
def _memory() -> Iterator[HeadsMemory]:
    try:
        with (
            TemporaryDirectory(prefix="muniment-heads-") as folder,
            HeadsMemory(Path(folder)) as memory,
        ):
            yield memory
    except OSError as error:
        raise UnreachableError(
            f"The map of newest events cannot be kept: {error.strerror}.",
            slug="heads_unwritable",
            next_step="Free space in the temporary folder ($TMPDIR) and run it again.",
        ) from error
