# SPDX-License-Identifier: Apache-2.0
"""Shares the embedded PostgreSQL of one ledger among its processes.

The first process starts it, the last one to leave stops it (``spec/store.md``
5). Checking its settings and making the ledger's tables are left to the callers.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from audit.database.place import ELSEWHERE, SERVER_USERS, find_place
from audit.database.server import Server
from audit.lifecycle import shared_service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def embedded_server(
    home: Path, *, users: Sequence[str] = SERVER_USERS, elsewhere: Path = ELSEWHERE
) -> Iterator[str]:
    """Keep the embedded server of ``home`` running and give its superuser's conninfo.

    Args:
        home: The ledger's data directory.
        users: As in ``find_place``; matters for root only.
        elsewhere: As in ``find_place``; matters for root only.

    Raises:
        UnreachableError: The server cannot be installed, started or stopped.
        UnsafeError: Its socket folder belongs to somebody else.
    """
    place = find_place(home, users=users, elsewhere=elsewhere)
    server = Server(place)
    with shared_service(place.folder, start=server.start, stop=server.stop, alive=server.alive):
        yield server.prepare()
