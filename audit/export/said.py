# SPDX-License-Identifier: Apache-2.0
"""What others have said about the log: checkpoints that witnesses cosigned or clocks dated.

Serves ``checkpoints/*.note`` and ``tsa/*`` of the log specification, section 2.9, out of the
two folders in which a ledger keeps them. A whole log takes all of it. Evidence about some entries
takes the newest, and what stands next to each entry, since that says when it was recorded. Of one
size the cosigned checkpoint goes before the one that was dated, which is kept beside its tokens.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audit.proof.checkpoint import parse_checkpoint
from audit.proof.cosignature import signed_text
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.timestamps.files import StampName, dated_path, note_path
from audit.proof.verify.beside.folder import read_regular
from audit.proof.verify.beside.history import last_name
from audit.timestamps.shelf import Shelf
from audit.witness.collecting import WITNESSED_FILE
from audit.witness.history import CosignedHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said about checkpoints of one log.

    Attributes:
        notes: Checkpoint notes by size, in order; cosigned where they were.
        last: Those that were cosigned again later, as they were then.
        stamps: Time-stamps, and notes as they were dated, by their names ``tsa/...``.
    """

    notes: Mapping[int, bytes] = field(default_factory=dict)
    last: Mapping[int, bytes] = field(default_factory=dict)
    stamps: Mapping[str, bytes] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give all of it as files by their names."""
        yield from ((note_path(size), note) for size, note in self.notes.items())
        yield from ((last_name(size), note) for size, note in self.last.items())
        yield from self.stamps.items()


NOTHING = Said()


def what_was_said(
    witnesses: Path, stamped: Path, *, size: int, around: Collection[int] | None = None
) -> Said:
    """Gather what was said about a log up to a size.

    Args:
        witnesses: Folder of the witnessed checkpoints; it need not exist.
        stamped: Folder of the time-stamps; it need not exist.
        size: Size of the log that is shown.
        around: Indexes of the entries that are shown; without them everything is gathered.

    Raises:
        ProofError: The witnessed checkpoint is none.
        UnreachableError: A file cannot be read.
    """
    dated, stamps = _dated(Shelf(stamped), size=size, around=around)
    notes, last = _cosigned(witnesses, size=size, around=around, also=dated)
    others = {dated_path(at): note for at, note in dated.items() if notes.get(at, note) != note}
    return Said(
        notes=dict(sorted({**dated, **notes}.items())), last=last, stamps={**stamps, **others}
    )


def newest_witnessed(witnesses: Path, size: int) -> bytes | None:
    """Give the newest witnessed checkpoint of at most a size, as it was cosigned first.

    Raises:
        ProofError: The witnessed checkpoint is none.
        UnreachableError: A file cannot be read.
    """
    notes, _ = _cosigned(witnesses, size=size, around=(), also=())
    return notes[max(notes)] if notes else None


def _cosigned(
    folder: Path, *, size: int, around: Collection[int] | None, also: Collection[int]
) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Give the witnessed checkpoints as they were cosigned first, and last if that is another.

    Those of further sizes are taken too, since one that was dated is worth more with both.
    """
    history = CosignedHistory(folder)
    spans = {at: ends for at, ends in history.spans().items() if at <= size}
    wanted = {*_near(spans, around), *also}
    chosen = {at: ends for at, ends in spans.items() if at in wanted}
    notes = {at: history.read(first) for at, (first, _) in chosen.items()}
    last = {at: history.read(end) for at, (first, end) in chosen.items() if end != first}
    newest = read_regular(folder / WITNESSED_FILE, NOTE_OCTETS_MAX)
    if newest is not None:
        found = parse_checkpoint(signed_text(newest)).size
        if found <= size:
            notes.setdefault(found, newest)
    return notes, last


def _dated(
    shelf: Shelf, *, size: int, around: Collection[int] | None
) -> tuple[dict[int, bytes], dict[str, bytes]]:
    """Give the checkpoints that clocks dated, as they were dated, and what dates them."""
    series: dict[str, dict[int, list[StampName]]] = {}
    for name in shelf.names():
        if name.size <= size:
            series.setdefault(name.series, {}).setdefault(name.size, []).append(name)
    names = [name for sizes in series.values() for at in _near(sizes, around) for name in sizes[at]]
    found = {at: shelf.note(at) for at in {name.size for name in names}}
    notes = {at: note for at, note in found.items() if note is not None}
    stamps = {
        path: octets
        for name in sorted(names)
        if name.size in notes
        for path, octets in shelf.files(name).items()
    }
    return notes, stamps


def _near(sizes: Iterable[int], around: Collection[int] | None) -> list[int]:
    """Choose the newest size, and for each index the last that lacks it and the first that has it.

    Without indexes all are chosen.
    """
    known = sorted(sizes)
    if around is None:
        return known
    places = {bisect_right(known, index) for index in around}
    wanted = {len(known) - 1, *places, *(place - 1 for place in places)}
    return [known[place] for place in sorted(wanted) if 0 <= place < len(known)]
