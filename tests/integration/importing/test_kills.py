# SPDX-License-Identifier: Apache-2.0
"""Whatever is killed during an import: nothing told is lost, and a second run completes it."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from api.bootstrap import open_office
from api.importing.chunks import open_chunks
from api.importing.mapping.loading import load_mapping
from api.settings import Settings
from audit.proof.verify.report import ExitCode
from audit.signer.client import SignerClient
from audit.signer.files import socket_path
from domain.catalogue import CATALOGUE
from tests.integration.importing.importer import MAPPING, found_ledger

CALIFORNIA = Path("api/demo/leso1033_raw_California_2016-04-04.csv.gz")
ROWS = 9_000
CHUNKS_BEFORE = 2
SECONDS_MAX = 120
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.slow
Importer = subprocess.Popen[str]


@dataclass(frozen=True)
class Scene:
    """A ledger and where its database keeps its files."""

    settings: Settings
    cluster: Path


Victim = Callable[[Importer, Scene], list[int]]


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a founded ledger with an embedded server of its own, to be killed."""
    home = Path(tempfile.mkdtemp(prefix="muniment-kill-"))
    home.chmod(0o711)
    try:
        found_ledger(home / "ledger")
        settings = Settings(home=home / "ledger")
        with open_office(settings) as office, psycopg.connect(office.database.admin) as connection:
            row = connection.execute("show data_directory").fetchone()
        assert row is not None
        yield Scene(settings, Path(row[0]))
    finally:
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of the Californian register."""
    path = tmp_path_factory.mktemp("register") / "part.csv"
    with gzip.open(CALIFORNIA, "rb") as whole:
        path.write_bytes(b"".join(next(whole) for _ in range(ROWS + 1)))
    return path


def the_importer(importer: Importer, _: Scene) -> list[int]:
    return [importer.pid]


def its_helpers(importer: Importer, _: Scene) -> list[int]:
    """Give the processes that sign and check signatures for it."""
    return children(importer.pid)


def the_database(_: Importer, scene: Scene) -> list[int]:
    postmaster = int((scene.cluster / "postmaster.pid").read_text().split()[0])
    return [postmaster, *children(postmaster)]


def the_signer(_: Importer, scene: Scene) -> list[int]:
    with SignerClient(socket_path(scene.settings.signer_folder)) as client:
        return [client.status().pid]


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task")
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]


@pytest.mark.parametrize("victim", [the_importer, its_helpers, the_database, the_signer])
def test_what_is_killed_during_an_import_costs_nothing_that_was_told(
    scene: Scene, part: Path, victim: Victim
) -> None:
    with open_chunks(part, load_mapping(MAPPING, CATALOGUE), secret=bytes(32)) as chunks:
        guns = sum(len(chunk.rows) for chunk in chunks)
    importer = start(scene.settings, part)
    assert importer.stdout is not None
    told = [int(importer.stdout.readline()) for _ in range(CHUNKS_BEFORE)]
    time.sleep(random.Random(str(victim)).random() / 5)
    for process in victim(importer, scene):
        with suppress(ProcessLookupError):  # some end by themselves without the first
            os.kill(process, signal.SIGKILL)
    importer.communicate(timeout=SECONDS_MAX)
    # Without its signer an import goes on for seconds only: a quick one is through by then.
    if victim is not the_signer:
        assert (importer.returncode != 0) == (victim in {the_importer, the_database})
    assert sum(recorded(scene.settings).values()) >= told[-1]
    again = start(scene.settings, part)
    answer = json.loads(again.communicate(timeout=SECONDS_MAX)[0].splitlines()[-1])
    assert answer["complete"] == guns
    assert recorded(scene.settings) == {
        "firearm.registered/1": guns,
        "firearm.stock-issued/1": guns,
    }
    assert verified(scene.settings) == ExitCode.OK


def start(settings: Settings, file: Path) -> Importer:
    program = [sys.executable, "-m", "tests.integration.importing.importer"]
    return subprocess.Popen(
        [*program, str(settings.home), str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def recorded(settings: Settings) -> Counter[str]:
    """Count the firearm events by kind."""
    with (
        open_office(settings) as office,
        psycopg.connect(office.database.conninfo("ledger_reader")) as connection,
    ):
        rows = connection.execute("select kind from ledger.event where kind like 'firearm.%'")
        return Counter(kind for (kind,) in rows)


def verified(settings: Settings) -> int:
    """Export the log and let a program that trusts nothing verify it."""
    directory = settings.home.parent / "export"
    environment = {**os.environ, "MUNIMENT_HOME": str(settings.home)}
    subprocess.run(
        [BIN / "muniment", "export", directory], check=True, env=environment, capture_output=True
    )
    return subprocess.run(
        [BIN / "muniment-verify", directory, "--assume-trust"], check=False, capture_output=True
    ).returncode
