# SPDX-License-Identifier: Apache-2.0
"""Errors over HTTP: RFC 9457 problems.

``type`` leads to a page about the slug, which the service itself serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.gate.status import UnknownError, status_of
from domain.errors import MunimentError, UsageError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5
"""After how long it is worth asking again what could not be reached."""

UNAUTHENTICATED: Final = 401

CODE_HEADER: Final = "Muniment-Problem"
"""Header with the code, for whoever does not read the body."""

PAGES: Final = "/v1/problems"
"""Where each slug has a page."""

TITLES: Final[Mapping[int, str]] = {
    400: "It cannot be understood",
    401: "It is not known who asks",
    403: "Not allowed",
    404: "Not found",
    405: "That cannot be done there",
    408: "Too slow",
    409: "The present state forbids it",
    410: "Erased",
    412: "Another version is current",
    413: "Too large",
    415: "Another form is needed",
    422: "The event does not hold",
    429: "Too many",
    500: "The ledger cannot go on",
    503: "Not reachable now",
}


def problem(error: MunimentError, *, errors: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Give an error as the members of a problem; it never echoes what was sent.

    Args:
        error: What went wrong.
        errors: Parts that are wrong, each with ``pointer`` (RFC 6901) and ``detail``.
    """
    status = status_of(error)
    members: dict[str, Any] = {
        "type": f"{PAGES}/{error.slug}",
        "title": TITLES[status],
        "status": status,
        "code": error.slug,
        "detail": error.sentence,
        "next_step": error.next_step,
    }
    parts = list(errors)
    return {**members, "errors": parts} if parts else members


def problem_response(error: MunimentError, *, errors: Iterable[Mapping[str, str]] = ()) -> Response:
    """Give an error as a response."""
    members = problem(error, errors=errors)
    headers = {"Cache-Control": "no-store", CODE_HEADER: members["code"]}
    if members["status"] in (429, 503):
        headers["Retry-After"] = str(getattr(error, "retry_after", RETRY_SECONDS))
    if members["status"] == UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Signature realm="muniment"'
    return Response(
        orjson.dumps(members), members["status"], media_type=MEDIA_TYPE, headers=headers
    )


def add_problems(app: FastAPI) -> None:
    """Let an application answer every error as a problem."""
    app.add_exception_handler(MunimentError, _muniment)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def unforeseen() -> MunimentError:
    """Give the answer where the program fails in a way that it should not."""
    return MunimentError(
        "The service failed in a way that it should not.",
        slug="internal",
        next_step="Ask whether it was done before you send it again; tell the operator the id.",
    )


async def _unforeseen(_: Request, __: Exception) -> Response:
    return problem_response(unforeseen())


async def _muniment(_: Request, error: Exception) -> Response:
    assert isinstance(error, MunimentError)  # noqa: S101 - what the handler is registered for
    return problem_response(error)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    parts = [
        {"pointer": "/" + "/".join(map(str, each["loc"])), "detail": each["msg"]}
        for each in error.errors()
    ]
    told = UsageError(
        "A parameter of the request is missing or has a wrong form.",
        slug="request_invalid",
        next_step="Correct what `errors` names; /v1/openapi.json describes every parameter.",
    )
    return problem_response(told, errors=parts)


async def _http(_: Request, error: Exception) -> Response:
    """Tell what the framework itself refuses: an unknown route, a method, a form."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if error.status_code == 405:  # noqa: PLR2004 - an HTTP status
        told = UsageError(
            "The address does not take that method.",
            slug="method_denied",
            next_step="Use one of those that `Allow` names.",
        )
        response = problem_response(told)
        response.headers.update(error.headers or {})
        return response
    return problem_response(UnknownError("There is nothing at that address."))
