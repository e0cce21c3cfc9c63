# SPDX-License-Identifier: Apache-2.0
"""The processes that share the work, and the order in which their results come back.

Serves the verifier's speed: one process a core, with few tasks in flight so that memory
stays flat. One process is the caller's own. The others are copies of it where it has a
single thread, which spares each the time that starting takes; else they are started afresh,
so that no lock is copied that another thread holds.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeVar

from audit.proof.verify.log.garbage import rare_collections
from domain.errors import UnreachableError

TASKS_IN_FLIGHT: Final = 3
"""For each process: one at work, one waiting, one being handed back."""

SMALL_LOG_ENTRIES: Final = 4_096
"""Below this, starting processes takes longer than the work."""

TASKS_AHEAD: Final = 2
"""For each process, where the caller works too: one at work, one waiting."""

_THREADS: Final = Path("/proc/self/task")
"""Where Linux lists the threads of this process, those of libraries too."""

T = TypeVar("T")
R = TypeVar("R")


class Crew:
    """Runs tasks and gives their results in the order of the tasks."""

    def __init__(self, pool: ProcessPoolExecutor | None, jobs: int) -> None:
        """Work with the processes of a pool, or alone."""
        self.jobs = jobs
        self._pool = pool

    def run(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Give each task with its result.

        Raises:
            UnreachableError: A process died, for want of memory perhaps.
        """
        if self._pool is None:
            for task in tasks:
                yield task, work(task)
            return
        waiting: deque[tuple[T, Future[R]]] = deque()
        with _deaths_told():
            for task in tasks:
                waiting.append((task, self._pool.submit(work, task)))
                if len(waiting) >= self.jobs * TASKS_IN_FLIGHT:
                    yield _first(waiting)
            while waiting:
                yield _first(waiting)

    def share(
        self, work: Callable[[T], R], here: Callable[[T], R], tasks: Iterable[T]
    ) -> Iterator[tuple[T, R]]:
        """Give each task with its result, in any order: whoever is free takes the next one.

        The caller takes tasks too, and all of them until the processes have begun: that takes
        longer than many a task.

        Args:
            work: Done by a process.
            here: The same, done by the caller.
            tasks: What is to be done.

        Raises:
            UnreachableError: A process died, for want of memory perhaps.
        """
        pool, places = self._pool, range(self.jobs * TASKS_AHEAD)
        waiting: dict[Future[Any], T | None] = {}
        with _deaths_told():
            waiting |= dict.fromkeys(pool.submit(_nothing) for _ in places) if pool else {}
            for task in tasks:
                done = next((each for each in waiting if each.done()), None)
                if done is None or pool is None:
                    yield task, here(task)
                    continue
                given = waiting.pop(done)
                waiting[pool.submit(work, task)] = task
                if given is not None:
                    yield given, done.result()
            yield from ((task, each.result()) for each, task in waiting.items() if task is not None)


@contextmanager
def open_crew(jobs: int | None, entries: int, *, sharing: bool = False) -> Iterator[Crew]:
    """Start processes for a log of some entries; they end with the block.

    Args:
        jobs: How many; by default one for each core this process may use.
        entries: Size of the log.
        sharing: Whether the caller is to be one of them, and shares its tasks.
    """
    wanted = jobs or _cores()
    with rare_collections():
        if wanted == 1 or entries < SMALL_LOG_ENTRIES:
            yield Crew(None, 1)
            return
        wanted -= sharing
        # Whoever shares its tasks has connections of its own, which nobody else may have too.
        method = "fork" if _has_one_thread() and not sharing else "spawn"
        pool = ProcessPoolExecutor(wanted, mp_context=get_context(method), initializer=_begin)
        try:
            yield Crew(pool, wanted)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _deaths_told() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise UnreachableError(
            "One of the processes that share the work died.",
            slug="process_died",
            next_step="Run it again; where memory is short, with fewer processes (--jobs 1).",
        ) from error


def _cores() -> int:
    """Count the cores this process may use, which in a container are not all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _has_one_thread() -> bool:
    """Tell whether this process has no thread but this one; where that is unknown, it may have."""
    try:
        return sum(1 for _ in _THREADS.iterdir()) == 1
    except OSError:
        return False


def _first(waiting: deque[tuple[T, Future[R]]]) -> tuple[T, R]:
    task, future = waiting.popleft()
    return task, future.result()


def _nothing() -> None:
    """Be the first task of a process, which is done once it has begun."""


def _begin() -> None:
    """Leave Ctrl-C to the process that talks to the person, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    caller = parent_process()
    if caller is not None:
        Thread(target=_end_with, args=(caller,), daemon=True).start()


def _end_with(caller: BaseProcess) -> None:
    """Wait for the caller's end; after a kill nobody else would tell this process to go."""
    caller.join()
    os._exit(1)
