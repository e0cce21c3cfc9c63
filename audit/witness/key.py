# SPDX-License-Identifier: Apache-2.0
"""The key of a witness: made once with its folder, then only ever read.

An Ed25519 key of one class (`log.md` 2.8): it signs cosignatures and nothing else. The
folder (0700) holds it as PKCS8 PEM (0600), with the verifier key beside it for the policies of
others. HSM keys and ML-DSA are left out.
"""

from __future__ import annotations

import os
import stat
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

from audit.files import FILE_MODE, FOLDER_MODE
from audit.proof.cosignature import cosign, cosigner_key
from audit.proof.note import VerifierKey
from audit.signer.files import create_file
from domain.errors import UnreachableError, UnsafeError, UsageError

KEY_FILE: Final = "witness.key"
VERIFIER_FILE: Final = "witness.vkey"
KEY_OCTETS_MAX: Final = 4_096


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's name and key."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The key that others verify its cosignatures with."""
        return cosigner_key(self.name, self.private_key.public_key())

    def line(self, text: str, at: int) -> str:
        """Cosign the text of a checkpoint at a time and give the signature line."""
        return cosign(text, name=self.name, private_key=self.private_key, at=at)


def create_cosigner(folder: Path, name: str) -> Cosigner:
    """Make the key of a new witness, durably; the folder becomes private to this user.

    Raises:
        UnsafeError: The folder holds a witness already, or others may enter it.
        UnreachableError: The folder cannot be written.
        ProofError: The name is none that a key may bear.
    """
    made = Cosigner(name, Ed25519PrivateKey.generate())
    vkey = str(made.verifier)
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise UnreachableError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    _check_private(folder, FOLDER_MODE)
    pem = made.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # The verifier key comes last: only with it is the witness complete.
    if not create_file(folder / KEY_FILE, pem):
        raise UnsafeError(
            f"{folder} holds a witness key already; it is never replaced.",
            slug="witness_exists",
            next_step="Choose another folder for a new witness.",
        )
    create_file(folder / VERIFIER_FILE, f"{vkey}\n".encode())
    return made


def load_cosigner(folder: Path) -> Cosigner:
    """Read the key of a witness.

    Raises:
        UsageError: There is no witness in the folder.
        UnsafeError: The key is damaged, it is not the key beside it, or others may read it.
    """
    try:
        vkey = _read(folder / VERIFIER_FILE).decode(errors="replace").strip()
        private_key = load_pem_private_key(_read(folder / KEY_FILE), password=None)
    except OSError as error:
        raise UsageError(
            f"{folder} holds no witness: {error.strerror}.",
            slug="witness_absent",
            next_step=f"Make one with `muniment witness new --store {folder} --name NAME`.",
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _damaged() from error
    _check_private(folder, FOLDER_MODE)
    _check_private(folder / KEY_FILE, FILE_MODE)
    if not isinstance(private_key, Ed25519PrivateKey):
        raise _damaged()
    found = Cosigner(vkey.partition("+")[0], private_key)
    if str(found.verifier) != vkey:
        raise _damaged()
    return found


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(KEY_OCTETS_MAX)


def _check_private(path: Path, mode: int) -> None:
    found = path.lstat()
    if stat.S_IMODE(found.st_mode) != mode or found.st_uid != os.geteuid():
        raise UnsafeError(
            f"{path} is not private to this user.",
            slug="witness_open",
            next_step=f"Find out who changed it; `chmod {mode:o} {path}` if it is yours.",
        )


def _damaged() -> UnsafeError:
    return UnsafeError(
        "The key of the witness is damaged.",
        slug="witness_key",
        next_step="Restore the folder of the witness from its own backup.",
    )
