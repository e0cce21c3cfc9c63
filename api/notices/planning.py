# SPDX-License-Identifier: Apache-2.0
"""From the log to deliveries: what is new since a subscription's place, in rows to be sent.

The place moves in the same transaction in which the deliveries are kept, and only if nobody
moved it meanwhile: a kill at any instruction loses no notice and makes none twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from api.notices.mailroom import Mailroom
from api.notices.subscriptions import Subscription, cursor_text
from audit.link import Link
from audit.proof.encoding import decode
from projections.feed.cursor import Cursor
from projections.feed.events import events

SCANNED_MAX: Final = 1_000
"""Entries of the log that are looked through at a time."""
NOTICES_MAX: Final = 100
"""Notices of one delivery."""
DELIVERIES_MAX: Final = 100
"""Deliveries of one subscription that may wait; its place stands still then, and loses nothing."""
MEMBERS: Final = ("index", "eid", "kind", "stream", "iss", "at")
"""What a notice says: that there is something, and where to read it; nothing of a person."""


def plan(mailroom: Mailroom, link: Link, subscription: Subscription) -> int:
    """Keep what a subscription is to be told next, and move its place; count the notices.

    Raises:
        UsageError: ``cursor_strange``, the log does not hold the entry before its place.
        UnreachableError: The database does not answer.
    """
    after = None
    if subscription.position:
        after = Cursor(index=subscription.position - 1, eid=cursor_text(subscription))
    found = events(link, after, SCANNED_MAX)
    if not found:
        return 0
    wanted = [item for _, item in found if subscription.wants(item["kind"])]
    newest = found[-1][0]
    values = (
        *(newest.index + 1, decode(newest.eid.encode()), subscription.id),
        *(subscription.position, subscription.id, DELIVERIES_MAX),
    )
    with mailroom.store.transaction() as transaction:
        if not transaction.change(_MOVE, values):
            return 0
        for first, last, body in _bodies(subscription, wanted):
            transaction.change(_KEEP, (subscription.id, first, last, body, mailroom.now()))
    return len(wanted)


def _bodies(
    subscription: Subscription, wanted: Sequence[dict[str, Any]]
) -> Iterator[tuple[int, int, bytes]]:
    for start in range(0, len(wanted), NOTICES_MAX):
        part = wanted[start : start + NOTICES_MAX]
        told = {
            "subscription": str(subscription.id),
            "notices": [{name: item[name] for name in MEMBERS} for item in part],
        }
        yield part[0]["index"], part[-1]["index"], json.dumps(told).encode()


_MOVE: Final = """
update notices.subscription set position = %s, seen = %s
where id = %s and position = %s and disabled_at is null and (
    select count(*) from notices.delivery where subscription = %s and due_at is not null
) < %s
"""
_KEEP: Final = """
insert into notices.delivery (subscription, first, last, body, due_at) values (%s, %s, %s, %s, %s)
"""
