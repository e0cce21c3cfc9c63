# SPDX-License-Identifier: Apache-2.0
"""Delivering notices: again and again with growing pauses, then given up and listed as missed.

A delivery is sent under a lock of its row and forgotten in the same transaction, so that several
processes send it once between them; one that is killed in between has it sent again, under the
same identifier. Whoever is told needs no more than to remember that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any, Final
from uuid import UUID

from api.notices.mailroom import Mailroom
from api.notices.planning import plan
from api.notices.posting import post
from api.notices.signing import sign, unseal
from api.notices.subscriptions import Subscription, may_hear, read_row, subscriptions
from api.service.background import in_background
from api.service.store import Transaction
from audit.link import Link
from domain.errors import MunimentError, UnsafeError

LOG: Final = logging.getLogger("muniment.notices")
SENDERS: Final = 6
"""Requests of one process at a time; below the connections of the pool."""
PAUSE_SECONDS: Final = 10
PAUSE_SECONDS_MAX: Final = 6 * 60 * 60
ATTEMPTS_MAX: Final = 16
"""About thirty hours, by pauses that double up to six hours."""
FAILING_SECONDS_MAX: Final = 5 * 24 * 60 * 60
"""After so long without one success a subscription is given up."""
IDLE_SECONDS: Final = 1.0

Send = Callable[..., str | None]
"""Sends a body to an address; see ``posting.post``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did.

    Attributes:
        planned: Notices that were found in the log.
        delivered: Deliveries that were taken.
        failed: Deliveries that were not.
    """

    planned: int = 0
    delivered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Notices that were not delivered.

    Attributes:
        subscription: Whose.
        first: Index of the first entry.
        last: Index of the last entry.
        attempts: How often it was tried.
        problem: What went wrong last.
        given_up: Whether it is tried no more.
    """

    subscription: UUID
    first: int
    last: int
    attempts: int
    problem: str
    given_up: bool

    def record(self) -> dict[str, Any]:
        """Give it as the members of an answer."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "subscription": str(self.subscription)
        }


def deliver(mailroom: Mailroom, *, send: Send = post) -> Round:
    """Look once for what is new, and send once whatever is due, one delivery a subscription.

    Raises:
        UnreachableError: The database does not answer.
    """
    standing = mailroom.standing()
    heard = [
        each
        for each in subscriptions(mailroom)
        if each.disabled_at is None and may_hear(each, standing)
    ]
    planned = _planned(mailroom, heard)
    with ThreadPoolExecutor(SENDERS) as senders:
        done = list(senders.map(lambda each: _attempt(mailroom, each, send), heard))
    return Round(planned=planned, delivered=done.count(True), failed=done.count(False))


def run(mailroom: Mailroom, stop: Event, *, send: Send = post) -> None:
    """Deliver until told to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            busy = deliver(mailroom, send=send)
        except MunimentError as error:
            LOG.error("notices_stand_still", extra={"code": error.slug})  # noqa: TRY400 - a code
            busy = Round()
        except Exception as error:  # noqa: BLE001 - a fault must not end all deliveries unseen
            LOG.error("notices_fail", extra={"code": type(error).__name__})  # noqa: TRY400 - a code
            busy = Round()
        if not busy.planned and not busy.delivered:
            stop.wait(IDLE_SECONDS)


def running(mailroom: Mailroom) -> AbstractContextManager[None]:
    """Deliver in a thread of its own for as long as the ``with`` lasts."""
    return in_background("notices", partial(run, mailroom))


def missed(mailroom: Mailroom, authority: str | None = None) -> Sequence[Missed]:
    """List what was tried and not delivered, of an authority's subscriptions or all, in order."""
    with mailroom.store.transaction() as transaction:
        return [
            Missed(
                subscription=subscription,
                first=first,
                last=last,
                attempts=attempts,
                problem=problem or "",
                given_up=given_up,
            )
            for subscription, first, last, attempts, problem, given_up in transaction.rows(
                _MISSED, (authority, authority)
            )
        ]


def _planned(mailroom: Mailroom, heard: Sequence[Subscription]) -> int:
    count = 0
    with closing(Link(mailroom.conninfo)) as link:
        for each in heard:
            try:
                count += plan(mailroom, link, each)
            except MunimentError as error:
                # One that holds another log's cursor must not keep the others from being told.
                LOG.error(  # noqa: TRY400 - a code and no trace
                    "notices_not_planned", extra={"subscription": str(each.id), "code": error.slug}
                )
    return count


def _attempt(mailroom: Mailroom, subscription: Subscription, send: Send) -> bool | None:
    """Send the oldest delivery of a subscription that is due; tell whether it was taken."""
    with mailroom.store.transaction() as transaction:
        now = mailroom.now()
        row = transaction.row(_DUE, (subscription.id, now))
        if row is None:
            return None
        identifier, body, attempts, sealed, *fields = row
        current = read_row(tuple(fields))
        try:
            secret = unseal(mailroom.key, current.id, sealed)
        except UnsafeError as error:
            problem: str | None = error.slug
        else:
            name = f"ntc_{current.id}_{identifier}"
            headers = sign(secret, identifier=name, moment=now, body=body)
            problem = send(current.url, headers, body, loopback=mailroom.loopback)
        if problem is None:
            transaction.change("delete from notices.delivery where id = %s", (identifier,))
            transaction.change(_WELL, (current.id,))
            return True
        _failed(transaction, current, now, tried=(identifier, attempts + 1, problem))
    LOG.warning("notice_failed", extra={"subscription": str(subscription.id), "code": problem})
    return False


def _failed(
    transaction: Transaction, subscription: Subscription, now: int, *, tried: tuple[int, int, str]
) -> None:
    identifier, attempts, problem = tried
    given_up = attempts >= ATTEMPTS_MAX
    due_at = None if given_up else now + pause(attempts)
    transaction.change(_AGAIN, (attempts, due_at, problem, identifier))
    transaction.change(_ILL, (now, now - FAILING_SECONDS_MAX, now, subscription.id))


def pause(attempts: int) -> int:
    """Give the seconds to wait after so many failed attempts."""
    return min(PAUSE_SECONDS << (attempts - 1), PAUSE_SECONDS_MAX)


_DUE: Final = """
select d.id, d.body, d.attempts, s.secret,
    s.id, s.authority, s.kid, s.url, s.kinds, s.position, s.seen, s.made_at,
    s.failing_since, s.disabled_at
from notices.delivery d join notices.subscription s on s.id = d.subscription
where d.subscription = %s and d.due_at <= %s and s.disabled_at is null
order by d.id limit 1 for update of d skip locked
"""
_AGAIN: Final = "update notices.delivery set attempts = %s, due_at = %s, problem = %s where id = %s"
_WELL: Final = """
update notices.subscription set failing_since = null where id = %s and failing_since is not null
"""
_ILL: Final = """
update notices.subscription
set failing_since = coalesce(failing_since, %s),
    disabled_at = case when failing_since <= %s then %s end
where id = %s
"""
_MISSED: Final = """
select d.subscription, d.first, d.last, d.attempts, d.problem,
    d.due_at is null or s.disabled_at is not null
from notices.delivery d join notices.subscription s on s.id = d.subscription
where (s.authority = %s or %s::text is null)
    and (d.attempts > 0 or s.disabled_at is not null)
order by d.subscription, d.first, d.id
"""
