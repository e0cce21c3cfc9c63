# SPDX-License-Identifier: Apache-2.0
"""Keeps the process that appends running for as long as the service runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import IO, Final, cast

RESTART_SECONDS: Final = 2.0
"""Between the end of one such process and the start of the next."""

STOP_SECONDS_MAX: Final = 30.0
"""For what it has in hand; by then every process of the service has its answers."""

_MODULE: Final = "api.appending.process"


@contextmanager
def appender_running() -> Iterator[None]:
    """Run the process that appends while inside the ``with``, and start it anew when it ends.

    What it appends to was told by ``api.service.telling``.
    """
    keeper = _Keeper()
    keeping = Thread(target=keeper.keep, name="appender", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        process = keeper.end()
        keeping.join(STOP_SECONDS_MAX)
        if process is not None:
            process.kill()
        keeping.join()


class _Keeper:
    """Starts the process, waits for its end, and starts the next."""

    def __init__(self) -> None:
        self._starting = Lock()
        self._ended = Event()
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Keep a process running until ``end``."""
        while (process := self._next()) is not None:
            process.wait()
            self._ended.wait(RESTART_SECONDS)

    def end(self) -> subprocess.Popen[bytes] | None:
        """Start no other process, and tell the present one by the end of its input to end."""
        with self._starting:
            self._ended.set()
        if self._process is not None:
            cast("IO[bytes]", self._process.stdin).close()
        return self._process

    def _next(self) -> subprocess.Popen[bytes] | None:
        with self._starting:
            if self._ended.is_set():
                return None
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", _MODULE], stdin=subprocess.PIPE
            )
            return self._process
