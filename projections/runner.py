# SPDX-License-Identifier: Apache-2.0
"""Folds what is new in the log into the projections, exactly once.

Implements design decision D7. Called before every query, so that a reader sees whatever
was committed before it asked. Several runners may work at once: the position rows are
locked in the transaction that writes, and whoever comes second finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.errors import UnsafeError
from projections.catalogue import PROJECTIONS
from projections.folding import fold_next
from projections.position import Position, lock_positions, log_size, set_position
from projections.projection import Projection
from projections.reading import BATCH_ENTRIES
from projections.rebuilding.rebuild import (
    Rebuilt,
    is_fit,
    rebuild_all,
    rebuild_unfit,
)
from projections.rebuilding.shadows import Progress, no_progress
from projections.tables import Connection, connect, refusals_told


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
        size = None
        while size is None:
            size = _step(connection, conninfo, projections)
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
    with refusals_told("a statement of a projection"), connect(conninfo) as connection:
        yield connection


def _step(connection: Connection, conninfo: str, projections: Sequence[Projection]) -> int | None:
    """Fold one batch, or build what is not there; give the size once nothing is left to do."""
    with connection.transaction():
        positions = lock_positions(connection, [each.name for each in projections])
        if all(is_fit(connection, each, positions.get(each.name)) for each in projections):
            return _advance(connection, projections, positions)
    rebuild_unfit(connection, conninfo, projections)
    return None


def _advance(
    connection: Connection, projections: Sequence[Projection], positions: dict[str, Position]
) -> int | None:
    """Fold one batch into every projection that has not seen it, and note how far each came."""
    seen = {name: at.size for name, at in positions.items() if at.stopped is None}
    size, start = log_size(connection), min(seen.values(), default=0)
    stop = min(size, start + BATCH_ENTRIES)
    due = [each for each in projections if seen.get(each.name, stop) < stop]
    stops = fold_next(connection, due, (start, stop), seen=seen)
    for each in due:
        failed = stops.get(each.name)
        positions[each.name] = Position(
            version=each.version,
            size=failed.index if failed else stop,
            stopped=failed.reason if failed else None,
        )
        set_position(connection, each.name, position=positions[each.name])
    return None if seen and stop < size else min(each.size for each in positions.values())
