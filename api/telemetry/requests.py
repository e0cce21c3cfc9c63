# SPDX-License-Identifier: Apache-2.0
"""A span for each request, which bears the request's id as the log of the service does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Tracer
from opentelemetry.trace.status import StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.metrics import METHODS

LOWEST_FAULT: Final = 500


class WatchedRequests:
    """Stands before an application; what a client says of a trace of its own is not believed."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        """Stand before an application."""
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and describe it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "other"
        begun = self._tracer.start_as_current_span(
            method,
            context=Context(),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        )
        with begun as span:

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _answered(span, message["status"])
                await send(message)

            try:
                await self._app(scope, receive, sending)
            finally:
                _describe(span, scope, method)


def _answered(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= LOWEST_FAULT:
        span.set_status(StatusCode.ERROR)


def _describe(span: Span, scope: Scope, method: str) -> None:
    """Say what was asked, once it is known: names that stand in our own program."""
    route = getattr(scope.get("route"), "path", "none")
    state: Mapping[str, Any] = scope.get("state", {})
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    for name, found in (
        ("muniment.request", "request_id"),
        ("muniment.code", "code"),
        ("muniment.recorded", "recorded"),
    ):
        if found in state:
            span.set_attribute(name, state[found])
