# SPDX-License-Identifier: Apache-2.0
"""Sessions of people: opaque, server-side, short, and bound to an officer's rights (ASVS 7).

Implements the console log-in of the envelope specification, section 7. A session is known by a
secret that only the browser holds. What its officer may do is read from the registry at every
use; a session ends as soon as the registry says anything against the officer's keys. It signs
nothing: events are signed by keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from api.people.cookies import digest, new_secret
from api.people.desk import Desk
from api.people.refusals import LOG, log_in_refused, session_ended
from api.people.rights import Rights, newest_stop, rights_of
from api.service.store import Row, Transaction

IDLE_SECONDS: Final = 15 * 60
ABSOLUTE_SECONDS: Final = 8 * 60 * 60
TOUCH_SECONDS: Final = 30
"""A use is noted only so often, so that reading does not write each time; idle time may so end
this much early."""
STEP_UP_SECONDS: Final = 5 * 60
"""How long a fresh factor lets a person sign, approve and reveal."""
SESSIONS_MAX: Final = 5
"""Sessions of one officer at a time; a further log-in ends the oldest."""

Way = Literal["oidc", "passkey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a person proved just now.

    Attributes:
        officer: The officer that the proof is bound to.
        way: By what.
        fresh_at: When the person proved a factor, Unix seconds; none where nobody says.
        strong: Whether it is good enough to sign, approve and reveal.
    """

    officer: str
    way: Way
    fresh_at: int | None
    strong: bool

    @property
    def stepped_up_at(self) -> int | None:
        """When the person proved a factor that is good enough."""
        return self.fresh_at if self.strong else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session as it is now.

    Attributes:
        id: SHA-256 of its secret.
        officer: Whose it is.
        way: How it was begun.
        since_index: First index at which a stop of one of the officer's keys ends it.
        born_at: When it began, Unix seconds.
        used_at: When its last use was noted.
        fresh_at: When the person last proved any factor.
        stepped_up_at: When it was one that is good enough to sign by.
    """

    id: bytes
    officer: str
    way: Way
    since_index: int
    born_at: int
    used_at: int
    fresh_at: int | None
    stepped_up_at: int | None

    def alive(self, now: int) -> bool:
        """Tell whether it has outlived neither its idle nor its absolute time."""
        idle, age = now - self.used_at, now - self.born_at
        return 0 <= age < ABSOLUTE_SECONDS and idle < IDLE_SECONDS

    def stepped_up(self, now: int) -> bool:
        """Tell whether a factor that is good enough was proved in the last five minutes."""
        return is_fresh(self.stepped_up_at, now)


def is_fresh(moment: int | None, now: int) -> bool:
    """Tell whether something was proved in the last five minutes."""
    return moment is not None and 0 <= now - moment <= STEP_UP_SECONDS


def open_session(desk: Desk, proof: Proof, *, instead_of: bytes | None = None) -> str:
    """Begin a session under a new secret; give the secret, which is kept nowhere.

    Args:
        desk: What the service works with.
        proof: What the person proved.
        instead_of: The session that it takes the place of, whose age it keeps: at a step-up.

    Raises:
        UnauthenticatedError: ``log_in_refused``, the officer has no valid key;
            ``session_ended``, the session to be replaced has ended.
    """
    standing = desk.standing()
    now, keys = standing.now, desk.keys(standing.registry, proof.officer)
    if rights_of(keys, standing) is None:
        raise log_in_refused("officer without a valid key")
    secret = new_secret(desk.randomness(32))
    fresh = Session(
        id=digest(secret),
        officer=proof.officer,
        way=proof.way,
        since_index=newest_stop(keys) + 1,
        born_at=now,
        used_at=now,
        fresh_at=proof.fresh_at,
        stepped_up_at=proof.stepped_up_at,
    )
    with desk.store.transaction() as transaction:
        if instead_of is not None:
            fresh = _inherit(transaction, fresh, instead_of)
        transaction.change(_SWEEP, (now - ABSOLUTE_SECONDS, now - IDLE_SECONDS))
        transaction.change(_CROWDED, (fresh.officer, SESSIONS_MAX - 1))
        transaction.change(_INSERT, _row(fresh))
    return secret


def use_session(desk: Desk, secret: str) -> tuple[Session, Rights]:
    """Give a session and what its officer may do now; note that it was used.

    Raises:
        UnauthenticatedError: ``session_ended``, there is none, it has outlived its time, or the
            registry says something against the officer's keys since it began.
    """
    standing = desk.standing()
    now = standing.now
    with desk.store.transaction() as transaction:
        row = transaction.row(_SELECT, (digest(secret),))
        session = _session(row) if row else None
        if session is None:
            raise session_ended()
        keys = desk.keys(standing.registry, session.officer)
        rights = rights_of(keys, standing)
        doubted = newest_stop(keys) >= session.since_index
        if session.alive(now) and rights is not None and not doubted:
            if now - session.used_at >= TOUCH_SECONDS:
                transaction.change(_TOUCH, (now, session.id))
            return session, rights
        _end(transaction, session, everywhere=rights is None or doubted)
    raise session_ended()


def end_session(desk: Desk, secret: str) -> None:
    """Log out: the secret opens nothing any more."""
    with desk.store.transaction() as transaction:
        transaction.change(_DELETE, (digest(secret),))
    LOG.info("log_out")


def end_sessions(desk: Desk, officer: str | None) -> int:
    """End every session of an officer, or of everybody; tell how many there were."""
    with desk.store.transaction() as transaction:
        if officer is None:
            return transaction.change("delete from people.session")
        return transaction.change(_DELETE_ALL, (officer,))


def sessions_of(desk: Desk, officer: str) -> Sequence[Session]:
    """List the sessions of an officer that have not ended, the newest first."""
    now = desk.now()
    with desk.store.transaction() as transaction:
        found = [_session(row) for row in transaction.rows(_SELECT_ALL, (officer,))]
    return [each for each in found if each.alive(now)]


def _inherit(transaction: Transaction, fresh: Session, replaced: bytes) -> Session:
    """Take the place of a session: the old secret ends, and its age and doubts go on."""
    row = transaction.row(_TAKE, (replaced, fresh.officer))
    if row is None or not _session(row).alive(fresh.used_at):
        raise session_ended()
    old = _session(row)
    return replace(fresh, way=old.way, since_index=old.since_index, born_at=old.born_at)


def _end(transaction: Transaction, session: Session, *, everywhere: bool) -> None:
    if everywhere:
        transaction.change(_DELETE_ALL, (session.officer,))
    else:
        transaction.change(_DELETE, (session.id,))


def _session(row: Row) -> Session:
    return Session(**dict(zip(Session.__slots__, row, strict=True)))


def _row(session: Session) -> tuple[object, ...]:
    return tuple(getattr(session, name) for name in Session.__slots__)


_SELECT: Final = """
select id, officer, way, since_index, born_at, used_at, fresh_at, stepped_up_at
from people.session where id = %s
"""
_SELECT_ALL: Final = """
select id, officer, way, since_index, born_at, used_at, fresh_at, stepped_up_at
from people.session where officer = %s order by born_at desc, id
"""
_TAKE: Final = """
delete from people.session where id = %s and officer = %s
returning id, officer, way, since_index, born_at, used_at, fresh_at, stepped_up_at
"""
_INSERT: Final = """
insert into people.session
    (id, officer, way, since_index, born_at, used_at, fresh_at, stepped_up_at)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_TOUCH: Final = "update people.session set used_at = greatest(used_at, %s) where id = %s"
_DELETE: Final = "delete from people.session where id = %s"
_DELETE_ALL: Final = "delete from people.session where officer = %s"
_SWEEP: Final = "delete from people.session where born_at <= %s or used_at <= %s"
_CROWDED: Final = """
delete from people.session where id in (
    select id from people.session where officer = %s order by born_at desc, id offset %s
)
"""
