# SPDX-License-Identifier: Apache-2.0
"""Entries of the log as facts: a batch of its indexes at a time, or whole streams."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, Final

from projections.fact import Fact
from projections.tables import Connection

BATCH_ENTRIES = 2_000

READ_ENTRIES: Final = 500
"""Entries read at once: for no more than that, the driver takes the same memory again and again."""

_ENTRIES: Final = """
    select idx, at, stream, seq, kind, raw from ledger.event
    where idx >= %b and idx < %b and split_part(kind, '.', 1) = any(%b) order by idx
"""
# Adding nothing keeps the database from looking through an index of all the log for every stream,
# and an offset of nothing from merging the streams of a batch with those of all the log.
_OF_STREAMS: Final = """
    select e.* from (
        select distinct stream from ledger.event
        where idx >= %b and idx < %b and {}split_part(kind, '.', 1) = any(%b)
    ) s cross join lateral (
        select idx, at, stream, seq, kind, raw from ledger.event
        where stream = s.stream and idx + 0 < %b offset 0
    ) e order by e.stream, e.seq
"""
_STREAMS: Final = _OF_STREAMS.format("")
_BEGUN: Final = _OF_STREAMS.format("seq + 0 = 1 and ")


def read_facts(
    connection: Connection, subjects: Sequence[str], *, start: int, stop: int
) -> list[Fact]:
    """Read the entries of some subjects from index ``start`` up to, not including, ``stop``."""
    with connection.cursor(binary=True) as cursor:
        rows = (
            row
            for span in batches(start, stop, READ_ENTRIES)
            for row in cursor.execute(_ENTRIES, (*span, list(subjects))).fetchall()
        )
        return _facts(rows)


def read_streams(
    connection: Connection, subjects: Sequence[str], *, start: int, stop: int
) -> list[Fact]:
    """Read, up to ``stop``, all of the streams that have an entry between ``start`` and it."""
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(_STREAMS, (start, stop, list(subjects), stop))
        return _facts(found.fetchall(), seen=start)


def read_begun(
    connection: Connection, subjects: Sequence[str], *, start: int, stop: int, size: int
) -> Generator[list[Fact]]:
    """Read, up to ``size``, all of the streams that begin between ``start`` and ``stop``.

    They come in batches of whole streams, because however few begin in a part, all of a log
    may be about them. To be closed before the transaction of the connection ends.
    """
    held: list[Fact] = []
    with connection.cursor("begun", binary=True) as cursor:
        cursor.execute(_BEGUN, (start, stop, list(subjects), size))
        while rows := cursor.fetchmany(BATCH_ENTRIES):
            held += _facts(rows)
            last = held[-1].stream
            complete = next(at for at, fact in enumerate(held) if fact.stream == last)
            if complete:
                yield held[:complete]
                del held[:complete]
    if held:
        yield held


def batches(start: int, stop: int, most: int = BATCH_ENTRIES) -> Iterator[tuple[int, int]]:
    """Cut a range of indexes into batches of bounded size."""
    for first in range(start, stop, most):
        yield first, min(first + most, stop)


def _facts(rows: Iterable[tuple[Any, ...]], *, seen: int = 0) -> list[Fact]:
    """Make facts; those before the index ``seen`` come along with later ones of their streams."""
    return [Fact._make((*row, row[0] < seen)) for row in rows]
