# SPDX-License-Identifier: Apache-2.0
"""Builds projections anew beside those that serve, then lets them take their places.

Implements design decision D7: nobody who reads waits for a rebuild, and one that was
killed leaves nothing but shadow tables that the next one drops. Several projections are
built in one pass, since reading an entry costs more than folding it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

from domain.errors import UnsafeError
from projections.position import Position, lock_positions, log_size, read_position, set_position
from projections.projection import SHADOW, Projection
from projections.reading import batches, read_facts
from projections.tables import (
    Connection,
    are_there,
    create_shadow,
    index_shadow,
    swap_in,
    write,
)


def is_fit(connection: Connection, projection: Projection) -> bool:
    """Tell whether a projection is there, of this version, and not ahead of the log.

    Raises:
        UnsafeError: A newer version of Muniment wrote it.
    """
    position = read_position(connection, projection.name)
    if position is not None and position.version > projection.version:
        raise UnsafeError(
            f"The projection {projection.name} was written by a newer version of Muniment.",
            slug="projection_newer",
            next_step="Upgrade this installation.",
        )
    return (
        position is not None
        and position.version == projection.version
        and position.size <= log_size(connection)
        and are_there(connection, projection)
    )


def rebuild_unfit(connection: Connection, projections: Sequence[Projection]) -> None:
    """Build anew those projections that need it, unless somebody else has just done so."""
    with _alone(connection, projections):
        unfit = [each for each in projections if not is_fit(connection, each)]
        if unfit:
            _build(connection, unfit)


def rebuild_all(connection: Connection, projections: Sequence[Projection]) -> int:
    """Build projections from the first entry of the log.

    Several rebuilds at once wait for each other. Catching up waits only while the tables
    change places.

    Args:
        connection: As the role ``ledger_projector``, outside a transaction.
        projections: Which ones.

    Returns:
        The number of log entries read.
    """
    with _alone(connection, projections):
        return _build(connection, projections)


def _build(connection: Connection, projections: Sequence[Projection]) -> int:
    for each in projections:
        create_shadow(connection, each)
    built = _fold_shadows(connection, projections, start=0)
    for each in projections:
        index_shadow(connection, each)
    return _finish(connection, projections, start=built)


def _finish(connection: Connection, projections: Sequence[Projection], *, start: int) -> int:
    """Fold what came meanwhile while nobody can move the positions, and change places."""
    with connection.transaction():
        lock_positions(connection, [each.name for each in projections])
        size = _fold_shadows(connection, projections, start=start)
        for each in projections:
            swap_in(connection, each)
            position = Position(version=each.version, size=size)
            set_position(connection, each.name, position=position)
    return size


def _fold_shadows(connection: Connection, projections: Sequence[Projection], *, start: int) -> int:
    size = log_size(connection)
    subjects = [each.subject for each in projections]
    for first, stop in batches(start, size):
        facts = read_facts(connection, subjects, start=first, stop=stop)
        with connection.transaction():
            for each in projections:
                write(connection, each, rows=each.rows(facts), suffix=SHADOW)
    return size


@contextmanager
def _alone(connection: Connection, projections: Sequence[Projection]) -> Iterator[None]:
    """Hold the advisory locks of projections, which end with the connection at the latest."""
    # Always in one order, so that two rebuilds of several never wait for each other in a ring.
    keys = [_lock_key(name) for name in sorted(each.name for each in projections)]
    for key in keys:
        connection.execute("select pg_advisory_lock(%s)", (key,))
    try:
        yield
    finally:
        for key in keys if not connection.broken else ():
            connection.execute("select pg_advisory_unlock(%s)", (key,))


def _lock_key(name: str) -> int:
    digest = sha256(f"projection {name}".encode()).digest()
    return int.from_bytes(digest[:_LOCK_OCTETS], signed=True)


_LOCK_OCTETS: Final = 8
