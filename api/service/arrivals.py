# SPDX-License-Identifier: Apache-2.0
"""Waiting for new entries without a thread for whoever waits: one connection listens for all.

A word may be lost with a connection, so that the log is looked at now and then all the same; what
is waited for is a size of the log, which only grows.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import psycopg

from projections.feed.following import CHANNEL

LOOK_SECONDS: Final = 5.0
"""After so long without a word it is looked all the same, and connected again after a break."""

WAITING_MAX: Final = 1_000
"""Requests of one process that may wait; more are answered at once."""

_SIZE: Final = "select size from ledger.head"


class Arrivals:
    """Knows the size of the log soon after it has grown; belongs to one event loop."""

    def __init__(self, conninfo: str) -> None:
        """Remember where to listen; nothing is opened yet."""
        self._conninfo = conninfo
        self._size = 0
        self._grown = asyncio.Event()
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        """End listening; the server has answered or let go whoever waited."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def beyond(self, size: int, *, seconds: float) -> None:
        """Wait until the log has more entries than a size, or for so long."""
        if self._waiting >= WAITING_MAX:
            return
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                while self._size <= size:
                    await self._grown.wait()
        except TimeoutError:
            return
        finally:
            self._waiting -= 1

    async def _listen(self) -> None:
        while True:
            with suppress(psycopg.Error):
                connect = psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                async with await connect as connection:
                    await self._hear(connection)
            await asyncio.sleep(LOOK_SECONDS)

    async def _hear(self, connection: psycopg.AsyncConnection[tuple[int]]) -> None:
        """Look at the log whenever there is a word of it; ends with the connection."""
        await connection.execute(f"listen {CHANNEL}".encode())
        while True:
            await self._look(connection)
            async for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass

    async def _look(self, connection: psycopg.AsyncConnection[tuple[int]]) -> None:
        found = await (await connection.execute(_SIZE)).fetchone()
        if found and found[0] > self._size:
            self._grow(found[0])

    def _grow(self, size: int) -> None:
        """Wake everybody who waits, and let later ones wait for the next growth."""
        self._size = size
        self._grown.set()
        self._grown = asyncio.Event()
