# SPDX-License-Identifier: Apache-2.0
"""What became of every row: counts, the list of refused rows, and texts that nobody could read.

Implements "left as unknown and listed, not guessed" for what stands in a serial's place: such a
text is kept in a mark of unknown condition, and counted here, so that somebody can look at it
and add its words to a list.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from api.importing.refusals import Refusal
from api.importing.transform.rows import PlannedRow
from domain.errors import UnreachableError

HEADER = ("line", "reason", "sentence")

UNREAD_MAX: Final = 10_000
"""Different unread texts that are listed; more would be no list that anybody reads."""


@dataclass(slots=True)
class Tally:
    """Counts of an import; every row is counted once as complete or as refused.

    Attributes:
        rows: Rows read.
        complete: Rows of which every event is in the ledger.
        events: Events recorded by this run.
        repeated: Events that were in the ledger before.
        refused: Rows refused, by reason.
        unread: Texts in a serial's place that no list knows, with the number of their rows.
        stopped: Whether the import was stopped before the end of the file.
    """

    rows: int = 0
    complete: int = 0
    events: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def note_unread(self, rows: Iterable[PlannedRow]) -> None:
        """Count the texts of some rows that were kept as written because no list knows them."""
        for row in rows:
            for text in {text for event in row.events for text in _unread(event.dat)}:
                if text in self.unread or len(self.unread) < UNREAD_MAX:
                    self.unread[text] += 1

    def as_record(self) -> dict[str, Any]:
        """Give the counts for a program."""
        return {
            "rows": self.rows,
            "complete": self.complete,
            "events_recorded": self.events,
            "events_already_there": self.repeated,
            "rows_refused": self.refused.total(),
            "refused": dict(self.refused.most_common()),
            "unread": dict(self.unread.most_common()),
            "stopped": self.stopped,
        }


def _unread(dat: Mapping[str, Any]) -> Iterator[str]:
    for mark in dat.get("markings", ()):
        if mark["condition"] == "unknown" and isinstance(mark["text"], dict):
            yield mark["text"]["known"]


class Rejects:
    """Collects refusals; ``rejects_file`` gives one that writes them down."""

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Take the refusals of one chunk, in the order of their lines."""


class _WrittenRejects(Rejects):
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def add(self, refusals: Iterable[Refusal]) -> None:
        self._writer.writerows((each.line, each.slug, each.sentence) for each in refusals)


@contextmanager
def rejects_file(path: Path | None) -> Iterator[Rejects]:
    """Write refused rows to a CSV file: line, reason and sentence, never a cell's content.

    It grows under a name of its own and takes its final name when the import ends, so
    that a half-written list is never mistaken for a whole one.

    Raises:
        UnreachableError: The file cannot be written.
    """
    if path is None:
        yield Rejects()
        return
    growing = path.with_name(f"{path.name}.part")
    try:
        with growing.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            yield _WrittenRejects(writer)
            file.flush()
            os.fsync(file.fileno())
        growing.replace(path)
    except OSError as error:
        raise UnreachableError(
            f"The list of refused rows {path.name} cannot be written: {error.strerror}.",
            next_step="Name another file with --rejects, or make room; then run again.",
        ) from error
