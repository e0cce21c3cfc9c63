# SPDX-License-Identifier: Apache-2.0
"""How far somebody has followed a feed, as a text that only fits the log it came from.

A cursor names the last thing given and never a number of things to skip (``spec/peers.md`` 10,
traps 11 and 12). It is opaque to whoever keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import orjson

from audit.proof.encoding import decode, encode
from domain.errors import EnvelopeError, UsageError

CURSOR_CHARS_MAX: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is followed.

    Attributes:
        origin: Name of the log.
        name: ``events``, or the name of a projection.
        version: Version of the projection; 0 for events, which never take another form.
    """

    origin: str
    name: str
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last thing that was given of a feed.

    Attributes:
        index: Log index of the entry that it came with.
        eid: Event id of that entry, by which a log is known again.
        key: Which of the changes at that index; nothing where there is one.
    """

    index: int
    eid: str
    key: tuple[str, ...] = ()

    def text(self, feed: Feed) -> str:
        """Write it down for whoever follows."""
        told = [feed.origin, feed.name, feed.version, self.index, self.eid, *self.key]
        return encode(orjson.dumps(told)).decode()


def read_cursor(text: str, feed: Feed) -> Cursor:
    """Read what was written down.

    Raises:
        UsageError: It is no cursor, or one of another log, feed or version.
    """
    origin, name, version, cursor = _parts(text)
    if origin != feed.origin:
        raise UsageError(
            f"The cursor is of the log {origin}, and this is {feed.origin}.",
            slug="cursor_foreign",
            next_step="Give the cursor to the ledger that it came from, or begin without one.",
        )
    if name != feed.name:
        raise UsageError(
            f"The cursor is of the feed {name}, and this is {feed.name}.",
            slug="cursor_feed",
            next_step=f"Run `muniment feed {name}` with it.",
        )
    if version != feed.version:
        raise UsageError(
            f"The projection {name} has taken another form since the cursor was given.",
            slug="cursor_outdated",
            next_step="Throw away what you followed of it, and begin without a cursor.",
        )
    return cursor


def _parts(text: str) -> tuple[str, str, int, Cursor]:
    try:
        told = orjson.loads(decode(text[:CURSOR_CHARS_MAX].encode("ascii")))
        origin, name, version, index, eid, *key = told
    except (EnvelopeError, ValueError, TypeError):
        raise no_cursor() from None
    if [type(each) for each in told] != [str, str, int, int, str, *(str for _ in key)] or index < 0:
        raise no_cursor()
    return origin, name, version, Cursor(index=index, eid=eid, key=tuple(key))


def no_cursor() -> UsageError:
    """Give the error about a text that no feed has given."""
    return UsageError(
        "That is no cursor of a feed.",
        slug="cursor_invalid",
        next_step="Give the text of the member `cursor` of a line, whole, or begin without one.",
    )
