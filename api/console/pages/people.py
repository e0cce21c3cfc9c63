# SPDX-License-Identifier: Apache-2.0
"""Log in, prove a fresh factor, register a passkey, see one's sessions and end them.

The ceremonies themselves are the service's own addresses; here are the pages around them. Where
somebody wanted to go stands in a cookie that outlives the provider's page, and leads to pages of
ours alone.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.console.asking import asks, form_of, local, me_in, next_cookie, reason_cookie, text_in
from api.console.rendering import away, page
from api.gate.asking import Asked
from api.people.cookies import SESSION_COOKIE, clear_cookie, cookie_of, digest
from api.people.passkeys.store import passkeys_of
from api.people.people import People
from api.people.sessions import end_session, end_sessions, sessions_of
from api.service.service import Service

Known = Annotated[Asked, Depends(asks("registry.read"))]
Next = Annotated[str, Query(alias="next", max_length=1_024)]
Why = Annotated[str, Query(max_length=64)]

FIRST: Final = "/"

router = APIRouter(include_in_schema=False)


@router.get("/log-in")
def show_log_in(request: Request, to: Next = FIRST, why: Why = "") -> Response:
    """Offer every way to log in that this service has."""
    onward = local(to) or FIRST
    if me_in(request):
        return away(onward, next_cookie(""))
    return _ceremony(request, "people/log-in.html", onward=onward, why=why)


@router.get("/step-up")
def show_step_up(request: Request, asked: Known, *, to: Next = FIRST, why: Why = "") -> Response:
    """Offer every way to prove once more who sits there."""
    asked.check_caller()
    return _ceremony(request, "people/step-up.html", onward=local(to) or FIRST, why=why)


@router.get("/step-up/done")
def show_stepped_up(request: Request, asked: Known) -> Response:
    """Say that the other window can be gone on with."""
    asked.check_caller()
    return page(request, "people/done.html")


@router.get("/register")
def show_register(request: Request) -> Response:
    """Register a passkey: by the code of an invitation, or after a fresh log-in."""
    onward = "/sessions" if me_in(request) else "/log-in"
    return _ceremony(request, "people/register.html", onward=onward, why="")


@router.get("/sessions")
def show_sessions(request: Request, asked: Known) -> Response:
    """List one's own sessions and passkeys."""
    asked.check_caller()
    desk, officer = _people(request).desk, asked.caller.officer
    this = digest(cookie_of(request.headers.get("cookie"), SESSION_COOKIE))
    return page(
        request,
        "people/sessions.html",
        sessions=sessions_of(desk, officer),
        this=this,
        passkeys=passkeys_of(desk, officer),
        offered=desk.settings.passkeys,
    )


@router.post("/log-out")
async def log_out(request: Request, asked: Known) -> Response:
    """End this session, or every session of the officer."""
    form = await form_of(request)
    everywhere = bool(text_in(form, "everywhere"))
    await run_in_threadpool(_end, request, asked, everywhere=everywhere)
    response = away(FIRST, clear_cookie(SESSION_COOKIE), reason_cookie(None), next_cookie(""))
    # Never the storage: it holds the officer's own signing key.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _end(request: Request, asked: Asked, *, everywhere: bool) -> None:
    asked.check_caller()
    desk = _people(request).desk
    if everywhere:
        end_sessions(desk, asked.caller.officer)
    else:
        end_session(desk, cookie_of(request.headers.get("cookie"), SESSION_COOKIE))


def _ceremony(request: Request, name: str, *, onward: str, why: str) -> Response:
    """Show a page with a ceremony on it; where it leads afterwards is kept in a cookie, too."""
    settings = _people(request).desk.settings
    return page(
        request,
        name,
        headers={"Set-Cookie": next_cookie(onward)},
        onward=onward,
        why=why,
        passkeys=settings.passkeys,
        oidc=settings.oidc,
    )


def _people(request: Request) -> People:
    service: Service = request.app.state.service
    return service.people
