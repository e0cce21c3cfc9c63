# SPDX-License-Identifier: Apache-2.0
"""Errors over HTTP: RFC 9457 problems, and the only place that maps errors to a status.

Implements the codes of the envelope specification, section 4.10, and the console conventions,
section 2: 422 only for payloads, 409 for what the present state forbids, 412 for a stale version,
403 for a mandate. ``type`` leads to a page about the slug, which the service itself serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import (
    ConflictError,
    EnvelopeError,
    InvalidValueError,
    MunimentError,
    ProofError,
    RefusedError,
    ThrottledError,
    UnauthenticatedError,
    UnreachableError,
    UnsafeError,
    UsageError,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5
"""After how long it is worth asking again what could not be reached."""

UNAUTHENTICATED: Final = 401

CODE_HEADER: Final = "Muniment-Problem"
"""Header with the code, for whoever does not read the body."""

PAGES: Final = "/v1/problems"
"""Where each slug has a page."""

BY_SLUG: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        (
            *("sdjwt_syntax", "jws_segments", "b64url_invalid", "header_json"),
            *("header_not_canonical", "header_members", "typ_unsupported", "payload_json"),
            *("payload_not_canonical", "request_invalid", "webhook_url", "webhook_kinds"),
        ),
        400,
    ),
    **dict.fromkeys(
        (
            *("role_denied", "jurisdiction_denied", "four_eyes_required", "approver_same_person"),
            *("hold_active", "purpose_missing", "purpose_denied", "step_up_needed", "csrf_invalid"),
        ),
        403,
    ),
    **dict.fromkeys(
        (
            *("firearm_unknown", "event_unknown", "index_unknown"),
            *("statistic_unknown", "feed_unknown", "route_unknown", "authority_unknown"),
            *("tile_unknown", "webhook_unknown"),
        ),
        404,
    ),
    **dict.fromkeys(("kid_unknown", "key_not_valid"), 422),
    "unknown_caller": 401,
    "session_ended": 401,
    "method_denied": 405,
    "body_slow": 408,
    "version_stale": 412,
    "erased": 410,
    "too_large": 413,
    "media_type": 415,
    "quota_exceeded": 429,
    "already_erased": 409,
}
"""The status of those slugs that do not have that of their class."""

BY_CLASS: Final[Mapping[type[MunimentError], int]] = {
    UsageError: 400,
    InvalidValueError: 400,
    EnvelopeError: 422,
    RefusedError: 409,
    ConflictError: 409,
    ThrottledError: 429,
    UnauthenticatedError: 401,
    UnreachableError: 503,
    ProofError: 500,
    UnsafeError: 500,
    MunimentError: 500,
}

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


class UnknownError(UsageError):
    """What was asked for does not exist, or is not for whoever asks; both look the same."""

    slug = "route_unknown"
    next_step = "Check the address; /v1/openapi.json lists what there is."


def status_of(error: MunimentError) -> int:
    """Give the HTTP status of an error: that of its slug, else of its nearest class."""
    if error.slug in BY_SLUG:
        return BY_SLUG[error.slug]
    if isinstance(error, UnknownError):
        return 404
    return next(BY_CLASS[kind] for kind in type(error).__mro__ if kind in BY_CLASS)


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
