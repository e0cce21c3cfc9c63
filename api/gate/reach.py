# SPDX-License-Identifier: Apache-2.0
"""Which rows and histories a caller may see, by who recorded them and where.

A row stands where the authority that recorded it is responsible, and where its event says it
happened (access policy: scopes "mandate" and "own"). Whoever may see everything is not held up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from api.access.policy import Decision
from audit.arrays import int8_array
from audit.link import Link
from domain.event import Event
from domain.registry.state import Registry
from projections.asking.folded import at_once
from projections.asking.snapshot import Snapshot

IndexOf = Callable[[Mapping[str, Any]], int | None]
"""Gives the log index of the entry that a row rests on; nothing where there is none."""

Issuers = Callable[[Sequence[int]], Iterable[tuple[int, str]]]
"""Gives the authorities that recorded some entries, by log index."""

_ISSUERS: Final = "select idx, iss from ledger.event where idx = any(%b)"


def sees_everything(decision: Decision) -> bool:
    """Tell whether what is allowed holds in the whole ledger."""
    return any(each.places is None and each.authority is None for each in decision.reach)


def issuers_in(known: Snapshot) -> Issuers:
    """Read authorities in the snapshot that rows come from."""
    return lambda indexes: known.connection.execute(_ISSUERS, (list(indexes),))


def issuers_by(link: Link) -> Issuers:
    """Read authorities over a connection."""
    return lambda indexes: link.read(_ISSUERS, (int8_array(indexes),))


def rows_within(
    rows: Iterable[dict[str, Any]],
    decision: Decision,
    *,
    index_of: IndexOf,
    issuers: Issuers,
    registry: Registry,
) -> Iterator[dict[str, Any]]:
    """Give those rows that a decision admits; what rests on no entry is for whoever sees all."""
    if sees_everything(decision):
        yield from rows
        return
    for part in at_once(rows):
        indexes = [index_of(row) for row in part]
        found = dict(issuers([each for each in indexes if each is not None]))
        for index, row in zip(indexes, part, strict=True):
            if index in found and admits(decision, found[index], registry=registry):
                yield row


def history_within(decision: Decision, events: Iterable[Event], registry: Registry) -> bool:
    """Tell whether a decision admits a history: one entry within its reach is enough."""
    return sees_everything(decision) or any(
        admits(decision, each.iss, registry=registry, place=each.dat.__dict__.get("jur"))
        for each in events
    )


def admits(decision: Decision, iss: str, *, registry: Registry, place: str | None = None) -> bool:
    """Tell whether a decision admits what an authority recorded, there or where it is."""
    if sees_everything(decision):
        return True
    authority = registry.authorities.get(iss)
    places = (place,) if place else authority.jurisdictions if authority else ()
    return any(decision.admits(each, iss) for each in places)


def claims_within(decision: Decision, iss: str, *, registry: Registry) -> frozenset[str] | None:
    """Give the names of disclosures that a decision opens of what an authority recorded.

    Returns:
        Nothing where the record itself is out of reach.
    """
    if not admits(decision, iss, registry=registry):
        return None
    authority = registry.authorities.get(iss)
    places = authority.jurisdictions if authority else ()
    return frozenset().union(*(decision.claims(each, iss) for each in places or (None,)))
