# SPDX-License-Identifier: Apache-2.0
"""Cosignatures: a witness says that it saw a checkpoint grow out of all it saw before, and when.

Implements C2SP tlog-cosignature 1.1 for `log.md` 2.6, in its Ed25519 form (type 0x04,
``cosignature/v1``) and its ML-DSA-44 form (type 0x06, ``subtree/v1``): the lines, their times,
and how a witness's answer is read. A cosignature dates the checkpoint, so `log.md` 2.7 takes
its times from here; a log signs its own checkpoints in the ML-DSA-44 form without a time
(`UNDATED`), since its word on the time proves nothing. How many cosignatures are enough is the
matter of `policy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from audit.proof.cosigned.subtree import TIMESTAMP_SECONDS_MAX
from audit.proof.note import (
    COSIGNATURE,
    ML_DSA_44,
    TIMESTAMP_OCTETS,
    VerifiedNote,
    VerifierKey,
    cosigned_message,
    cosigned_tree,
    open_note,
    signature_line,
)
from domain.errors import ProofError

CosignerPrivateKey: TypeAlias = Ed25519PrivateKey | MLDSA44PrivateKey
CosignerPublicKey: TypeAlias = Ed25519PublicKey | MLDSA44PublicKey

UNDATED: Final = 0
"""The time of an ML-DSA-44 cosignature that makes no statement about time."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """One checked cosignature.

    Attributes:
        key: Key of the witness.
        at: When it was made by the witness's clock, in seconds since 1970 UTC.
    """

    key: VerifierKey
    at: int


def cosigner_key(name: str, public_key: CosignerPublicKey) -> VerifierKey:
    """Name a public key so that its cosignatures can be verified; its type is theirs.

    Raises:
        ProofError: The name or the key is not one that notes may use.
    """
    kind = ML_DSA_44 if isinstance(public_key, MLDSA44PublicKey) else COSIGNATURE
    return VerifierKey(name=name, kind=kind, key=public_key.public_bytes_raw())


def cosign(text: str, *, name: str, private_key: CosignerPrivateKey, at: int) -> str:
    """Cosign the text of a checkpoint and give the line, its newline included.

    Args:
        text: The note text that the log signed; the caller has checked it.
        name: Name of the witness.
        private_key: Its key, which signs nothing but cosignatures.
        at: The time, in seconds since 1970 UTC; `UNDATED` for a log and its ML-DSA-44 key.

    Raises:
        ProofError: The name is none that a key may bear, there is no such time, or the text is
            no checkpoint, which ML-DSA-44 needs.
    """
    if not 0 <= at <= TIMESTAMP_SECONDS_MAX:
        raise ProofError("The time of a cosignature is a number of seconds since 1970.")
    key = cosigner_key(name, private_key.public_key())
    if key.kind == ML_DSA_44:
        message = cosigned_tree(name, text, at).message()
    else:
        message = cosigned_message(text, at)
    return signature_line(key, at.to_bytes(TIMESTAMP_OCTETS) + private_key.sign(message))


def cosignatures(verified: VerifiedNote) -> tuple[Cosignature, ...]:
    """Give the cosignatures among the checked signatures of a note, in the order of its lines.

    One of ML-DSA-44 without a time is none: it does not say that the tree was the newest.
    """
    found = (
        Cosignature(key, int.from_bytes(signature[:TIMESTAMP_OCTETS]))
        for key, signature in zip(verified.signers, verified.signatures, strict=True)
        if key.kind in {COSIGNATURE, ML_DSA_44}
    )
    return tuple(each for each in found if each.key.kind == COSIGNATURE or each.at != UNDATED)


def read_answer(text: str, answer: bytes, key: VerifierKey) -> tuple[Cosignature, str]:
    """Check what a witness answered, as tlog-witness says; lines of other keys are ignored.

    Args:
        text: The note text that it was asked to cosign.
        answer: Signature lines, octet for octet.
        key: The one key whose cosignature is accepted.

    Returns:
        The cosignature, and its line written anew.

    Raises:
        ProofError: The lines are malformed, or there is no good cosignature of that key.
    """
    verified = open_note(text.encode() + b"\n" + answer, (key,))
    found = cosignatures(verified)
    if not found:
        raise ProofError(f"{key.name} has not cosigned.", slug="cosignature_missing")
    return found[0], signature_line(key, verified.signatures[0])


def signed_text(note: bytes) -> str:
    """Give the text above the signature lines of a note; nothing of it is checked.

    Raises:
        ProofError: It is not UTF-8.
    """
    try:
        return note.rpartition(b"\n\n")[0].decode() + "\n"
    except UnicodeDecodeError as error:
        raise ProofError("The note is not UTF-8.") from error
