# SPDX-License-Identifier: Apache-2.0
"""What a request may send: how much, in which form, and how slowly.

Implements the caps of the envelope specification, section 4.1, before anything is parsed: a body
that is too large or too slow ends the request, and nothing of it is taken in.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.answering.problem import problem_response
from audit.proof.limits import BODY_OCTETS_MAX
from domain.errors import EnvelopeError, MunimentError, UsageError

BATCH_OCTETS_MAX: Final = 4 * 1024 * 1024
"""A batch of submissions."""

BODY_SECONDS_MAX: Final = 20.0
"""From the first octet of a body to its last."""

TARGET_OCTETS_MAX: Final = 8_192
"""Path and query."""

HEADERS_OCTETS_MAX: Final = 32_768
"""Names and values of all headers; the server itself knows no limit."""

BATCHES: Final = frozenset(("/v1/events/batch",))


class Bodies:
    """Lets no body through that is too large or too slow."""

    def __init__(self, app: ASGIApp, *, seconds_max: float = BODY_SECONDS_MAX) -> None:
        """Stand before an application."""
        self._app = app
        self._seconds_max = seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with a body that is watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refused(scope)
        if refusal is not None:
            await problem_response(refusal)(scope, receive, send)
            return
        watched = _Watched(receive, _octets_max(scope), self._seconds_max)
        await self._app(scope, watched, send)


class _Watched:
    """Receives a body, counting octets and seconds."""

    def __init__(self, receive: Receive, octets_max: int, seconds_max: float) -> None:
        self._receive = receive
        self._left = octets_max
        self._max = octets_max
        self._seconds_max = seconds_max
        self._until: float | None = None
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()  # only whether the client has gone
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + self._seconds_max
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise _slow() from error
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _large(self._max)
        self._whole = not message.get("more_body", False)
        return message


def check_form(request: Request, media_type: str) -> None:
    """Check that a body says it has the form that is read.

    Raises:
        UsageError: ``media_type``.
    """
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found != media_type:
        raise UsageError(
            f"The body has to be {media_type}, and to say so.",
            slug="media_type",
            next_step=f"Send it with Content-Type: {media_type}.",
        )


def _refused(scope: Scope) -> MunimentError | None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > TARGET_OCTETS_MAX:
        return _large(TARGET_OCTETS_MAX)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADERS_OCTETS_MAX:
        return _large(HEADERS_OCTETS_MAX)
    stated = _header(scope, b"content-length")
    if stated is not None and stated.isdigit() and int(stated) > _octets_max(scope):
        return _large(_octets_max(scope))
    return None


def _octets_max(scope: Scope) -> int:
    return BATCH_OCTETS_MAX if scope["path"] in BATCHES else BODY_OCTETS_MAX


def _header(scope: Scope, name: bytes) -> bytes | None:
    headers: list[Any] = scope["headers"]
    return next((value for key, value in headers if key == name), None)


def _large(octets_max: int) -> EnvelopeError:
    return EnvelopeError(
        f"At most {octets_max:,} octets are taken.",
        slug="too_large",
        next_step="Send less at once; /v1/limits tells every limit.",
    )


def _slow() -> UsageError:
    return UsageError(
        f"The body did not arrive within {BODY_SECONDS_MAX:.0f} seconds.",
        slug="body_slow",
        next_step="Nothing of it was taken in; send it again.",
    )
