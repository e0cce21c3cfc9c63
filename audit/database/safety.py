# SPDX-License-Identifier: Apache-2.0
"""Refuses a database server that could lose an acknowledged event.

Implements the start-up check of ``spec/store.md`` 5 and 7.3, for the embedded
server and for one given by URL alike. It reads settings and changes none.
"""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo

from domain.errors import UnreachableError, UnsafeError, UsageError

SERVER_VERSION_MIN = 150000
CONNECT_SECONDS_MAX = 10
SAFE_VALUES = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}
_SETTINGS = "select name, setting from pg_settings where name = any(%s)"
# What a role or this database presets would overrule the server's own value.
_PRESETS = """
    select split_part(preset, '=', 1), split_part(preset, '=', 2)
    from pg_db_role_setting, unnest(setconfig) preset
    where setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and split_part(preset, '=', 1) = any(%s)
"""


def refuse_unsafe_server(conninfo: str) -> None:
    """Return only if the server is recent enough and keeps what it commits.

    Raises:
        UnsafeError: The version or a setting is unfit; the sentence names it.
        UnreachableError: The server cannot be reached.
        UsageError: The connection string cannot be understood.
    """
    version, settings = _ask(conninfo)
    if version < SERVER_VERSION_MIN:
        raise UnsafeError(
            f"The database is PostgreSQL {version // 10000}; the ledger needs 15 or later.",
            next_step="Upgrade the server, or unset MUNIMENT_DATABASE_URL to use the embedded one.",
        )
    for name, value in settings:
        if value not in SAFE_VALUES[name]:
            raise UnsafeError(
                f"The database runs with {name} = {value}: it could lose acknowledged events.",
                next_step=f"Set {name} = on (in postgresql.conf, and for every role and database),"
                " reload the server and try again.",
            )


def _ask(conninfo: str) -> tuple[int, list[tuple[str, str]]]:
    names = list(SAFE_VALUES)
    try:
        target = make_conninfo(conninfo, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.ProgrammingError as error:
        raise UsageError(f"The database address cannot be understood: {error}") from error
    try:
        with psycopg.connect(target, autocommit=True) as connection:
            rows = connection.execute(_SETTINGS, (names,)).fetchall()
            rows += connection.execute(_PRESETS, (names,)).fetchall()
            return connection.info.server_version, rows
    except psycopg.Error as error:
        raise UnreachableError(f"The database cannot be reached: {error}") from error
