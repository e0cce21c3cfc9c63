# SPDX-License-Identifier: Apache-2.0
"""Whether each epoch that a log states is the map of its own entries.

Implements the monitor of the log specification, sections 2.2 and 2.9: whoever has the whole log
makes the map again at every size that a ``log.heads`` entry names. One pass over the log, and
one over the streams an epoch. Whether such an entry was legal is a check of the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from audit.proof.encoding import encode
from audit.proof.heads.memory import HeadsMemory
from audit.proof.heads.tree import Hashed
from audit.proof.verify.findings import Finding, counted
from domain.registry.state import Epoch

HEADS: Final = "heads"

_NEXT: Final = (
    "Keep this entry and the log; whoever relied on this epoch may have been shown stale heads. "
    "Find out what recorded it, and end its key."
)


def check_epochs(
    entries: Iterable[bytes], epochs: Sequence[Epoch], folder: Path | None = None
) -> Iterator[Finding]:
    """Make each epoch's map again, and tell which of them is another one than stated.

    Args:
        entries: Compact tokens of the log from index 0 on; only as many are read as needed.
        epochs: What the log states, ``Registry.epochs``, in its order.
        folder: Where to keep the map meanwhile; a temporary folder by default.

    Raises:
        OSError: The folder cannot be written, or the disk is full.
    """
    if not epochs:
        return
    entries = iter(entries)
    with (
        TemporaryDirectory(prefix="muniment-heads-", dir=folder) as place,
        HeadsMemory(Path(place)) as memory,
    ):
        for epoch in epochs:
            memory.read(islice(entries, epoch.size - memory.size))
            if memory.size < epoch.size:
                yield _short(epoch, memory.size)
                return
            found = memory.hashed()
            if (found.size, encode(found.root).decode()) != (epoch.streams, epoch.root):
                yield _differs(epoch, found)


def told(epochs: Sequence[Epoch]) -> str:
    """Say what is true where no finding was made, as one sentence."""
    if not epochs:
        return "The log states no epoch of newest events."
    last = epochs[-1]
    number = f"Each of {len(epochs)} epochs" if len(epochs) > 1 else "The one epoch"
    return (
        f"{number} of newest events is the map of the log's own entries; the last one covers "
        f"{last.size}."
    )


def _differs(epoch: Epoch, found: Hashed) -> Finding:
    return Finding(
        check=HEADS,
        code="heads_differ",
        sentence=f"Epoch {epoch.number} states another map of the newest events of the first "
        f"{counted(epoch.size)} than these give.",
        index=epoch.index,
        evidence=f"stated {epoch.streams} streams, root {epoch.root}; found {found.size} streams, "
        f"root {encode(found.root).decode()}",
        next_step=_NEXT,
    )


def _short(epoch: Epoch, size: int) -> Finding:
    return Finding(
        check=HEADS,
        code="heads_unread",
        sentence=f"Epoch {epoch.number} covers {counted(epoch.size)}, and only {size} are here.",
        index=epoch.index,
        missing=True,
        next_step="Fetch the entries that are missing.",
    )
