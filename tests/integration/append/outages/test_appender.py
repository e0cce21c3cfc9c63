# SPDX-License-Identifier: Apache-2.0
"""One process appends for several, and each of them appends by itself while that one is away."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest

from api.appending.client import Forwarding
from api.appending.process import Appender
from api.gate.effects import Appended, append_all, stated_in
from audit.appending.gathering import WAITING_MAX
from audit.signer.files import SHORT_PARENT
from audit.signer.listener import listen
from domain.errors import MunimentError, UnreachableError
from tests.integration.append.desk import Desk, born, signed

T = TypeVar("T")
SECONDS_MAX = 60


@pytest.fixture
def path() -> Iterator[Path]:
    """Where the process that appends listens, if it does."""
    with TemporaryDirectory(dir=SHORT_PARENT) as folder:
        yield Path(folder) / "append"


@contextmanager
def appending(desk: Desk, path: Path) -> Iterator[Appender]:
    """Append for others, as that process does."""
    stop, stopped = socket.socketpair()
    with stop, stopped, listen(path) as listening:
        appender = Appender(listening, partial(append_all, desk.office))
        thread = threading.Thread(target=appender.serve, args=(stopped,))
        thread.start()
        try:
            yield appender
        finally:
            stop.close()
            thread.join()
            appender.close()


def nobody(_: Sequence[bytes]) -> list[Appended | MunimentError]:
    raise AssertionError("This process appends by itself.")


def bodies(desk: Desk, count: int) -> list[bytes]:
    return [signed(born(), desk.key).to_bytes() for _ in range(count)]


def together(calls: list[Coroutine[Any, Any, T]], *doors: Forwarding) -> list[T | BaseException]:
    async def all_of_them() -> list[T | BaseException]:
        asked = asyncio.gather(*calls, return_exceptions=True)
        try:
            return await asyncio.wait_for(asked, SECONDS_MAX)
        finally:
            for door in doors:
                door.close()

    return asyncio.run(all_of_them())


def test_each_coroutine_gets_what_became_of_its_own_event(desk: Desk, path: Path) -> None:
    events = [signed(born(), desk.key) for _ in range(40)]
    with appending(desk, path):
        door = Forwarding(path, nobody)
        answers = together([door.append(each.to_bytes()) for each in events], door)
    found = [each for each in answers if isinstance(each, Appended)]
    assert [each.eid for each in found] == [each.eid for each in events]
    assert {str(each.stream) for each in found} == {
        stated_in(each.to_bytes())["sub"] for each in events
    }
    assert not any(each.repeated for each in found)


def test_a_refusal_reaches_its_own_caller_alone(desk: Desk, path: Path) -> None:
    good = bodies(desk, 2)
    with appending(desk, path):
        door = Forwarding(path, nobody)
        answers = together([door.append(each) for each in (good[0], b"nonsense~", good[1])], door)
    assert [isinstance(each, Appended) for each in answers] == [True, False, True]
    assert isinstance(answers[1], MunimentError)
    assert answers[1].slug == "jws_segments"


def test_two_processes_get_places_of_one_log(desk: Desk, path: Path) -> None:
    before = desk.office.ledger.size
    sent = bodies(desk, 60)
    with appending(desk, path):
        first, second = Forwarding(path, nobody), Forwarding(path, nobody)
        calls = [(first, second)[at % 2].append(each) for at, each in enumerate(sent)]
        answers = together(calls, first, second)
    places = sorted(each.index for each in answers if isinstance(each, Appended))
    assert places == list(range(before, before + 60))


def test_a_process_appends_by_itself_while_nobody_listens(desk: Desk, path: Path) -> None:
    door = Forwarding(path, partial(append_all, desk.office))
    answers = together([door.append(each) for each in bodies(desk, 12)], door)
    assert all(isinstance(each, Appended) for each in answers)


def test_a_process_appends_by_itself_what_the_other_end_took_and_did_not_answer(
    desk: Desk, path: Path
) -> None:
    sent = bodies(desk, 8)
    recorded = append_all(desk.office, sent[:4])  # as if it had died before it could tell so

    done = threading.Event()

    def take_and_die(listening: socket.socket) -> None:
        listening.settimeout(0.05)
        while not done.is_set():
            with suppress(TimeoutError):
                client, _ = listening.accept()
                client.recv(1)
                client.close()

    with listen(path) as listening:
        thread = threading.Thread(target=take_and_die, args=(listening,))
        thread.start()
        door = Forwarding(path, partial(append_all, desk.office))
        answers = together([door.append(each) for each in sent], door)
        done.set()
        thread.join()
    found = [each for each in answers if isinstance(each, Appended)]
    assert [each.repeated for each in found] == [True] * 4 + [False] * 4
    assert [each.index for each in found[:4]] == [
        each.index for each in recorded if isinstance(each, Appended)
    ]


def test_what_was_sent_and_not_begun_waits_and_too_much_of_it_is_refused(
    desk: Desk, path: Path
) -> None:
    door = Forwarding(path, partial(append_all, desk.office))

    async def fill_up() -> list[int]:
        with listen(path) as listening:
            first = asyncio.create_task(door.append_all([b"x~"]))
            client, _ = await asyncio.to_thread(listening.accept)
            further = [asyncio.create_task(door.append_all([b"x~"] * WAITING_MAX))]
            await asyncio.sleep(0)
            with pytest.raises(UnreachableError, match="wait already"):
                await door.append_all([b"x~"])
            waiting = door.waiting
        client.close()  # as if the other end had died
        return [waiting, *(len(each) for each in await asyncio.gather(first, *further))]

    (answer,) = together([fill_up()], door)
    assert answer == [WAITING_MAX, 1, WAITING_MAX]
    assert door.waiting == 0


def test_the_way_is_found_again_once_somebody_listens(desk: Desk, path: Path) -> None:
    first, second = bodies(desk, 2)
    door = Forwarding(path, partial(append_all, desk.office))

    async def alone_and_then_together() -> list[Appended]:
        alone = await door.append(first)
        with appending(desk, path):
            return [alone, await door.append(second)]

    (answer,) = together([alone_and_then_together()], door)
    assert isinstance(answer, list)
    assert [each.index for each in answer] == [answer[0].index, answer[0].index + 1]
