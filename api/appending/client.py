# SPDX-License-Identifier: Apache-2.0
"""The way of one process of the service to the one that appends for all of them.

Where that one does not answer, because it is being started anew or has died, a process appends by
itself as it would without it: nothing is recorded twice, since an event that the other end had
recorded already is found by its identifier.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from api.appending.frames import Answers, next_frame, packed, read_answers
from api.gate.effects import Appended
from api.telemetry.watching import Appending, Watch
from audit.appending.gathering import Gathering

ANSWER_SECONDS_MAX: Final = 30.0
"""After that long a process appends by itself."""

BATCHES_MAX: Final = 8
"""Batches on their way at once; what waits at the other end is appended together."""


class Relayed(Watch):
    """Watches nothing; appends go to the process that appends for several."""

    def __init__(self, path: Path) -> None:
        """Bind the socket of that process."""
        self._path = path

    def gathering(self, append_all: Appending) -> Gathering[Appended]:
        """Give the way in for appends; ``append_all`` appends here while nobody answers there."""
        return Forwarding(self._path, append_all)


class Forwarding(Gathering[Appended]):
    """The way in for the coroutines of one event loop, through the process that appends."""

    def __init__(self, path: Path, append_all: Appending) -> None:
        """Bind the socket of that process, and what appends here while it does not answer."""
        super().__init__(append_all, batches_max=BATCHES_MAX)
        self._line = Line(path)

    async def _answers(self, submissions: Sequence[bytes]) -> Answers:
        answers = await self._line.ask(submissions)
        return await super()._answers(submissions) if answers is None else answers

    def close(self) -> None:
        """Hang up, and let the batch at hand finish."""
        self._line.close()
        super().close()


class Line:
    """A connection to the process that appends, opened when first needed and when it breaks."""

    def __init__(self, path: Path) -> None:
        """Remember the socket."""
        self._path = path
        self._opening = asyncio.Lock()
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: deque[asyncio.Future[Answers]] = deque()

    async def ask(self, submissions: Sequence[bytes]) -> Answers | None:
        """Have submissions appended in their order; nothing where no answer comes."""
        try:
            writer = await self._open()
            answer: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()
            self._waiting.append(answer)
            writer.write(packed(submissions))
            return await asyncio.wait_for(answer, ANSWER_SECONDS_MAX)
        except OSError:  # a timeout is one, too
            self.close()
            return None

    def close(self) -> None:
        """Hang up; whoever waits is told that no answer comes."""
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()
        self._writer = self._reading = None
        waiting, self._waiting = self._waiting, deque()
        for each in waiting:
            if not each.done():
                each.set_exception(ConnectionResetError())

    async def _open(self) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is None:
                reader, self._writer = await asyncio.open_unix_connection(self._path)
                self._reading = asyncio.create_task(self._read(reader))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Hand out answers in the order of the questions, until the other end is gone."""
        try:
            while True:
                answers = read_answers(await next_frame(reader))
                self._waiting.popleft().set_result(answers)
        except (OSError, EOFError):
            self._reading = None
            self.close()
