# SPDX-License-Identifier: Apache-2.0
"""Where the embedded server's files lie, and whom root lets run it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.database import place
from audit.database.place import ServerUser, find_place, may_enter
from domain.errors import UnreachableError, UnsafeError

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGER = ServerUser(4242, 4242)
NOBODY = ("nobody",)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files to another user")


@pytest.fixture
def open_home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="muniment-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed_home(open_home: Path) -> Path:
    folder = open_home / "closed"
    folder.mkdir(mode=0o700)
    return folder


def test_files_stay_in_a_home_that_the_servers_user_can_enter(open_home: Path) -> None:
    found = find_place(open_home, users=NOBODY, elsewhere=open_home / "elsewhere")
    assert found.cluster == open_home / "postgres" / "data"
    assert found.sockets == open_home / "postgres" / "socket"
    assert found.sockets.stat().st_mode & 0o777 == 0o700
    assert not (open_home / "elsewhere").exists()


def test_a_long_home_gets_a_short_private_socket_folder(open_home: Path) -> None:
    home = open_home / ("long" * 30)
    sockets = find_place(home, users=NOBODY).sockets
    try:
        assert len(os.fsencode(sockets / place.SOCKET_NAME)) < 100
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert find_place(home, users=NOBODY).sockets == sockets
    finally:
        sockets.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(open_home: Path) -> None:
    sockets = find_place(open_home, users=NOBODY).sockets
    sockets.chmod(0o755)
    with pytest.raises(UnsafeError, match="not private"):
        find_place(open_home, users=NOBODY)


def test_a_socket_folder_that_is_a_link_is_refused(open_home: Path) -> None:
    sockets = find_place(open_home, users=NOBODY).sockets
    sockets.rename(open_home / "real")
    sockets.symlink_to(open_home / "real")
    with pytest.raises(UnsafeError, match="not private"):
        find_place(open_home, users=NOBODY)


@as_root
def test_a_socket_folder_that_a_stranger_made_is_refused(open_home: Path) -> None:
    sockets = find_place(open_home, users=NOBODY).sockets
    os.chown(sockets, STRANGER.uid, STRANGER.gid)
    with pytest.raises(UnsafeError, match="not private"):
        find_place(open_home, users=NOBODY)


@as_root
def test_root_moves_the_files_out_of_a_closed_home_and_finds_them_again(
    open_home: Path, closed_home: Path
) -> None:
    elsewhere = open_home / "elsewhere"
    found = find_place(closed_home, users=NOBODY, elsewhere=elsewhere)
    assert found.folder.parent == elsewhere
    assert (closed_home / "postgres" / "LOCATION").read_text() == f"{found.folder}\n"
    assert (found.folder / "LEDGER").read_text() == f"{closed_home}\n"
    assert find_place(closed_home, users=NOBODY, elsewhere=elsewhere) == found
    assert list(elsewhere.iterdir()) == [found.folder]
    assert closed_home.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_home_made_anew_does_not_find_the_cluster_of_the_old_one(
    open_home: Path, closed_home: Path
) -> None:
    old = find_place(closed_home, users=NOBODY, elsewhere=open_home / "elsewhere")
    shutil.rmtree(closed_home / "postgres")
    new = find_place(closed_home, users=NOBODY, elsewhere=open_home / "elsewhere")
    assert new.folder != old.folder


@as_root
def test_a_cluster_whose_home_was_closed_later_is_not_replaced_by_an_empty_one(
    open_home: Path,
) -> None:
    home = open_home / "home"
    find_place(home, users=NOBODY).cluster.mkdir()
    os.chown(home / "postgres" / "data", STRANGER.uid, STRANGER.gid)
    home.chmod(0o700)
    with pytest.raises(UnreachableError, match="no longer reach"):
        find_place(home, users=NOBODY, elsewhere=open_home / "elsewhere")


@as_root
def test_root_without_any_known_user_is_told(open_home: Path) -> None:
    with pytest.raises(UnreachableError, match="refuses to run as root"):
        find_place(open_home, users=("no-such-user",))


def test_a_home_that_cannot_be_made_is_told(open_home: Path) -> None:
    (open_home / "file").touch()
    with pytest.raises(UnreachableError, match="cannot be made"):
        find_place(open_home / "file" / "home", users=NOBODY)


def test_a_stranger_enters_only_through_open_folders(open_home: Path) -> None:
    folder = open_home / "folder"
    (folder / "inner").mkdir(parents=True)
    folder.chmod(0o701)
    assert may_enter(folder / "inner", STRANGER)
    folder.chmod(0o776)
    assert not may_enter(folder / "inner", STRANGER)
