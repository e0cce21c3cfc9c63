# SPDX-License-Identifier: Apache-2.0
"""The verifier is killed at any moment, again and again, and says in the end what it would say."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from audit.proof.verify.log.crew import SMALL_LOG_ENTRIES
from tests.unit.audit.verify.log_builder import LogBuilder, small_log

pytestmark = pytest.mark.slow

FIREARMS = SMALL_LOG_ENTRIES // 2 + 10
"""So many entries that several processes share them."""

KILLS = 3
ROUNDS_MAX = 25
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give the command over a log in which not everything is as it should be."""
    folder = tmp_path_factory.mktemp("log")
    log: LogBuilder = small_log(FIREARMS)
    log.transfer(next(name for name in log.heads if name.startswith("arm.")), seq=9)
    log.export(folder / "export")
    (folder / "trust.json").write_bytes(log.trust().encode())
    program = [sys.executable, "-m", "audit.proof.verify.command", str(folder / "export")]
    return [*program, "--trust", str(folder / "trust.json"), "--json", "--rules", "--jobs", "2"]


def report(octets: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(octets)
    return found


def judged(state: Path) -> int:
    """Count the ranges that a killed run left judged."""
    try:
        with closing(sqlite3.connect(state / "progress.sqlite")) as file:
            return int(file.execute("select count(*) from judged").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def killed(words: list[str], after: float) -> bytes | None:
    """Start the command and kill it after some seconds; give its report if it came to its end."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            return process.communicate(timeout=after)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
    await_nobody(process.pid)
    return None


def await_nobody(group: int) -> None:
    """Wait for the end of the processes that the killed one had started."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
    os.killpg(group, signal.SIGKILL)
    raise AssertionError("a process went on after its caller was killed")


def without_progress(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "progress"}


def test_a_verifier_killed_at_random_moments_reports_what_an_unbroken_one_does(
    command: list[str], tmp_path: Path
) -> None:
    began = time.monotonic()
    whole = report(subprocess.run(command, check=False, capture_output=True).stdout)
    seconds = time.monotonic() - began
    assert {each["name"] for each in whole["checks"] if each["state"] == "failed"} >= {"chain"}
    words = [*command, "--state", str(tmp_path / "state")]
    kills = left = 0
    while kills < KILLS or not left:
        assert kills < ROUNDS_MAX
        ended = killed(words, random.uniform(0.2, 0.8) * seconds)
        kills += ended is None
        left = judged(tmp_path / "state") if ended is None else 0
        assert ended is None or without_progress(report(ended)) == without_progress(whole)
    last = report(subprocess.run(words, check=False, capture_output=True).stdout)
    assert without_progress(last) == without_progress(whole)
    assert last["progress"]["judged_before"] > 0
    assert not (tmp_path / "state").exists()
