# SPDX-License-Identifier: Apache-2.0
"""One PostgreSQL cluster on disk: made, started, asked whether it lives, stopped.

Holds the settings of ``spec/store.md`` 7.3. The server answers on a private
Unix socket and never on a network, which is what makes its trust in every local
connection acceptable. Who shares it, and where it lies, is decided elsewhere.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from audit.database.binaries import Binaries, copy_binaries, find_binaries
from audit.database.place import may_enter
from domain.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.database.place import Place

SUPERUSER = "postgres"
DATABASE = "muniment"
DRAFT_PREFIX = "data-partial-"
START_ATTEMPTS_MAX = 10
START_PAUSE_SECONDS = 0.5
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60
PING_SECONDS_MAX = 10
LOG_TAIL_LINES = 5
SETTINGS = (
    ("listen_addresses", ""),
    ("port", "5432"),
    ("unix_socket_permissions", "0700"),
    ("max_connections", "500"),
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
    ("max_wal_size", "4GB"),
    ("wal_level", "logical"),
    ("idle_in_transaction_session_timeout", "5min"),
    ("autovacuum", "on"),
    ("log_statement", "ddl"),
)


class Server:
    """The cluster in one place and the programs that run it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._conninfo = make_conninfo(
            host=str(place.sockets), port=5432, user=SUPERUSER, dbname="postgres"
        )

    def alive(self) -> bool:
        """Tell whether the server answers, waiting while it starts up or shuts down."""
        target = make_conninfo(self._conninfo, connect_timeout=PING_SECONDS_MAX).encode()
        deadline = time.monotonic() + START_SECONDS_MAX
        while (answer := PGconn.ping(target)) == Ping.REJECT:
            if time.monotonic() > deadline:
                raise UnreachableError("The embedded database does not accept connections.")
            time.sleep(START_PAUSE_SECONDS)
        return answer == Ping.OK

    def start(self) -> None:
        """Start the server, making its cluster the first time."""
        with _told():
            binaries = self._binaries()
            if not self._place.cluster.exists():
                self._initialise(binaries)
        for attempt in range(START_ATTEMPTS_MAX):
            if attempt:
                # A killed server holds its files until the system has reaped it.
                time.sleep(START_PAUSE_SECONDS)
            # A starter killed half-way may have left a server that is only just coming up.
            if self._launch(binaries) or self.alive():
                return
        raise UnreachableError(f"The embedded database does not start. {self._log_tail()}")

    def stop(self) -> None:
        """Stop the server without waiting for its clients."""
        done = self._run(
            self._binaries(), "pg_ctl", "-D", "data", "-m", "fast", "-w",
            "-t", str(STOP_SECONDS_MAX), "stop",
        )  # fmt: skip
        if done.returncode and self.alive():
            raise UnreachableError(f"The embedded database does not stop. {self._log_tail()}")

    def prepare(self) -> str:
        """Make the ledger's empty database unless it is there; give its conninfo."""
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                query = "select 1 from pg_database where datname = %s"
                if connection.execute(query, (DATABASE,)).fetchone() is None:
                    connection.execute(f"create database {DATABASE}".encode())
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            pass  # another process made it in this moment
        except psycopg.Error as error:
            raise UnreachableError(f"The embedded database cannot be prepared: {error}") from error
        return make_conninfo(self._conninfo, dbname=DATABASE)

    def _binaries(self) -> Binaries:
        version_file = self._place.cluster / "PG_VERSION"
        major = version_file.read_text("ascii").strip() if version_file.exists() else None
        binaries = find_binaries(major)
        user = self._place.user
        if user and binaries.relocatable and not may_enter(binaries.folder.resolve(), user):
            return copy_binaries(binaries, self._place.folder)
        return binaries

    def _initialise(self, binaries: Binaries) -> None:
        # A cluster appears whole or not at all: a killed initdb leaves only a draft.
        for stale in self._place.folder.glob(f"{DRAFT_PREFIX}*"):
            shutil.rmtree(stale, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=DRAFT_PREFIX, dir=self._place.folder))
        if self._place.user:
            os.chown(draft, self._place.user.uid, self._place.user.gid)
        done = self._run(
            binaries, "initdb", "-D", draft.name, "-U", SUPERUSER, "--auth-local=trust",
            "--auth-host=reject", "-E", "UTF8", "--locale=C", "-k",
        )  # fmt: skip
        if done.returncode:
            raise UnreachableError(f"The embedded database cannot be made: {done.stdout.strip()}")
        draft.rename(self._place.cluster)

    def _launch(self, binaries: Binaries) -> bool:
        settings = (*SETTINGS, ("unix_socket_directories", str(self._place.sockets)))
        options = [word for name, value in settings for word in ("-c", f"{name}={value}")]
        done = self._run(
            binaries, "pg_ctl", "-D", "data", "-w", "-t", str(START_SECONDS_MAX),
            "-l", "data/server.log", "-o", shlex.join(options), "start",
        )  # fmt: skip
        return done.returncode == 0

    def _run(
        self, binaries: Binaries, program: str, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        # Paths are given relative to the folder because pg_ctl passes them through a shell.
        user = self._place.user
        with _told():
            return subprocess.run(  # noqa: S603 - programs of the installation just found
                [str(binaries.folder / program), *arguments],
                check=False,
                text=True,
                cwd=self._place.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
            )

    def _log_tail(self) -> str:
        try:
            text = (self._place.cluster / "server.log").read_text("utf-8", errors="replace")
        except OSError:
            return "It left no log."
        return "Its log ends: " + " / ".join(text.splitlines()[-LOG_TAIL_LINES:])


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreachableError(
            f"The embedded database cannot be run: {error.strerror or error}.",
            next_step="Check the folder's permissions and the space left, and try again.",
        ) from error
