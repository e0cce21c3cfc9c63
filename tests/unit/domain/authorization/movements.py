# SPDX-License-Identifier: Apache-2.0
"""Records events of authorizations, shipments and firearms in memory, by the ledger's own rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from domain.aggregate.naming import looked_at
from domain.aggregate.scene import Scene
from domain.authorization.shipment.state import Shipment
from domain.authorization.state import Authorization
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event, read_event
from domain.firearm.state import Firearm
from domain.identifiers import parse_stream_id
from domain.occurrence import parse_occurrence
from domain.refusal import Refusal
from tests.unit.domain.identity.scenes import REGISTRY
from tests.unit.domain.least.authorization import AUTHORIZATION, AUTHORIZATION_ID, SHIPMENT_ID
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.least.shipment import SHIPMENT
from tests.unit.domain.lives import DATA, NOW, digest

FIREARM_ID = "arm.01a2076b-4018-7111-8222-333333333333"
IMPORT_ID = "aut.01a2076b-4018-7111-8222-000000000011"
LICENCE_ID = "lic.01a2076b-4018-7111-8222-000000000021"
UNKNOWN_AUTHORIZATION = "aut.01a2076b-4018-7111-8222-00000000ffff"

LEAST: dict[str, dict[str, Any]] = {
    **AUTHORIZATION, **COMPONENT, **LOTS, **SHIPMENT, **LICENCE, **DATA,
}  # fmt: skip
STREAMS = {
    "authorization": AUTHORIZATION_ID,
    "shipment": SHIPMENT_ID,
    "firearm": FIREARM_ID,
    "licence": LICENCE_ID,
    "component": "cmp.01a2076b-4018-7111-8222-aaaaaaaaaaaa",
    "lot": "lot.01a2076b-4018-7111-8222-444444444444",
}


def stated(evt: str, occ: str = "2026-02-01", **dat: Any) -> Event:
    """Build an event; ``on_stream``, ``signed`` and its data may be given."""
    sub = dat.pop("on_stream", STREAMS[evt.split(".", 1)[0]])
    iat = dat.pop("signed", NOW)
    data = {**LEAST[evt], **dat}
    payload = {
        "_sd": [],
        "_sd_alg": "sha-256",
        "aud": "ledger.xa-test",
        "dat": {key: value for key, value in data.items() if value != "absent"},
        "evt": evt,
        "iat": iat,
        "iss": "auth.xa.0410",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": occ,
        "prev": "A" * 43,
        "seq": 1,
        "sub": sub,
        "ver": 1,
    }
    return read_event(
        payload, kid="k" * 43, eid=digest(f"{evt} {occ} {sub} {data}"), catalogue=CATALOGUE
    )


@dataclass(slots=True)
class Movements:
    """Streams by identifier, as the events accepted so far left them."""

    states: dict[UUID, Any] = field(default_factory=dict)
    recorded: list[Event] = field(default_factory=list)

    def verdict(self, event: Event) -> Refusal | None:
        """Judge an event where it would stand now."""
        state = self.states.get(event.sub.uuid)
        named = looked_at(event, state)
        scene = Scene(
            event=event,
            index=len(self.recorded),
            state=state,
            others={other.uuid: self.states.get(other.uuid) for other in named},
            registry=REGISTRY,
        )
        return AGGREGATES[event.sub.kind].decide(scene)

    def take(self, event: Event) -> str | None:
        """Record an event if it is legal; give the rule that refuses it."""
        refusal = self.verdict(event)
        if refusal is not None:
            return refusal.rule
        aggregate = AGGREGATES[event.sub.kind]
        before = self.states.get(event.sub.uuid)
        self.states[event.sub.uuid] = aggregate.evolve(before, event, len(self.recorded))
        self.recorded.append(event)
        return None

    def record(self, evt: str, occ: str = "2026-02-01", **dat: Any) -> str | None:
        """Build an event and record it if it is legal."""
        return self.take(stated(evt, occ, **dat))

    def done(self, evt: str, occ: str = "2026-02-01", **dat: Any) -> Movements:
        """Record an event that has to be legal."""
        assert self.record(evt, occ, **dat) is None, (evt, dat)
        return self

    def authorization(self, identifier: str = AUTHORIZATION_ID) -> Authorization:
        return cast("Authorization", self.states[parse_stream_id(identifier).uuid])

    def shipment(self, identifier: str = SHIPMENT_ID) -> Shipment:
        return cast("Shipment", self.states[parse_stream_id(identifier).uuid])

    def firearm(self, identifier: str = FIREARM_ID) -> Firearm:
        return cast("Firearm", self.states[parse_stream_id(identifier).uuid])


def arm(number: int) -> str:
    """Give the identifier of a firearm by number."""
    return f"arm.01a2076b-4018-7333-8222-{number:012}"


def shp(number: int) -> str:
    """Give the identifier of a shipment by number."""
    return f"shp.01a2076b-4018-7444-8222-{number:012}"


def applied(kind: str = "export", **dat: Any) -> Movements:
    """Give a ledger with one application."""
    return Movements().done("authorization.applied", kind=kind, **dat)


def prepared() -> Movements:
    """Give a ledger in which an export may be issued."""
    ledger = applied().done("authorization.import-licence-recorded")
    return ledger.done("authorization.transit-no-objection-recorded")


def issued(**dat: Any) -> Movements:
    """Give a ledger with an export authorization of 2026 for ten pistols."""
    return prepared().done("authorization.issued", **dat)


def day(text: str) -> Any:
    return parse_occurrence(text)


def declared(**dat: Any) -> Movements:
    """Give a ledger with a firearm, and a shipment of it and nine others declared."""
    ledger = issued().done("firearm.registered", "2016")
    ledger.done("authorization.drawn")
    return ledger.done("shipment.declared", **{"firearms": [FIREARM_ID], **dat})
