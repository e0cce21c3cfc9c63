# SPDX-License-Identifier: Apache-2.0
"""The octets that an ML-DSA-44 cosignature covers: ``cosigned_message`` of a tree.

Implements the ``subtree/v1`` structure of C2SP tlog-cosignature 1.1 in the presentation
language of RFC 8446, section 3. It names the cosigner, which the Ed25519 form does not, and
covers no extension lines. Only whole trees are written: a subtree that begins after the first
leaf has no checkpoint.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from audit.proof.merkle import HASH_OCTETS, SIZE_MAX
from domain.errors import ProofError

NAME_OCTETS_MAX: Final = 255
TIMESTAMP_SECONDS_MAX: Final = 2**63 - 1

_LABEL: Final = b"subtree/v1\n\0"
_START: Final = 0
_NUMBER: Final = struct.Struct(">Q")
_RANGE: Final = struct.Struct(">QQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedTree:
    """What a cosigner says: it saw this tree of that log, at some time or at none in particular.

    Attributes:
        cosigner: Name of its key, 1 to 255 octets of UTF-8.
        at: Seconds since 1970 UTC; 0 says nothing about the time, nor that it was the newest.
        origin: Name of the log, 1 to 255 octets of UTF-8.
        size: Number of leaves.
        root: Root hash, 32 octets.

    Raises:
        ProofError: A value is none that the structure can hold.
    """

    cosigner: str
    at: int
    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_name(self.cosigner)
        check_name(self.origin)
        if not 0 <= self.at <= TIMESTAMP_SECONDS_MAX:
            raise ProofError("The time of a cosignature is a number of seconds since 1970.")
        if not 0 <= self.size <= SIZE_MAX or len(self.root) != HASH_OCTETS:
            raise ProofError(f"No tree has size {self.size} and this root.")

    def message(self) -> bytes:
        """Give the octets that are signed."""
        return b"".join(
            (
                _LABEL,
                _opaque(self.cosigner),
                _NUMBER.pack(self.at),
                _opaque(self.origin),
                _RANGE.pack(_START, self.size),
                self.root,
            )
        )


def check_name(name: str) -> None:
    """Refuse a name that does not fit behind a length of one octet.

    Raises:
        ProofError: It is empty, too long or not UTF-8.
    """
    try:
        fits = 1 <= len(name.encode()) <= NAME_OCTETS_MAX
    except UnicodeEncodeError:
        fits = False
    if not fits:
        raise ProofError(f"The name of a key or log has 1 to {NAME_OCTETS_MAX} octets of UTF-8.")


def _opaque(name: str) -> bytes:
    octets = name.encode()
    return bytes([len(octets)]) + octets
