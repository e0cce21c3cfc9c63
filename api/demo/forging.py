# SPDX-License-Identifier: Apache-2.0
"""Changes one byte of one entry in a copy of an exported log, as a forger would."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.proof.tiles import TILE_WIDTH, bundle_path, read_bundle

_LENGTH_OCTETS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """What was changed.

    Attributes:
        file: The file, relative to the export.
        at: Offset of the byte in the file.
        before: The byte that was there.
        after: The byte that is there now.
    """

    file: str
    at: int
    before: int
    after: int


def forge(export: Path, copy: Path, *, index: int, size: int) -> Forgery:
    """Copy an export and change one byte of an entry's signed payload in the copy.

    The new byte is one that base64url admits, so that the entry still looks like one.

    Args:
        export: The exported log.
        copy: Where the copy goes; it must not exist.
        index: Entry to change.
        size: Number of entries in the export.
    """
    shutil.copytree(export, copy)
    n = index // TILE_WIDTH
    entries = read_bundle(copy, n, size=size)
    place = index % TILE_WIDTH
    start = sum(_LENGTH_OCTETS + len(entry) for entry in entries[:place]) + _LENGTH_OCTETS
    file = bundle_path(n, width=min(TILE_WIDTH, size - n * TILE_WIDTH))
    octets = bytearray((copy / file).read_bytes())
    at = start + _in_payload(entries[place])
    before = octets[at]
    octets[at] ^= 1
    (copy / file).write_bytes(octets)
    return Forgery(file=file, at=at, before=before, after=octets[at])


def _in_payload(entry: bytes) -> int:
    """Find a letter in the middle of the payload that stays one when its last bit is flipped."""
    _, payload, _ = entry.split(b".")
    begin = entry.index(payload)
    return next(
        at for at in range(begin + len(payload) // 2, len(entry)) if chr(entry[at] ^ 1).isalnum()
    )
