# SPDX-License-Identifier: Apache-2.0
"""Long lists in pages that stay as they are while the log grows.

A cursor pins the position of the log and the day that a list is told for (console conventions,
section 2: opaque, stable because the log only grows, no totals). What was known at a position
never changes, so that the next page goes on exactly behind this one, whoever appends meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Annotated, Any, Final

import orjson
from fastapi import Query

from audit.proof.encoding import decode, encode
from domain.errors import EnvelopeError, UsageError
from domain.event import INTEGER_MAX

PAGE_MAX: Final = 500
PAGE_USUAL: Final = 100
CURSOR_CHARS_MAX: Final = 256

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Items of one page.")]
CursorText = Annotated[
    str | None,
    Query(max_length=CURSOR_CHARS_MAX, description="`next` of the page before, as it was given."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the next page begins.

    Attributes:
        asked: Digest of what is asked for, so that a cursor fits no other list.
        size: Entries of the log that the list is told from.
        on: The day that it is told for.
        after: Items given so far.
    """

    asked: str
    size: int
    on: str
    after: int

    def text(self) -> str:
        """Write it down for whoever asks on."""
        return encode(orjson.dumps([self.asked, self.size, self.on, self.after])).decode()


def asked_digest(route: str, parameters: Mapping[str, Any]) -> str:
    """Give a short digest of what is asked for, without cursor and limit."""
    told = orjson.dumps([route, parameters], option=orjson.OPT_SORT_KEYS)
    return encode(sha256(told).digest()[:9]).decode()


def read_cursor(text: str | None, asked: str) -> Cursor | None:
    """Read where a page begins; nothing where it is the first.

    Raises:
        UsageError: ``cursor_invalid``, it is no cursor, or one of another list.
    """
    if text is None:
        return None
    try:
        found, size, on, after = orjson.loads(decode(text.encode("ascii")))
    except (EnvelopeError, ValueError, TypeError):
        raise _no_cursor() from None
    forms = [type(each) for each in (found, size, on, after)]
    if forms != [str, int, str, int] or found != asked:
        raise _no_cursor()
    if not 0 <= size <= INTEGER_MAX or not 0 <= after <= INTEGER_MAX:
        raise _no_cursor()
    return Cursor(asked=found, size=size, on=on, after=after)


def page(items: Iterable[Any], begins: Cursor, *, limit: int) -> dict[str, Any]:
    """Give one page of a list as JSON values.

    Args:
        items: The whole list, told as of the cursor's position and day.
        begins: Where the page begins.
        limit: Items of the page.
    """
    given = list(islice(items, begins.after, begins.after + limit + 1))
    more = len(given) > limit
    following = Cursor(
        asked=begins.asked, size=begins.size, on=begins.on, after=begins.after + limit
    )
    return {
        "items": given[:limit],
        "log_size": begins.size,
        "on": begins.on,
        "next": following.text() if more else None,
    }


def _no_cursor() -> UsageError:
    return UsageError(
        "That is no cursor of this list.",
        slug="cursor_invalid",
        next_step="Give `next` of the page before with the same parameters, or begin without one.",
    )
