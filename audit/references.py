# SPDX-License-Identifier: Apache-2.0
"""Events found by what they refer to: a holding, a case, another stream, a hit.

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
select e.idx, e.raw from ledger.event_ref r join ledger.event e using (idx)
where r.tag = %b::text order by e.idx
"""


@dataclass(frozen=True, slots=True)
class Referring:
    """An event in its place in the log."""

    index: int
    event: Event


def referring(link: Link, tag: str) -> list[Referring]:
    """Give the events that carry a reference, oldest first.

    Raises:
        UnreachableError: The database does not answer.
    """
    rows = entries_referring(link, tag)
    return [Referring(index, read_stored(raw, CATALOGUE)) for index, raw in rows]


def entries_referring(link: Link, tag: str) -> list[tuple[int, bytes]]:
    """Give the entries that carry a reference with their indexes, unread, oldest first.

    Raises:
        UnreachableError: The database does not answer.
    """
    return [(index, bytes(raw)) for index, raw in link.read(_REFERRING, (tag,))]
