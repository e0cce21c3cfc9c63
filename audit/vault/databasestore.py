# SPDX-License-Identifier: Apache-2.0
"""The key store in a PostgreSQL database of its own, for services on several machines.

The database holds wrapped keys alone; what wraps them stays in the key folder of each machine. Its
backups are to be thrown away within 30 days, as the envelope specification, section 6, asks of
every key store: only then are destroyed keys gone from them too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from audit.database.safety import CONNECT_SECONDS_MAX, refuse_unsafe_server
from audit.vault.keyfiles import Randomness, wrapping_key
from audit.vault.keystore import KEY_OCTETS, KeyStore, unavailable, unwrap, wrap
from domain.errors import UnreachableError, UnsafeError

# Serialised, because two processes that create the same table at once get an error.
_SCHEMA: Final = """
begin;
select pg_advisory_xact_lock(hashtext('muniment_keys'));
create schema if not exists muniment_keys;
create table if not exists muniment_keys.data_key (
  hld     uuid primary key,
  wrapped bytea  -- null once it was destroyed: no other key is ever made for that holding
);
create table if not exists muniment_keys.forgotten (
  one  bool primary key default true check (one),
  size bigint not null
);
commit
"""
_SHARED: Final = "select to_regclass('ledger.event') is not null"
_MAKE: Final = """
insert into muniment_keys.data_key select * from unnest(%s::uuid[], %s::bytea[])
on conflict (hld) do nothing
"""
_FIND: Final = """
select hld, wrapped from muniment_keys.data_key where hld = any(%s) and wrapped is not null
"""
_DESTROY: Final = """
insert into muniment_keys.data_key select distinct h, null::bytea from unnest(%s::uuid[]) h
on conflict (hld) do update set wrapped = null
"""
_DESTROYED: Final = """
select hld from muniment_keys.data_key where hld = any(%s) and wrapped is null
"""
_ADVANCE: Final = """
insert into muniment_keys.forgotten (size) values (%s)
on conflict (one) do update set size = greatest(forgotten.size, excluded.size)
"""


class DatabaseKeyStore(KeyStore):
    """Keeps wrapped data keys in a PostgreSQL that is not the ledger's."""

    def __init__(
        self, url: str, folder: Path, *, randomness: Randomness = secrets.token_bytes
    ) -> None:
        """Open the key store, creating its tables on first use.

        Args:
            url: A PostgreSQL database, as a libpq URL or connection string.
            folder: Where the wrapping key lies.
            randomness: Source of data keys.

        Raises:
            UnreachableError: The database or the folder cannot be used.
            UnsafeError: The wrapping key is damaged, the database could lose a destruction, or it
                is the ledger's own (``keystore_shared``).
        """
        refuse_unsafe_server(url)
        self._lock = Lock()
        self._randomness = randomness
        self._wrapping_key = wrapping_key(folder, randomness)
        self._conninfo = make_conninfo(url, connect_timeout=CONNECT_SECONDS_MAX)
        self._connection: psycopg.Connection[Any] | None = None
        if self._run(_SHARED) == [(True,)]:
            self.close()
            raise _shared()
        self._run(_SCHEMA)

    def keys_for(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data key of each holding, making those that never existed."""
        wanted = set(holdings)
        known = self._read(wanted)
        fresh = {
            each: wrap(self._wrapping_key, self._randomness(KEY_OCTETS))
            for each in sorted(wanted - known.keys())
        }
        if fresh:
            self._run(_MAKE, list(fresh), list(fresh.values()))
            known = self._read(wanted)
        return {each: unwrap(self._wrapping_key, wrapped) for each, wrapped in known.items()}

    def find(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        """Give the data keys that there are, making none."""
        known = self._read(holdings)
        return {each: unwrap(self._wrapping_key, wrapped) for each, wrapped in known.items()}

    def destroy(self, holdings: Iterable[UUID]) -> None:
        """Destroy data keys; until ``compact`` their wrapped form may lie in the server's files."""
        self._run(_DESTROY, sorted(holdings))

    def destroyed(self, holdings: Iterable[UUID]) -> set[UUID]:
        """Tell whose data keys were destroyed."""
        return {each for (each,) in self._run(_DESTROYED, list(holdings))}

    def forgotten(self) -> int:
        """Give the size of the log up to which every erasure is carried out here."""
        rows = self._run("select size from muniment_keys.forgotten")
        return int(rows[0][0]) if rows else 0

    def advance(self, size: int) -> None:
        """Remember that every erasure of the first entries of the log is carried out here."""
        self._run(_ADVANCE, size)

    def compact(self) -> None:
        """Write the table anew; what lies in the server's write-ahead log ages out there."""
        self._run("vacuum full muniment_keys.data_key")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, holdings: Iterable[UUID]) -> dict[UUID, bytes]:
        return dict(self._run(_FIND, list(holdings)))

    def _run(self, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        """Run a statement that may be repeated; once more where an old connection had broken."""
        with self._lock:
            try:
                return self._try(query, values)
            except UnreachableError:
                return self._try(query, values)

    def _try(self, query: str, values: tuple[Any, ...]) -> Sequence[tuple[Any, ...]]:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._conninfo, autocommit=True)
            cursor = self._connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            self.close()
            raise unavailable() from error


def _shared() -> UnsafeError:
    return UnsafeError(
        "The database that is to hold the keys is that of a ledger.",
        slug="keystore_shared",
        next_step="Name a database of its own, with its own backups, as MUNIMENT_KEYSTORE_URL.",
    )
