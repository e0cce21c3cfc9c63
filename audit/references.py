# SPDX-License-Identifier: Apache-2.0
"""Events found by what they refer to: what an authority listed, or another reference.

Reads the references that ``ledger.append`` wrote beside the events (store facts 7.1). They are
pseudonyms and identifiers alone; persons are in the vault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from audit.link import Link
from audit.proof.envelope.opening import read_stored
from domain.catalogue import CATALOGUE
from domain.event import Event

_REFERRING: Final = """
select e.idx, e.raw, substr(r.tag, length(%b::text) + 1)
from ledger.event_ref r join ledger.event e using (idx)
where r.tag >= %b::text and r.tag < %b::text order by e.idx, r.tag
"""
_CARRYING: Final = """
select e.idx, e.raw from ledger.event_ref r join ledger.event e using (idx)
where r.tag = %b::text order by e.idx
"""


@dataclass(frozen=True, slots=True)
class Referring:
    """An event in its place in the log, and what it refers to.

    Attributes:
        index: Log index.
        event: The event.
        what: What it refers to, without what was asked for.
    """

    index: int
    event: Event
    what: str


def referring(link: Link, beginning: str) -> list[Referring]:
    """Give the events that carry a reference of some beginning, oldest first, once a reference.

    Raises:
        UnreachableError: The database does not answer.
    """
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    rows = link.read(_REFERRING, (beginning, beginning, after))
    return [Referring(index, read_stored(raw, CATALOGUE), what) for index, raw, what in rows]


def entries_referring(link: Link, tag: str) -> list[tuple[int, bytes]]:
    """Give the entries that carry a reference with their indexes, unread, oldest first.

    Raises:
        UnreachableError: The database does not answer.
    """
    return [(index, bytes(raw)) for index, raw in link.read(_CARRYING, (tag,))]
