# SPDX-License-Identifier: Apache-2.0
"""Entries of the log as facts, a batch at a time.

Bytes that can no longer be read become a fact without an event: a falsified row must not
stop every reader. What the bytes prove is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterator

from audit.proof.envelope.opening import read_stored
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.event import Event
from projections.projection import Fact
from projections.tables import Connection

BATCH_ENTRIES = 2_000

_ENTRIES = """
    select idx, at, stream, seq, kind, raw from ledger.event
    where idx >= %b and idx < %b and split_part(kind, '.', 1) = any(%b) order by idx
"""


def read_facts(connection: Connection, subjects: list[str], *, start: int, stop: int) -> list[Fact]:
    """Read the entries of some subjects from index ``start`` up to, not including, ``stop``."""
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(_ENTRIES, (start, stop, subjects)).fetchall()
    return [
        Fact(index=idx, at=at, stream=stream, seq=seq, kind=kind, event=read_event(raw))
        for idx, at, stream, seq, kind, raw in rows
    ]


def batches(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a range of indexes into batches of bounded size."""
    for first in range(start, stop, BATCH_ENTRIES):
        yield first, min(first + BATCH_ENTRIES, stop)


def read_event(raw: bytes) -> Event | None:
    """Read stored bytes; nothing if they are no event any more."""
    try:
        return read_stored(raw, CATALOGUE)
    except (MunimentError, ValueError, TypeError, KeyError):
        return None
