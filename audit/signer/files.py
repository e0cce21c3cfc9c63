# SPDX-License-Identifier: Apache-2.0
"""Private files of the signer: created once, durably, and never replaced.

Holds the rules of the signer's folder (0700) and of the files in it (0600), where
its socket lies, and the lock that keeps the signer of a folder single: it is held on
`signer.pid` for as long as the signer lives, so the state file never has two writers.
What the files say is left to `state` and `identity`.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from audit.files import FILE_MODE, FOLDER_MODE, create_durably
from domain.errors import UnreachableError, UnsafeError

PID_FILE: Final = "signer.pid"
PID_DIGITS_MAX: Final = 20
SOCKET_FILE: Final = "signer.sock"
SOCKET_PATH_BYTES_MAX: Final = 99
# Not $TMPDIR: every process of a ledger must find the same socket, and it may be long.
SHORT_PARENT: Final = Path("/tmp")  # noqa: S108 - the folder below it is made private and checked

_NAME_DIGITS: Final = 12


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may enter, or check that it is one.

    Raises:
        UnsafeError: The folder belongs to somebody else, or others may enter it.
        UnreachableError: The folder cannot be made.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise UnreachableError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == FOLDER_MODE
    if not private or found.st_uid != os.geteuid():
        raise UnsafeError(
            f"The signer's folder {folder} is not private to this user.",
            next_step=f"Find out who made it; `chmod 700 {folder}` if it is yours.",
        )
    return folder


def create_file(path: Path, octets: bytes) -> bool:
    """Make a file with these octets, durably, unless one of that name exists.

    The name appears only with all its octets on disk. Gives False, and changes
    nothing, when there is such a file already.

    Raises:
        UnreachableError: The disk refuses.
    """
    try:
        return create_durably(path, octets)
    except OSError as error:
        raise UnreachableError(f"{path} cannot be written: {error.strerror}.") from error


def socket_path(folder: Path) -> Path:
    """Tell where the signer of a folder listens; short enough for every system.

    Raises:
        UnsafeError: The short stand-in for a long folder belongs to somebody else.
    """
    beside = folder.absolute() / SOCKET_FILE
    if len(os.fsencode(beside)) <= SOCKET_PATH_BYTES_MAX:
        return beside
    name = sha256(os.fsencode(folder.absolute())).hexdigest()[:_NAME_DIGITS]
    return private_folder(SHORT_PARENT / f"muniment-signer-{name}") / SOCKET_FILE


def take_lock(folder: Path) -> int:
    """Become the one signer of a folder, until this process and its children end.

    Returns:
        The descriptor that holds the lock; write the process id with `write_pid`.

    Raises:
        UnsafeError: A signer is running there.
    """
    private_folder(folder)
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.open(folder / PID_FILE, flags, FILE_MODE)
    except OSError as error:
        raise UnreachableError(f"The signer's lock cannot be made: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise UnsafeError(
            f"A signer is running in {folder} already.",
            slug="signer_running",
            next_step="Close every program that uses this ledger first.",
        ) from error
    # What a killed signer left there is some other process by now.
    os.pwrite(lock, b" " * PID_DIGITS_MAX, 0)
    return lock


@contextmanager
def stopped(folder: Path) -> Iterator[None]:
    """Keep the signer of a folder from running while inside the ``with``.

    Raises:
        UnsafeError: ``signer_running``.
        UnreachableError: There is no such folder.
    """
    if not folder.is_dir():
        raise UnreachableError(
            f"There is no signer in {folder}.", next_step="Make the ledger with `muniment init`."
        )
    lock = take_lock(folder)
    try:
        yield
    finally:
        os.close(lock)


def write_pid(lock: int, pid: int) -> None:
    """Say which process holds the lock."""
    os.pwrite(lock, f"{pid:<{PID_DIGITS_MAX}}".encode(), 0)


def read_pid(lock: int) -> int | None:
    """Read which process holds the lock, or None when it has not said so yet."""
    digits = os.pread(lock, PID_DIGITS_MAX, 0).strip()
    return int(digits) if digits.isdigit() else None
