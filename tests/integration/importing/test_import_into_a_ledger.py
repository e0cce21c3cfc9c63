# SPDX-License-Identifier: Apache-2.0
"""Imports into a real ledger: complete, repeatable, and safe to kill at any moment."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from api.bootstrap import open_office
from api.settings import Settings
from tests.integration.importing.importer import found_ledger, import_file

CALIFORNIA = Path("api/demo/leso1033_raw_California_2016-04-04.csv.gz")
ROWS, GUNS = 2_000, 964


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of the Californian register."""
    path = tmp_path_factory.mktemp("register") / "part.csv"
    with gzip.open(CALIFORNIA, "rb") as whole:
        path.write_bytes(b"".join(next(whole) for _ in range(ROWS + 1)))
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    found_ledger(tmp_path / "ledger")
    return tmp_path / "ledger"


def recorded(home: Path) -> tuple[Counter[str], int]:
    """Count the firearm events by kind, and the streams that they belong to."""
    with open_office(Settings(home=home)) as office:
        conninfo = office.database.conninfo("ledger_reader")
        with psycopg.connect(conninfo) as connection:
            rows = connection.execute(
                "select kind, stream from ledger.event where kind like 'firearm.%'"
            ).fetchall()
    return Counter(kind for kind, _ in rows), len({stream for _, stream in rows})


def importer(home: Path, file: Path) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.integration.importing.importer"]
    return subprocess.Popen([*program, str(home), str(file)], stdout=subprocess.PIPE, text=True)


def test_an_import_is_complete_and_running_it_again_adds_nothing(home: Path, part: Path) -> None:
    first = import_file(home, part)
    again = import_file(home, part)
    assert (first.rows, first.complete, first.events) == (ROWS, GUNS, 2 * GUNS)
    assert (again.complete, again.events, again.repeated) == (GUNS, 0, 2 * GUNS)
    kinds, streams = recorded(home)
    assert kinds == {"firearm.registered/1": GUNS, "firearm.stock-issued/1": GUNS}
    assert streams == GUNS


@pytest.mark.slow
@pytest.mark.parametrize("chunks", [1, 3])
def test_an_import_that_is_killed_goes_on_when_it_is_run_again(
    home: Path, part: Path, chunks: int
) -> None:
    process = importer(home, part)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(chunks)]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    second = importer(home, part)
    answer = json.loads(second.communicate()[0].splitlines()[-1])
    assert answer["complete"] == GUNS
    assert answer["events_already_there"] >= told[-1]
    assert answer["events_recorded"] + answer["events_already_there"] == 2 * GUNS
    assert recorded(home) == (
        {"firearm.registered/1": GUNS, "firearm.stock-issued/1": GUNS},
        GUNS,
    )
