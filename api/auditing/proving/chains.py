# SPDX-License-Identifier: Apache-2.0
"""Whether each of some entries follows the one before it in its stream.

Implements the chain of the log specification, section 2.2, over a part of the log: the entry before
the first of a stream is looked up, and its event id computed from its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from audit.arrays import int8_array, uuid_array
from audit.link import Link
from audit.proof.envelope.token import event_id, read_unsigned
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.chain import CHAIN
from domain.errors import EnvelopeError
from domain.event import Event
from domain.identifiers import FIRST_PREV

Place = tuple[UUID, int]
"""A stream, and a position in it."""

_AT: Final = """
select e.stream, e.seq, e.idx, e.raw
from unnest(%b::uuid[], %b::int8[]) as w (stream, seq) join ledger.event e using (stream, seq)
"""


def check_chains(link: Link, opened: Mapping[int, Event]) -> Iterator[Finding]:
    """Check that each entry names the one before it, which stands before it in the log.

    Args:
        link: A connection that may read the log.
        opened: Verified entries by index.
    """
    known = {_place(event): (index, event.eid) for index, event in opened.items()}
    before = [(event.sub.uuid, event.seq - 1) for event in opened.values() if event.seq > 1]
    known = {**_read(link, [each for each in before if each not in known]), **known}
    for index, event in opened.items():
        problem = _problem(index, event, known.get((event.sub.uuid, event.seq - 1)))
        if problem:
            code, said = problem
            sentence = f"Event {event.sub} seq {event.seq} {said}."
            yield Finding(check=CHAIN, code=code, sentence=sentence, index=index)


def _problem(index: int, event: Event, before: tuple[int, str] | None) -> tuple[str, str] | None:
    if event.seq == 1:
        first = event.prev == FIRST_PREV
        return None if first else ("prev_mismatch", "begins its stream and names one before it")
    if before is None:
        return "seq_conflict", "has nothing before it in its stream"
    if before[0] >= index:
        return "seq_conflict", f"stands before the one that it follows, at index {before[0]}"
    if before[1] != event.prev:
        return "prev_mismatch", "does not name the event before it in its stream"
    return None


def _place(event: Event) -> Place:
    return event.sub.uuid, event.seq


def _read(link: Link, places: Sequence[Place]) -> dict[Place, tuple[int, str]]:
    """Give index and event id of entries by their places, from their bytes."""
    if not places:
        return {}
    streams, numbers = zip(*places, strict=True)
    rows = link.read(_AT, (uuid_array(streams), int8_array(numbers)))
    return {(stream, seq): (index, _eid(bytes(raw))) for stream, seq, index, raw in rows}


def _eid(raw: bytes) -> str:
    try:
        return event_id(read_unsigned(raw)[2])
    except EnvelopeError:
        return ""
