# SPDX-License-Identifier: Apache-2.0
"""The door to the ledger's database, embedded or somebody's own server.

Gives the connection string of each role of ``spec/store.md`` 7.2, once the
server has been found safe. Holds no connections and applies no migrations.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from audit.database.embedded import embedded_server
from audit.database.safety import refuse_unsafe_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Role: TypeAlias = Literal[
    "ledger_api",
    "ledger_reader",
    "ledger_projector",
    "ledger_eraser",
    "ledger_access",
    "ledger_auditor",
    "ledger_people",
    "ledger_notices",
]
"""Of the log, of the vault, and of the parts of the service that have tables of their own."""


@contextmanager
def open_database(home: Path, url: str | None) -> Iterator[Database]:
    """Give the ledger's database for as long as the ``with`` lasts.

    Args:
        home: The ledger's data directory; the embedded server lives in it.
        url: A server of one's own instead, as a libpq URL or connection string.

    Raises:
        UnsafeError: The server is too old, or could lose what it acknowledged.
        UnreachableError: The server cannot be started or reached.
        UsageError: ``url`` cannot be understood.
    """
    if url is not None:
        refuse_unsafe_server(url)
        yield Database(admin=url, embedded=False)
        return
    with embedded_server(home) as admin:
        refuse_unsafe_server(admin)
        yield Database(admin=admin, embedded=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """How to connect to one ledger's database.

    Attributes:
        admin: Connection string of the migrations: a superuser or the owner.
        embedded: Whether each role can log in by itself over the private socket.
    """

    admin: str
    embedded: bool

    def conninfo(self, role: Role) -> str:
        """Give the connection string that acts as ``role``."""
        if self.embedded:
            return make_conninfo(self.admin, user=role)
        present = conninfo_to_dict(self.admin).get("options") or ""
        return make_conninfo(self.admin, options=f"{present} -c role={role}".strip())
