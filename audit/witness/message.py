# SPDX-License-Identifier: Apache-2.0
"""The one request of the witness protocol and its answers, as octets.

Implements the bodies of C2SP tlog-witness: ``old N``, at most 63 lines of a consistency proof,
an empty line, the checkpoint; and the size that a 409 names. Both sides use it, so what one
writes the other reads. Signatures and proofs are not looked at here.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from audit.proof.merkle import HASH_OCTETS, PATH_HASHES_MAX
from audit.proof.note import NOTE_OCTETS_MAX, decode_base64, parse_decimal
from domain.errors import ProofError

ADD_CHECKPOINT: Final = "/add-checkpoint"
"""Path of the request below the submission prefix of a witness."""

OK: Final = 200
MALFORMED: Final = 400
UNTRUSTED: Final = 403
UNKNOWN: Final = 404
STALE: Final = 409
INCONSISTENT: Final = 422
UNAVAILABLE: Final = 503

SIZE_TYPE: Final = "text/x.tlog.size"
"""Content type of the answer 409, whose body is the size that the witness holds."""

SIZE_OCTETS_MAX: Final = 32
HEAD_OCTETS_MAX: Final = 4_096
"""Everything above the checkpoint; 63 lines of 45 octets and the size fit well."""

BODY_OCTETS_MAX: Final = HEAD_OCTETS_MAX + NOTE_OCTETS_MAX

_OLD: Final = "old "


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A request to cosign a checkpoint.

    Attributes:
        old: Size from which the proof leads.
        path: Consistency proof to the checkpoint's size, hashes of 32 octets.
        note: The checkpoint with its signatures, octet for octet.
    """

    old: int
    path: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """Give the body of the request."""
        return b"".join((f"{_OLD}{self.old}\n".encode(), self.proof(), b"\n", self.note))

    def proof(self) -> bytes:
        """Give the lines of its proof alone, a hash each."""
        return b"".join(b64encode(each) + b"\n" for each in self.path)

    @classmethod
    def parse(cls, body: bytes) -> AddCheckpoint:
        """Read the body of a request strictly.

        Raises:
            ProofError: It has any other form.
        """
        if len(body) > BODY_OCTETS_MAX:
            raise ProofError(f"The request has more than {BODY_OCTETS_MAX} octets.")
        head, separator, note = body.partition(b"\n\n")
        if not separator or len(head) > HEAD_OCTETS_MAX or not head.isascii():
            raise ProofError("The request has no proof above its checkpoint.")
        size, *proof = head.decode("ascii").split("\n")
        if not size.startswith(_OLD) or len(proof) > PATH_HASHES_MAX:
            raise ProofError("The request does not begin with the line old and at most 63 hashes.")
        return cls(
            old=parse_decimal(size.removeprefix(_OLD)),
            path=tuple(_hash(line) for line in proof),
            note=note,
        )


def size_body(size: int) -> bytes:
    """Give the body of a 409 answer: the size that the witness holds."""
    return f"{size}\n".encode()


def parse_size(body: bytes) -> int:
    """Read the body of a 409 answer.

    Raises:
        ProofError: It is not one decimal number and a newline.
    """
    if len(body) > SIZE_OCTETS_MAX or not body.isascii() or not body.endswith(b"\n"):
        raise ProofError("The witness does not say which size it holds.")
    return parse_decimal(body[:-1].decode("ascii"))


def _hash(line: str) -> bytes:
    octets = decode_base64(line)
    if len(octets) != HASH_OCTETS:
        raise ProofError("A line of the consistency proof is no SHA-256 hash.")
    return octets
