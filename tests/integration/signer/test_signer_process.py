# SPDX-License-Identifier: Apache-2.0
"""The signer as a process: started, shared, killed, started again, stopped."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from audit.signer.client import SignerClient
from audit.signer.files import socket_path
from audit.signer.launch import open_signer, start_process, stop_process
from domain.errors import UnreachableError, UnsafeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.signer.conftest import Log, SignerHome

ORIGIN = "ledger.xa-test"


def start(home: SignerHome) -> None:
    start_process(home.folder, conninfo=home.conninfo, origin=ORIGIN)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_a_signer_is_started_for_the_first_user_and_stopped_after_the_last(
    log: Log, home: SignerHome
) -> None:
    log.append(3)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as first:
        assert home.open(first.sign(3)).size == 3
        with open_signer(home.folder, home.conninfo, origin=ORIGIN) as second:
            assert second.status().pid == first.status().pid
        assert home.open(first.sign(3)).size == 3
    with pytest.raises(UnreachableError, match="does not answer"):
        pid_of(home)


def test_two_clients_at_once_get_checkpoints_of_one_history(log: Log, home: SignerHome) -> None:
    sizes = [log.append(1).size for _ in range(20)]
    with (
        open_signer(home.folder, home.conninfo, origin=ORIGIN) as one,
        open_signer(home.folder, home.conninfo, origin=ORIGIN) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        clients = [one, other] * 10
        notes = set(pool.map(lambda client, size: client.sign(size), clients, sizes))
    assert [home.open(note).root for note in notes] == [log.tree.root()]


def test_a_killed_signer_goes_on_from_its_state(log: Log, home: SignerHome) -> None:
    log.append(4)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        client.sign(4)
        kill(client.status().pid)
        with pytest.raises(UnreachableError, match="does not answer"):
            until_refused(client)
    log.append(1)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        assert client.status().size == 4
        assert home.open(client.sign(5)).size == 5


def test_a_client_outlives_a_restart_of_the_signer(log: Log, home: SignerHome) -> None:
    log.append(1)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        before = client.sign(1)
        stop_process(home.folder)
        start(home)
        assert client.sign(1) == before


def test_a_refusal_reaches_the_caller_as_it_was_raised(log: Log, home: SignerHome) -> None:
    old = log.append(2)
    log.append(2)
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        client.sign(4)
        log.restore(old)
        with pytest.raises(UnsafeError, match="never reset the signer") as refusal:
            client.sign(2)
        assert refusal.value.slug == "signer_rollback"
        assert client.status().refusal == refusal.value.sentence
    assert "signer_rollback" in (home.folder / "signer.log").read_text("utf-8")


def test_a_folder_has_one_signer_only(home: SignerHome) -> None:
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        pid = client.status().pid
        with pytest.raises(UnsafeError, match="already") as refusal:
            start(home)
        assert refusal.value.slug == "signer_running"
        assert client.status().pid == pid


def test_a_signer_of_another_log_or_database_is_not_used(home: SignerHome) -> None:
    with open_signer(home.folder, home.conninfo, origin=ORIGIN):
        for conninfo, origin in ((home.conninfo, "ledger.xb-test"), ("dbname=other", ORIGIN)):
            with (
                pytest.raises(UnsafeError, match="another database"),
                open_signer(home.folder, conninfo, origin=origin),
            ):
                pytest.fail("attached to another ledger's signer")


def test_a_signer_without_its_state_does_not_start(home: SignerHome) -> None:
    (home.folder / "state").unlink()
    with (
        pytest.raises(UnsafeError, match="missing or damaged"),
        open_signer(home.folder, home.conninfo, origin=ORIGIN),
    ):
        pytest.fail("started without its state")


def test_one_sigterm_stops_it_cleanly(home: SignerHome) -> None:
    command = [sys.executable, "-m", "audit.signer", "--folder", str(home.folder)]
    command += ["--origin", ORIGIN, "--conninfo", home.conninfo]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        until(lambda: pid_of(home) == running.pid)
        running.send_signal(signal.SIGTERM)
        _, words = running.communicate(timeout=60)
    assert (running.returncode, words) == (0, b"")


def test_the_socket_is_private_and_survives_bad_clients(home: SignerHome) -> None:
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        path = socket_path(home.folder)
        assert path.stat().st_mode & 0o777 == 0o600
        for request in (
            b"no json\n",
            b"[" * 1_000 + b"\n",
            b'{"op":"sign","at_least":-1}\n',
            b'{"op":1}\n',
        ):
            assert b'"kind":"unreachable"' in spoken(path, request)
        assert spoken(path, b"x" * 5_000) == b""
        assert spoken(path, b'{"op":"sign"', whole=False) == b""
        assert client.status().refusal is None


def test_stopping_where_nothing_runs_is_harmless(home: SignerHome) -> None:
    stop_process(home.folder)
    start(home)
    stop_process(home.folder)
    stop_process(home.folder)


def test_an_interpreter_that_cannot_start_is_told(
    home: SignerHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UnreachableError, match=r"signer\.log"):
        start(home)
    monkeypatch.setattr(sys, "executable", str(home.folder / "nothing"))
    with pytest.raises(UnreachableError, match="does not start"):
        start(home)


@pytest.mark.slow
def test_kills_at_random_moments_never_let_two_roots_of_one_size_be_signed(
    log: Log, home: SignerHome
) -> None:
    seeded = random.Random(20261123)
    roots: dict[int, bytes] = {}
    for _ in range(12):
        with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
            killer = Thread(target=kill_later, args=(client.status().pid, seeded.uniform(0, 0.05)))
            killer.start()
            with suppress(UnreachableError):
                sign_many(log, home, client, roots)
            killer.join()
    with open_signer(home.folder, home.conninfo, origin=ORIGIN) as client:
        assert home.open(client.sign(log.tree.size)).root == log.tree.root()


def pid_of(home: SignerHome) -> int:
    with SignerClient(socket_path(home.folder)) as client:
        return client.status().pid


def sign_many(log: Log, home: SignerHome, client: SignerClient, roots: dict[int, bytes]) -> None:
    """Append and have signed until the signer dies; one size has one root, ever."""
    for _ in range(200):
        tree = log.append(1)
        found = home.open(client.sign(tree.size))
        assert roots.setdefault(found.size, found.root) == tree.root()


def kill_later(pid: int, seconds: float) -> None:
    Event().wait(seconds)
    kill(pid)


def until(condition: Callable[[], bool]) -> None:
    """Poll a condition that fails with `UnreachableError` at first, for ten seconds."""
    for _ in range(1_000):
        with suppress(UnreachableError):
            if condition():
                return
        Event().wait(0.01)
    pytest.fail("the condition never came true")


def until_refused(client: SignerClient) -> None:
    """Ask until the killed signer is really gone."""
    for _ in range(1_000):
        client.status()
        Event().wait(0.01)


def spoken(path: os.PathLike[str], request: bytes, *, whole: bool = True) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(os.fspath(path))
        connection.sendall(request)
        try:
            return connection.recv(65_536) if whole else b""
        except ConnectionResetError:
            return b""
