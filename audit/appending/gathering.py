# SPDX-License-Identifier: Apache-2.0
"""Appending from coroutines: what waits while one batch is appended becomes the next.

A service with many connections runs on one event loop. Its requests reach the sequencer
in one piece through one thread, so that no request costs a thread of its own, nor waking
it up (log specification 2.3). What was taken in is answered, also when the service stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeAlias, TypeVar, cast

from domain.errors import MunimentError, UnreachableError

WAITING_MAX: Final = 4_096
"""Submissions that may wait; with more, the service says that it is busy."""

Answer = TypeVar("Answer")
_Batch: TypeAlias = list[tuple[bytes, asyncio.Future[Answer | MunimentError]]]


class Gathering(Generic[Answer]):
    """The way in for the coroutines of one event loop."""

    def __init__(
        self,
        append_all: Callable[[Sequence[bytes]], Sequence[Answer | MunimentError]],
        *,
        batches_max: int = 1,
    ) -> None:
        """Bind what appends submissions in their order; see ``Sequencer.append_all``.

        Args:
            append_all: Appends in a thread of its own, one batch at a time.
            batches_max: Batches on their way at once.
        """
        self._append_all = append_all
        self._batches_max = batches_max
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="append")
        self._waiting: _Batch[Answer] = []
        self._on_their_way: list[_Batch[Answer]] = []
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Number of submissions that wait for the batch at hand to end, sent already or not."""
        return len(self._waiting) + sum(map(len, self._on_their_way[1:]))

    async def append(self, submission: bytes) -> Answer:
        """Append one submission; see ``Sequencer.append``.

        A caller that is cancelled leaves its event to be recorded or refused; the same
        submission tells which.
        """
        (answer,) = await self.append_all([submission])
        if isinstance(answer, MunimentError):
            raise answer
        return answer

    async def append_all(self, submissions: Sequence[bytes]) -> list[Answer | MunimentError]:
        """Append several submissions in their order, each accepted or refused alone.

        Raises:
            UnreachableError: ``busy``, so many wait that none of these was taken in.
        """
        return [await answer for answer in self._enter(submissions)]

    async def drain(self) -> None:
        """Wait until everything that was taken in is answered."""
        while self._sending:
            await asyncio.wait(self._sending)

    def close(self) -> None:
        """Let the batch at hand finish."""
        self._thread.shutdown()

    def _enter(self, submissions: Sequence[bytes]) -> list[asyncio.Future[Answer | MunimentError]]:
        """Take submissions in, and begin to send if nobody does."""
        if self.waiting + len(submissions) > WAITING_MAX:
            raise _busy()
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Answer | MunimentError]] = [
            loop.create_future() for _ in submissions
        ]
        self._waiting += zip(submissions, answers, strict=True)
        if len(self._sending) < self._batches_max:
            self._sending.add(loop.create_task(self._send()))
        return answers

    async def _send(self) -> None:
        """Append whatever waits, batch after batch, until nothing does."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._see_through(batch)
                await asyncio.sleep(0)  # those just answered may have something more to append
        finally:
            self._sending.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _see_through(self, batch: _Batch[Answer]) -> None:
        """Have a batch appended, and hand out what became of it."""
        self._on_their_way.append(batch)
        try:
            answers = await self._answers([submission for submission, _ in batch])
        finally:
            self._on_their_way.remove(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():  # its caller may have been cancelled
                future.set_result(answer)

    async def _answers(self, submissions: Sequence[bytes]) -> Sequence[Answer | MunimentError]:
        """Append a batch; where that fails as a whole, everybody in it is told the same."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._append_all, submissions)
        except MunimentError as error:
            return [error] * len(submissions)


def _busy() -> UnreachableError:
    return UnreachableError(
        f"{WAITING_MAX:,} events wait already.",
        slug="busy",
        next_step="Nothing of this was recorded; send the same again in a few seconds.",
    )
