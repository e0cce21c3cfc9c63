# SPDX-License-Identifier: Apache-2.0
"""A log that signs what it is told to, also two histories, and a witness in a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange, consistency_path, leaf_hash
from audit.proof.note import VerifierKey, sign_note, verifier_key
from audit.witness.evidence import EvidenceStore
from audit.witness.key import Cosigner, create_cosigner
from audit.witness.message import AddCheckpoint
from audit.witness.pinning import pin
from audit.witness.service import Witness
from audit.witness.store import WitnessStore

ORIGIN = "ledger.xa-test/log"
NOW = 1_795_000_000
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True)
class Log:
    """A tree of so many entries; another ``history`` has other entries from ``fork`` on."""

    length: int = 64
    history: str = "first"
    fork: int = 0
    origin: str = ORIGIN
    private_key: Ed25519PrivateKey = field(default_factory=lambda: LOG_KEY)

    @cached_property
    def leaves(self) -> list[bytes]:
        common = [leaf_hash(f"entry {at}".encode()) for at in range(self.fork)]
        own = range(self.fork, self.length)
        return common + [leaf_hash(f"{self.history} {at}".encode()) for at in own]

    @property
    def key(self) -> VerifierKey:
        return verifier_key(self.origin, self.private_key.public_key())

    def root(self, size: int) -> bytes:
        return CompactRange().extend(self.leaves[:size]).root()

    def note(self, size: int) -> bytes:
        checkpoint = Checkpoint(origin=self.origin, size=size, root=self.root(size))
        return sign_note(checkpoint.body(), name=self.origin, private_key=self.private_key)

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        def node(level: int, index: int) -> bytes:
            return CompactRange().extend(self.leaves[index << level : (index + 1) << level]).root()

        return consistency_path(old, new, node=node)

    def request(self, old: int, new: int) -> bytes:
        path = self.proof(old, new) if 0 < old < new else ()
        return AddCheckpoint(old=old, path=path, note=self.note(new)).encode()


FIRST = Log(fork=20)
"""The history that is witnessed."""

SECOND = Log(history="second", fork=20)
"""Another history of the same log, the same as the first up to size 20."""


@dataclass
class Desk:
    """A witness in a folder, with a clock that a test sets."""

    folder: Path
    store: WitnessStore
    cosigner: Cosigner
    now: float = NOW

    @property
    def witness(self) -> Witness:
        evidence = EvidenceStore(self.folder)
        return Witness(self.cosigner, self.store, evidence, clock=lambda: self.now)

    def refused(self, origin: str = ORIGIN) -> list[tuple[str, int]]:
        return [(each.kind, each.size) for each in EvidenceStore(self.folder).of(origin)]


def open_desk(folder: Path, start: bytes | None = None, log: Log = FIRST) -> Desk:
    """Make a witness that watches a log."""
    cosigner = create_cosigner(folder, "witness.example/w1")
    store = WitnessStore(folder, create=True)
    pin(store, cosigner, log.key, origin=log.origin, start=start)
    return Desk(folder, store, cosigner)
