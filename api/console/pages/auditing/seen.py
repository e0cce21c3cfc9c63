# SPDX-License-Identifier: Apache-2.0
"""Findings as far as whoever asks may see them, each with the entries and records behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.asking import day_asked, open_snapshot
from api.auditing.findings import records_in
from api.gate.asking import Asked, Note, hidden
from api.gate.reach import issuers_in, rows_within, sees_everything
from projections.asking.findings import ordered, record_findings
from projections.findings.store import FINDINGS


@dataclass(frozen=True, slots=True)
class Seen:
    """Findings of the record at one moment.

    Attributes:
        size: Entries that they are told from.
        rows: The findings, those that wait for somebody first, the newest before the others.
    """

    size: int
    rows: Iterator[dict[str, Any]]


@contextmanager
def findings_seen(asked: Asked, note: Note, *, size: int | None = None) -> Iterator[Seen]:
    """Give the findings of the record for as long as the ``with`` lasts.

    Args:
        asked: Who asks.
        note: What is written down of the answer.
        size: Entries to tell them from; all of them at first.
    """
    service = asked.service
    day = day_asked(None, service.gate.now())
    known_on = None if size is None else str(size - 1)
    with open_snapshot(service.readers, known_on, also=[FINDINGS]) as known:
        within = rows_within(
            ordered(record_findings(known, on=day)),
            note.decision,
            index_of=lambda row: row["index"],
            issuers=issuers_in(known),
            registry=service.office.registry,
        )
        yield Seen(known.size, map(placed, within))


def placed(row: dict[str, Any]) -> dict[str, Any]:
    """Add the records that a finding is about."""
    return {**row, "records": records_in(row["evidence"])}


def check_whole(note: Note) -> None:
    """Make sure that whoever asks may see the whole ledger.

    Raises:
        UnknownError: They may see a part of it.
    """
    if not sees_everything(note.decision):
        raise hidden()
