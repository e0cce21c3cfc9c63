# SPDX-License-Identifier: Apache-2.0
"""Entries of the log as facts: a batch of its indexes at a time, or whole streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, LiteralString

from projections.fact import Fact
from projections.tables import Connection

BATCH_ENTRIES = 2_000

_ENTRIES: Final = """
    select idx, at, stream, seq, kind, raw from ledger.event
    where idx >= %b and idx < %b and split_part(kind, '.', 1) = any(%b) order by idx
"""
_STREAMS: Final = """
    select idx, at, stream, seq, kind, raw from ledger.event where stream in (
        select stream from ledger.event
        where idx >= %b and idx < %b and split_part(kind, '.', 1) = any(%b)
    ) and idx < %b order by stream, seq
"""
_BEGUN: Final = """
    select idx, at, stream, seq, kind, raw from ledger.event where stream in (
        select stream from ledger.event
        where idx >= %b and idx < %b and seq = 1 and split_part(kind, '.', 1) = any(%b)
    ) and idx < %b order by stream, seq
"""


def read_facts(
    connection: Connection, subjects: Sequence[str], *, start: int, stop: int
) -> list[Fact]:
    """Read the entries of some subjects from index ``start`` up to, not including, ``stop``."""
    return _read(connection, _ENTRIES, (start, stop, list(subjects)), start=start)


def read_streams(
    connection: Connection, subjects: Sequence[str], *, start: int, stop: int
) -> list[Fact]:
    """Read, up to ``stop``, all of the streams that have an entry between ``start`` and it."""
    return _read(connection, _STREAMS, (start, stop, list(subjects), stop), start=start)


def read_begun(
    connection: Connection, subjects: Sequence[str], *, start: int, stop: int, size: int
) -> list[Fact]:
    """Read, up to ``size``, all of the streams that begin between ``start`` and ``stop``."""
    return _read(connection, _BEGUN, (start, stop, list(subjects), size), start=0)


def batches(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a range of indexes into batches of bounded size."""
    for first in range(start, stop, BATCH_ENTRIES):
        yield first, min(first + BATCH_ENTRIES, stop)


def _read(
    connection: Connection, query: LiteralString, parameters: tuple[Any, ...], *, start: int
) -> list[Fact]:
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(query, parameters).fetchall()
    return [
        Fact(index=idx, at=at, stream=stream, seq=seq, kind=kind, raw=raw, seen=idx < start)
        for idx, at, stream, seq, kind, raw in rows
    ]
