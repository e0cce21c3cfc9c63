# SPDX-License-Identifier: Apache-2.0
"""The life of a helper service that several processes of one ledger share.

Used for the embedded PostgreSQL (``spec/store.md`` 5) and the signer process
(``spec/log.md`` 2.4). The kernel's file locks are the only book-keeping: every
user holds a shared lock while inside, so a killed user leaves nothing behind to
clean up. What the service is, how it starts and how it is reached stay outside.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from domain.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FOLDER_MODE = 0o700
LOCK_MODE = 0o600


@contextmanager
def shared_service(
    folder: Path,
    *,
    start: Callable[[], None],
    stop: Callable[[], None],
    alive: Callable[[], bool],
) -> Iterator[None]:
    """Keep a service running for as long as anybody is inside the ``with``.

    The first user starts it, later users attach to it, the last one to leave
    stops it. Safe from several processes and several threads. A service found
    dead is started again by the next user to enter.

    Args:
        folder: Holds the two lock files; created with mode 0700 when absent.
        start: Starts the service and returns once it answers.
        stop: Stops the service and returns once it is gone.
        alive: Tells whether the service answers now.

    Raises:
        UnreachableError: The folder or its lock files cannot be opened.
    """
    with _lock_file(folder, "start.lock") as starting, _lock_file(folder, "users.lock") as using:
        with _held(starting):
            fcntl.flock(using, fcntl.LOCK_SH)
            if not alive():
                start()
        try:
            yield
        finally:
            _leave(starting, using, stop)


def _leave(starting: int, using: int, stop: Callable[[], None]) -> None:
    with _held(starting):
        if _is_last(using):
            stop()


def _is_last(using: int) -> bool:
    """Give up the shared lock and say whether nobody else holds one."""
    try:
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(using, fcntl.LOCK_UN)
        return False
    return True


@contextmanager
def _held(descriptor: int) -> Iterator[None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def _lock_file(folder: Path, name: str) -> Iterator[int]:
    # A descriptor of its own for every user: flock belongs to the open file, so
    # two threads of one process exclude each other like two processes do.
    try:
        if not folder.exists():
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = _open(folder, name)
    except OSError as error:
        raise UnreachableError(
            f"The lock file {folder / name} cannot be opened: {error.strerror}.",
            next_step="Make the folder writable for this user and try again.",
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open(folder: Path, name: str) -> int:
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(folder / name, flags | os.O_CREAT | os.O_EXCL, LOCK_MODE)
    except FileExistsError:
        return os.open(folder / name, flags)
    if os.geteuid() == 0:
        # Root may look into another user's ledger; the lock must stay usable for that user.
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
