# SPDX-License-Identifier: Apache-2.0
"""Folds what is new in the log into the projections, exactly once.

Implements design decision D7. Called before every query, so that a reader sees whatever
was committed before it asked. Several runners may work at once: the position rows are
locked in the transaction that writes, and whoever comes second finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import psycopg

from domain.errors import UnreachableError, UnsafeError
from projections.catalogue import PROJECTIONS
from projections.fact import Fact
from projections.folding import all_subjects, fold_batch
from projections.position import Position, lock_positions, log_size, set_position
from projections.projection import Projection
from projections.reading import BATCH_ENTRIES, read_facts, read_streams
from projections.rebuild import (
    Rebuilt,
    is_fit,
    rebuild_all,
    rebuild_unfit,
)
from projections.shadows import Progress, no_progress
from projections.tables import Connection


def catch_up(conninfo: str, projections: Sequence[Projection] = PROJECTIONS) -> int:
    """Bring projections up to the log as it is committed now.

    A projection that is missing, or was written by an older version, is rebuilt.

    Args:
        conninfo: Connects as the role ``ledger_projector``.
        projections: Which ones; all by default.

    Returns:
        The number of log entries that every one of them has seen.

    Raises:
        UnreachableError: The database does not answer.
        UnsafeError: A newer version of Muniment wrote a projection, or the database
            refused a statement.
    """
    with projector(conninfo) as connection:
        if not all(is_fit(connection, each) for each in projections):
            rebuild_unfit(connection, conninfo, projections)
        size = _advance(connection, projections)
        while size is None:
            size = _advance(connection, projections)
        return size


def rebuild(conninfo: str, name: str | None = None, *, progress: Progress = no_progress) -> Rebuilt:
    """Build a projection, or all of them, anew from the log while the old one serves.

    Args:
        conninfo: Connects as the role ``ledger_projector``.
        name: Which one; all by default.
        progress: Is told how far it came.

    Returns:
        How many log entries were read, and in what the old tables differed.

    Raises:
        UnsafeError: There is no projection of that name, or a statement was refused.
        UnreachableError: The database does not answer.
    """
    wanted = [each for each in PROJECTIONS if name in (None, each.name)]
    if not wanted:
        raise UnsafeError(
            f"There is no projection {name}.",
            slug="projection_unknown",
            next_step=f"Choose one of {', '.join(each.name for each in PROJECTIONS)}.",
        )
    with projector(conninfo) as connection:
        return rebuild_all(connection, conninfo, wanted, progress=progress)


@contextmanager
def projector(conninfo: str) -> Iterator[Connection]:
    """Connect as the role that owns the projections; foreign exceptions end here."""
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise UnreachableError("The database of the projections does not answer.") from error
    except psycopg.Error as error:
        raise UnsafeError(
            f"The database refused a statement of a projection: {type(error).__name__}.",
            slug="database_refused",
            next_step="Run `muniment rebuild`; the log itself is not touched by it.",
        ) from error


def _advance(connection: Connection, projections: Sequence[Projection]) -> int | None:
    """Fold one batch into every projection that has not seen it; give their size once all have."""
    with connection.transaction():
        positions = lock_positions(connection, [each.name for each in projections])
        running = [each for each in projections if positions[each.name].stopped is None]
        start = min((positions[each.name].size for each in running), default=0)
        stop = min(log_size(connection), start + BATCH_ENTRIES)
        if not running or start >= stop:
            return min(each.size for each in positions.values())
        entries = [each for each in running if not each.whole]
        shared = read_facts(connection, all_subjects(entries), start=start, stop=stop)
        for each in running:
            if positions[each.name].size < stop:
                _take(connection, each, shared, at=positions[each.name], stop=stop)
    return None


def _take(
    connection: Connection,
    projection: Projection,
    shared: Sequence[Fact],
    *,
    at: Position,
    stop: int,
) -> None:
    """Fold what one projection has not seen, and note how far it came."""
    facts = (
        read_streams(connection, projection.subjects, start=at.size, stop=stop)
        if projection.whole
        else projection.own([each for each in shared if each.index >= at.size])
    )
    failed = fold_batch(connection, projection, facts)
    position = replace(
        at, size=failed.index if failed else stop, stopped=failed.reason if failed else None
    )
    set_position(connection, projection.name, position=position)
