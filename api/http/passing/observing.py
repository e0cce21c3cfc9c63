# SPDX-License-Identifier: Apache-2.0
"""What is seen of every request: an id, one line of the log, its time, and safe headers.

A line names the route and never the address, since what somebody searches for stands there; no
header, body or value of a parameter is written down (ASVS 16.2.5). The id goes back to the caller
and beside the event ids that the request recorded, so that each leads to the other.
"""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.answering.problem import CODE_HEADER, problem_response, unforeseen
from api.service.metrics import METHODS, Metrics

REQUEST_ID: Final = "Muniment-Request"
"""Header with the id of a request."""

ID_OCTETS: Final = 12
ID_LETTERS: Final = 16
IDS_DRAWN: Final = 256
"""Ids for which chance is asked at once; asking takes longer than the rest of an id."""

LOGGER: Final = logging.getLogger("muniment.http")

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers of every answer. With no referrer at all, a browser would say of the forms of our own
pages that they come from nowhere, and the check of their origin would refuse them."""

NOTHING_LOADS: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""The content policy of answers that are no pages."""

HSTS: Final = "max-age=63072000; includeSubDomains"


class Observing:
    """Stands before everything else, so that nothing goes unseen."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        secure: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand before an application.

        Args:
            app: The application.
            metrics: Where times are counted.
            secure: Whether browsers reach it by https alone.
            monotonic: The clock.
        """
        self._app = app
        self._metrics = metrics
        always = {**ALWAYS, **({"Strict-Transport-Security": HSTS} if secure else {})}
        self._always = [(k.lower().encode(), v.encode()) for k, v in always.items()]
        self._monotonic = monotonic
        self._ids = _ids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell of it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, told = self._monotonic(), {"status": 500, "begun": False}
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = next(self._ids)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"], told["begun"] = message["status"], True
                self._note_problem(message, state)
                self._add_headers(message["headers"], state["request_id"])
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - whatever fails is answered as a problem
            LOGGER.error(_fault(error, state["request_id"]))  # noqa: TRY400 - a trace shows values
            if not told["begun"]:
                await problem_response(unforeseen())(scope, receive, sending)
        finally:
            self._tell(scope, told["status"], self._monotonic() - begun)

    def _note_problem(self, message: Message, state: MutableMapping[str, Any]) -> None:
        """Keep the code of a problem for the log, and count what did not verify."""
        if message["status"] < LOWEST_PROBLEM:
            return
        code = next((value for name, value in message["headers"] if name == _CODE), b"").decode()
        if code:
            state["code"] = code
        if code and message["status"] in UNVERIFIED:
            self._metrics.refusals.labels(code).inc()

    def _add_headers(self, headers: list[tuple[bytes, bytes]], request_id: str) -> None:
        if not any(name == _CSP for name, _ in headers):
            headers.append((_CSP, NOTHING_LOADS.encode()))
        headers += self._always
        headers.append((_REQUEST_ID, request_id.encode()))

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.seconds_of(route, method, str(status)).observe(seconds)
        if LOGGER.isEnabledFor(logging.INFO):
            LOGGER.info(_line(scope, route=route, status=status, seconds=seconds))


LOWEST_PROBLEM: Final = 400
UNVERIFIED: Final = frozenset((400, 401, 413, 422))
"""Of what has not the form, or bears a signature that does not hold."""

_CODE: Final = CODE_HEADER.lower().encode()
_CSP: Final = b"content-security-policy"
_REQUEST_ID: Final = REQUEST_ID.lower().encode()


def _ids() -> Iterator[str]:
    while True:
        drawn = secrets.token_urlsafe(ID_OCTETS * IDS_DRAWN)
        yield from (drawn[at : at + ID_LETTERS] for at in range(0, len(drawn), ID_LETTERS))


def _fault(error: Exception, request_id: str) -> str:
    """Say what failed and where; never with what values, which may be personal data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{last.name}:{last.lineno}"
    told = {"request": request_id, "fault": type(error).__name__, "place": place}
    return orjson.dumps(told).decode()


@lru_cache(maxsize=1)
def _moment(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def _line(scope: Scope, *, route: str, status: int, seconds: float) -> str:
    """Give one line of the log as JSON, in which nothing can break a line."""
    state = scope["state"]
    told = {
        "at": _moment(int(time.time())),
        "request": state["request_id"],
        "method": scope["method"],
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        **{name: state[name] for name in ("caller", "recorded", "code") if name in state},
    }
    return orjson.dumps(told).decode()
