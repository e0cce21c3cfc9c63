# SPDX-License-Identifier: Apache-2.0
"""What a browser has begun and has to finish in a few minutes, once: log-in, step-up, enrolment.

The browser holds a secret in a cookie, from which state, nonce, code verifier and challenge are
derived, so that none of them works in another browser (ASVS 10.1.2). The database knows that it
was begun, and forgets it as it is taken, so that nothing is answered twice (ASVS 6.7.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from api.people.cookies import SECRET_BYTES, digest, new_secret
from api.people.desk import Desk
from api.people.refusals import log_in_refused
from domain.errors import UnreachableError

SECONDS: Final = 5 * 60
AWAY_SECONDS: Final = 10 * 60
"""For a log-in at the provider, where the person may have more than one thing to enter."""
PENDING_MAX: Final = 20_000
"""Begun and not finished at one time, by everybody: about 4 MB."""

Kind = Literal["oidc", "oidc-step-up", "passkey", "passkey-step-up", "passkey-new"]
AWAY: Final[frozenset[Kind]] = frozenset(("oidc", "oidc-step-up"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """What was begun.

    Attributes:
        secret: What the browser holds.
        kind: What it is to end in.
        officer: For whom, where that is known.
        session: SHA-256 of the secret of the session that it belongs to.
        invitation: SHA-256 of the enrolment code that it was begun by.
    """

    secret: str = field(repr=False)
    kind: Kind
    officer: str | None = None
    session: bytes | None = None
    invitation: bytes | None = None


def begin(
    desk: Desk,
    kind: Kind,
    *,
    officer: str | None = None,
    session: bytes | None = None,
    invitation: bytes | None = None,
) -> Ceremony:
    """Begin something; the secret goes to the browser and nowhere else.

    Raises:
        UnreachableError: ``log_in_busy``, too much was begun and not finished.
    """
    secret, now = new_secret(desk.randomness(SECRET_BYTES)), desk.now()
    expires = now + (AWAY_SECONDS if kind in AWAY else SECONDS)
    values = (digest(secret), kind, officer, session, invitation, expires, PENDING_MAX, PENDING_MAX)
    with desk.store.transaction() as transaction:
        transaction.change("delete from people.ceremony where expires_at <= %s", (now,))
        if not transaction.change(_INSERT, values):
            raise UnreachableError(
                "Too many log-ins were begun and not finished.",
                slug="log_in_busy",
                next_step="Try again in a few minutes.",
            )
    return Ceremony(
        secret=secret, kind=kind, officer=officer, session=session, invitation=invitation
    )


def take(desk: Desk, secret: str, *kinds: Kind) -> Ceremony:
    """Take what was begun, so that nobody can finish it a second time.

    Raises:
        UnauthenticatedError: ``log_in_refused``, nothing was begun by that secret, it was taken,
            it is too late, or it was to end in something else.
    """
    with desk.store.transaction() as transaction:
        row = transaction.row(_TAKE, (digest(secret), list(kinds)))
    if row is None or row[-1] <= desk.now():
        raise log_in_refused("ceremony unknown, taken or late")
    kind, officer, session, invitation, _ = row
    return Ceremony(
        secret=secret, kind=kind, officer=officer, session=session, invitation=invitation
    )


_INSERT: Final = """
insert into people.ceremony (id, purpose, officer, session, invitation, expires_at)
select %s, %s, %s, %s, %s, %s
where (select count(*) from (select from people.ceremony limit %s) as begun) < %s
"""
_TAKE: Final = """
delete from people.ceremony where id = %s and purpose = any(%s)
returning purpose, officer, session, invitation, expires_at
"""
