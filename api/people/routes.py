# SPDX-License-Identifier: Apache-2.0
"""The addresses at which people log in, step up, see their sessions and register passkeys.

Thin: each reads the request, calls one function, and puts cookies into the answer. Errors are
raised and told by the application. Nothing here believes a Host header, a forwarded address or
a bearer token.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from api.people.answers import (
    ApprovalAnswer,
    Options,
    PasskeyAnswer,
    PasskeysAnswer,
    SessionAnswer,
    SessionsAnswer,
)
from api.people.callers import CSRF_HEADER, present, stepped_up
from api.people.ceremonies import AWAY_SECONDS, SECONDS
from api.people.cookies import (
    CEREMONY_COOKIE,
    SESSION_COOKIE,
    clear_cookie,
    cookie_of,
    set_cookie,
    token,
)
from api.people.oidc.log_in import arrive, depart
from api.people.passkeys.approving import approve, challenge_approval, keep_approval
from api.people.passkeys.asserting import challenge_log_in, challenge_step_up, log_in, step_up
from api.people.passkeys.registering import (
    Challenge,
    invite_by_code,
    invite_by_session,
    register,
)
from api.people.passkeys.store import passkeys_of, remove
from api.people.people import People
from api.people.rights import Rights
from api.people.sessions import (
    ABSOLUTE_SECONDS,
    IDLE_SECONDS,
    STEP_UP_SECONDS,
    Session,
    end_session,
    end_sessions,
    sessions_of,
)
from audit.proof.encoding import decode, encode
from audit.proof.limits import JWS_OCTETS_MAX
from domain.errors import EnvelopeError

CREDENTIAL_MEMBERS_MAX: Final = 8
BROUGHT: Final = ("code", "state", "iss", "error")
"""What a browser brings back from the provider (RFC 6749, section 4.1.2, and RFC 9207)."""
PRIVATE: Final = {"Cache-Control": "no-store"}
CLEARED: Final = PRIVATE | {"Clear-Site-Data": '"cache"'}
"""Never the storage: it holds the officer's own signing key."""
LANDING: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Muniment</title>'
    '<meta http-equiv="refresh" content="0; url=/"><p>You are logged in. <a href="/">Go on</a>.'
)
"""A page of our own after the provider's: a redirect would come from there, and a browser
would leave a SameSite=Strict cookie behind."""

Credential = Annotated[
    dict[str, Any],
    Body(
        max_length=CREDENTIAL_MEMBERS_MAX,
        description="What the browser's `PublicKeyCredential.toJSON()` gives.",
        examples=[{"id": "...", "rawId": "...", "type": "public-key", "response": {}}],
    ),
]
Invitation = Annotated[
    str | None,
    Body(embed=True, max_length=64, description="A code from `muniment people invite`."),
]
SigningInput = Annotated[
    str,
    Body(
        embed=True,
        min_length=3,
        max_length=JWS_OCTETS_MAX,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        description="What the event's own signature covers: its header and its payload.",
    ),
]
PasskeyId = Annotated[str, Path(max_length=1_400, pattern=r"^[A-Za-z0-9_-]+$")]


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

router = APIRouter(tags=["people"])


@router.get("/session", summary="Who is logged in, and for how long", response_model=SessionAnswer)
def show_session(people: People_, here: Here) -> Response:
    """Tell who is logged in, what the officer may do now, and the token against forged requests."""
    return _session(people, here)


@router.delete("/session", summary="Log out", status_code=204, response_class=Response)
def log_out(people: People_, here: Here) -> Response:
    """End this session."""
    end_session(people.desk, here[0])
    return _with_cookies(Response(status_code=204, headers=CLEARED), clear_cookie(SESSION_COOKIE))


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
    return _with_cookies(Response(status_code=204, headers=CLEARED), clear_cookie(SESSION_COOKIE))


@router.get(
    "/log-in", summary="Log in at the provider", status_code=303, response_class=RedirectResponse
)
def begin_log_in(people: People_) -> Response:
    """Send the browser to the provider of log-ins."""
    away = depart(people.desk, people.provider)
    return _away(away.address, away.ceremony)


@router.get(
    "/step-up", summary="Step up at the provider", status_code=303, response_class=RedirectResponse
)
def begin_step_up(people: People_, here: Here) -> Response:
    """Send the browser to the provider, which is to have the person prove a factor anew."""
    away = depart(people.desk, people.provider, here[1])
    return _away(away.address, away.ceremony)


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
    return _with_cookies(page, _session_cookie(secret), clear_cookie(CEREMONY_COOKIE))


@router.post("/log-in/passkey/options", summary="Begin a log-in by passkey", response_model=Options)
def begin_passkey_log_in(people: People_) -> Response:
    """Give the options for `navigator.credentials.get()`."""
    return _challenged(challenge_log_in(people.desk))


@router.post("/log-in/passkey", summary="Log in by passkey", response_model=SessionAnswer)
def passkey_log_in(people: People_, begun: Begun, credential: Credential) -> Response:
    """Finish a log-in by passkey."""
    return _opened(people, log_in(people.desk, ceremony=begun, response=credential))


@router.post(
    "/step-up/passkey/options", summary="Begin a step-up by passkey", response_model=Options
)
def begin_passkey_step_up(people: People_, here: Here) -> Response:
    """Give the options for `navigator.credentials.get()`."""
    return _challenged(challenge_step_up(people.desk, here[1]))


@router.post("/step-up/passkey", summary="Step up by passkey", response_model=SessionAnswer)
def passkey_step_up(
    people: People_, here: Here, begun: Begun, *, credential: Credential
) -> Response:
    """Finish a step-up: the session goes on under a new cookie and a new token."""
    secret = step_up(people.desk, here[1], ceremony=begun, response=credential)
    return _opened(people, secret)


@router.get("/passkeys", summary="List one's own passkeys", response_model=PasskeysAnswer)
def list_passkeys(people: People_, here: Here) -> Response:
    """List the passkeys of the officer that is logged in."""
    records = [
        {
            "id": encode(each.id).decode(),
            "synced": each.synced,
            "made_at": each.made_at,
            "used_at": each.used_at,
        }
        for each in passkeys_of(people.desk, here[1].officer)
    ]
    return JSONResponse({"passkeys": records}, headers=PRIVATE)


@router.post("/passkeys/options", summary="Begin to register a passkey", response_model=Options)
def begin_registration(
    request: Request, people: People_, csrf: Csrf = None, code: Invitation = None
) -> Response:
    """Give the options for `navigator.credentials.create()`, after a fresh log-in or by a code."""
    if code is not None:
        return _challenged(invite_by_code(people.desk, code))
    _, session, _ = present_in(request, people, csrf)
    return _challenged(invite_by_session(people.desk, session))


@router.post(
    "/passkeys", summary="Register a passkey", status_code=201, response_model=PasskeyAnswer
)
def finish_registration(people: People_, begun: Begun, credential: Credential) -> Response:
    """Verify a new passkey and keep it; nobody is logged in by that."""
    made = register(people.desk, ceremony=begun, response=credential)
    record = {"id": encode(made.id).decode(), "officer": made.officer, "synced": made.synced}
    return _with_cookies(
        JSONResponse(record, status_code=201, headers=PRIVATE), clear_cookie(CEREMONY_COOKIE)
    )


@router.delete(
    "/passkeys/{passkey}", summary="Remove a passkey", status_code=204, response_class=Response
)
def remove_passkey(people: People_, here: Here, passkey: PasskeyId) -> Response:
    """Remove one's own passkey, which ends every session; takes a fresh factor."""
    session = stepped_up(people.desk, here[1])
    with suppress(EnvelopeError):  # no passkey has such an identifier, so none is there anyway
        remove(people.desk, session.officer, decode(passkey.encode()))
    return Response(status_code=204, headers=PRIVATE)


@router.post(
    "/approvals/options",
    summary="Begin the approval of an event by passkey",
    response_model=Options,
)
def begin_approval(people: People_, here: Here, signing_input: SigningInput) -> Response:
    """Give the options for `navigator.credentials.get()`, whose challenge is the event itself."""
    options = challenge_approval(people.desk, here[1].officer, signing_input.encode())
    return JSONResponse(options, headers=PRIVATE)


@router.post(
    "/approvals",
    summary="Approve an event by passkey",
    status_code=201,
    response_model=ApprovalAnswer,
)
def finish_approval(
    people: People_, here: Here, *, signing_input: SigningInput, credential: Credential
) -> Response:
    """Verify an approval and keep it as evidence; then the event itself may be appended."""
    desk, officer, octets = people.desk, here[1].officer, signing_input.encode()
    approval = approve(desk, officer, octets, response=credential)
    keep_approval(desk, officer, octets, approval=approval)
    eid = encode(sha256(octets).digest()).decode()
    return JSONResponse({"eid": eid}, status_code=201, headers=PRIVATE)


def _session(people: People, here: Present) -> Response:
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


def _opened(people: People, secret: str) -> Response:
    from_cookie = f"{SESSION_COOKIE}={secret}"
    here = present(people.desk, cookies=from_cookie, method="GET", csrf=None)
    return _with_cookies(
        _session(people, here), _session_cookie(secret), clear_cookie(CEREMONY_COOKIE)
    )


def _challenged(challenge: Challenge) -> Response:
    cookie = set_cookie(CEREMONY_COOKIE, challenge.ceremony, same_site="Strict", seconds=SECONDS)
    return _with_cookies(JSONResponse(challenge.options, headers=PRIVATE), cookie)


def _away(address: str, ceremony: str) -> Response:
    # Lax, because the browser comes back from the provider's page.
    cookie = set_cookie(CEREMONY_COOKIE, ceremony, same_site="Lax", seconds=AWAY_SECONDS)
    away = RedirectResponse(address, status_code=303, headers=PRIVATE)
    return _with_cookies(away, cookie)


def _session_cookie(secret: str) -> str:
    return set_cookie(SESSION_COOKIE, secret, same_site="Strict", seconds=ABSOLUTE_SECONDS)


def _with_cookies(response: Response, *cookies: str) -> Response:
    for each in cookies:
        response.headers.append("Set-Cookie", each)
    return response
