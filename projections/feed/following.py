# SPDX-License-Identifier: Apache-2.0
"""A feed from a cursor on to its end, page by page, and further whenever something is appended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from domain.errors import UnreachableError
from projections.feed.cursor import Cursor
from projections.feed.events import Item

PAGE_ITEMS: Final = 1_000
WAIT_SECONDS: Final = 30.0
"""After so long without a word it is looked all the same: a word may be lost with a connection."""

CHANNEL: Final = "stored_event"
"""On which every append of the ledger gives notice."""

Page = Callable[[Cursor | None, int], list[Item]]
"""Gives at most so many things after a cursor."""


def followed(
    page: Page,
    after: Cursor | None,
    *,
    limit: int | None = None,
    wait: Callable[[], None] | None = None,
) -> Iterator[Item]:
    """Give everything after a cursor, each once and in order.

    Args:
        page: What is followed.
        after: The last thing that was given; from the beginning without one.
        limit: At most so many.
        wait: Returns when there may be more; without it, this ends with what is there.
    """
    given = 0
    while limit is None or given < limit:
        wanted = PAGE_ITEMS if limit is None else min(PAGE_ITEMS, limit - given)
        found = page(after, wanted)
        yield from found
        given += len(found)
        if found:
            after = found[-1][0]
        elif wait is None:
            return
        else:
            wait()


@contextmanager
def listening(conninfo: str) -> Iterator[Callable[[], None]]:
    """Give what waits until something is appended; nothing is missed from here on.

    Raises:
        UnreachableError: The database does not answer.
    """
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"listen {CHANNEL}")

            def wait() -> None:
                for _ in connection.notifies(timeout=WAIT_SECONDS, stop_after=1):
                    pass

            yield wait
    except psycopg.Error as error:
        raise UnreachableError("The database broke off while it was listened to.") from error
