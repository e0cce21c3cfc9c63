# SPDX-License-Identifier: Apache-2.0
"""Decides where the embedded server's files lie and which user runs it.

PostgreSQL refuses to run as root (``spec/store.md`` 5), so root hands it to an
unprivileged user, and moves the files out of a home folder which that user
cannot enter. Folders of the person who runs us are never opened up for that.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import UnreachableError, UnsafeError

if TYPE_CHECKING:
    from collections.abc import Sequence

SERVER_USERS = ("postgres", "nobody")
ELSEWHERE = Path("/var/lib/muniment")
# Not $TMPDIR: every process of a ledger must find the same socket, and it may be long.
SHORT_PARENT = Path("/tmp")  # noqa: S108 - the folder below it is made private and checked
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 99
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
LOCATION = "LOCATION"  # in the home: where its files are
LEDGER = "LEDGER"  # beside the files: whose they are, for whoever tidies up
PRIVATE = 0o700
PASS_THROUGH = 0o711
NAME_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The unprivileged user whom root lets run the server."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one embedded server lives.

    Attributes:
        folder: Holds the cluster, the locks and perhaps a copy of the programs.
        sockets: The private folder of the server's socket.
        user: Who runs it, or None for the present user.
    """

    folder: Path
    sockets: Path
    user: ServerUser | None

    @property
    def cluster(self) -> Path:
        """The data directory that ``initdb`` makes."""
        return self.folder / "data"


def find_place(
    home: Path, *, users: Sequence[str] = SERVER_USERS, elsewhere: Path = ELSEWHERE
) -> Place:
    """Give the place of the ledger in ``home``, choosing it the first time.

    Args:
        home: The ledger's data directory; created when absent.
        users: Names to hand the server to when we are root; the first known one.
        elsewhere: Where root puts the files when that user cannot enter ``home``.

    Raises:
        UnreachableError: No folder can be made, or no such user exists.
        UnsafeError: The socket folder belongs to somebody else.
    """
    own = home.absolute() / "postgres"
    try:
        if os.geteuid() != 0:
            own.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            return Place(folder=own, sockets=_sockets(own, None), user=None)
        own.parent.mkdir(parents=True, exist_ok=True)
        return _place_for_root(own, _known_user(users), elsewhere)
    except OSError as error:
        raise UnreachableError(
            f"The folder {error.filename} for the embedded database cannot be made: "
            f"{error.strerror}.",
            next_step="Choose a data directory that this user may write, and try again.",
        ) from error


def may_enter(folder: Path, user: ServerUser) -> bool:
    """Tell whether ``user`` can reach what lies in ``folder``."""
    return all(_may_pass(part.stat(), user) for part in (folder, *folder.parents))


def _place_for_root(own: Path, user: ServerUser, elsewhere: Path) -> Place:
    own.mkdir(mode=PRIVATE, exist_ok=True)
    if own.stat().st_uid == 0:
        own.chmod(PASS_THROUGH)
    location = own / LOCATION
    if not location.exists() and not _served(own, user):
        _move_out(own, elsewhere)
    folder = Path(location.read_text("utf-8").strip()) if location.exists() else own
    user = _owner(folder / "data") or user
    return Place(folder=folder, sockets=_sockets(folder, user), user=user)


def _served(own: Path, user: ServerUser) -> bool:
    owner = _owner(own / "data")
    if may_enter(own.resolve(), owner or user):
        return True
    if owner is None:
        return False
    raise UnreachableError(
        f"The user who runs the database can no longer reach its files in {own}.",
        next_step="Let that user pass through the folders above it again (chmod o+x).",
    )


def _move_out(own: Path, elsewhere: Path) -> None:
    # A fresh name every time: a home made anew at an old path must not find the
    # cluster of the home that was there before.
    if not elsewhere.exists():
        elsewhere.mkdir(parents=True, exist_ok=True)
        elsewhere.chmod(PASS_THROUGH)
    folder = Path(tempfile.mkdtemp(prefix=f"{_name_of(own)}-", dir=elsewhere))
    folder.chmod(PASS_THROUGH)
    draft = own / f"{LOCATION}.{folder.name}"
    draft.write_text(f"{folder}\n", "utf-8")
    try:
        os.link(draft, own / LOCATION)
        (folder / LEDGER).write_text(f"{own.parent}\n", "utf-8")
    except FileExistsError:
        folder.rmdir()
    finally:
        draft.unlink()


def _known_user(names: Sequence[str]) -> ServerUser:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid)
    raise UnreachableError(
        f"PostgreSQL refuses to run as root and none of the users {', '.join(names)} exists.",
        next_step="Run as an ordinary user, or set MUNIMENT_DATABASE_URL.",
    )


def _owner(cluster: Path) -> ServerUser | None:
    if not cluster.exists():
        return None
    found = cluster.stat()
    return ServerUser(found.st_uid, found.st_gid)


def _may_pass(found: os.stat_result, user: ServerUser) -> bool:
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _sockets(folder: Path, user: ServerUser | None) -> Path:
    beside = folder / "socket"
    length = len(os.fsencode(beside / SOCKET_NAME))
    if length <= SOCKET_PATH_BYTES_MAX and PLAIN_PATH.fullmatch(str(beside)):
        return _private_folder(beside, user)
    short = SHORT_PARENT / f"muniment-{_name_of(folder)}"
    return _private_folder(short, user)


def _private_folder(folder: Path, user: ServerUser | None) -> Path:
    with suppress(FileExistsError):
        folder.mkdir(mode=PRIVATE)
    if not _is_private(folder, user):
        raise UnsafeError(
            f"The socket folder {folder} is not private to the user who runs the database.",
            next_step=f"Find out who made {folder}, remove it, and try again.",
        )
    return folder


def _is_private(folder: Path, user: ServerUser | None) -> bool:
    # Everything is asked of the opened folder, so that nobody can swap it in between.
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if user and os.fstat(descriptor).st_uid == 0:
            os.fchown(descriptor, user.uid, user.gid)
        found = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    wanted = user.uid if user else os.geteuid()
    return found.st_uid == wanted and stat.S_IMODE(found.st_mode) == PRIVATE


def _name_of(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:NAME_DIGITS]
