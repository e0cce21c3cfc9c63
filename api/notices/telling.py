# SPDX-License-Identifier: Apache-2.0
"""How far the webhooks of each authority are with one entry of the log.

What was taken is not kept, so it is told by what is left: the webhook is past the entry, and no
delivery of it waits or was given up. A replay from a later entry on passes over it, too.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final, Literal, get_args

from api.notices.mailroom import Mailroom
from api.notices.subscriptions import read_row

Notice = Literal["sent", "waiting", "missed"]
"""How far a webhook is, the best of several first."""


def notices_of(mailroom: Mailroom, kind: str, *, index: int, at: int) -> dict[str, Notice]:
    """Tell by authority whether an entry was told to one of its webhooks.

    An authority that has no webhook about it is left out, and so is one whose webhook began later.

    Args:
        mailroom: What webhooks work with.
        kind: What the entry is, such as ``erasure.executed``.
        index: Where it stands in the log.
        at: When it was made, in Unix seconds.

    Raises:
        UnreachableError: The database does not answer.
    """
    with mailroom.store.transaction() as transaction:
        rows = transaction.rows(_WITH_DELIVERIES, (index, index))
    found = defaultdict[str, set[Notice]](set)
    for *fields, pending, given_up in rows:
        subscription = read_row(tuple(fields))
        if not subscription.wants(kind):
            continue
        if pending or subscription.position <= index:
            found[subscription.authority].add("missed" if given_up else "waiting")
        elif subscription.made_at <= at:
            found[subscription.authority].add("sent")
    return {each: min(told, key=get_args(Notice).index) for each, told in found.items()}


_WITH_DELIVERIES: Final = """
select s.id, s.authority, s.kid, s.url, s.kinds, s.position, s.seen, s.made_at,
    s.failing_since, s.disabled_at,
    d.id is not null, s.disabled_at is not null or (d.id is not null and d.due_at is null)
from notices.subscription s
left join notices.delivery d on d.subscription = s.id and d.first <= %s and d.last >= %s
order by s.authority, s.id
"""
