# SPDX-License-Identifier: Apache-2.0
"""What ties a log-in to an officer of the registry: a subject of the provider, or an invitation.

The subject is kept as HMAC-SHA-256 under a key of the service, since subjects are often
addresses or numbers that could be guessed from a plain hash.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.people.cookies import SECRET_BYTES, digest, new_secret
from api.people.desk import Desk
from api.people.refusals import not_offered
from api.people.sessions import end_sessions
from api.service.secret import part_key
from domain.errors import RefusedError, UsageError

INVITATION_SECONDS: Final = 24 * 60 * 60
SUBJECT_CHARS_MAX: Final = 255
"""OpenID Connect Core 1.0, section 2: a subject has at most 255 ASCII characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A subject of a provider that logs in as an officer.

    Attributes:
        officer: The officer's identifier.
        issuer: The provider.
        subject: Keyed hash of the subject.
        made_at: Unix time.
    """

    officer: str
    issuer: str
    subject: bytes
    made_at: int


def bind(desk: Desk, subject: str, officer: str) -> Binding:
    """Let a subject of the provider log in as an officer.

    Raises:
        UsageError: ``officer_unknown``; ``log_in_not_offered``, no provider is set; or the
            subject has a wrong form.
        RefusedError: ``subject_bound``, it logs in as an officer already.
    """
    _known(desk, officer)
    issuer = _issuer(desk)
    made = Binding(
        officer=officer, issuer=issuer, subject=_hashed(desk, subject), made_at=desk.now()
    )
    with desk.store.transaction() as transaction:
        if not transaction.change(_BIND, (issuer, made.subject, officer, made.made_at)):
            raise RefusedError(
                "That subject logs in as an officer already.",
                slug="subject_bound",
                next_step="See `muniment people list`; unbind it first.",
            )
    return made


def bound_officer(desk: Desk, issuer: str, subject: str) -> str | None:
    """Give the officer that a subject of a provider logs in as, if there is one."""
    with desk.store.transaction() as transaction:
        row = transaction.row(_FIND, (issuer, _hashed(desk, subject)))
    return row[0] if row else None


def bindings(desk: Desk) -> Sequence[Binding]:
    """List every binding, by officer."""
    with desk.store.transaction() as transaction:
        rows = transaction.rows(_LIST)
    return [
        Binding(officer=officer, issuer=issuer, subject=subject, made_at=made_at)
        for officer, issuer, subject, made_at in rows
    ]


def unbind(desk: Desk, officer: str) -> int:
    """Take every binding and every open invitation of an officer back, and end the sessions.

    Returns:
        How many bindings and invitations there were.
    """
    with desk.store.transaction() as transaction:
        found = transaction.change("delete from people.binding where officer = %s", (officer,))
        found += transaction.change("delete from people.invitation where officer = %s", (officer,))
    end_sessions(desk, officer)
    return found


def invite(desk: Desk, officer: str) -> str:
    """Make a code by which an officer registers one passkey within a day; it is kept nowhere.

    Raises:
        UsageError: ``officer_unknown``; ``log_in_not_offered``, passkeys are not allowed.
    """
    _known(desk, officer)
    code, now = new_secret(desk.randomness(SECRET_BYTES)), desk.now()
    with desk.store.transaction() as transaction:
        transaction.change("delete from people.invitation where expires_at <= %s", (now,))
        transaction.change(_INVITE, (digest(code), officer, now + INVITATION_SECONDS))
    return code


def invite_first(desk: Desk, officer: str, *, inviter: str) -> str:
    """Invite an officer who has no way to log in yet, on behalf of another officer.

    Whoever administers the registry, and not the server, could otherwise let in somebody as an
    officer who works there already, and nobody would notice.

    Raises:
        UsageError: As for ``invite``; ``log_in_not_offered`` also where there are no passkeys.
        RefusedError: ``invitation_own`` or ``log_in_exists``.
    """
    if officer == inviter:
        raise RefusedError(
            "Nobody invites oneself.",
            slug="invitation_own",
            next_step="Register a further passkey at /register.",
        )
    if not desk.settings.passkeys:
        raise not_offered("passkeys")
    if logs_in(desk, officer):
        raise RefusedError(
            "That officer logs in already.",
            slug="log_in_exists",
            next_step="Where a passkey was lost, take it back by `muniment people unbind` first.",
        )
    return invite(desk, officer)


def logs_in(desk: Desk, officer: str) -> bool:
    """Tell whether an officer has a passkey or a subject of the provider to log in by."""
    with desk.store.transaction() as transaction:
        return bool(transaction.rows(_LOGS_IN, (officer, officer)))


def invited_officer(desk: Desk, code: str) -> str | None:
    """Give the officer that a code invites, if it is open."""
    with desk.store.transaction() as transaction:
        row = transaction.row(_INVITED, (digest(code), desk.now()))
    return row[0] if row else None


def _known(desk: Desk, officer: str) -> None:
    registry, _ = desk.registry()
    if not desk.keys(registry, officer):
        raise UsageError(
            "The registry knows no key of that officer that signs events.",
            slug="officer_unknown",
            next_step="Give the identifier off.<uuid> that the key was enrolled with.",
        )


def _issuer(desk: Desk) -> str:
    if desk.settings.oidc is None:
        raise UsageError(
            "No provider of log-ins is set.",
            slug="log_in_not_offered",
            next_step="Set [oidc] in service.toml as docs/service-settings.md shows.",
        )
    return desk.settings.oidc.issuer


def _hashed(desk: Desk, subject: str) -> bytes:
    if not subject or not subject.isascii() or len(subject) > SUBJECT_CHARS_MAX:
        raise UsageError("A subject has 1 to 255 ASCII characters.", slug="subject_invalid")
    return hmac.digest(part_key(desk.secret, "subjects"), subject.encode(), "sha256")


_BIND: Final = """
insert into people.binding (issuer, subject, officer, made_at) values (%s, %s, %s, %s)
on conflict (issuer, subject) do nothing
"""
_FIND: Final = "select officer from people.binding where issuer = %s and subject = %s"
_LIST: Final = """
select officer, issuer, subject, made_at from people.binding order by officer, issuer, made_at
"""
_LOGS_IN: Final = """
select officer from people.binding where officer = %s
union all select officer from people.passkey where officer = %s
"""
_INVITE: Final = "insert into people.invitation (code, officer, expires_at) values (%s, %s, %s)"
_INVITED: Final = "select officer from people.invitation where code = %s and expires_at > %s"
