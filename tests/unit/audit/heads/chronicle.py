# SPDX-License-Identifier: Apache-2.0
"""A signed log in memory that states epochs of its newest events, true or false."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit.proof.checkpoint import parse_checkpoint
from audit.proof.encoding import encode
from audit.proof.envelope.opening import read_stored
from audit.proof.heads.memory import HeadsMemory
from audit.proof.heads.proof import HeadProof
from audit.proof.inclusion import TlogProof
from audit.proof.merkle import inclusion_path, leaf_hash, node_hash
from audit.proof.verify.registry import RegistryFold, may_be_registry
from domain.catalogue import CATALOGUE
from domain.registry.state import Registry
from tests.unit.audit.verify.log_builder import LogBuilder

ALGORITHM = "heads-rfc6962-sha256-1"


def map_of(log: LogBuilder, size: int, folder: Path) -> HeadsMemory:
    """Read the first entries of a log into a map."""
    folder.mkdir()
    memory = HeadsMemory(folder)
    memory.read(log.entries[:size])
    return memory


def log_stream(log: LogBuilder) -> str:
    """Name the log's own stream."""
    return str(read_stored(log.entries[0], CATALOGUE).sub)


def state_epoch(log: LogBuilder, folder: Path, **changes: Any) -> Mapping[str, Any]:
    """Append an epoch over everything so far, signed by a root; give its data."""
    size = len(log.entries)
    with map_of(log, size, folder) as memory:
        tree = memory.hashed()
    dat = {
        "epoch": len(registry_of(log).epochs) + 1,
        "size": size,
        "streams": tree.size,
        "root": encode(tree.root).decode(),
        "algorithm": ALGORITHM,
        **changes,
    }
    log.append("log.heads", log_stream(log), dat, key=log.roots[0])
    return dat


def registry_of(log: LogBuilder) -> Registry:
    """Fold the registry as a verifier does."""
    fold = RegistryFold(log.trust(), CATALOGUE)
    for index, jws in enumerate(log.entries):
        if may_be_registry(jws):
            fold.add(index, jws)
    return fold.registry


def receipt_of(log: LogBuilder, index: int) -> TlogProof:
    """Give the receipt of an entry, to a checkpoint over the whole log."""
    note = log.note()
    size = parse_checkpoint(note.rpartition(b"\n\n")[0].decode() + "\n").size
    path = inclusion_path(index, size, node=lambda level, at: _subtree(log, level, at))
    return TlogProof(index=index, path=path, checkpoint_note=note)


def proof_of(log: LogBuilder, sub: str, folder: Path) -> HeadProof:
    """Prove a stream's head by the newest epoch."""
    epoch = registry_of(log).epochs[-1]
    with map_of(log, epoch.size, folder) as memory:
        _, heads = memory.prove(sub)
    receipt = receipt_of(log, epoch.index)
    return HeadProof(sub=sub, entry=log.entries[epoch.index], receipt=receipt, heads=heads)


def _subtree(log: LogBuilder, level: int, at: int) -> bytes:
    if level == 0:
        return leaf_hash(log.entries[at])
    return node_hash(_subtree(log, level - 1, 2 * at), _subtree(log, level - 1, 2 * at + 1))
