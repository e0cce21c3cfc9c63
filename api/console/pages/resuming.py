# SPDX-License-Identifier: Apache-2.0
"""Answers outlive a session: whoever has to log in again in mid-form goes on where it was.

The answers are those that the browser has just sent from a page of ours, and they go back to it
alone. Nothing is recorded by them: they are shown, checked and signed like any others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import Request
from starlette.responses import Response

from api.console.asking import CSRF
from api.console.rendering import page
from api.gate.asking import Asked
from api.gate.status import status_of
from api.people.cookies import SESSION_COOKIE, cookie_of, token
from domain.errors import MunimentError

ENDED: Final = frozenset(("session_ended", "unknown_caller"))
CHANGED: Final = "csrf_invalid"
"""The form is of another session than the one that the browser has by now."""


def resumed(
    request: Request, asked: Asked, error: MunimentError, *, sent: Sequence[tuple[str, str]]
) -> Response:
    """Give a page that keeps what a form sent, until its sender is known again.

    Raises:
        MunimentError: The error itself, where logging in does not mend it, or where the form does
            not come from a page of ours.
    """
    ours = request.headers.get("origin") == asked.service.settings.origin
    if not ours or error.slug not in {*ENDED, CHANGED}:
        raise error
    secret = cookie_of(request.headers.get("cookie"), SESSION_COOKIE)
    return page(
        request,
        "recording/kept.html",
        status=status_of(error),
        headers={"Muniment-Problem": error.slug},
        ended=error.slug in ENDED,
        token=token(secret, "csrf"),
        sent=[(name, text) for name, text in sent if name != CSRF],
    )
