# SPDX-License-Identifier: Apache-2.0
"""Appending from coroutines: what waits while one batch is appended becomes the next.

A service with many connections runs on one event loop. Its requests reach the sequencer
in one piece through one thread, so that no request costs a thread of its own, nor waking
it up (log specification 2.3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from audit.appending.sequencer import Receipt, Sequencer
from domain.errors import MunimentError

Waiting = tuple[bytes, "asyncio.Future[Receipt]"]


class Gathering:
    """The way in for the coroutines of one event loop."""

    def __init__(self, sequencer: Sequencer) -> None:
        """Bind the sequencer."""
        self._sequencer = sequencer
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="append")
        self._waiting: list[Waiting] = []
        self._sending: asyncio.Task[None] | None = None

    async def append(self, submission: bytes) -> Receipt:
        """Append one submission; see ``Sequencer.append``.

        A caller that is cancelled leaves its event to be recorded or refused; the same
        submission tells which.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Receipt] = loop.create_future()
        self._waiting.append((submission, answer))
        if self._sending is None:
            self._sending = loop.create_task(self._send())
        return await answer

    def close(self) -> None:
        """Let the batch at hand finish."""
        self._thread.shutdown()

    async def _send(self) -> None:
        """Append whatever waits, batch after batch, until nothing does."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            submissions = [submission for submission, _ in batch]
            try:
                answers = await loop.run_in_executor(
                    self._thread, self._sequencer.append_all, submissions
                )
                _answer(batch, answers)
            except MunimentError as error:
                _answer(batch, [error] * len(batch))
            await asyncio.sleep(0)  # those just answered may have something more to append
        self._sending = None


def _answer(batch: Sequence[Waiting], answers: Sequence[Receipt | MunimentError]) -> None:
    for (_, future), answer in zip(batch, answers, strict=True):
        if future.done():
            continue  # its caller was cancelled
        if isinstance(answer, MunimentError):
            future.set_exception(answer)
        else:
            future.set_result(answer)
