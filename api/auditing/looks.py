# SPDX-License-Identifier: Apache-2.0
"""Who looked at what: records of the access log that answer a question, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from audit.access.reading import AccessReader
from audit.arrays import bytea_array
from audit.link import Link
from audit.proof.access.chain import Stored
from audit.proof.access.record import Access, Cut, read_record
from audit.proof.encoding import decode
from domain.errors import ProofError

RECORDS_MAX: Final = 20_000
"""Records that are looked through for one page."""

_INDEXES: Final = "select eid, idx from ledger.event where eid = any(%b::bytea[])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which looks are asked for; what is empty does not matter.

    Attributes:
        who: Officer, key or authority.
        action: What was asked for, as in the access policy.
        case: Reference of the case.
        refused: Only what was refused.
        since: Second from which on, Unix time.
        until: Second before which, Unix time.
        before: Number of the record before which to look; all of them at first.
    """

    who: str = ""
    action: str = ""
    case: str = ""
    refused: bool = False
    since: int = 0
    until: int | None = None
    before: int | None = None

    def admits(self, each: Access) -> bool:
        """Tell whether a record answers the question."""
        return (
            self.who in ("", each.officer, each.key, each.authority)
            and self.action in ("", each.action)
            and self.case in ("", each.case)
            and not (self.refused and each.allowed)
            and each.at >= self.since
            and (self.until is None or each.at < self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One record.

    Attributes:
        n: Its number.
        record: What it says; nothing where its octets are no record.
        cut: What was erased by rule, where it says that.
    """

    n: int
    record: Access | None = None
    cut: Cut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """One page of them.

    Attributes:
        found: The records, the newest first.
        onward: Number before which the next page begins; nothing where there is none.
    """

    found: tuple[Look, ...]
    onward: int | None


def looks(reader: AccessReader, wanted: Wanted, *, most: int) -> Looks:
    """Give the newest records that answer a question, after looking through so many at most.

    What cannot be read is given whatever was asked, since nobody can tell what it said.

    Args:
        reader: The access log at one moment.
        wanted: The question.
        most: Records on a page.

    Raises:
        UnreachableError: The database breaks off.
    """
    found: list[Look] = []
    last = None
    for number, stored in enumerate(reader.backwards(before=wanted.before)):
        if number == RECORDS_MAX or len(found) == most:
            return Looks(found=tuple(found), onward=last)
        last = stored.n
        found += _read(stored, wanted)
    return Looks(found=tuple(found), onward=None)


def indexes_of(link: Link, records: Iterable[Access]) -> dict[str, int]:
    """Give the log index of every event that some records name.

    Raises:
        UnreachableError: The database does not answer.
    """
    eids = {eid: decode(eid.encode()) for each in records for eid in each.events}
    rows = link.read(_INDEXES, (bytea_array(list(eids.values())),)) if eids else ()
    indexes = {bytes(eid): index for eid, index in rows}
    return {text: indexes[eid] for text, eid in eids.items() if eid in indexes}


def _read(stored: Stored, wanted: Wanted) -> Iterator[Look]:
    try:
        record = read_record(stored.raw)
    except ProofError:
        yield Look(n=stored.n)
        return
    if isinstance(record, Cut):
        yield Look(n=stored.n, cut=record)
    elif wanted.admits(record):
        yield Look(n=stored.n, record=record)
