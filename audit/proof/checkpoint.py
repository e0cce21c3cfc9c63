# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: what a log signs about its tree at one size.

Implements the note text of C2SP tlog-checkpoint 1.0 without extension lines, as
`log.md` 2.5 demands: witnesses refuse them and ML-DSA cosignatures do not cover
them, so this module neither writes nor accepts any.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.proof.merkle import (
    EMPTY_ROOT,
    HASH_OCTETS,
    SIZE_MAX,
    refutes_consistency,
    verify_consistency,
)
from audit.proof.note import VerifierKey, decode_base64, open_note, parse_decimal
from domain.errors import ProofError

_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The tree of a log at one size.

    Attributes:
        origin: Identity of the log, one line, never empty.
        size: Number of leaves.
        root: Root hash of the tree, 32 octets.

    Raises:
        ProofError: A value is none that a checkpoint can state.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or any(letter < " " for letter in self.origin):
            raise ProofError("The origin of a checkpoint is one line that is not empty.")
        if not 0 <= self.size <= SIZE_MAX or len(self.root) != HASH_OCTETS:
            raise ProofError(f"No checkpoint has size {self.size} and this root.")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise ProofError("The root of the empty tree is SHA-256 of nothing.")

    def body(self) -> str:
        """Give the note text that is signed: origin, size and root, a line each."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note text strictly; only what `Checkpoint.body` gives is accepted.

    Raises:
        ProofError: The text is not exactly the three lines of a checkpoint.
    """
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise ProofError("A checkpoint has the lines origin, size and root, and no others.")
    origin, size, root = lines[:_LINES]
    return Checkpoint(origin=origin, size=parse_decimal(size), root=decode_base64(root))


def read_body(note: bytes) -> Checkpoint:
    """Read what a note states whose signature somebody else has checked, or made.

    Raises:
        ProofError: It is no checkpoint.
    """
    return parse_checkpoint(note.partition(b"\n\n")[0].decode() + "\n")


def open_checkpoint(note: bytes, keys: Iterable[VerifierKey], origin: str) -> Checkpoint:
    """Check a signed checkpoint of one log.

    Args:
        note: The signed note, octet for octet.
        keys: Trusted keys; those of the log bear its origin as their name.
        origin: Which log it has to be.

    Raises:
        ProofError: The note does not verify, it is not signed by a key of the log, or
            it is another log's checkpoint.
    """
    verified = open_note(note, keys)
    found = parse_checkpoint(verified.text)
    if found.origin != origin:
        raise ProofError(f"The checkpoint is not one of {origin}.", slug="checkpoint_origin")
    if all(key.name != origin for key in verified.signers):
        raise ProofError(f"No key of {origin} has signed the checkpoint.", slug="note_unsigned")
    return found


class TreeHead(Protocol):
    """A tree by its size and root: a checkpoint, or what a witness holds of one."""

    @property
    def size(self) -> int:
        """Number of leaves."""

    @property
    def root(self) -> bytes:
        """Root hash."""


def verify_growth(older: TreeHead, newer: TreeHead, path: Sequence[bytes]) -> None:
    """Check that a tree grew out of another one that is not empty (RFC 9162, 2.1.4.2).

    Raises:
        ProofError: It did not, or this does not prove it.
    """
    verify_consistency(
        old_size=older.size,
        new_size=newer.size,
        old_root=older.root,
        new_root=newer.root,
        path=path,
    )


def contradicts(older: TreeHead, newer: TreeHead, path: Sequence[bytes]) -> bool:
    """Tell whether a path proves that a tree did not grow out of another one."""
    return refutes_consistency(
        old_size=older.size,
        new_size=newer.size,
        old_root=older.root,
        new_root=newer.root,
        path=path,
    )
