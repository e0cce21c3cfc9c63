# SPDX-License-Identifier: Apache-2.0
"""Coroutines append through one door: the same answers, in few batches."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from api.client.signer import Submission
from audit.appending.gathering import Gathering
from audit.appending.sequencer import Receipt
from domain.errors import MunimentError
from tests.integration.append.desk import Desk, born, signed

T = TypeVar("T")
SECONDS_MAX = 60


def through_a_door(callers: list[Coroutine[Any, Any, T]]) -> list[T | BaseException]:
    async def all_of_them() -> list[T | BaseException]:
        return await asyncio.wait_for(asyncio.gather(*callers, return_exceptions=True), SECONDS_MAX)

    return asyncio.run(all_of_them())


def births(desk: Desk, count: int) -> list[Submission]:
    return [signed(born(), desk.key) for _ in range(count)]


def test_each_coroutine_gets_the_receipt_of_its_own_event(desk: Desk) -> None:
    submissions, door = births(desk, 40), Gathering(desk.office.append_all)
    before = desk.office.ledger.size
    answers = through_a_door([door.append(each.to_bytes()) for each in submissions])
    door.close()
    found = [each for each in answers if isinstance(each, Receipt)]
    assert [each.eid for each in found] == [each.eid for each in submissions]
    assert [each.index for each in found] == list(range(before, before + len(submissions)))


def test_a_refusal_reaches_its_own_caller_alone(desk: Desk) -> None:
    door = Gathering(desk.office.append_all)
    good = births(desk, 3)
    bodies = [good[0].to_bytes(), b"nonsense~", good[1].to_bytes(), good[2].to_bytes()]
    answers = through_a_door([door.append(body) for body in bodies])
    door.close()
    assert [isinstance(each, Receipt) for each in answers] == [True, False, True, True]
    assert isinstance(answers[1], MunimentError)
    assert answers[1].slug == "jws_segments"


def test_what_comes_while_a_batch_is_under_way_is_answered_too(desk: Desk) -> None:
    door = Gathering(desk.office.append_all)

    async def busy_caller(count: int) -> list[int]:
        return [(await door.append(each.to_bytes())).index for each in births(desk, count)]

    answers = through_a_door([busy_caller(3) for _ in range(8)])
    door.close()
    indexes = [index for each in answers if isinstance(each, list) for index in each]
    assert len(set(indexes)) == len(indexes) == 24


def test_a_cancelled_caller_does_not_spoil_the_batch(desk: Desk) -> None:
    door = Gathering(desk.office.append_all)
    submissions = births(desk, 3)

    async def impatient() -> list[Receipt]:
        tasks = [asyncio.create_task(door.append(each.to_bytes())) for each in submissions]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return [await tasks[0], await tasks[2]]

    (answer,) = through_a_door([impatient()])
    door.close()
    assert isinstance(answer, list)
    assert [each.eid for each in answer] == [submissions[0].eid, submissions[2].eid]
    again = desk.office.append(submissions[1].to_bytes())
    assert again.repeated
