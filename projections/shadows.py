# SPDX-License-Identifier: Apache-2.0
"""The tables that a rebuild fills beside those that serve, on every core.

The log is cut into parts that are folded in any order, each by whichever process is free; what
was appended meanwhile follows in log order (``spec/store.md`` 4.3).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Final, TypeAlias

import psycopg

from projections.folding import Stop, all_subjects, fold_anew, fold_batch
from projections.position import Position, log_size
from projections.projection import Projection
from projections.reading import BATCH_ENTRIES, read_facts, read_streams
from projections.tables import SHADOW, Connection, cut

PART_ENTRIES: Final = 5_000
"""Entries that a process holds in memory at once."""

ALONE_ENTRIES_MAX: Final = 20_000
"""Up to this size, starting processes takes longer than the work itself."""

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many entries are done, and of how many."""

Span: TypeAlias = tuple[int, int]


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Shadows:
    """Tables in the making of some projections, all of them up to one size of the log.

    Attributes:
        projections: Whose tables.
        size: Number of entries that they have seen.
    """

    def __init__(self, projections: Sequence[Projection], *, size: int) -> None:
        """Remember how far the first pass goes; nothing is read yet."""
        self.projections = projections
        self.size = size
        self._stops: dict[str, Stop] = {}

    def fill(self, connection: Connection, conninfo: str, progress: Progress) -> None:
        """Fold the first pass into the empty tables."""
        spans = [
            (start, min(start + PART_ENTRIES, self.size))
            for start in range(0, self.size, PART_ENTRIES)
        ]
        with self._folding(connection, conninfo) as folded:
            for (_, stop), stops in zip(spans, folded(spans), strict=True):
                self._note(stops)
                progress(stop, self.size)
        for each in self.projections:
            if each.name in self._stops:
                cut(connection, each, SHADOW, size=self._stops[each.name].index)

    def follow(self, connection: Connection) -> None:
        """Fold what was appended since, as far as the transaction of the connection sees it."""
        size = log_size(connection)
        for start in range(self.size, size, BATCH_ENTRIES):
            stop = min(start + BATCH_ENTRIES, size)
            running = [each for each in self.projections if each.name not in self._stops]
            entries = [each for each in running if not each.whole]
            shared = read_facts(connection, all_subjects(entries), start=start, stop=stop)
            for each in running:
                facts = (
                    read_streams(connection, each.subjects, start=start, stop=stop)
                    if each.whole
                    else each.own(shared)
                )
                failed = fold_batch(connection, each, facts, place=SHADOW)
                self._note({each.name: failed} if failed else {})
        self.size = max(self.size, size)

    def position(self, projection: Projection) -> Position:
        """Tell how far a projection came."""
        failed = self._stops.get(projection.name)
        return Position(
            version=projection.version,
            size=failed.index if failed else self.size,
            stopped=failed.reason if failed else None,
        )

    def _note(self, stops: dict[str, Stop]) -> None:
        """Keep the first entry at which each of them fails."""
        for name, found in stops.items():
            self._stops[name] = min(found, self._stops.get(name, found))

    @contextmanager
    def _folding(
        self, connection: Connection, conninfo: str
    ) -> Iterator[Callable[[Sequence[Span]], Iterator[dict[str, Stop]]]]:
        """Give what folds parts of the log, in processes where that is worth it."""
        cores = os.cpu_count() or 1
        if self.size <= ALONE_ENTRIES_MAX or cores == 1:
            alone = partial(fold_anew, connection, self.projections, size=self.size, place=SHADOW)
            yield partial(map, alone)
            return
        arguments = (conninfo, self.projections, self.size)
        with ProcessPoolExecutor(
            cores, get_context("spawn"), initializer=_connect, initargs=arguments
        ) as pool:
            yield partial(pool.map, _fold_part)


_part: Callable[[Span], dict[str, Stop]]


def _connect(conninfo: str, projections: Sequence[Projection], size: int) -> None:
    """Open the one connection of a further process."""
    global _part  # noqa: PLW0603 - the initializer of a pool has no other place to leave it
    connection = psycopg.connect(conninfo, autocommit=True)
    _part = partial(fold_anew, connection, projections, size=size, place=SHADOW)


def _fold_part(span: Span) -> dict[str, Stop]:
    return _part(span)
