# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up: appends stop with a reason, nothing is lost, and it goes on by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.bootstrap import open_office
from api.client.signer import Submission
from domain.errors import UnreachableError
from tests.integration.append.desk import (
    Desk,
    born,
    opened_desk,
    receipts,
    settings_of,
    signed,
)

pytestmark = pytest.mark.slow
DISK_OCTETS = 192 << 20
LEFT_OCTETS = 1 << 20
BATCH_EVENTS = 64
BATCHES_MAX = 200


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Mount a small disk in memory, which only root may."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-full-"))
    folder.chmod(0o711)
    mount = shutil.which("mount")
    options = f"size={DISK_OCTETS},mode=711"
    command = [str(mount), "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() or mount is None or subprocess.run(command, check=False).returncode:
        folder.rmdir()
        pytest.skip("only root can mount a small disk to fill up")
    try:
        yield folder
    finally:
        umount = shutil.which("umount") or "umount"
        subprocess.run([umount, "-l", str(folder)], check=True)
        folder.rmdir()


def test_on_a_full_disk_appends_stop_and_go_on_when_there_is_space(small_disk: Path) -> None:
    with opened_desk(settings_of(small_disk)) as desk:
        ballast = _fill(small_disk)
        acknowledged, stuck, error = _append_until_full(desk)
        assert error.slug in {"disk_full", "unreachable", "outcome_unknown", "signer_disk"}
        ballast.unlink()
        with open_office(desk.office.settings) as again:
            for submission in stuck:
                desk.verify(again.append(submission.to_bytes()), submission)
        stored = [raw for _, raw in desk.rows()]
        assert {each.jws for each in acknowledged} < set(stored)
        assert [stored.count(each.jws) for each in stuck] == [1] * len(stuck)
        assert desk.append(born()).index == len(stored)


def _fill(disk: Path) -> Path:
    """Leave next to nothing of a disk."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - LEFT_OCTETS)
    return ballast


def _append_until_full(desk: Desk) -> tuple[list[Submission], list[Submission], UnreachableError]:
    """Append batches; give what was acknowledged, the batch that was not, and why not."""
    acknowledged: list[Submission] = []
    for _ in range(BATCHES_MAX):
        batch = [signed(born(), desk.key) for _ in range(BATCH_EVENTS)]
        try:
            assert len(
                receipts(desk.office.append_all([each.to_bytes() for each in batch]))
            ) == len(batch)
        except UnreachableError as error:
            return acknowledged, batch, error
        acknowledged += batch
    raise AssertionError("the disk never filled up")
