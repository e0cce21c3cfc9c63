# SPDX-License-Identifier: Apache-2.0
"""The addresses of passkeys: registered, listed, removed, used to log in, step up and approve."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import JSONResponse

from api.people.answers import ApprovalAnswer, Options, PasskeyAnswer, PasskeysAnswer, SessionAnswer
from api.people.callers import stepped_up
from api.people.cookies import CEREMONY_COOKIE, clear_cookie
from api.people.passkeys.approving import approve, challenge_approval, keep_approval
from api.people.passkeys.asserting import challenge_log_in, challenge_step_up, log_in, step_up
from api.people.passkeys.registering import invite_by_code, invite_by_session, register
from api.people.passkeys.store import passkeys_of, remove
from api.people.requests import (
    PRIVATE,
    Begun,
    Csrf,
    Here,
    People_,
    challenged,
    opened,
    present_in,
    with_cookies,
)
from audit.proof.encoding import decode, encode
from audit.proof.limits import JWS_OCTETS_MAX
from domain.errors import EnvelopeError

CREDENTIAL_MEMBERS_MAX: Final = 8
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
    Body(
        embed=True,
        max_length=64,
        description="A code from `muniment people invite`.",
        examples=["K7QF-2M9D"],
    ),
]
SigningInput = Annotated[
    str,
    Body(
        embed=True,
        min_length=3,
        max_length=JWS_OCTETS_MAX,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        description="What the event's own signature covers: its header and its payload.",
        examples=["eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi.eyJfc2QiOlsiQS1PUFMzRGQ5SHBZZ0tp"],
    ),
]
PasskeyId = Annotated[str, Path(max_length=1_400, pattern=r"^[A-Za-z0-9_-]+$")]

router = APIRouter()


@router.post("/log-in/passkey/options", summary="Begin a log-in by passkey", response_model=Options)
def begin_passkey_log_in(people: People_) -> Response:
    """Give the options for `navigator.credentials.get()`."""
    return challenged(challenge_log_in(people.desk))


@router.post("/log-in/passkey", summary="Log in by passkey", response_model=SessionAnswer)
def passkey_log_in(people: People_, begun: Begun, credential: Credential) -> Response:
    """Finish a log-in by passkey."""
    return opened(people, log_in(people.desk, ceremony=begun, response=credential))


@router.post(
    "/step-up/passkey/options", summary="Begin a step-up by passkey", response_model=Options
)
def begin_passkey_step_up(people: People_, here: Here) -> Response:
    """Give the options for `navigator.credentials.get()`."""
    return challenged(challenge_step_up(people.desk, here[1]))


@router.post("/step-up/passkey", summary="Step up by passkey", response_model=SessionAnswer)
def passkey_step_up(
    people: People_, here: Here, begun: Begun, *, credential: Credential
) -> Response:
    """Finish a step-up: the session goes on under a new cookie and a new token."""
    secret = step_up(people.desk, here[1], ceremony=begun, response=credential)
    return opened(people, secret)


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
    request: Request, people: People_, csrf: Csrf = None, *, code: Invitation = None
) -> Response:
    """Give the options for `navigator.credentials.create()`, after a fresh log-in or by a code."""
    if code is not None:
        return challenged(invite_by_code(people.desk, code))
    _, session, _ = present_in(request, people, csrf)
    return challenged(invite_by_session(people.desk, session))


@router.post(
    "/passkeys", summary="Register a passkey", status_code=201, response_model=PasskeyAnswer
)
def finish_registration(people: People_, begun: Begun, credential: Credential) -> Response:
    """Verify a new passkey and keep it; nobody is logged in by that."""
    made = register(people.desk, ceremony=begun, response=credential)
    record = {"id": encode(made.id).decode(), "officer": made.officer, "synced": made.synced}
    return with_cookies(
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
