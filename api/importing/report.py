# SPDX-License-Identifier: Apache-2.0
"""What became of every row: the counts of an import and its list of refused rows."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.importing.refusals import Refusal
from domain.errors import UnreachableError

HEADER = ("line", "reason", "sentence")


@dataclass(slots=True)
class Tally:
    """Counts of an import; every row is counted once as complete or as refused.

    Attributes:
        rows: Rows read.
        complete: Rows of which every event is in the ledger.
        events: Events recorded by this run.
        repeated: Events that were in the ledger before.
        refused: Rows refused, by reason.
        stopped: Whether the import was stopped before the end of the file.
    """

    rows: int = 0
    complete: int = 0
    events: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def as_record(self) -> dict[str, Any]:
        """Give the counts for a program."""
        return {
            "rows": self.rows,
            "complete": self.complete,
            "events_recorded": self.events,
            "events_already_there": self.repeated,
            "rows_refused": self.refused.total(),
            "refused": dict(self.refused.most_common()),
            "stopped": self.stopped,
        }


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
