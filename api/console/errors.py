# SPDX-License-Identifier: Apache-2.0
"""What a reader sees where something cannot be done: a page that says what to do next.

Where only something is missing that the reader can give, such as a purpose or a fresh proof of who
sits there, the page leads there and back.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.console.asking import local
from api.console.rendering import away, page
from api.gate.asking import hidden
from api.gate.status import status_of
from domain.errors import MunimentError, UsageError

RETRY_SECONDS: Final = 5

WAYS: Final = {
    "purpose_missing": "/purpose",
    "purpose_denied": "/purpose",
    "unknown_caller": "/log-in",
    "session_ended": "/log-in",
    "step_up_needed": "/step-up",
}
"""Where somebody gives what is missing."""


def add_errors(app: FastAPI) -> None:
    """Let an application answer every error with a page.

    The handlers are no coroutines: a page asks the database who reads it, which is for a thread.
    """
    app.add_exception_handler(MunimentError, _muniment)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def error_page(request: Request, error: MunimentError) -> Response:
    """Tell of an error, or lead to where the reader can give what is missing."""
    if error.slug in WAYS and request.url.path != WAYS[error.slug]:
        return away(f"{WAYS[error.slug]}?{urlencode({'next': _back(request), 'why': error.slug})}")
    status, headers = status_of(error), {"Muniment-Problem": error.slug}
    if status in (429, 503):
        headers["Retry-After"] = str(getattr(error, "retry_after", RETRY_SECONDS))
    return page(request, "error.html", status=status, headers=headers, error=error)


def _back(request: Request) -> str:
    """Give where the reader goes on: the same page, or the one that the form was on."""
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return local(request.url.path + query)
    return local(request.query_params.get("back", "")) or "/"


def _muniment(request: Request, error: Exception) -> Response:
    assert isinstance(error, MunimentError)  # noqa: S101 - what the handler is registered for
    return error_page(request, error)


def _invalid(request: Request, _: Exception) -> Response:
    told = UsageError(
        "The address or the form has a part that cannot be read.",
        slug="request_invalid",
        next_step="Go back, and correct what you entered.",
    )
    return error_page(request, told)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return error_page(request, hidden())
