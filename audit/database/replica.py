# SPDX-License-Identifier: Apache-2.0
"""Waiting for a streaming replica: until it has replayed what its primary has committed."""

from __future__ import annotations

import time
from typing import Final

import psycopg

from domain.errors import UnreachableError

WAIT_SECONDS_MAX: Final = 30.0
PAUSE_SECONDS: Final = 0.1

_COMMITTED: Final = "select pg_current_wal_flush_lsn()::text"
_REPLAYED: Final = "select not pg_is_in_recovery() or pg_last_wal_replay_lsn() >= %s::pg_lsn"


def wait_for_replica(home: str, replica: str, *, seconds: float = WAIT_SECONDS_MAX) -> None:
    """Wait until a replica has everything that is committed now; at once where it is none.

    Args:
        home: Connects to the primary.
        replica: Connects to its replica.
        seconds: How long at most.

    Raises:
        UnreachableError: ``replica_behind``, it is further behind; or either cannot be reached.
    """
    try:
        with psycopg.connect(home) as connection:
            (committed,) = connection.execute(_COMMITTED).fetchone() or ("0/0",)
        with psycopg.connect(replica, autocommit=True) as connection:
            _wait(connection, committed, seconds=seconds)
    except psycopg.Error as error:
        raise UnreachableError("The database or its replica cannot be reached.") from error


def _wait(replica: psycopg.Connection, committed: str, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while replica.execute(_REPLAYED, (committed,)).fetchone() != (True,):
        if time.monotonic() > until:
            raise _behind(seconds)
        time.sleep(PAUSE_SECONDS)


def _behind(seconds: float) -> UnreachableError:
    return UnreachableError(
        f"The replica has not caught up with the database within {seconds:g} seconds.",
        slug="replica_behind",
        next_step="See in pg_stat_replication whether it streams, and start again; or take "
        "reader_url out of service.toml.",
    )
