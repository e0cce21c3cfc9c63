# SPDX-License-Identifier: Apache-2.0
"""What an event disclosed, as far as whoever asks may see it for a purpose."""

from __future__ import annotations

from api.access.policy import Decision, persons_open
from api.gate.asking import Asked, Note, hidden
from api.gate.entries import StoredEvent
from api.gate.reach import claims_within
from domain.erasure.records import begun
from domain.errors import RefusedError
from domain.identifiers import StreamId


def revealed(asked: Asked, note: Note, found: StoredEvent) -> dict[str, str | int | bool]:
    """Open the personal data of an event; what is opened stands in the access log.

    Raises:
        UnknownError: The event is out of the caller's reach.
        RefusedError: ``access_ended``, it was destroyed too long ago; ``erased``.
    """
    claims = _claims(asked, note.decision, found)
    opened = asked.service.office.personal.reveal(found.eid)
    shown = {each.name: each.value for each in opened if each.name in claims}
    note.told(events=[found.eid], claims=sorted(shown))
    return shown


def _claims(asked: Asked, decision: Decision, found: StoredEvent) -> frozenset[str]:
    """Give the names of what may be shown of an event.

    Raises:
        UnknownError: The event is out of the caller's reach.
        RefusedError: ``access_ended``, it was destroyed too long ago.
    """
    claims = claims_within(decision, found.iss, registry=asked.service.office.registry)
    if claims is None:
        raise hidden()
    state = asked.service.office.ledger.state(StreamId("arm", found.stream))  # of whichever kind
    destroyed = begun(state, asked.service.gate.today()).get("destruction")
    if not persons_open(asked.caller, destroyed, int(asked.service.gate.clock())):
        raise RefusedError(
            "Persons behind a firearm are shown for some years after its destruction, no longer.",
            slug="access_ended",
            next_step="docs/access.md tells how long which roles see them.",
        )
    return claims
