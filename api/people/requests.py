# SPDX-License-Identifier: Apache-2.0
"""What the addresses of people read from a request, and how their answers are made."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from api.people.callers import CSRF_HEADER, present
from api.people.ceremonies import AWAY_SECONDS, SECONDS
from api.people.cookies import (
    CEREMONY_COOKIE,
    SESSION_COOKIE,
    clear_cookie,
    cookie_of,
    set_cookie,
    token,
)
from api.people.passkeys.registering import Challenge
from api.people.people import People
from api.people.rights import Rights
from api.people.sessions import ABSOLUTE_SECONDS, IDLE_SECONDS, STEP_UP_SECONDS, Session

PRIVATE: Final = {"Cache-Control": "no-store"}


def people_of(request: Request) -> People:
    """Give what the application keeps at ``state.people``."""
    found: People = request.app.state.people
    return found


People_ = Annotated[People, Depends(people_of)]
Csrf = Annotated[
    str | None,
    Header(alias=CSRF_HEADER, description="The token of the session, from `GET /v1/session`."),
]
Present = tuple[str, Session, Rights]


def present_in(request: Request, people: People_, csrf: Csrf = None) -> Present:
    """Give the session of a request, with its secret and its rights."""
    return present(
        people.desk,
        cookies=request.headers.get("cookie"),
        method=request.method,
        csrf=csrf,
        origin=request.headers.get("origin"),
    )


Here = Annotated[Present, Depends(present_in)]


def ceremony_in(request: Request) -> str:
    """Give the secret of what the browser has begun; empty if it has begun nothing."""
    return cookie_of(request.headers.get("cookie"), CEREMONY_COOKIE)


Begun = Annotated[str, Depends(ceremony_in)]


def session_answer(people: People, here: Present) -> Response:
    """Tell who is logged in, what the officer may do, and until when."""
    secret, session, rights = here
    stepped = session.stepped_up_at
    record = {
        "officer": session.officer,
        "authority": rights.authority,
        "roles": sorted(rights.roles),
        "jurisdictions": list(rights.jurisdictions),
        "way": session.way,
        "born_at": session.born_at,
        "ends_at": session.born_at + ABSOLUTE_SECONDS,
        "idle_ends_at": people.desk.now() + IDLE_SECONDS,
        "stepped_up_until": None if stepped is None else stepped + STEP_UP_SECONDS,
        "csrf": token(secret, "csrf"),
    }
    return JSONResponse(record, headers=PRIVATE)


def opened(people: People, secret: str) -> Response:
    """Give the answer of a log-in or a step-up: the session, and its cookie."""
    from_cookie = f"{SESSION_COOKIE}={secret}"
    here = present(people.desk, cookies=from_cookie, method="GET", csrf=None)
    return with_cookies(
        session_answer(people, here), session_cookie(secret), clear_cookie(CEREMONY_COOKIE)
    )


def challenged(challenge: Challenge) -> Response:
    """Give options to a browser, with the secret of what it begins."""
    cookie = set_cookie(CEREMONY_COOKIE, challenge.ceremony, same_site="Strict", seconds=SECONDS)
    return with_cookies(JSONResponse(challenge.options, headers=PRIVATE), cookie)


def sent_away(address: str, ceremony: str) -> Response:
    """Send a browser to the provider, with the secret of what it begins."""
    # Lax, because the browser comes back from the provider's page.
    cookie = set_cookie(CEREMONY_COOKIE, ceremony, same_site="Lax", seconds=AWAY_SECONDS)
    away = RedirectResponse(address, status_code=303, headers=PRIVATE)
    return with_cookies(away, cookie)


def session_cookie(secret: str) -> str:
    """Give the Set-Cookie header of a session."""
    return set_cookie(SESSION_COOKIE, secret, same_site="Strict", seconds=ABSOLUTE_SECONDS)


def with_cookies(response: Response, *cookies: str) -> Response:
    """Put Set-Cookie headers into a response."""
    for each in cookies:
        response.headers.append("Set-Cookie", each)
    return response
