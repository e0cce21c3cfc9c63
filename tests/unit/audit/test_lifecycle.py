# SPDX-License-Identifier: Apache-2.0
"""A service shared by several users starts with the first and stops with the last."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from audit.lifecycle import shared_service
from domain.errors import UnreachableError

pytestmark = pytest.mark.slow  # real processes

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from multiprocessing.synchronize import Event
    from pathlib import Path

DEADLINE_SECONDS = 20


class FileService:
    """A service that "runs" while a file exists, so that every process can see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running = folder / "running"
        self.history = folder / "history"

    def start(self) -> None:
        self.running.touch(exist_ok=False)  # starting it twice is an error
        self._note("start")

    def stop(self) -> None:
        self.running.unlink()  # stopping it twice is an error
        self._note("stop")

    def used(self) -> AbstractContextManager[None]:
        return shared_service(
            self.folder, start=self.start, stop=self.stop, alive=self.running.exists
        )

    def _note(self, word: str) -> None:
        with self.history.open("a") as history:
            history.write(f"{word}\n")


@pytest.fixture
def service(tmp_path: Path) -> FileService:
    return FileService(tmp_path)


def use_until_told(folder: Path, inside: Event, leave: Event) -> None:
    with FileService(folder).used():
        inside.set()
        leave.wait(DEADLINE_SECONDS)


def test_the_last_user_to_leave_stops_the_service(service: FileService) -> None:
    with service.used():
        with service.used():
            assert service.running.exists()
        assert service.running.exists()
    assert service.history.read_text() == "start\nstop\n"


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "service"
    with shared_service(folder, start=lambda: None, stop=lambda: None, alive=lambda: True):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_an_error_inside_still_stops_the_service(service: FileService) -> None:
    with pytest.raises(ZeroDivisionError), service.used():
        raise ZeroDivisionError
    assert not service.running.exists()


def test_a_service_that_fails_to_start_leaves_no_user_behind(service: FileService) -> None:
    def fail() -> None:
        raise UnreachableError("It does not start.")

    alive = service.running.exists
    with (
        pytest.raises(UnreachableError, match="does not start"),
        shared_service(service.folder, start=fail, stop=service.stop, alive=alive),
    ):
        pass
    with service.used():
        pass
    assert service.history.read_text() == "start\nstop\n"


def test_a_service_that_died_is_started_again_by_the_next_user(service: FileService) -> None:
    with service.used():
        service.running.unlink()
        with service.used():
            assert service.running.exists()
        assert service.running.exists()
    assert service.history.read_text() == "start\nstart\nstop\n"


def test_many_threads_never_start_it_twice_nor_stop_it_under_a_user(service: FileService) -> None:
    missing: list[int] = []

    def use() -> None:
        for turn in range(25):
            with service.used():
                if not service.running.exists():
                    missing.append(turn)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    words = service.history.read_text().split()
    assert not missing
    assert words == ["start", "stop"] * (len(words) // 2)


def test_a_killed_process_neither_stops_the_service_nor_keeps_it_alive(
    service: FileService,
) -> None:
    context = multiprocessing.get_context("spawn")
    inside, leave = context.Event(), context.Event()
    user = context.Process(target=use_until_told, args=(service.folder, inside, leave))
    user.start()
    assert inside.wait(DEADLINE_SECONDS)
    assert user.pid is not None
    os.kill(user.pid, signal.SIGKILL)
    user.join()
    with service.used():
        assert service.history.read_text() == "start\n"
    assert service.history.read_text() == "start\nstop\n"


def test_another_process_keeps_the_service_running(service: FileService) -> None:
    context = multiprocessing.get_context("spawn")
    inside, leave = context.Event(), context.Event()
    user = context.Process(target=use_until_told, args=(service.folder, inside, leave))
    with service.used():
        user.start()
        assert inside.wait(DEADLINE_SECONDS)
    assert service.running.exists()
    leave.set()
    user.join(DEADLINE_SECONDS)
    assert service.history.read_text() == "start\nstop\n"


def test_a_lock_file_that_is_a_link_is_not_followed(service: FileService, tmp_path: Path) -> None:
    target = tmp_path / "somebody-elses"
    target.touch()
    (service.folder / "start.lock").symlink_to(target)
    with pytest.raises(UnreachableError, match=r"start\.lock"), service.used():
        pass
