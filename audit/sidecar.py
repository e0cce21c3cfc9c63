# SPDX-License-Identifier: Apache-2.0
"""A process beside this one that takes over work on bytes.

What releases the interpreter's lock for a moment, such as a signature, has to fight for it
again afterwards, once an event; among busy threads that costs more than the work. So jobs
go out in batches while this process does something else. A sidecar only ever saves time:
until it has started, when it is busy, dead or stuck, its caller does the work itself. It
ends when the line closes, which the kernel does even for a caller that is killed.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, Final, Generic, TypeVar

ANSWER_SECONDS_MAX: Final = 10.0
"""After that long the caller does the work itself; a whole batch takes a hundredth of it."""

Job = TypeVar("Job")
Result = TypeVar("Result")


class Sidecar(Generic[Job, Result]):
    """Hands jobs to a process, which starts with the first of them."""

    def __init__(self, module: str, greeting: object = None) -> None:
        """Start nothing yet.

        Args:
            module: What the process runs; its main part calls ``serve``.
            greeting: What it is told before any job, over the line and nowhere else.
        """
        self._module = module
        self._greeting = greeting
        self._lock = Lock()
        self._line: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    def begin(self, jobs: Sequence[Job]) -> Callable[[], list[Result] | None] | None:
        """Hand over some jobs.

        Returns:
            Nothing if the process cannot take them now; else what waits for the results,
            in their order, and has to be called. It gives nothing if the process failed.
        """
        if not self._lock.acquire(blocking=False):
            return None
        if not self._send(jobs):
            self._lock.release()
            return None
        return lambda: self._receive(len(jobs))

    def close(self) -> None:
        """End the process, whether or not anybody still waits for it."""
        line, process = self._line, self._process
        self._line, self._process, self._ready = None, None, False
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.wait()

    def _send(self, jobs: Sequence[Job]) -> bool:
        try:
            line = self._line or self._start()
            if not self._ready:
                self._ready = line.poll() and line.recv() is None
            if self._ready:
                line.send(jobs)
        except (OSError, EOFError):
            self.close()
        return self._ready

    def _receive(self, count: int) -> list[Result] | None:
        try:
            if self._line is not None and self._line.poll(ANSWER_SECONDS_MAX):
                results: list[Result] = self._line.recv()
                if len(results) == count:
                    return results
        except (OSError, EOFError):
            pass
        finally:
            self._lock.release()
        self.close()
        return None

    def _start(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", self._module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._line = Connection(ours.detach())
        self._line.send(self._greeting)
        return self._line


def serve(equip: Callable[[Any], Callable[[Any], Any]]) -> None:
    """Be the process of a sidecar: do jobs until the other end hangs up.

    Args:
        equip: Takes the greeting and gives what does one job.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever talks to the person
    line = Connection(int(sys.argv[1]))
    try:
        work = equip(line.recv())
        line.send(None)
        while True:
            line.send([work(job) for job in line.recv()])
    except (EOFError, OSError):
        return
