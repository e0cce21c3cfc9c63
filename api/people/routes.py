# SPDX-License-Identifier: Apache-2.0
"""The addresses at which people log in, step up, see their sessions and register passkeys.

Thin: each reads the request, calls one function, and puts cookies into the answer. Errors are
raised and told by the application. Nothing here believes a Host header, a forwarded address or
a bearer token.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from api.people.answers import SessionAnswer, SessionsAnswer
from api.people.cookies import CEREMONY_COOKIE, SESSION_COOKIE, clear_cookie
from api.people.oidc.log_in import arrive, depart
from api.people.passkeys.routes import router as passkeys
from api.people.requests import (
    PRIVATE,
    Begun,
    Here,
    People_,
    sent_away,
    session_answer,
    session_cookie,
    with_cookies,
)
from api.people.sessions import end_session, end_sessions, sessions_of

BROUGHT: Final = ("code", "state", "iss", "error")
"""What a browser brings back from the provider (RFC 6749, section 4.1.2, and RFC 9207)."""
CLEARED: Final = PRIVATE | {"Clear-Site-Data": '"cache"'}
"""Never the storage: it holds the officer's own signing key."""
LANDING: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Muniment</title>'
    '<meta http-equiv="refresh" content="0; url=/"><p>You are logged in. <a href="/">Go on</a>.'
)
"""A page of our own after the provider's: a redirect would come from there, and a browser
would leave a SameSite=Strict cookie behind."""

router = APIRouter(tags=["people"])
router.include_router(passkeys)


@router.get("/session", summary="Who is logged in, and for how long", response_model=SessionAnswer)
def show_session(people: People_, here: Here) -> Response:
    """Tell who is logged in, what the officer may do now, and the token against forged requests."""
    return session_answer(people, here)


@router.delete("/session", summary="Log out", status_code=204, response_class=Response)
def log_out(people: People_, here: Here) -> Response:
    """End this session."""
    end_session(people.desk, here[0])
    return with_cookies(Response(status_code=204, headers=CLEARED), clear_cookie(SESSION_COOKIE))


@router.get("/sessions", summary="List one's own sessions", response_model=SessionsAnswer)
def list_sessions(people: People_, here: Here) -> Response:
    """List the sessions of the officer that is logged in."""
    found = sessions_of(people.desk, here[1].officer)
    records = [
        {
            "this": each.id == here[1].id,
            "way": each.way,
            "born_at": each.born_at,
            "used_at": each.used_at,
        }
        for each in found
    ]
    return JSONResponse({"sessions": records}, headers=PRIVATE)


@router.delete("/sessions", summary="Log out everywhere", status_code=204, response_class=Response)
def log_out_everywhere(people: People_, here: Here) -> Response:
    """End every session of the officer that is logged in."""
    end_sessions(people.desk, here[1].officer)
    return with_cookies(Response(status_code=204, headers=CLEARED), clear_cookie(SESSION_COOKIE))


@router.get(
    "/log-in", summary="Log in at the provider", status_code=303, response_class=RedirectResponse
)
def begin_log_in(people: People_) -> Response:
    """Send the browser to the provider of log-ins."""
    away = depart(people.desk, people.provider)
    return sent_away(away.address, away.ceremony)


@router.get(
    "/step-up", summary="Step up at the provider", status_code=303, response_class=RedirectResponse
)
def begin_step_up(people: People_, here: Here) -> Response:
    """Send the browser to the provider, which is to have the person prove a factor anew."""
    away = depart(people.desk, people.provider, here[1])
    return sent_away(away.address, away.ceremony)


@router.get(
    "/log-in/callback",
    summary="Come back from the provider",
    response_class=HTMLResponse,
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
            for name in BROUGHT
        ]
    },
)
def come_back(request: Request, people: People_, begun: Begun) -> Response:
    """Finish a log-in or a step-up at the provider."""
    answer = {
        name: request.query_params[name]
        for name in BROUGHT
        if len(request.query_params.getlist(name)) == 1
    }
    secret = arrive(people.desk, people.provider, ceremony=begun, answer=answer)
    page = HTMLResponse(LANDING, headers=PRIVATE | {"Referrer-Policy": "no-referrer"})
    return with_cookies(page, session_cookie(secret), clear_cookie(CEREMONY_COOKIE))
