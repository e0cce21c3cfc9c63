# SPDX-License-Identifier: Apache-2.0
"""Builds projections anew beside those that serve, then lets them take their places.

Implements design decision D7: nobody who reads waits for a rebuild, and one that was
killed leaves nothing but shadow tables that the next one drops. Several projections are
built in one pass, since reading an entry costs more than folding it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psycopg

from audit.fsck.derived.differing import Differing
from domain.errors import UnsafeError
from projections.position import Position, lock_positions, log_size, read_position, set_position
from projections.projection import Projection
from projections.rebuilding.locks import alone, undisturbed
from projections.rebuilding.shadows import Progress, Shadows, no_progress
from projections.tables import (
    SHADOW,
    Connection,
    are_there,
    create,
    differing,
    index_shadow,
    swap_in,
)


class Rebuilt(NamedTuple):
    """What a rebuild did.

    Attributes:
        entries: How many log entries were read.
        differing: By projection, in what each of its tables differed from what the log gives;
            nothing for one that was not there, or not in this form.
    """

    entries: int
    differing: Mapping[str, tuple[Differing, ...] | None]


def is_fit(connection: Connection, projection: Projection, position: Position | None) -> bool:
    """Tell whether a projection is there, of this version, and not ahead of the log.

    Raises:
        UnsafeError: A newer version of Muniment wrote it.
    """
    if position is not None and position.version > projection.version:
        raise UnsafeError(
            f"The projection {projection.name} was written by a newer version of Muniment.",
            slug="projection_newer",
            next_step="Upgrade this installation.",
        )
    return position is not None and serves(connection, projection, position)


def serves(connection: Connection, projection: Projection, position: Position) -> bool:
    """Tell whether the tables of a projection are there, in this version and of this log."""
    return (
        position.version == projection.version
        and position.size <= log_size(connection)
        and are_there(connection, projection)
    )


def rebuild_unfit(connection: Connection, conninfo: str, projections: Sequence[Projection]) -> None:
    """Build anew those projections that need it, unless somebody else has just done so."""
    with alone(connection, projections):
        unfit = _unfit(connection, projections)
        if unfit:
            _build(connection, conninfo, unfit)


def rebuild_all(
    connection: Connection,
    conninfo: str,
    projections: Sequence[Projection],
    *,
    progress: Progress = no_progress,
) -> Rebuilt:
    """Build projections from the first entry of the log.

    Several rebuilds at once wait for each other. Catching up waits only while the tables
    change places.

    Args:
        connection: As the role ``ledger_projector``, outside a transaction.
        conninfo: Connects further processes as the same role.
        projections: Which ones.
        progress: Is told how many entries were read, and of how many.

    Returns:
        How many entries were read, and in what the old tables differed.

    Raises:
        UnsafeError: A newer version of Muniment wrote one of them; nothing is touched.
        UnreachableError: A process died, for want of memory perhaps.
    """
    with alone(connection, projections):
        _unfit(connection, projections)
        return _build(connection, conninfo, projections, progress=progress, compared=True)


def _unfit(connection: Connection, projections: Sequence[Projection]) -> list[Projection]:
    standing = {each: read_position(connection, each.name) for each in projections}
    return [each for each, at in standing.items() if not is_fit(connection, each, at)]


def _build(
    connection: Connection,
    conninfo: str,
    projections: Sequence[Projection],
    *,
    progress: Progress = no_progress,
    compared: bool = False,
) -> Rebuilt:
    with undisturbed(connection, projections):
        for each in projections:
            create(connection, each, SHADOW)
    shadows = Shadows(projections, size=log_size(connection))
    shadows.fill(connection, conninfo, progress)
    for each in projections:
        index_shadow(connection, each)
    found = _compare(connection, shadows) if compared else {}
    return Rebuilt(_finish(connection, shadows), found)


def _compare(
    connection: Connection, shadows: Shadows
) -> Mapping[str, tuple[Differing, ...] | None]:
    """Compare with the old tables as of one moment, and nobody waits; fold up to it first."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            shadows.follow(connection)
            return {each.name: _differing(connection, each) for each in shadows.projections}
    finally:
        connection.isolation_level = None


def _differing(connection: Connection, projection: Projection) -> tuple[Differing, ...] | None:
    position = read_position(connection, projection.name)
    if position is None or not serves(connection, projection, position):
        return None
    try:
        with connection.transaction():
            return differing(connection, projection, SHADOW, size=position.size)
    except psycopg.ProgrammingError:  # somebody changed the columns of a table
        return None


def _finish(connection: Connection, shadows: Shadows) -> int:
    """Fold what came meanwhile while nobody can move the positions, and change places."""
    with connection.transaction():
        lock_positions(connection, [each.name for each in shadows.projections])
        shadows.follow(connection)
        for each in shadows.projections:
            swap_in(connection, each)
            set_position(connection, each.name, position=shadows.position(each))
    return shadows.size
