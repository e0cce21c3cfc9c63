# SPDX-License-Identifier: Apache-2.0
"""What others have said about the log: checkpoints that witnesses cosigned or clocks dated.

Serves ``checkpoints/*.note`` and ``tsa/*`` of the log specification, section 2.9, out of the
two folders in which a ledger keeps them. Evidence about one firearm takes the newest witnessed
checkpoint and the newest of each authority; a whole log takes all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audit.proof.checkpoint import parse_checkpoint
from audit.proof.cosignature import signed_text
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.timestamps.files import StampName, all_series, note_path
from audit.proof.verify.beside.folder import read_regular
from audit.timestamps.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Checkpoint notes by size, and time-stamps by their names, ``tsa/...``."""

    notes: Mapping[int, bytes] = field(default_factory=dict)
    stamps: Mapping[str, bytes] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give all of it as files by their names."""
        yield from ((note_path(size), note) for size, note in self.notes.items())
        yield from self.stamps.items()


NOTHING = Said()


def what_was_said(witnessed: Path, stamped: Path, *, size: int, newest: bool) -> Said:
    """Gather what was said about a log up to a size.

    Args:
        witnessed: File of the newest checkpoint that has its quorum; it need not exist.
        stamped: Folder of the time-stamps; it need not exist.
        size: Size of the log that is shown.
        newest: Whether the newest of each suffices.

    Raises:
        ProofError: The witnessed checkpoint is none.
        UnreachableError: A file cannot be read.
    """
    shelf = Shelf(stamped)
    names = [each for each in shelf.names() if each.size <= size]
    if newest:
        names = _newest(names)
    dated = {each.size: shelf.note(each.size) for each in names}
    notes = {at: note for at, note in dated.items() if note is not None}
    stamps = {
        name: octets
        for each in names
        if each.size in notes
        for name, octets in shelf.files(each).items()
    }
    note = read_regular(witnessed, NOTE_OCTETS_MAX)
    if note is not None:
        found = parse_checkpoint(signed_text(note)).size
        if found <= size:
            # What dates a checkpoint dates its octets, so that note is not replaced.
            notes.setdefault(found, note)
    return Said(notes=dict(sorted(notes.items())), stamps=stamps)


def _newest(names: list[StampName]) -> list[StampName]:
    """Keep, of each authority, the stamps of the largest size that it dated."""
    last = {series[0].series: series for series in all_series(names)}
    return [name for series in last.values() for name in series]
