# SPDX-License-Identifier: Apache-2.0
"""Opens the signer of a ledger: attaches to the running one or starts it.

All processes of a ledger share one signer; the last to leave stops it. Its process id
is only believed while its lock is held. In production the signer runs under a user of
its own with ``python -m audit.signer``, and callers only need `SignerClient`.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from audit.files import FILE_MODE
from audit.lifecycle import shared_service
from audit.signer.client import SignerClient
from audit.signer.files import PID_FILE, private_folder, read_pid, socket_path
from audit.signer.protocol import CONNINFO_VARIABLE, check, decode, fingerprint
from domain.errors import UnreachableError, UnsafeError

LOG_FILE: Final = "signer.log"
START_SECONDS_MAX: Final = 30.0
STOP_SECONDS_MAX: Final = 30.0

# Only what a living signer needs to finish the request before ours.
_ALIVE_SECONDS_MAX: Final = 30.0
_POLL_SECONDS: Final = 0.005


@contextmanager
def open_signer(folder: Path, conninfo: str, origin: str) -> Iterator[SignerClient]:
    """Keep the signer in a folder running while inside the ``with``.

    Args:
        folder: The signer's own folder, made by `identity.create_signer`.
        conninfo: How the signer connects; a role that may only read.
        origin: Which log it signs for.

    Raises:
        UnsafeError: Its state is lost, its key is another log's, or the running signer
            serves another log or another database.
        UnreachableError: It does not start.
    """
    private_folder(folder)
    path = socket_path(folder)
    with (
        shared_service(
            folder,
            start=lambda: start_process(folder, conninfo=conninfo, origin=origin),
            stop=lambda: stop_process(folder),
            alive=lambda: _alive(path, origin=origin, database=fingerprint(conninfo)),
        ),
        SignerClient(path) as client,
    ):
        yield client


def _alive(path: Path, *, origin: str, database: str) -> bool:
    try:
        with SignerClient(path, seconds_max=_ALIVE_SECONDS_MAX) as client:
            status = client.status()
    except UnreachableError:
        return False
    if (status.origin, status.database) != (origin, database):
        raise UnsafeError(
            f"The running signer serves {status.origin} from another database.",
            slug="signer_elsewhere",
            next_step="Close every program that uses this ledger, then try again.",
        )
    return True


def start_process(folder: Path, *, conninfo: str, origin: str) -> None:
    """Start a signer in the background and return once its socket listens.

    The connection string may hold a password, so it goes by the environment and
    never stands in the process list.

    Raises:
        UnsafeError: The signer refuses to start.
        UnreachableError: The signer does not start in time.
    """
    command = [sys.executable, "-P", "-m", "audit.signer", "--detach"]
    command += ["--folder", str(folder.absolute()), "--origin", origin]
    private_folder(folder)
    log = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command,
            env={**os.environ, CONNINFO_VARIABLE: conninfo},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            timeout=START_SECONDS_MAX,
            start_new_session=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreachableError("The signer does not start.") from error
    finally:
        os.close(log)
    if done.returncode:
        if done.stdout:
            check(decode(done.stdout))
        raise UnreachableError(
            "The signer does not start.", next_step=f"Read {folder / LOG_FILE} and try again."
        )


def stop_process(folder: Path) -> None:
    """Stop the signer of a folder, if one runs, and return once it is gone.

    Raises:
        UnreachableError: It does not end in time.
    """
    try:
        lock = os.open(folder / PID_FILE, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _end(lock)
    finally:
        os.close(lock)


def _end(lock: int) -> None:
    """Send one SIGTERM to the holder of the lock and wait until the lock is free."""
    told = None
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while not _free(lock):
        pid = read_pid(lock)
        if pid not in (None, told):
            told = _terminate(pid)
        if time.monotonic() > deadline:
            raise UnreachableError("The signer does not stop.")
        time.sleep(_POLL_SECONDS)


def _terminate(pid: int) -> int:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    return pid


def _free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True
