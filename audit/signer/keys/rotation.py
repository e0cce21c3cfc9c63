# SPDX-License-Identifier: Apache-2.0
"""A new log key on the same origin, and the ML-DSA-44 key of a signer that has none.

Implements the rotation of `log.md` 2.8 by dual signature lines: the new key signs from the size
that the signer has reached, the old one goes on until a size that is fixed at once, and
between the two both sign. So whoever follows the log has that long to learn the new key. The
signer must not run meanwhile: its lock is taken. A log key that was stolen is not rotated but
ends the log, since its holder can sign as well (`log.md` 2.8); that is left to the operator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from audit.signer.files import stopped
from audit.signer.keys.lines import LINES, ML_DSA_44_LINE, Line
from audit.signer.keys.private import generate, load_private, save_private, verifier_of
from audit.signer.keys.ring import (
    KEYS_MAX,
    RING_FILE,
    RingKey,
    in_use,
    read_ring,
    write_ring,
    write_verifier,
)
from audit.signer.state import signed_tree
from domain.errors import UsageError

OVERLAP_ENTRIES: Final = 10_000
"""For how many entries the old key goes on signing, unless something else is said."""

OVERLAP_ENTRIES_MAX: Final = 1_000_000_000


def rotate_log_key(
    folder: Path, *, overlap: int = OVERLAP_ENTRIES, lines: Sequence[Line] = LINES
) -> tuple[RingKey, ...]:
    """Make a new log key of each type named, and fix the size at which the old one ends.

    Durable when it returns. Killed half-way, it may be called again: nothing has changed, or
    it says that a rotation is under way.

    Args:
        folder: The signer's own folder.
        overlap: Entries beyond the present size that the old key still signs; with 0 only the
            present size bears both signatures.
        lines: Types of the keys to be changed.

    Returns:
        All keys of the log now.

    Raises:
        UsageError: ``rotation_running``, an old key of that type has not ended yet;
            ``rotation_overlap``, there is no such number of entries.
        UnsafeError: ``signer_running``, or the folder holds no sound signer.
        UnreachableError: There is no signer, or the folder cannot be written.
    """
    if not 0 <= overlap <= OVERLAP_ENTRIES_MAX:
        raise UsageError(
            f"An old key goes on for 0 to {OVERLAP_ENTRIES_MAX:,} entries.", slug="rotation_overlap"
        )
    with stopped(folder):
        size = signed_tree(folder).size
        ring = with_ml_dsa_44(folder, size)
        for line in dict.fromkeys(lines):
            ring = _followed(folder, ring, line=line, sizes=(size, size + overlap))
        write_ring(folder, ring)
    return ring


def complete_keys(folder: Path, size: int) -> None:
    """Give a signer that has none its ML-DSA-44 key; the caller holds the signer's lock.

    Args:
        folder: The signer's own folder.
        size: What the signer may have signed already: the new key begins after it, so that
            whoever expects its line finds it on every note.

    Raises:
        UnreachableError: There is no signer, or the folder cannot be written.
        UnsafeError: The folder holds no sound signer.
    """
    before = read_ring(folder)
    ring = with_ml_dsa_44(folder, size)
    if ring != before or not (folder / RING_FILE).exists():
        write_ring(folder, ring)
    write_verifier(folder, ring)  # a rotation that was killed may have left the old one


def with_ml_dsa_44(folder: Path, size: int) -> tuple[RingKey, ...]:
    """Give the keys of the log, with a new ML-DSA-44 key if there was none; see above."""
    ring = read_ring(folder)
    if in_use(ring, ML_DSA_44_LINE) is not None:
        return ring
    first = new_key(folder, ring[0].origin, line=ML_DSA_44_LINE, number=1)
    return (*ring, replace(first, from_size=size + 1 if size else 0))


def new_key(folder: Path, origin: str, *, line: Line, number: int) -> RingKey:
    """Make the key of a type and number, or take the one that a killed attempt left.

    Nobody can have signed with that: a key signs only once the list names it.

    Raises:
        UnreachableError: The folder cannot be written.
        UnsafeError: There is a damaged file of that name.
        ProofError: The origin is no name that a key may bear.
    """
    file = f"log.{line}.key" if number == 1 else f"log.{line}.{number}.key"
    private_key = generate(line)
    vkey = str(verifier_of(origin, private_key))
    if not save_private(folder / file, private_key):
        vkey = str(verifier_of(origin, load_private(folder / file, line)))
    return RingKey(line=line, vkey=vkey, file=file, from_size=0)


def _followed(
    folder: Path, ring: tuple[RingKey, ...], *, line: Line, sizes: tuple[int, int]
) -> tuple[RingKey, ...]:
    size, last = sizes
    of_type = [key for key in ring if key.line == line]
    ending = next((key for key in of_type if key.to_size is not None and size <= key.to_size), None)
    if ending is not None:
        raise UsageError(
            f"The {line} key before the present one signs up to size {ending.to_size}, "
            f"and the log has only {size}.",
            slug="rotation_running",
            next_step="Rotate again once it has ended; see `muniment log-key show`.",
        )
    if len(ring) >= KEYS_MAX:
        raise UsageError(f"A log has at most {KEYS_MAX} keys.", slug="rotation_limit")
    following = new_key(folder, ring[0].origin, line=line, number=len(of_type) + 1)
    start = max(size, of_type[-1].from_size)
    end = max(last, start)
    ended = (replace(key, to_size=end) if key is of_type[-1] else key for key in ring)
    return (*ended, replace(following, from_size=start))
