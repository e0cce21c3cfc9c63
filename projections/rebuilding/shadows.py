# SPDX-License-Identifier: Apache-2.0
"""The tables that a rebuild fills beside those that serve, on every core.

The log is cut into parts that are folded in any order, each by whichever process is free; what
was appended meanwhile follows in log order (``spec/store.md`` 4.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from time import perf_counter
from typing import Final, TypeAlias

from audit.proof.verify.log.crew import open_crew
from projections.folding import Stop, fold_anew, fold_next
from projections.position import Position, log_size
from projections.projection import Projection
from projections.reading import batches
from projections.rebuilding.locks import join_filling
from projections.tables import SHADOW, Connection, connect, cut

PART_ENTRIES: Final = 5_000
"""Entries that a process holds in memory at once."""

ALONE_SECONDS_MAX: Final = 6.0
"""Up to so long, starting processes takes about as much time as they would save."""

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
        """Fold the first pass into the empty tables.

        The first part tells how long the rest will take, and whether further processes pay.
        """
        spans = list(batches(0, self.size, PART_ENTRIES))
        here = partial(fold_anew, connection, self.projections, size=self.size, place=SHADOW)
        beside = partial(_fold_beside, conninfo, self.projections, size=self.size)
        started, done = perf_counter(), 0
        for span in spans[:1]:
            self._note(here(span))
            done = span[1]
        left = (perf_counter() - started) * len(spans[1:])
        jobs = None if left > ALONE_SECONDS_MAX else 1
        with open_crew(jobs, self.size, sharing=True) as crew:
            for (start, stop), stops in crew.share(beside, here, spans[1:]):
                self._note(stops)
                done += stop - start
                progress(done, self.size)
        for each in self.projections:
            if each.name in self._stops:
                cut(connection, each, SHADOW, size=self._stops[each.name].index)

    def follow(self, connection: Connection) -> None:
        """Fold what was appended since, as far as the transaction of the connection sees it."""
        size = log_size(connection)
        for span in batches(self.size, size):
            running = [each for each in self.projections if each.name not in self._stops]
            seen = dict.fromkeys((each.name for each in running), span[0])
            self._note(fold_next(connection, running, span, seen=seen, place=SHADOW))
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


def _fold_beside(
    conninfo: str, projections: Sequence[Projection], span: Span, *, size: int
) -> dict[str, Stop]:
    """Fold a part in a process of its own."""
    names = tuple(each.name for each in projections)
    return fold_anew(_connected(conninfo, names), projections, span, size=size, place=SHADOW)


@cache
def _connected(conninfo: str, names: tuple[str, ...]) -> Connection:
    """Open the one connection of such a process, which keeps the next rebuild waiting.

    What is still being written after the rebuild was killed goes into its own tables, then,
    and never into those of the next one.
    """
    connection = connect(conninfo)
    join_filling(connection, names)
    return connection
