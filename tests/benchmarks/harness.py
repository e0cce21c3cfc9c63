# SPDX-License-Identifier: Apache-2.0
"""Rates of concurrent callers, measured in turn so that a noisy machine is fair to all."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping

Work = Callable[[], None]
"""Does one piece of work; built once a thread, so that each has a connection of its own."""


def rate(prepare: Callable[[], Work], *, callers: int, seconds: float) -> float:
    """Let callers work side by side for some seconds; give finished pieces a second."""
    done = [0] * callers
    ready = threading.Barrier(callers + 1)
    end = [0.0]

    def call(caller: int) -> None:
        work = prepare()
        ready.wait()
        ready.wait()
        while time.perf_counter() < end[0]:
            work()
            done[caller] += 1

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    end[0] = started + seconds
    ready.wait()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


def in_turn(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Run every measure in every round; give the median of each."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: round(statistics.median(rates), 1) for name, rates in found.items()}
