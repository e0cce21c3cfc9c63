# SPDX-License-Identifier: Apache-2.0
"""Keys made in browsers that wait for somebody to propose them to the registry.

The nonce of a proof of possession is drawn by the service (envelope specification, section 7). It
is derived from the session and from the identifier of the proof, which says when it was made, so
that nothing has to be remembered until the proof comes back.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from api.client.ids import uuid7
from api.people.cookies import same
from api.people.desk import Desk
from api.people.enrolling.request import KeyRequest, read_request
from api.people.sessions import Session
from api.service.secret import part_key
from audit.proof.encoding import encode
from domain.errors import RefusedError
from domain.registry.state import Registry

NONCE_OCTETS: Final = 16
NONCE_SECONDS: Final = 10 * 60
WAITING_MAX: Final = 5
"""Keys of one officer that wait at a time."""

WAITING_SECONDS: Final = 30 * 86_400
"""After which a key that nobody proposed is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a new key has to sign.

    Attributes:
        jti: UUIDv7 of the proof.
        nonce: 128 bits in base64url.
    """

    jti: str
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One key that waits.

    Attributes:
        request: What its holder sent.
        officer: Who was logged in then.
        made_at: When, in Unix seconds.
    """

    request: KeyRequest
    officer: str
    made_at: int


def question(desk: Desk, session: Session) -> Question:
    """Ask for a proof of possession; it counts in this session, for ten minutes."""
    jti = str(uuid7(int(desk.clock() * 1_000), desk.randomness))
    return Question(jti=jti, nonce=_nonce(desk, session, jti))


def stranger_question(desk: Desk) -> Question:
    """Ask somebody whom the registry does not know; the answer is handed over, and not kept."""
    jti = str(uuid7(int(desk.clock() * 1_000), desk.randomness))
    return Question(jti=jti, nonce=encode(desk.randomness(NONCE_OCTETS)).decode())


def ask_for(desk: Desk, session: Session, request: KeyRequest, *, audience: str) -> None:
    """Let a key wait whose holder proved that he has it.

    Raises:
        RefusedError: ``key_question_stale``, the proof answers no question of this session;
            ``keys_waiting``, too many of the officer wait; ``aud_mismatch``.
        EnvelopeError: As for ``KeyRequest.checked``.
    """
    asked_at = (UUID(request.pop.jti).int >> 80) // 1_000
    fresh = 0 <= desk.now() - asked_at <= NONCE_SECONDS
    if not fresh or not same(request.pop.nonce, _nonce(desk, session, request.pop.jti)):
        raise RefusedError(
            "The proof of the key answers no question that was asked in this session.",
            slug="key_question_stale",
            next_step="Open the page again, and make the key anew.",
        )
    request.checked(audience)
    now, text = desk.now(), request.model_dump_json()
    with desk.store.transaction() as transaction:
        transaction.change(_FORGET, (now - WAITING_SECONDS,))
        values = (request.kid, session.officer, text, now, session.officer, WAITING_MAX)
        if not transaction.change(_KEEP, values):
            raise RefusedError(
                f"The key waits already, or {WAITING_MAX} of your keys do.",
                slug="keys_waiting",
                next_step="Ask an administrator of the registry to look at those that wait.",
            )


def waiting(desk: Desk, registry: Registry) -> Sequence[Waiting]:
    """List what waits and was not proposed yet, the oldest first."""
    with desk.store.transaction() as transaction:
        rows = transaction.rows(_LIST)
    found = (
        Waiting(request=read_request(text.encode()), officer=officer, made_at=made_at)
        for officer, text, made_at in rows
    )
    return [each for each in found if each.request.kid not in registry.keys]


def withdraw(desk: Desk, kid: str, *, officer: str | None = None) -> bool:
    """Forget a key that waits, of one officer or of anybody; tell whether there was one."""
    with desk.store.transaction() as transaction:
        return bool(transaction.change(_DROP, (kid, officer, officer)))


def _nonce(desk: Desk, session: Session, jti: str) -> str:
    key = part_key(desk.secret, "key questions")
    octets = hmac.digest(key, session.id + jti.encode(), "sha256")
    return encode(octets[:NONCE_OCTETS]).decode()


_FORGET: Final = "delete from people.enrolment where made_at <= %s"
_KEEP: Final = """
insert into people.enrolment (kid, officer, request, made_at) select %s, %s, %s, %s
where (select count(*) from people.enrolment where officer = %s) < %s
on conflict (kid) do nothing
"""
_LIST: Final = "select officer, request, made_at from people.enrolment order by made_at, kid"
_DROP: Final = """
delete from people.enrolment where kid = %s and (officer = %s or %s::text is null)
"""
