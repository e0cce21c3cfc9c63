# SPDX-License-Identifier: Apache-2.0
"""Who the signer is: the log's keys, made with the signer's empty state, then only ever read.

Implements the key files of `log.md` 2.4 and 2.8 and the post-quantum plan (a) of the envelope
specification, section 7: an Ed25519 key and an ML-DSA-44 key of one class (they sign
checkpoints, never events), as PKCS8 PEM that only their owner may read, with the verifier keys
beside them. Every note that is kept or published carries a line of each type; the receipt of an
append carries Ed25519 alone where an ML-DSA-44 signature would make it wait (see `protocol`).
A key that ended may be destroyed. HSM keys are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.checkpoint import Checkpoint
from audit.proof.note import VerifierKey
from audit.signer.files import private_folder
from audit.signer.keys.lines import ED25519_LINE, ML_DSA_44_LINE, Line
from audit.signer.keys.private import (
    PrivateKey,
    generate,
    load_private,
    save_private,
    signed_line,
    verifier_of,
)
from audit.signer.keys.ring import (
    KEY_FILE,
    RingKey,
    read_ring,
    write_ring,
    written_vkey,
)
from audit.signer.keys.rotation import new_key
from audit.signer.protocol import RECEIPT_LINES
from audit.signer.state import create_state
from domain.errors import UnsafeError


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the log with its private half."""

    known: RingKey
    private_key: PrivateKey


@dataclass(frozen=True, slots=True)
class Identity:
    """Which log the signer signs for, and its keys."""

    origin: str
    keys: tuple[SigningKey, ...]

    @property
    def private_key(self) -> Ed25519PrivateKey:
        """The Ed25519 key in use."""
        return next(
            key.private_key
            for key in reversed(self.keys)
            if isinstance(key.private_key, Ed25519PrivateKey)
        )

    @property
    def verifier(self) -> VerifierKey:
        """The Ed25519 key that strangers verify with."""
        return verifier_of(self.origin, self.private_key)

    def sign(self, size: int, root: bytes, lines: Collection[Line] = RECEIPT_LINES) -> bytes:
        """Sign the checkpoint of one tree and give the note.

        Args:
            size: Number of leaves.
            root: Root of the tree.
            lines: Types of the lines; each key of these types signs whose sizes these are.
        """
        body = Checkpoint(origin=self.origin, size=size, root=root).body()
        signed = (
            signed_line(body, self.origin, key.private_key)
            for key in self.keys
            if key.known.line in lines and key.known.signs(size)
        )
        return f"{body}\n{''.join(signed)}".encode()


def create_signer(folder: Path, origin: str) -> str:
    """Make the key and the empty state of a new log's signer.

    Durable when it returns. Killed half-way, it may be called again.

    Args:
        folder: The signer's own folder; made private to this user.
        origin: Identity of the log, the name of its key.

    Returns:
        The verifier key (vkey) text, for the trust files of strangers.

    Raises:
        UnsafeError: The folder holds a signer already, or others may enter it.
        UnreachableError: The folder cannot be written.
        ProofError: The origin is no name that a key may bear.
    """
    private_folder(folder)
    if (folder / KEY_FILE).exists():
        raise _taken(folder)
    private_key = generate(ED25519_LINE)
    vkey = str(verifier_of(origin, private_key))
    create_state(folder)
    first = RingKey(line=ED25519_LINE, vkey=vkey, file=KEY_FILE, from_size=0)
    write_ring(folder, (first, new_key(folder, origin, line=ML_DSA_44_LINE, number=1)))
    # The key comes last: only with it is the signer complete, and it is never replaced.
    if not save_private(folder / KEY_FILE, private_key):
        raise _taken(folder)
    return vkey


def load_identity(folder: Path, origin: str) -> Identity:
    """Read the log's keys.

    Raises:
        UnreachableError: There is no signer in the folder, or a key that is in use is gone.
        UnsafeError: A key is damaged or of another type, or is the key of another log.
    """
    private_folder(folder)
    ring = read_ring(folder)
    destroyed = {each for each in ring if each.to_size is not None and not _kept(folder, each)}
    keys = tuple(_loaded(folder, each, origin) for each in ring if each not in destroyed)
    if written_vkey(folder) not in {key.vkey for key in ring if key.line == ED25519_LINE}:
        raise _another(origin)
    return Identity(origin, keys)


def read_verifier(folder: Path) -> str:
    """Read the verifier key (vkey) text of the Ed25519 key that the signer in a folder uses.

    Raises:
        UnreachableError: There is none.
    """
    return next(key.vkey for key in reversed(read_ring(folder)) if key.line == ED25519_LINE)


def _kept(folder: Path, key: RingKey) -> bool:
    """Tell whether a key's private half is there; that of an ended key may be destroyed."""
    return (folder / key.file).exists()


def _loaded(folder: Path, known: RingKey, origin: str) -> SigningKey:
    private_key = load_private(folder / known.file, known.line)
    if str(verifier_of(origin, private_key)) != known.vkey:
        raise _another(origin)
    return SigningKey(known, private_key)


def _another(origin: str) -> UnsafeError:
    return UnsafeError(f"The log key is not the key of {origin}.", slug="signer_key")


def _taken(folder: Path) -> UnsafeError:
    return UnsafeError(
        f"{folder} holds a log key already; it is never replaced.",
        slug="signer_exists",
        next_step="Choose another folder for a new ledger.",
    )
