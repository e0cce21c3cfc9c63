# SPDX-License-Identifier: Apache-2.0
"""From a request's cookie to its caller: the one place where a session counts for something."""

from __future__ import annotations

from typing import Final

from api.access.caller import STRANGER, Caller
from api.people.cookies import SESSION_COOKIE, cookie_of, same, token
from api.people.desk import Desk
from api.people.refusals import forged_request, session_ended, step_up_needed
from api.people.rights import Rights
from api.people.sessions import Session, use_session

SAFE_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS"))
CSRF_HEADER: Final = "Muniment-CSRF"


def caller_of_session(
    desk: Desk, *, cookies: str | None, method: str, csrf: str | None, origin: str | None = None
) -> Caller:
    """Tell who asks, by the session's cookie; a stranger where there is none.

    Args:
        desk: What the service works with.
        cookies: The Cookie header.
        method: The method of the request; every unsafe one needs the token.
        csrf: The header ``Muniment-CSRF``, or the field of a form.
        origin: The Origin header, where the browser sent one.

    Raises:
        UnauthenticatedError: ``session_ended``; ``csrf_invalid``.
    """
    if not cookie_of(cookies, SESSION_COOKIE):
        return STRANGER
    _, session, rights = present(desk, cookies=cookies, method=method, csrf=csrf, origin=origin)
    return Caller(
        means="session",
        authority=rights.authority,
        officer=session.officer,
        roles=rights.roles,
        jurisdictions=rights.jurisdictions,
        stepped_up_at=session.stepped_up_at,
        mandates=rights.mandates,
    )


def present(
    desk: Desk, *, cookies: str | None, method: str, csrf: str | None, origin: str | None = None
) -> tuple[str, Session, Rights]:
    """Give the secret of a request's session, the session, and what its officer may do.

    Raises:
        UnauthenticatedError: ``session_ended``, also where there is none; ``csrf_invalid``.
    """
    secret = cookie_of(cookies, SESSION_COOKIE)
    if not secret:
        raise session_ended()
    if method.upper() not in SAFE_METHODS:
        foreign = origin is not None and origin != desk.settings.origin
        if foreign or not same(csrf, token(secret, "csrf")):
            raise forged_request()
    session, rights = use_session(desk, secret)
    return secret, session, rights


def stepped_up(desk: Desk, session: Session) -> Session:
    """Give the session back if a fresh factor was proved in it.

    Raises:
        RefusedError: ``step_up_needed``.
    """
    if not session.stepped_up(desk.now()):
        raise step_up_needed()
    return session
