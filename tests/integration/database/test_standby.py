# SPDX-License-Identifier: Apache-2.0
"""Reading at a streaming replica: a real standby of the test's server, over a local socket."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.settings import Settings
from audit.database import Database
from audit.database.binaries import find_binaries
from audit.database.replica import wait_for_replica
from domain.errors import UnreachableError
from tests.integration.http.conftest import (
    SECONDS,
    Served,
    founded,
    fresh_database,
    running,
)

READ = (
    *("/v1/search?text=A", "/v1/holdings", "/v1/authorizations", "/v1/licences"),
    *("/v1/duties?policy=example-state", "/v1/findings", "/v1/feed/events", "/v1/feed/lives"),
    *("/v1/statistics/apprehensions", "/v1/log/checkpoint", "/v1/erasures", "/v1/health/ready"),
)


@contextmanager
def standby_of(server: Database) -> Iterator[str]:
    """Run a standby of a server; give the connection string of its administrator."""
    with psycopg.connect(server.admin) as connection:
        (data,) = connection.execute("show data_directory").fetchone() or ("",)
        (most,) = connection.execute("show max_connections").fetchone() or ("",)
    owner = Path(data).stat()
    folder = Path(tempfile.mkdtemp(prefix="muniment-standby-"))
    os.chown(folder, owner.st_uid, owner.st_gid)
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", f"max_connections={most}")
    options = shlex.join(part for each in settings for part in ("-c", each))

    def run(program: str, *arguments: str) -> None:
        path = find_binaries().folder / program
        # The log goes to a file, since whoever waits for a pipe would wait for the server.
        subprocess.run(
            [str(path), *arguments],
            check=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=owner.st_uid if os.getuid() == 0 else None,
            group=owner.st_gid if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
        )

    try:
        run("pg_basebackup", "-D", "data", "-d", server.admin, "-R", "-c", "fast", "--no-sync")
        run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        try:
            yield make_conninfo(server.admin, host=str(folder))
        finally:
            run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def standby(server: Database) -> Iterator[str]:
    with standby_of(server) as admin:
        yield admin


def test_readers_are_answered_by_the_replica_and_appends_by_the_primary(
    server: Database, standby: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(server))
        settings = Settings(home=tmp_path / "ledger", database_url=database.admin)
        parts = stack.enter_context(founded(settings))
        replica = make_conninfo(standby, dbname=conninfo_to_dict(database.admin)["dbname"])
        origin = stack.enter_context(running(settings, reader_url=replica))
        client = stack.enter_context(httpx.Client(base_url=origin, timeout=SECONDS))
        replaying = stack.enter_context(psycopg.connect(replica, autocommit=True))
        served = Served(**parts, origin=origin, client=client)
        machine = served.machine("TRC", "AUD", "STW", "service")
        assert {machine.get(path).status_code for path in READ} == {200}
        replaying.execute("select pg_wal_replay_pause()")
        _, told = served.recorded()
        address = f"/v1/events/{told['index']}"
        assert machine.get(address).status_code == 404, "the replica does not know of it yet"
        with pytest.raises(UnreachableError) as caught:
            wait_for_replica(database.admin, replica, seconds=0)
        assert caught.value.slug == "replica_behind"
        replaying.execute("select pg_wal_replay_resume()")
        wait_for_replica(database.admin, replica)
        assert machine.get(address).json()["eid"] == told["eid"]


def test_nobody_waits_for_a_database_that_is_no_replica(database: Database) -> None:
    wait_for_replica(database.admin, database.admin, seconds=0)
