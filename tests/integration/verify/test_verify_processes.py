# SPDX-License-Identifier: Apache-2.0
"""The verifier on several processes: the same verdict, and only what it needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit.proof.verify.book import Request
from audit.proof.verify.log.crew import SMALL_LOG_ENTRIES, open_crew
from audit.proof.verify.log.directory import verify_directory
from domain.errors import UnreachableError
from tests.unit.audit.verify.log_builder import LogBuilder, small_log

BROKEN = 4_000


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    log = small_log(SMALL_LOG_ENTRIES // 2)
    log.entries[BROKEN] = log.entries[BROKEN][:-2]
    return log


@pytest.fixture(scope="module")
def export(log: LogBuilder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log.export(tmp_path_factory.mktemp("export"))


def test_several_processes_find_what_one_finds(log: LogBuilder, export: Path) -> None:
    alone, together = (
        verify_directory(Request(path=export, trust=log.trust(), saved=log.note(700), jobs=jobs))
        for jobs in (1, 2)
    )
    assert alone == together
    assert alone.first is not None
    assert alone.first.index == BROKEN


def test_the_command_loads_no_server_and_no_framework() -> None:
    program = (
        "import sys, audit.proof.verify.command\n"
        "names = ('eventsourcing', 'psycopg', 'fastapi', 'typer', 'rich')\n"
        "sys.exit(','.join(name for name in names if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert done.stderr == b""
    assert done.returncode == 0


def test_the_command_reports_on_stdout_and_by_its_exit_code(export: Path) -> None:
    command = [sys.executable, "-m", "audit.proof.verify.command", str(export), "--json"]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode == 1
    assert json.loads(done.stdout)["first_failure"]["index"] == BROKEN
    assert done.stderr == b""


def test_a_process_that_dies_leaves_nothing_concluded() -> None:
    with (
        open_crew(2, SMALL_LOG_ENTRIES) as crew,
        pytest.raises(UnreachableError, match="processes that share the work died"),
    ):
        list(crew.run(os._exit, [1, 1, 1]))


@pytest.mark.parametrize(("threads", "method"), [(0, "copied"), (1, "started afresh")])
def test_processes_are_copies_of_a_caller_with_one_thread_alone(threads: int, method: str) -> None:
    program = (
        "import builtins, threading\n"
        "from audit.proof.verify.log.crew import SMALL_LOG_ENTRIES, open_crew\n"
        f"for _ in range({threads}):\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "builtins.changed = True\n"
        "with open_crew(2, SMALL_LOG_ENTRIES) as crew:\n"
        "    ((_, found),) = crew.run(eval, ['\"changed\" in __builtins__'])\n"
        "print('copied' if found else 'started afresh')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert (done.stdout.decode().strip(), done.stderr) == (method, b"")


def test_results_come_back_in_the_order_of_the_tasks() -> None:
    with open_crew(2, SMALL_LOG_ENTRIES) as crew:
        assert list(crew.run(abs, range(-40, 0))) == [(-at, at) for at in range(40, 0, -1)]
