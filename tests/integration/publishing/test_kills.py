# SPDX-License-Identifier: Apache-2.0
"""A publisher that is killed, anywhere: what its checkpoint states is always provable."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.unit.audit.publishing.press import Press, entries_of, octets, proved

SIZES = (200, 260, 520, 521)
ROUNDS = 12
SECONDS_MAX = 0.15
WATCHED = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"})


def test_a_publisher_killed_before_any_change_of_any_file_leaves_a_provable_folder(
    tmp_path: Path,
) -> None:
    press = Press(tmp_path / "public", entries_of(SIZES[-1]))
    kills = 0
    for size in SIZES:
        before, at = proved(press.folder), 1
        while _in_child(lambda at=at, size=size: _die_at(at, press, size)):  # type: ignore[misc]
            # Where the last act is to tidy up, the new checkpoint stands already.
            assert proved(press.folder) in {before, size}
            before, at, kills = proved(press.folder), at + 1, kills + 1
        assert proved(press.folder) == size
    assert kills > len(SIZES) * 10
    whole = Press(tmp_path / "whole", press.entries)
    for size in SIZES:
        whole.publish(size)
    assert octets(press.folder) == octets(whole.folder)


def test_a_publisher_killed_at_any_moment_leaves_a_provable_folder(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    press = Press(tmp_path / "public", entries_of(2_000))
    reached = 0
    for _ in range(ROUNDS):
        seconds = chance.uniform(0, SECONDS_MAX)
        _in_child(lambda start=reached: _go_on(press, start), seconds)  # type: ignore[misc]
        assert proved(press.folder) >= reached
        reached = proved(press.folder)
    press.restart()
    press.publish(2_000)
    assert proved(press.folder) == 2_000


def _die_at(at: int, press: Press, size: int) -> None:
    """Publish, and be killed just before the given change to a file below the folder."""
    press.restart()
    left = at

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in WATCHED and str(press.folder) in str(arguments[0]):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    press.publish(size)


def _go_on(press: Press, start: int) -> None:
    """Publish a little more again and again, as a process that is started anew."""
    press.restart()
    for size in range(max(start, 1), len(press.entries), 7):
        press.publish(size)


def _in_child(work: Callable[[], None], seconds: float | None = None) -> bool:
    """Do work in a process of its own, killed after some seconds; tell whether it was killed."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must never go on as a second test run
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)
