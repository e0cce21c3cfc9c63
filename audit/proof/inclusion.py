# SPDX-License-Identifier: Apache-2.0
"""Receipts: a file that proves, offline, that an entry stands in the log.

Implements C2SP tlog-proof v1 (`.tlog-proof`): the index, the inclusion proof and
the signed checkpoint it leads to. The optional extra data is carried and never
trusted, since nothing in the format authenticates it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from audit.proof.checkpoint import Checkpoint, open_checkpoint
from audit.proof.merkle import HASH_OCTETS, PATH_HASHES_MAX, SIZE_MAX, verify_inclusion
from audit.proof.note import NOTE_OCTETS_MAX, VerifierKey, decode_base64, parse_decimal
from domain.errors import ProofError

HEADER = "c2sp.org/tlog-proof@v1"
FILE_SUFFIX = ".tlog-proof"
EXTRA_OCTETS_MAX = 65_536
PROOF_OCTETS_MAX = NOTE_OCTETS_MAX + 2 * EXTRA_OCTETS_MAX

_EXTRA = "extra "
_INDEX = "index "


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """One receipt.

    Attributes:
        index: Position of the entry in the log, from 0.
        path: Inclusion proof, the leaf's sibling first; 32 octets a hash.
        checkpoint_note: The signed checkpoint, octet for octet.
        extra: Unauthenticated data of the application, or None.

    Raises:
        ProofError: A value is none that the format can hold.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint_note: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < SIZE_MAX or len(self.path) > PATH_HASHES_MAX:
            raise ProofError("A receipt has an index from 0 and at most 63 hashes.")
        if any(len(each) != HASH_OCTETS for each in self.path):
            raise ProofError("Every hash of a receipt has 32 octets.")
        if len(self.extra or b"") > EXTRA_OCTETS_MAX:
            raise ProofError(f"A receipt carries at most {EXTRA_OCTETS_MAX} octets of extra data.")

    def encode(self) -> bytes:
        """Give the octets of the `.tlog-proof` file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(_EXTRA + b64encode(self.extra).decode())
        lines.append(f"{_INDEX}{self.index}")
        lines += [b64encode(each).decode() for each in self.path]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint_note


def parse_tlog_proof(octets: bytes) -> TlogProof:
    """Read a receipt strictly: what is accepted encodes again to the same octets.

    Nothing is verified here but the form; see `verify_tlog_proof`.

    Raises:
        ProofError: The octets are not a receipt.
    """
    if len(octets) > PROOF_OCTETS_MAX:
        raise ProofError(f"The receipt has more than {PROOF_OCTETS_MAX} octets.")
    head, separator, note = octets.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ProofError("The head of the receipt is not ASCII.") from error
    if not separator or lines.pop(0) != HEADER:
        raise ProofError(f"A receipt starts with the line {HEADER}.")
    extra = _take(lines, _EXTRA)
    index = _take(lines, _INDEX)
    if index is None or len(lines) > PATH_HASHES_MAX:
        raise ProofError("A receipt has one index line and at most 63 hashes.")
    return TlogProof(
        index=parse_decimal(index),
        path=tuple([decode_base64(line) for line in lines]),
        checkpoint_note=note,
        extra=None if extra is None else decode_base64(extra),
    )


def verify_tlog_proof(
    proof: TlogProof, leaf: bytes, *, keys: Iterable[VerifierKey], origin: str
) -> Checkpoint:
    """Check a receipt for a leaf hash, offline.

    Args:
        proof: The receipt.
        leaf: Leaf hash of the entry, `merkle.leaf_hash(entry)`.
        keys: Trusted keys; never taken from the receipt itself.
        origin: Which log it has to be.

    Returns:
        The checkpoint whose tree holds the entry.

    Raises:
        ProofError: The checkpoint or the inclusion proof does not verify.
    """
    checkpoint = open_checkpoint(proof.checkpoint_note, keys, origin=origin)
    verify_inclusion(
        leaf=leaf,
        index=proof.index,
        size=checkpoint.size,
        path=proof.path,
        root=checkpoint.root,
    )
    return checkpoint


def _take(lines: list[str], label: str) -> str | None:
    """Take the first line off if it bears the label."""
    if lines and lines[0].startswith(label):
        return lines.pop(0).removeprefix(label)
    return None
