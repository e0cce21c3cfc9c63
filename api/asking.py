# SPDX-License-Identifier: Apache-2.0
"""What lists are told from: an open ledger's projections at one moment (design decision D12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from audit.database.connection import Database
from domain.errors import UsageError
from domain.occurrence import Occurrence, parse_occurrence
from projections.asking.snapshot import Snapshot, snapshot
from projections.lives.store import LIVES
from projections.projection import Projection
from projections.records.store import RECORDS


@contextmanager
def open_snapshot(
    database: Database, as_known_on: str | None = None, *, also: Sequence[Projection] = ()
) -> Iterator[Snapshot]:
    """Read firearms and all other records as of one moment, for as long as the ``with`` lasts.

    Args:
        database: That of the ledger.
        as_known_on: Index of the newest entry that counts, or a date up to whose end entries
            were recorded; all by default.
        also: Further projections that are read.

    Raises:
        UsageError: The log holds no entry of that index.
        InvalidValueError: That is neither an index nor a date.
        UnreachableError: The database does not answer.
        UnsafeError: The database refuses a statement.
    """
    reader, projector = database.conninfo("ledger_reader"), database.conninfo("ledger_projector")
    with snapshot(reader, projector, (LIVES, RECORDS, *also), as_known_on=as_known_on) as known:
        yield known


def day_asked(text: str | None, now: datetime) -> Occurrence:
    """Give the day that a list is told for: today, by the clock of whoever asks, if none is named.

    Raises:
        InvalidValueError: That is no date.
        UsageError: ``day_vague``, it is no single day.
    """
    day = parse_occurrence(text or f"{now.astimezone(UTC):%Y-%m-%d}")
    if day.precision == "day":
        return day
    raise UsageError(
        f"{text} is not a single day.", slug="day_vague", next_step="Give a day as YYYY-MM-DD."
    )
