# SPDX-License-Identifier: Apache-2.0
"""A person's file: everything that the ledger holds about whoever has a document of some number.

Implements "a person's file can be produced on request" (right of access; envelope specification,
section 6). The file is made by the blind index and never kept. What was erased cannot be found by
the number any more, since its digest is gone too; what is erased of a holding that can still be
found is told, with the proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from api.access.recording import Shown
from api.bootstrap import Office
from audit.proof.envelope.opening import read_stored
from audit.vault.personal import Disclosed, Erased
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import StreamId

Placed = tuple[int, Event]


def person_file(office: Office, document: str) -> dict[str, Any]:
    """Give everything held about a person.

    Args:
        office: The open ledger.
        document: Number of the person's document, however it is spelt.

    Returns:
        ``ledger``, ``size`` (the position of the log), and ``holdings``: each with its name, the
        proof if it was erased, and its ``events`` with public data and what they disclosed.

    Raises:
        InvalidValueError: ``document_invalid``; the number is never repeated.
        UnsafeError: ``vault_tampered``.
        UnreachableError: The database or the key store does not answer.
    """
    office.ledger.catch_up()
    size = office.ledger.size
    holdings = office.personal.holdings_of(document)
    disclosed = defaultdict[str, list[Disclosed]](list)
    for each in office.personal.of_holdings(holdings):
        disclosed[each.eid].append(each)
    gone = office.personal.erased_holdings(holdings)
    return {
        "ledger": office.audience,
        "size": size,
        "holdings": [
            {
                "holding": str(StreamId("hld", each)),
                "erased": erased_record(gone.get(each)),
                "events": list(_events(office, each, disclosed)),
            }
            for each in holdings
        ],
    }


def shown_of(file: Mapping[str, Any]) -> Shown:
    """Tell what a person's file shows, for the access log."""
    events = [event for holding in file["holdings"] for event in holding["events"]]
    return Shown(
        events=tuple(event["eid"] for event in events),
        claims=frozenset(name for event in events for name in event["disclosed"]),
    )


def holdings_of(office: Office, document: str) -> list[str]:
    """Give the holdings of a person, as events name them.

    Raises:
        InvalidValueError: ``document_invalid``; the number is never repeated.
        UnreachableError: The database or the key store does not answer.
    """
    return [str(StreamId("hld", each)) for each in office.personal.holdings_of(document)]


def erased_record(erased: Erased | None) -> dict[str, Any] | None:
    """Tell that something was erased, as an object with its proof; nothing if it was not."""
    if erased is None:
        return None
    return {
        "status": erased.status,
        "erasure": str(erased.erasure) if erased.erasure else None,
        "index": erased.index,
        "executed_at": erased.executed_at,
    }


def _events(
    office: Office, holding: UUID, disclosed: Mapping[str, Sequence[Disclosed]]
) -> Iterator[dict[str, Any]]:
    """Give the events that name a holding, or disclosed something under it."""
    found = _of_holding(office, holding, disclosed)
    erased = office.personal.erased_events([event.eid for _, event in found])
    for index, event in found:
        yield {
            "index": index,
            "eid": event.eid,
            "event": event.evt,
            "record": str(event.sub),
            "authority": event.iss,
            "occ": event.occ.text,
            "data": event.dat.model_dump(mode="json", exclude_unset=True),
            "disclosed": {each.name: each.value for each in disclosed.get(event.eid, ())},
            "erased": erased_record(erased.get(event.eid)),
        }


def _of_holding(
    office: Office, holding: UUID, disclosed: Mapping[str, Sequence[Disclosed]]
) -> list[Placed]:
    named = office.ledger.store.referring(str(StreamId("hld", holding)), "")
    found = {each.id - 1: read_stored(each.state, CATALOGUE) for each in named}
    known = {event.eid for event in found.values()}
    under = {eid for eid, rows in disclosed.items() if any(r.holding == holding for r in rows)}
    for index, raw in office.personal.entries(under - known):
        found[index] = read_stored(raw, CATALOGUE)
    return sorted(found.items())
