# SPDX-License-Identifier: Apache-2.0
"""The turnstile: everybody is served once, in order, by one worker at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from audit.combining import Ticket, Turnstile, serve

CALLERS = 32
EACH = 20
SECONDS_MAX = 30


class Counter:
    """Counts what passes a turnstile and who is at work."""

    def __init__(self, items_max: int) -> None:
        self.turnstile: Turnstile[int] = Turnstile(items_max)
        self.batches: list[list[int]] = []
        self.at_work = 0
        self.most_at_work = 0

    def call(self, number: int) -> None:
        ticket = Ticket(number)
        batch = self.turnstile.enter(ticket)
        if batch is None:
            return
        error: BaseException | None = None
        try:
            self.work([each.item for each in batch])
        except BaseException as failure:
            error = failure
            raise
        finally:
            self.turnstile.leave()
            serve(batch, leader=ticket, error=error)

    def work(self, numbers: Sequence[int]) -> None:
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        self.batches.append(list(numbers))
        self.at_work -= 1
        if any(number < 0 for number in numbers):
            raise ValueError("a negative number")


def crowd(counter: Counter, callers: Sequence[Sequence[int]]) -> list[BaseException]:
    """Let callers pass their numbers side by side; give what failed."""
    failures: list[BaseException] = []

    def call(numbers: Sequence[int]) -> None:
        for number in numbers:
            try:
                counter.call(number)
            except ValueError as failure:
                failures.append(failure)

    threads = [threading.Thread(target=call, args=(each,), daemon=True) for each in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS_MAX)
        assert not thread.is_alive(), "a caller was never served"
    return failures


def test_a_lone_caller_leads_a_batch_of_its_own() -> None:
    counter = Counter(8)
    for number in range(3):
        counter.call(number)
    assert counter.batches == [[0], [1], [2]]


@pytest.mark.parametrize("items_max", [1, 3, 1_000])
def test_everybody_in_a_crowd_is_served_exactly_once(items_max: int) -> None:
    counter = Counter(items_max)
    callers = [range(start, start + EACH) for start in range(0, CALLERS * EACH, EACH)]
    assert crowd(counter, callers) == []
    served = [number for batch in counter.batches for number in batch]
    assert sorted(served) == list(range(CALLERS * EACH))
    assert max(map(len, counter.batches)) <= items_max
    assert counter.most_at_work == 1


def test_those_who_wait_while_one_works_become_one_batch_in_their_order() -> None:
    turnstile: Turnstile[int] = Turnstile(8)
    leader = Ticket(0)
    assert turnstile.enter(leader) == [leader]
    batches: list[list[int]] = []

    def call(number: int) -> None:
        ticket = Ticket(number)
        batch = turnstile.enter(ticket)
        if batch is not None:
            batches.append([each.item for each in batch])
            turnstile.leave()
            serve(batch, leader=ticket, error=None)

    threads = []
    for number in (1, 2, 3):
        threads.append(threading.Thread(target=call, args=(number,)))
        threads[-1].start()
        while len(turnstile._waiting) < number:
            pass
    turnstile.leave()
    for thread in threads:
        thread.join(SECONDS_MAX)
    assert batches == [[1, 2, 3]]


def test_a_failure_reaches_everybody_of_its_batch_and_nobody_else() -> None:
    counter = Counter(4)
    callers = [[-number if number % 7 == 0 else number] for number in range(1, 200)]
    failures = crowd(counter, callers)
    spoiled = [batch for batch in counter.batches if any(number < 0 for number in batch)]
    assert len(failures) == sum(map(len, spoiled))
    assert sum(map(len, counter.batches)) == len(callers)


def test_after_a_failure_the_next_caller_is_served() -> None:
    counter = Counter(4)
    with pytest.raises(ValueError, match="negative"):
        counter.call(-1)
    counter.call(1)
    assert counter.batches == [[-1], [1]]
