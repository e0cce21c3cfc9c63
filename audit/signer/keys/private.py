# SPDX-License-Identifier: Apache-2.0
"""Private keys of a log: Ed25519 and ML-DSA-44, each in a file of its own that is never replaced.

Implements the key files of `log.md` 2.4: PKCS8 PEM (RFC 8410, RFC 9881) that only its owner
may read. Keys in an HSM are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from audit.proof.cosignature import UNDATED, cosign, cosigner_key
from audit.proof.note import VerifierKey, signature_line, verifier_key
from audit.signer.files import create_file
from audit.signer.keys.lines import ED25519_LINE, ML_DSA_44_LINE, Line
from domain.errors import UnreachableError, UnsafeError

PrivateKey: TypeAlias = Ed25519PrivateKey | MLDSA44PrivateKey

_WORDS: Final = {ED25519_LINE: "Ed25519", ML_DSA_44_LINE: "ML-DSA-44"}


def generate(line: Line) -> PrivateKey:
    """Make a new key."""
    if line == ML_DSA_44_LINE:
        return MLDSA44PrivateKey.generate()
    return Ed25519PrivateKey.generate()


def verifier_of(origin: str, private_key: PrivateKey) -> VerifierKey:
    """Give the key that strangers verify with.

    Raises:
        ProofError: The origin is no name that a key may bear.
    """
    if isinstance(private_key, MLDSA44PrivateKey):
        return cosigner_key(origin, private_key.public_key())
    return verifier_key(origin, private_key.public_key())


def signed_line(text: str, origin: str, private_key: PrivateKey) -> str:
    """Sign the text of a checkpoint and give the line of the note, its newline included."""
    if isinstance(private_key, MLDSA44PrivateKey):
        return cosign(text, name=origin, private_key=private_key, at=UNDATED)
    key = verifier_key(origin, private_key.public_key())
    return signature_line(key, private_key.sign(text.encode()))


def save_private(path: Path, private_key: PrivateKey) -> bool:
    """Write a key, durably; gives False, and changes nothing, where there is such a file.

    Raises:
        UnreachableError: The disk refuses.
    """
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return create_file(path, pem)


def load_private(path: Path, line: Line) -> PrivateKey:
    """Read a key.

    Raises:
        UnreachableError: There is none.
        UnsafeError: It is damaged, or of another type.
    """
    try:
        private_key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise UnreachableError(
            f"The log key in {path.parent} cannot be read: {error.strerror}.",
            next_step="Create the ledger with `muniment init`, or restore the signer's folder.",
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnsafeError("The log key is damaged.", slug="signer_key") from error
    if line == ED25519_LINE and isinstance(private_key, Ed25519PrivateKey):
        return private_key
    if line == ML_DSA_44_LINE and isinstance(private_key, MLDSA44PrivateKey):
        return private_key
    raise UnsafeError(f"The log key is no {_WORDS[line]} key.", slug="signer_key")
