# SPDX-License-Identifier: Apache-2.0
"""The service as its users run it: stopped and killed under load, and as two processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api.service.settings import SERVICE_FILE
from api.service.telling import APPENDER
from api.settings import Settings
from audit.database import Database
from tests.integration.append.desk import born, signed, sound_rows
from tests.integration.http.conftest import founded, fresh_database

pytestmark = pytest.mark.slow

CLIENTS = 8
START_SECONDS = 60
RATE = 1_000_000
"""One key records everything here, and none of it is to wait for its turn."""
ENOUGH = 40
"""Acknowledged events before something is done to the service."""


@dataclass
class Load:
    """Clients that append without a pause, and what they were told.

    Attributes:
        acknowledged: Event id by index, of each event that is recorded.
        refused: Every other answer.
        broken: Requests to which there was no answer at all.
    """

    origin: str
    bodies: list[tuple[str, bytes]]
    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    broken: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(CLIENTS)]

    def start(self) -> None:
        """Begin, and go on until enough is acknowledged."""
        for thread in self._threads:
            thread.start()
        assert self._enough.wait(START_SECONDS)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        headers = {"Content-Type": "application/sd-jwt"}
        with httpx.Client(base_url=self.origin, timeout=30) as client:
            for eid, body in iter(self._next, None):
                try:
                    answer = client.post("/v1/events", content=body, headers=headers)
                except httpx.ConnectError:
                    return  # nothing is taken in any more
                except httpx.TransportError:
                    self.broken += 1
                    return
                self._note(eid, answer)

    def _next(self) -> tuple[str, bytes] | None:
        with self._lock:
            return self.bodies.pop() if self.bodies else None

    def _note(self, eid: str, answer: httpx.Response) -> None:
        with self._lock:
            if answer.status_code in (200, 201):  # 200 where whoever recorded it died of it
                assert answer.json()["eid"] == eid
                self.acknowledged[answer.json()["index"]] = eid
            else:
                self.refused.append(answer.text)
            if len(self.acknowledged) >= ENOUGH or self.refused:
                self._enough.set()


@dataclass(frozen=True)
class Ground:
    """A founded ledger that nobody serves yet."""

    settings: Settings
    bodies: list[tuple[str, bytes]]

    def load(self, origin: str, events: int | None = None) -> Load:
        return Load(origin, list(self.bodies[:events]))

    def rows(self) -> dict[int, bytes]:
        """Read the log, and check that it is sound."""
        assert self.settings.database_url is not None
        return dict(sound_rows(self.settings.database_url))


@pytest.fixture
def ground(server: Database, tmp_path: Path) -> Iterator[Ground]:
    """Found a ledger and sign events for it."""
    with fresh_database(server) as database:
        settings = Settings(home=tmp_path / "ledger", database_url=database.admin)
        with founded(settings) as keys:
            submissions = [signed(born(), keys["key"]) for _ in range(3_000)]
        yield Ground(settings, [(each.eid, each.to_bytes()) for each in submissions])


@contextmanager
def serving(
    settings: Settings, *, workers: int = 1
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run ``muniment serve`` at a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    origin = f"http://127.0.0.1:{port}"
    text = f'origin = "{origin}"\nworkers = {workers}\nappend_rate = {RATE}\n'
    (settings.home / SERVICE_FILE).write_text(text)
    command = [sys.executable, "-m", "api.cli.main", "--home", str(settings.home), "serve"]
    environment = {**os.environ, "MUNIMENT_DATABASE_URL": settings.database_url or ""}
    with subprocess.Popen(
        [*command, "--port", str(port)],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _await(origin)
            yield process, origin
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(START_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _await(origin: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if httpx.get(f"{origin}/v1/health/live").status_code == 200:
                return
    raise TimeoutError(origin)


def _held(ground: Ground, load: Load) -> None:
    """Check that the log holds every acknowledged event at the place that was told."""
    rows = ground.rows()
    known = dict(ground.bodies)
    assert len(load.acknowledged) >= ENOUGH
    for index, eid in load.acknowledged.items():
        assert rows[index] == known[eid].rstrip(b"~")


def test_told_to_stop_it_answers_what_it_took_in_and_ends(ground: Ground) -> None:
    with serving(ground.settings) as (process, origin):
        load = ground.load(origin)
        load.start()
        process.send_signal(signal.SIGTERM)
        load.join()
        assert process.wait(START_SECONDS) in (0, -signal.SIGTERM)
    assert load.refused == []
    _held(ground, load)
    founding = len(ground.rows()) - len(load.acknowledged)
    assert 0 < founding < 20  # nothing was recorded of which nobody was told


def test_killed_under_load_it_loses_nothing_that_it_acknowledged(ground: Ground) -> None:
    with serving(ground.settings) as (process, origin):
        load = ground.load(origin)
        load.start()
        os.killpg(process.pid, signal.SIGKILL)
        load.join()
    _held(ground, load)
    with serving(ground.settings) as (_, origin):
        again = httpx.get(f"{origin}/v1/health/ready")
        assert again.status_code == 200, again.text
        later = ground.load(origin, ENOUGH + 10)
        later.start()
        later.join()
    _held(ground, later)


def _appender(service: subprocess.Popen[bytes], *, but: int = 0) -> int:
    """Wait for the process that appends for a service, and give its id."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        found = {each for each in Path("/proc").glob("[0-9]*") if _appends(each, service.pid)}
        numbers = {int(each.name) for each in found} - {but}
        if numbers:
            return numbers.pop()
        time.sleep(0.05)
    raise TimeoutError


def _appends(found: Path, service: int) -> bool:
    """Tell whether a process appends for a service, and listens already."""
    try:
        return _listens(found, service)
    except OSError:
        return False  # it has ended meanwhile


def _listens(found: Path, service: int) -> bool:
    parent = int((found / "stat").read_text().rpartition(")")[2].split()[1])
    if parent != service or b"api.appending.process" not in (found / "cmdline").read_bytes():
        return False
    environment = (found / "environ").read_bytes().split(b"\0")
    told = dict(each.split(b"=", 1) for each in environment if b"=" in each)
    return Path(os.fsdecode(told[APPENDER.encode()])).exists()


def test_two_processes_append_to_one_log_also_while_the_one_that_appends_is_killed(
    ground: Ground,
) -> None:
    with serving(ground.settings, workers=2) as (process, origin):
        first = _appender(process)
        load = ground.load(origin, 400)
        load.start()
        os.kill(first, signal.SIGKILL)
        load.join()
        assert _appender(process, but=first) != first
        ids = {httpx.get(f"{origin}/v1/health/live").headers["muniment-request"] for _ in range(4)}
        checkpoint = httpx.get(f"{origin}/v1/log/checkpoint").text
    assert len(ids) == 4
    assert (load.refused, load.broken) == ([], 0)
    _held(ground, load)
    assert len(load.acknowledged) == 400
    assert int(checkpoint.splitlines()[1]) == len(ground.rows())
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", checkpoint.splitlines()[2])
