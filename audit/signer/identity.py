# SPDX-License-Identifier: Apache-2.0
"""The log key: made once with the signer's empty state, then only ever read.

Implements the key files of `log.md` 2.4 and 2.8: an Ed25519 key of one class (it
signs checkpoints, never events), as PKCS8 PEM that only its owner may read, with the
verifier key beside it for everyone else. Rotation and HSM keys are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from audit.proof.checkpoint import Checkpoint
from audit.proof.note import VerifierKey, sign_note, verifier_key
from audit.signer.files import create_file, private_folder
from audit.signer.state import create_state
from domain.errors import UnreachableError, UnsafeError

KEY_FILE: Final = "log.key"
VERIFIER_FILE: Final = "log.vkey"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which log the signer signs for, and its key."""

    origin: str
    private_key: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The key that strangers verify with."""
        return verifier_key(self.origin, self.private_key.public_key())

    def sign(self, size: int, root: bytes) -> bytes:
        """Sign the checkpoint of one tree and give the note."""
        checkpoint = Checkpoint(origin=self.origin, size=size, root=root)
        return sign_note(checkpoint.body(), name=self.origin, private_key=self.private_key)


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
    identity = Identity(origin, Ed25519PrivateKey.generate())
    vkey = str(identity.verifier)
    create_state(folder)
    # The key comes last: only with it is the signer complete, and it is never replaced.
    pem = identity.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / VERIFIER_FILE).unlink(missing_ok=True)
    create_file(folder / VERIFIER_FILE, f"{vkey}\n".encode())
    if not create_file(folder / KEY_FILE, pem):
        raise _taken(folder)
    return vkey


def load_identity(folder: Path, origin: str) -> Identity:
    """Read the log key.

    Raises:
        UnreachableError: There is no signer in the folder.
        UnsafeError: The key is not an Ed25519 key, or is the key of another log.
    """
    private_folder(folder)
    try:
        private_key = load_pem_private_key((folder / KEY_FILE).read_bytes(), password=None)
    except OSError as error:
        raise UnreachableError(
            f"The log key in {folder} cannot be read: {error.strerror}.",
            next_step="Create the ledger with `muniment init`, or restore the signer's folder.",
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnsafeError("The log key is damaged.", slug="signer_key") from error
    if not isinstance(private_key, Ed25519PrivateKey):
        raise UnsafeError("The log key is no Ed25519 key.", slug="signer_key")
    identity = Identity(origin, private_key)
    if read_verifier(folder) != str(identity.verifier):
        raise UnsafeError(f"The log key is not the key of {origin}.", slug="signer_key")
    return identity


def read_verifier(folder: Path) -> str:
    """Read the verifier key (vkey) text of the signer in a folder.

    Raises:
        UnreachableError: There is none.
    """
    try:
        return (folder / VERIFIER_FILE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreachableError(f"{folder} holds no verifier key of a log.") from error


def _taken(folder: Path) -> UnsafeError:
    return UnsafeError(
        f"{folder} holds a log key already; it is never replaced.",
        slug="signer_exists",
        next_step="Choose another folder for a new ledger.",
    )
