# SPDX-License-Identifier: Apache-2.0
"""Who may build a projection anew, and who fills its tables; the database remembers it.

An advisory lock belongs to a connection, so that whatever was killed lets go of it by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

from projections.projection import Projection
from projections.tables import Connection

_LOCK_OCTETS: Final = 8
_BUILDING: Final = "projection"
_FILLING: Final = "filling"


@contextmanager
def alone(connection: Connection, projections: Iterable[Projection]) -> Iterator[None]:
    """Keep every other rebuild of projections waiting; a connection that ends lets them go."""
    with _held(connection, _BUILDING, [each.name for each in projections]):
        yield


@contextmanager
def undisturbed(connection: Connection, projections: Iterable[Projection]) -> Iterator[None]:
    """Wait until no process of a rebuild that was killed fills tables any more."""
    with _held(connection, _FILLING, [each.name for each in projections]):
        yield


def join_filling(connection: Connection, names: Sequence[str]) -> None:
    """Fill tables for as long as the connection lasts."""
    for name in sorted(names):
        connection.execute("select pg_advisory_lock_shared(%s)", (_key(_FILLING, name),))


@contextmanager
def _held(connection: Connection, what: str, names: Sequence[str]) -> Iterator[None]:
    # Always in one order, so that two rebuilds of several never wait for each other in a ring.
    keys = [_key(what, name) for name in sorted(names)]
    for key in keys:
        connection.execute("select pg_advisory_lock(%s)", (key,))
    try:
        yield
    finally:
        for key in keys if not connection.broken else ():
            connection.execute("select pg_advisory_unlock(%s)", (key,))


def _key(what: str, name: str) -> int:
    digest = sha256(f"{what} {name}".encode()).digest()
    return int.from_bytes(digest[:_LOCK_OCTETS], signed=True)
