# SPDX-License-Identifier: Apache-2.0
"""The one address at which every microsecond counts, answered without the framework's layers.

A single event spends more time in routing, dependencies and exception layers than in being judged
(docs/adr/0016 has the figures). The route stays where it is documented and tested; here the very
same function is called for it.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import State
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.gate.asking import Asked
from api.http.answering.problem import problem_response
from api.http.routes.events import append_event, router
from domain.errors import MunimentError, UsageError

PATH_HERE: Final = "/events"
PATH: Final = f"/v1{PATH_HERE}"


class Straight:
    """Answers appends of one event, and passes everything else on."""

    def __init__(self, app: ASGIApp, *, state: State) -> None:
        """Stand before an application whose state has the service."""
        self._app = app
        self._state = state
        self._route = next(
            each for each in router.routes if isinstance(each, Route) and each.path == PATH_HERE
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        request = Request(scope, receive)
        try:
            asked = Asked(self._state.service, request, "event.append", await request.body())
            response = await append_event(request, asked, _policy(scope["query_string"]))
        except MunimentError as error:
            response = problem_response(error)
        await response(scope, receive, send)


def _policy(query: bytes) -> str | None:
    """Read the one parameter of the address."""
    if not query:
        return None
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    if given.keys() != {"policy"} or len(given["policy"]) != 1:
        raise UsageError(
            "The only parameter of this address is `policy`.",
            slug="request_invalid",
            next_step="Leave the others out; /v1/openapi.json describes every parameter.",
        )
    return given["policy"][0]
