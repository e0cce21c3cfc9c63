# SPDX-License-Identifier: Apache-2.0
"""What others say about a log of the tests: witnesses with real keys, and proofs of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.cosignature import cosign, cosigner_key, signed_text
from audit.proof.merkle import CompactRange, consistency_path, inclusion_path, leaf_hash
from audit.proof.note import with_lines
from audit.proof.policy.file import parse_policy
from audit.proof.policy.rule import Policy
from tests.unit.audit.verify.log_builder import NOW, LogBuilder

NAMES: Final = ("court", "office", "press")
KEYS: Final = {name: Ed25519PrivateKey.generate() for name in NAMES}


def policy_file(log: LogBuilder, quorum: int = 2) -> bytes:
    """Give a policy of three witnesses, so many of which are enough."""
    return policy_lines([f"log {log.trust().log_keys[0].vkey}"], quorum)


def policy_lines(logs: Sequence[str], quorum: int = 2) -> bytes:
    """Give the same policy for other logs."""
    lines = [
        f"witness {name} {cosigner_key(f'{name}.example', key.public_key())}"
        for name, key in KEYS.items()
    ]
    last = [f"group g {quorum} {' '.join(NAMES)}", "quorum g", ""]
    return "\n".join([*logs, *lines, *last]).encode()


def policy(log: LogBuilder, quorum: int = 2) -> Policy:
    return parse_policy(policy_file(log, quorum))


def cosigned(note: bytes, names: Sequence[str] = NAMES, *, at: int = NOW) -> bytes:
    """Have witnesses cosign a checkpoint."""
    text = signed_text(note)
    lines = [cosign(text, name=f"{name}.example", private_key=KEYS[name], at=at) for name in names]
    return with_lines(note, lines)


def inclusion(log: LogBuilder, index: int, size: int) -> tuple[bytes, ...]:
    return inclusion_path(index, size, node=lambda level, at: _node(log, level, at))


def consistency(log: LogBuilder, old: int, new: int) -> tuple[bytes, ...]:
    return consistency_path(old, new, node=lambda level, at: _node(log, level, at))


def _node(log: LogBuilder, level: int, index: int) -> bytes:
    entries = log.entries[index << level : (index + 1) << level]
    return CompactRange().extend(map(leaf_hash, entries)).root()
