# SPDX-License-Identifier: Apache-2.0
"""What became of an event that somebody signed here, as the receipt page tells it.

It is read anew from the ledger each time, so that whoever signs twice, or comes back later, sees
the same receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.gate.asking import hidden
from api.gate.effects import opened_duties
from api.gate.entries import StoredEvent, event_at, events_from
from api.policies.adopted import adopted_names, in_order
from api.policies.loading import NAMES, load_policy
from api.service.service import Service
from audit.link import Link
from audit.proof.envelope.opening import read_stored
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.firearm.hits import hits_of
from domain.identifiers import StreamId
from domain.refusal import Refusal

_HIT: Final = hits_of("").removesuffix("/")
_HITS: Final = """
select tag from ledger.event_ref where tag >= %b::text and tag < %b::text and idx = %b order by tag
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event of the log, and what it set off.

    Attributes:
        index: Its place in the log.
        at: When it was recorded, by the ledger's clock.
        event: What was signed.
        hits: Who listed what it touches: authority, and firearm or component.
        findings: What was recorded with it as not fitting.
        duties: What somebody has to do because of it.
    """

    index: int
    at: datetime
    event: Event
    hits: Sequence[tuple[str, str]]
    findings: Sequence[Refusal]
    duties: Sequence[Mapping[str, Any]]


def recorded_by(service: Service, index: int, officer: str) -> Recorded:
    """Give an event that an officer signed; of others' events nothing is told here.

    Raises:
        UnknownError: ``not_found``; there is no such event, or another officer signed it.
        UnreachableError: The database or the signer does not answer.
    """
    with service.link() as link:
        stored = event_at(link, index)
        event = read_stored(stored.raw, CATALOGUE)
        hits = _hits(link, index)
    key = service.office.ledger.catch_up().keys.get(event.kid)
    if key is None or key.officer != officer:
        raise hidden()
    ledger = service.office.ledger
    on, authority = service.gate.today(), ledger.catch_up().authorities.get(event.iss)
    adopted = adopted_names(ledger, on.text, authority.jurisdictions if authority else ())
    rules = load_policy(in_order(NAMES, adopted)[0]).policy
    duties = opened_duties(ledger, event.sub, rules, by=index, on=on)
    return Recorded(
        index=index,
        at=stored.at,
        event=event,
        hits=hits,
        findings=ledger.noted(event.sub, index),
        duties=duties,
    )


def changed_since(service: Service, stream: StreamId, seq: int) -> Sequence[StoredEvent]:
    """Give what was recorded in a stream at a place, and after it."""
    with service.link() as link:
        return events_from(link, stream, seq)


def _hits(link: Link, index: int) -> Sequence[tuple[str, str]]:
    after = _HIT[:-1] + chr(ord(_HIT[-1]) + 1)
    found = (str(tag) for (tag,) in link.read(_HITS, (_HIT, after, index)))
    pairs = (each.removeprefix(_HIT).partition("/") for each in found)
    return [(authority, record) for authority, _, record in pairs]
