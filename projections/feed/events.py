# SPDX-License-Identifier: Apache-2.0
"""The events of the log from a cursor on, in log order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from audit.link import Link
from audit.proof.encoding import encode
from domain.errors import UsageError
from projections.fact import Fact
from projections.feed.cursor import Cursor

Item = tuple[Cursor, dict[str, Any]]
"""One thing of a feed, and the cursor after it."""


def events(link: Link, after: Cursor | None, limit: int) -> list[Item]:
    """Give the events that follow a cursor, the first of the log without one.

    Whatever is committed is given once and in the order of the log, however many append
    meanwhile: its indexes have no gap and become visible in their order.

    Args:
        link: May read the log.
        after: The last event that was given.
        limit: At most so many.

    Raises:
        UsageError: The log does not hold the event of the cursor.
        UnreachableError: The database does not answer.
    """
    check_place(link, after)
    rows = link.read(_EVENTS, (-1 if after is None else after.index, limit))
    return list(_items(rows))


def check_place(link: Link, after: Cursor | None) -> None:
    """Make sure that the log holds what a cursor says was given.

    Raises:
        UsageError: It does not: it was rolled back, or is another log of that name.
        UnreachableError: The database does not answer.
    """
    if after is None:
        return
    rows = link.read("select eid from ledger.event where idx = %b", (after.index,))
    if [encode(eid).decode() for (eid,) in rows] != [after.eid]:
        raise UsageError(
            f"The log does not hold the entry {after.index} that the cursor names.",
            slug="cursor_strange",
            next_step="It was put back to an earlier state, or is another log: run `muniment "
            "fsck`, and compare what you hold with an export before you begin again.",
        )


def _items(rows: Any) -> Iterator[Item]:
    for index, at, stream, seq, kind, raw, eid in rows:
        stated = Fact(index, at, stream, seq, kind, raw).envelope
        cursor = Cursor(index=index, eid=encode(eid).decode())
        yield (
            cursor,
            {
                "index": index,
                "at": at.isoformat(),
                "stream": str(stream),
                "seq": seq,
                "kind": kind,
                "eid": cursor.eid,
                "iss": stated and stated.iss,
                "occ": stated and stated.occ,
                "jws": raw.decode("ascii") if raw.isascii() else None,
            },
        )


_EVENTS: Final = """
select idx, at, stream, seq, kind, raw, eid from ledger.event
where idx > %b::int8 order by idx limit %b::int8
"""
