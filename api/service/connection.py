# SPDX-License-Identifier: Apache-2.0
"""One connection of the server, with a limit on what comes before a request is known.

The server takes in the head of a request, its target and headers, without end and without hurry;
``api.http.passing`` sees it only when it is whole. So what never becomes a request ends here: a
head that is too large, and one that does not come.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_OCTETS_MAX: Final = 65_536
"""Beyond any head that is answered, so that those have their own answers."""

HEAD_SECONDS_MAX: Final = 20.0
"""From the connection, or the first octet of a later request, to the end of its headers."""


class Connection(HttpToolsProtocol):
    """Ends a connection whose next request does not begin within limits."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._octets = 0
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a first request."""
        super().connection_made(_Joining(transport, self.loop))  # type: ignore[arg-type]
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Expect the headers of a request that has begun."""
        super().on_message_begin()
        self._expect()

    def on_headers_complete(self) -> None:
        """Leave the rest to the application."""
        self._expect_nothing()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take octets in, counting those of a head that is not whole."""
        before = self._waiting
        super().data_received(data)
        if self._waiting is None or self._waiting is not before:
            return  # the head is whole, or began somewhere in this
        self._octets += len(data)
        if self._octets > HEAD_OCTETS_MAX:
            self._end()

    def _expect(self) -> None:
        self._expect_nothing()
        self._waiting = self.loop.call_later(HEAD_SECONDS_MAX, self._end)

    def _expect_nothing(self) -> None:
        self._octets = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end(self) -> None:
        """End the connection; there is no request yet that could be answered."""
        self._expect_nothing()
        self.transport.close()


class _Joining:
    """A transport that sends together what is written in one turn of the loop: head and body.

    Each write is a system call of its own otherwise, and wakes whoever waits for the answer twice.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        written, self._written = self._written, []
        if written:
            self._transport.write(b"".join(written))
