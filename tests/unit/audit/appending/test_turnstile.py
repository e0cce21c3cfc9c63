# SPDX-License-Identifier: Apache-2.0
"""The turnstile: everybody is served once, in order, by one worker at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from audit.appending.turnstile import Turnstile

CALLERS = 32
EACH = 20
SECONDS_MAX = 30


class Counter:
    """Doubles what passes a turnstile and keeps account of who is at work."""

    def __init__(self, items_max: int) -> None:
        self.turnstile: Turnstile[int, int] = Turnstile(self.work, items_max=items_max)
        self.batches: list[list[int]] = []
        self.at_work = 0
        self.most_at_work = 0
        self.going = threading.Event()
        self.going.set()

    def work(self, numbers: Sequence[int]) -> list[int]:
        self.going.wait(SECONDS_MAX)
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        self.batches.append(list(numbers))
        self.at_work -= 1
        if any(number < 0 for number in numbers):
            raise ValueError("a negative number")
        return [number * 2 for number in numbers]

    def crowd(self, callers: Sequence[Sequence[Sequence[int]]]) -> list[BaseException]:
        """Let callers pass their groups side by side; give what failed."""
        failures: list[BaseException] = []

        def call(groups: Sequence[Sequence[int]]) -> None:
            for group in groups:
                try:
                    assert self.turnstile.serve(group) == [number * 2 for number in group]
                except ValueError as failure:
                    failures.append(failure)

        with ThreadPoolExecutor(len(callers)) as pool:
            list(pool.map(call, callers, timeout=SECONDS_MAX))
        return failures


def test_a_lone_caller_leads_a_batch_of_its_own() -> None:
    counter = Counter(8)
    assert [counter.turnstile.serve([number]) for number in range(3)] == [[0], [2], [4]]
    assert counter.batches == [[0], [1], [2]]


@pytest.mark.parametrize("items_max", [3, 5, 1_000])
def test_everybody_in_a_crowd_is_served_exactly_once(items_max: int) -> None:
    counter = Counter(items_max)
    callers = [
        [list(range(at, at + 1 + at % 3)) for at in range(start, start + EACH * 3, 3)]
        for start in range(0, CALLERS * EACH * 3, EACH * 3)
    ]
    assert counter.crowd(callers) == []
    served = [number for batch in counter.batches for number in batch]
    assert sorted(served) == sorted(n for groups in callers for group in groups for n in group)
    assert max(map(len, counter.batches)) <= items_max
    assert counter.most_at_work == 1


def test_those_who_wait_while_one_works_become_one_batch_in_their_order() -> None:
    counter = Counter(8)
    counter.going.clear()
    with ThreadPoolExecutor(4) as pool:
        answers = []
        for number, waiting in ((0, 0), (1, 1), (2, 2), (3, 3)):
            answers.append(pool.submit(counter.turnstile.serve, [number, number]))
            while not counter.turnstile._busy or len(counter.turnstile._waiting) < waiting:
                pass
        counter.going.set()
        assert [answer.result(SECONDS_MAX) for answer in answers] == [
            [0, 0],
            [2, 2],
            [4, 4],
            [6, 6],
        ]
    assert counter.batches == [[0, 0], [1, 1, 2, 2, 3, 3]]


def test_a_failure_reaches_everybody_of_its_batch_and_nobody_else() -> None:
    counter = Counter(4)
    callers = [[[-number if number % 7 == 0 else number]] for number in range(1, 100)]
    failures = counter.crowd(callers)
    spoiled = [batch for batch in counter.batches if any(number < 0 for number in batch)]
    assert len(failures) == sum(map(len, spoiled))
    assert sum(map(len, counter.batches)) == len(callers)


def test_after_a_failure_the_next_caller_is_served() -> None:
    counter = Counter(4)
    with pytest.raises(ValueError, match="negative"):
        counter.turnstile.serve([-1])
    counter.turnstile.serve([1])
    assert counter.batches == [[-1], [1]]
