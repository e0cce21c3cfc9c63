# SPDX-License-Identifier: Apache-2.0
"""What the signer remembers, outside the database, about the last tree it signed.

Implements the durable state of `log.md` 2.4: the compact range of the last signed
tree in two alternating slots of one file, each with a checksum. A write that is torn
or lost damages only the slot being written, so the state before it stays readable.
There is no reset: a state that cannot be read stops the signer. One that is lost comes back
from its own backup, or from a quorum of witnesses (see ``audit.restoring.reseeding``).
"""

from __future__ import annotations

import os
import struct
from hashlib import sha256
from pathlib import Path
from typing import Final

from audit.proof.merkle import CompactRange
from audit.signer.files import create_file
from domain.errors import ProofError, UnreachableError, UnsafeError

STATE_FILE: Final = "state"

_MAGIC: Final = b"MUNSIGN1"
_HEADER: Final = struct.Struct(">8sQQ32s")
_CHECKSUM_OCTETS: Final = 32
_SLOT_OCTETS: Final = 4096
_SLOTS: Final = 2


class StateFile:
    """The signer's state file, open for as long as the signer runs.

    Durability: when `save` returns, the state survives a power cut. Used by one
    process and one thread.
    """

    def __init__(self, folder: Path) -> None:
        """Open the state in the signer's folder and read it.

        Raises:
            UnsafeError: The state is missing or neither slot can be read.
        """
        try:
            self._file = os.open(folder / STATE_FILE, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            octets = os.pread(self._file, _SLOTS * _SLOT_OCTETS, 0)
        except OSError as error:
            raise _lost() from error
        slots = [_decode(octets[at * _SLOT_OCTETS :][:_SLOT_OCTETS]) for at in range(_SLOTS)]
        readable = [slot for slot in slots if slot is not None]
        if not readable:
            raise _lost()
        self._generation, self._tree = max(readable, key=lambda slot: slot[0])

    @property
    def tree(self) -> CompactRange:
        """The last tree that was saved."""
        return self._tree

    def save(self, tree: CompactRange) -> None:
        """Make a larger tree the state, durably.

        Raises:
            UnsafeError: The tree is not larger than the saved one.
            UnreachableError: The disk refuses; the state before stays the state.
        """
        if tree.size <= self._tree.size:
            raise UnsafeError("The signer's state only grows.", slug="signer_rollback")
        generation = self._generation + 1
        try:
            os.pwrite(self._file, _encode(generation, tree), generation % _SLOTS * _SLOT_OCTETS)
            os.fdatasync(self._file)
        except OSError as error:
            raise UnreachableError(
                f"The signer cannot save its state: {error.strerror}.",
                slug="signer_disk",
                next_step="Free space on the signer's disk; appends go on by themselves.",
            ) from error
        self._generation, self._tree = generation, tree

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def signed_tree(folder: Path) -> CompactRange:
    """Read the newest tree that the signer of a folder may have signed.

    Raises:
        UnsafeError: ``signer_state_lost``.
    """
    state = StateFile(folder)
    state.close()
    return state.tree


def create_state(folder: Path) -> None:
    """Make the state of the empty tree, durably; keeps one that is still empty.

    Raises:
        UnsafeError: The folder holds the state of a log that has begun.
    """
    slots = b"".join(_encode(generation, CompactRange()) for generation in range(_SLOTS))
    if not create_file(folder / STATE_FILE, slots) and signed_tree(folder).size:
        raise UnsafeError(f"{folder} holds the signer state of a log that has begun.")


def reseed_state(folder: Path, tree: CompactRange) -> None:
    """Make a tree the state of a signer that has lost its own, durably.

    The caller holds the signer's lock, and a quorum of witnesses has cosigned the tree.

    Raises:
        UnsafeError: ``signer_state_exists``, there is a state; it is never replaced.
        UnreachableError: The disk refuses.
    """
    refuse_state(folder)
    slots = b"".join(_encode(generation, tree) for generation in range(_SLOTS))
    create_file(folder / STATE_FILE, slots)


def refuse_state(folder: Path) -> None:
    """Refuse a folder in which there is a state, readable or not.

    Raises:
        UnsafeError: ``signer_state_exists``.
    """
    if os.path.lexists(folder / STATE_FILE):
        raise UnsafeError(
            f"{folder} holds a signer state, which is never replaced.",
            slug="signer_state_exists",
            next_step="Where it is sound, nothing is to be done. Where it is damaged, keep it as "
            "evidence under another name, and run this again.",
        )


def _encode(generation: int, tree: CompactRange) -> bytes:
    body = _HEADER.pack(_MAGIC, generation, tree.size, tree.root()) + tree.to_bytes()
    body = body.ljust(_SLOT_OCTETS - _CHECKSUM_OCTETS, b"\0")
    return body + sha256(body).digest()


def _decode(slot: bytes) -> tuple[int, CompactRange] | None:
    """Read a slot; None when it is torn or no slot at all."""
    body, checksum = slot[:-_CHECKSUM_OCTETS], slot[-_CHECKSUM_OCTETS:]
    if len(slot) != _SLOT_OCTETS or sha256(body).digest() != checksum:
        return None
    magic, generation, size, root = _HEADER.unpack_from(body)
    end = _HEADER.size + size.bit_count() * len(root)
    try:
        tree = CompactRange.from_bytes(size, body[_HEADER.size : end])
    except ProofError:
        return None
    return (generation, tree) if magic == _MAGIC and tree.root() == root else None


def _lost() -> UnsafeError:
    return UnsafeError(
        "The signer's state is missing or damaged.",
        slug="signer_state_lost",
        next_step="Restore the newest copy of it, if that knows all that was signed. Else make it "
        "anew with `muniment signer reseed`, from witnesses; never from the database alone.",
    )
