# SPDX-License-Identifier: Apache-2.0
"""Which files may lie in a bundle: their names, and how large each may be.

Implements the layout of the log specification, section 2.9. No name leads out of its folder,
no two of them differ in case only, and none is admitted that no check looks at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from audit.proof.approvals.record import APPROVAL_OCTETS_MAX
from audit.proof.inclusion import PROOF_OCTETS_MAX as RECEIPT_OCTETS_MAX
from audit.proof.limits import BODY_OCTETS_MAX
from audit.proof.merkle import HASH_OCTETS, PATH_HASHES_MAX
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.policy.file import POLICY_OCTETS_MAX
from audit.proof.tiles import ENTRY_OCTETS_MAX, TILE_WIDTH
from audit.proof.verify.trust import TRUST_OCTETS_MAX

MANIFEST_OCTETS_MAX: Final = 16 * 1024 * 1024
CONSISTENCY_OCTETS_MAX: Final = PATH_HASHES_MAX * 45
"""So many lines of 44 characters and their ends."""
HEAD_PROOF_OCTETS_MAX: Final = 262_144
STAMP_OCTETS_MAX: Final = 1024 * 1024
"""More than any time-stamp and what belongs to it; its own reader is stricter."""

APPROVALS: Final = "approvals"
"""Folder of an export; evidence about one firearm has none."""

_SIZE: Final = r"(?:0|[1-9]\d{0,15})"
_TILE: Final = r"(?:x\d{3}/){0,5}\d{3}(?:\.p/[1-9]\d{0,2})?"
_STAMP: Final = r"[a-z0-9][a-z0-9-]{0,31}\.(?:0|[1-9]\d?)\.(?:tsr|tsq|pem|crl|ocsp)"
_KINDS: Final = tuple(
    (re.compile(name, re.ASCII), cap)
    for name, cap in (
        (r"manifest\.json", MANIFEST_OCTETS_MAX),
        (r"trust\.json", TRUST_OCTETS_MAX),
        (r"policy\.txt", POLICY_OCTETS_MAX),
        (rf"checkpoint|checkpoints/{_SIZE}(?:\.last)?\.note", NOTE_OCTETS_MAX),
        (rf"consistency/{_SIZE}-{_SIZE}\.proof", CONSISTENCY_OCTETS_MAX),
        (rf"entries/{_SIZE}\.jws", ENTRY_OCTETS_MAX),
        (rf"proofs/{_SIZE}\.tlog-proof", RECEIPT_OCTETS_MAX),
        (rf"heads/{_SIZE}\.head-proof", HEAD_PROOF_OCTETS_MAX),
        (rf"disclosures/{_SIZE}\.sd-jwt", BODY_OCTETS_MAX),
        (rf"{APPROVALS}/{_SIZE}\.json", APPROVAL_OCTETS_MAX),
        (rf"tsa/{_SIZE}\.{_STAMP}", STAMP_OCTETS_MAX),
        (rf"tsa/{_SIZE}\.note", NOTE_OCTETS_MAX),
        (rf"tile/entries/{_TILE}", TILE_WIDTH * (2 + ENTRY_OCTETS_MAX)),
        (rf"tile/(?:\d|[1-5]\d|6[0-3])/{_TILE}", TILE_WIDTH * HASH_OCTETS),
    )
)


def member_cap(name: str) -> int | None:
    """Give how many octets a file of this name may have; nothing if no bundle has it."""
    return next((cap for pattern, cap in _KINDS if pattern.fullmatch(name)), None)


def numbered(names: Iterable[str], folder: str) -> dict[int, str]:
    """Give the names of one folder's files by the number that is their stem, in order."""
    inside = (name for name in names if name.startswith(folder))
    stems = ((name, name.removeprefix(folder).rpartition(".")[0]) for name in inside)
    found = {int(stem): name for name, stem in stems if stem.isascii() and stem.isdigit()}
    return dict(sorted(found.items()))
