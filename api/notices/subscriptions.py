# SPDX-License-Identifier: Apache-2.0
"""Subscriptions: which authority's machine is told, where, about which kinds, and how far.

A machine sees and changes the subscriptions of its own authority and no others; to it another's
look like none. While the key that asked is not valid, nothing is sent and nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from api.access.policy import decide
from api.access.standing import Standing
from api.client.ids import uuid7
from api.notices.addresses import check_url
from api.notices.mailroom import Mailroom
from api.notices.signing import NONCE_BYTES, SECRET_BYTES, seal, shown
from api.service.store import Row, Transaction
from audit.proof.encoding import encode
from domain.errors import RefusedError, UsageError
from domain.registry.state import KeyRecord

KINDS_MAX: Final = 64
ORDERLY_ENDS: Final = frozenset({"superseded", "ceased"})
SUBSCRIPTIONS_MAX: Final = 10
"""Subscriptions of one authority."""

_KIND: Final = re.compile(r"[a-z]+(?:-[a-z]+)*\.(?:\*|[a-z]+(?:-[a-z]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One webhook.

    Attributes:
        id: Its identifier.
        authority: Whose it is.
        kid: The key that asked for it.
        url: Where it is told.
        kinds: About what, such as ``firearm.transferred`` or ``firearm.*``; none for everything.
        position: The next index of the log that is looked at.
        seen: Event id of the entry before it.
        made_at: When it was made, Unix seconds.
        failing_since: When a series of failures began that has not ended.
        disabled_at: When it was given up.
    """

    id: UUID
    authority: str
    kid: str
    url: str
    kinds: tuple[str, ...]
    position: int
    seen: bytes | None
    made_at: int
    failing_since: int | None = None
    disabled_at: int | None = None

    def record(self) -> dict[str, Any]:
        """Give it as the members of an answer."""
        return {
            "id": str(self.id),
            "authority": self.authority,
            "url": self.url,
            "kinds": list(self.kinds),
            "position": self.position,
            "made_at": self.made_at,
            "failing_since": self.failing_since,
            "disabled_at": self.disabled_at,
        }

    def wants(self, kind: str) -> bool:
        """Tell whether it is about a kind of event, such as ``firearm.transferred/1``."""
        name = kind.partition("/")[0]
        subject = name.partition(".")[0]
        return not self.kinds or name in self.kinds or f"{subject}.*" in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for.

    Attributes:
        authority: Whose machine asks.
        kid: The key that it signs its requests with.
        url: Where it wants to be told.
        kinds: About what; none for everything.
        after: Index of the log after which it wants to be told; none for what is new from now on.
    """

    authority: str
    kid: str
    url: str
    kinds: Sequence[str] = ()
    after: int | None = None


def subscribe(mailroom: Mailroom, wish: Wish) -> tuple[Subscription, str]:
    """Begin a subscription; give it with its secret, which is shown this once.

    Raises:
        RefusedError: ``webhook_url``; ``webhook_kinds``; ``webhooks_too_many``; ``role_denied``.
        UsageError: ``index_unknown``, the log does not reach that far.
    """
    check_url(wish.url, loopback=mailroom.loopback)
    if len(wish.kinds) > KINDS_MAX or not all(_KIND.fullmatch(each) for each in wish.kinds):
        raise RefusedError(
            f"A subscription names at most {KINDS_MAX} kinds, each a kind of event or all of one"
            " subject.",
            slug="webhook_kinds",
            next_step="Name kinds such as firearm.transferred or firearm.*, or none for all.",
        )
    identifier = uuid7(mailroom.now() * 1_000, mailroom.randomness)
    secret = mailroom.randomness(SECRET_BYTES)
    sealed = seal(mailroom.key, identifier, secret, nonce=mailroom.randomness(NONCE_BYTES))
    with mailroom.store.transaction() as transaction:
        position, seen = _place(transaction, wish.after)
        made = Subscription(
            id=identifier,
            authority=wish.authority,
            kid=wish.kid,
            url=wish.url,
            kinds=tuple(sorted(set(wish.kinds))),
            position=position,
            seen=seen,
            made_at=mailroom.now(),
        )
        values = (
            *(made.id, made.authority, made.kid, made.url, list(made.kinds), sealed),
            *(position, seen, made.made_at, made.authority, SUBSCRIPTIONS_MAX),
        )
        if not may_hear(made, mailroom.standing()):
            raise RefusedError(
                "Whoever is told of everything has to be allowed to follow the whole feed.",
                slug="role_denied",
                next_step="Sign with a key that holds a role such as service.",
            )
        if not transaction.change(_INSERT, values):
            raise RefusedError(
                f"An authority has at most {SUBSCRIPTIONS_MAX} subscriptions.",
                slug="webhooks_too_many",
                next_step="End one that is not needed.",
            )
    return made, shown(secret)


def subscriptions(mailroom: Mailroom, authority: str | None = None) -> Sequence[Subscription]:
    """List the subscriptions of an authority, or all, the oldest first."""
    with mailroom.store.transaction() as transaction:
        rows = transaction.rows(_LIST, (authority, authority))
    return [read_row(row) for row in rows]


def unsubscribe(mailroom: Mailroom, identifier: UUID, authority: str | None = None) -> None:
    """End a subscription, of whichever authority if none is named.

    Raises:
        RefusedError: ``webhook_unknown``.
    """
    # What is being sent is waited for first: its sender wants the subscription's row after it.
    with mailroom.store.transaction() as transaction:
        transaction.change(_FORGET, (0, identifier, authority, authority))
        if not transaction.change(_DELETE, (identifier, authority, authority)):
            raise unknown(identifier)


def replay(
    mailroom: Mailroom, identifier: UUID, *, after: int, authority: str | None = None
) -> Subscription:
    """Tell again from an index of the log on, and try anew where it was given up.

    Args:
        mailroom: What webhooks work with.
        identifier: The subscription.
        after: Index after which everything is told again; -1 for the whole log.
        authority: Whose it has to be, if anybody's.

    Raises:
        RefusedError: ``webhook_unknown``.
        UsageError: ``index_unknown``, the log does not reach that far.
    """
    with mailroom.store.transaction() as transaction:
        position, seen = _place(transaction, after)
        transaction.change(_FORGET, (position, identifier, authority, authority))
        row = transaction.row(_REPLAY, (position, seen, identifier, authority, authority))
        if row is None:
            raise unknown(identifier)
    return read_row(row)


def may_hear(subscription: Subscription, standing: Standing) -> bool:
    """Tell whether a subscription is to be told now: by the access policy, as a feed would be.

    The key that asked has to count. Where it ended in order, since the machine has another one
    by now, any key of the authority's machines that counts stands for it; where it may be in
    the wrong hands, whoever holds it is told nothing more.
    """
    key = standing.registry.keys.get(subscription.kid)
    if key is None or key.authority != subscription.authority:
        return False
    if standing.counts(key):
        return _may_follow(key, standing)
    stopped = key.ended is not None and key.end_reason not in ORDERLY_ENDS
    if stopped or key.suspended_at(standing.index):
        return False
    others = (
        each
        for each in standing.registry.keys.values()
        if each.authority == key.authority and each.key_class == key.key_class
    )
    return any(standing.counts(each) and _may_follow(each, standing) for each in others)


def _may_follow(key: KeyRecord, standing: Standing) -> bool:
    """Tell whether the machine with a key may follow the whole feed, whatever it is about."""
    decision = decide(standing.machine(key), "feed.read", place=None, reason=None, now=standing.now)
    return any(each.places is None and each.authority is None for each in decision.reach)


def read_row(row: Row) -> Subscription:
    """Read a row whose columns stand in the order of the fields."""
    found = dict(zip(Subscription.__slots__, row, strict=True))
    return Subscription(**found | {"kinds": tuple(found["kinds"])})


def unknown(identifier: UUID) -> RefusedError:
    """Give the refusal of a subscription that is not there, or another authority's."""
    return RefusedError(
        f"There is no subscription {identifier}.",
        slug="webhook_unknown",
        next_step="List the subscriptions of your authority.",
    )


def _place(transaction: Transaction, after: int | None) -> tuple[int, bytes | None]:
    """Give the next index after one, and the event id by which the log is known again."""
    if after is None:
        (size,) = transaction.row("select size from ledger.head") or (0,)
        after = size - 1
    if after < 0:
        return 0, None
    row = transaction.row("select eid from ledger.event where idx = %s", (after,))
    if row is None:
        raise UsageError(
            f"The log has no entry {after}.",
            slug="index_unknown",
            next_step="Name an index that `muniment status` says the log has.",
        )
    return after + 1, row[0]


def cursor_text(subscription: Subscription) -> str:
    """Give the event id before its position in the text form of the log."""
    return encode(subscription.seen).decode() if subscription.seen else ""


_INSERT: Final = """
insert into notices.subscription
    (id, authority, kid, url, kinds, secret, position, seen, made_at)
select %s, %s, %s, %s, %s, %s, %s, %s, %s
where (select count(*) from notices.subscription where authority = %s) < %s
"""
_LIST: Final = """
select id, authority, kid, url, kinds, position, seen, made_at, failing_since, disabled_at
from notices.subscription where authority = %s or %s::text is null order by made_at, id
"""
_DELETE: Final = """
delete from notices.subscription where id = %s and (authority = %s or %s::text is null)
"""
_REPLAY: Final = """
update notices.subscription
set position = %s, seen = %s, failing_since = null, disabled_at = null
where id = %s and (authority = %s or %s::text is null)
returning id, authority, kid, url, kinds, position, seen, made_at, failing_since, disabled_at
"""
_FORGET: Final = """
delete from notices.delivery d using notices.subscription s
where d.last >= %s and d.subscription = s.id and s.id = %s
    and (s.authority = %s or %s::text is null)
"""
