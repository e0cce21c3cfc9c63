# SPDX-License-Identifier: Apache-2.0
"""A desk that decides and folds events of firearms and lots together, with their witnesses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from domain.aggregate.naming import asked, linked
from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event, read_event
from domain.firearm.state import Firearm
from domain.identifiers import StreamId, parse_stream_id
from domain.lot.state import Lot
from domain.refusal import Refusal
from domain.registry.state import Grant, Interval, KeyRecord, Registry
from tests.unit.domain.identity.scenes import AUTHORITIES
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import DATA, NOW, digest

SIGNER, SECOND_KEY, WITNESS, CLERK = (letter * 43 for letter in "kswc")
ARMS = tuple(f"arm.01a2076b-4018-7111-8222-33333333333{n}" for n in range(1, 6))
LOT, OTHER_LOT = (f"lot.01a2076b-4018-7111-8222-44444444444{n}" for n in (4, 5))
LEAST = {**DATA, **LICENCE, **LOTS, **TRACING}


def key(kid: str, officer: str, role: str) -> KeyRecord:
    """Give a valid key of an officer in a role."""
    grant = Grant(role=role, jurisdictions=("XA",), during=Interval(0))
    return KeyRecord(
        kid=kid, alg="Ed25519", jwk={}, key_class="event", authority="auth.xa.0410",
        officer=officer, stream=None, proposed=0, proposal="", proposer="", not_before=0,
        not_after=None, approved=0, grants=(grant,),
    )  # fmt: skip


REGISTRY = Registry(
    authorities=AUTHORITIES,
    keys={
        SIGNER: key(SIGNER, "off.one", "DST"),
        SECOND_KEY: key(SECOND_KEY, "off.one", "POL"),
        WITNESS: key(WITNESS, "off.two", "DST"),
        CLERK: key(CLERK, "off.three", "LIC"),
    },
)


@dataclass(slots=True)
class Desk:
    """States of streams by identifier, and what happens to them."""

    streams: dict[UUID, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def put(
        self, evt: str, sub: str, occ: str = "unknown", *, by: str | None = None, **dat: Any
    ) -> str | None:
        """Record an event if it is legal; give the rule that refuses it."""
        refusal = self.judge(evt, sub, occ, by=by, **dat)
        if refusal is None:
            self._record(self.build(evt, sub, occ, by=by, **dat))
        return refusal.rule if refusal else None

    def judge(
        self, evt: str, sub: str, occ: str = "unknown", *, by: str | None = None, **dat: Any
    ) -> Refusal | None:
        """Decide on an event without recording it."""
        event = self.build(evt, sub, occ, by=by, **dat)
        scene = Scene(
            event=event,
            index=len(self.events) + 1,
            state=self.streams.get(event.sub.uuid),
            others=self.streams,
            registry=REGISTRY,
            namers={stream.uuid: self._namers(stream) for stream in asked(event)},
        )
        return AGGREGATES[event.sub.kind].decide(scene)

    def build(
        self, evt: str, sub: str, occ: str = "unknown", *, by: str | None = None, **dat: Any
    ) -> Event:
        """Build an event with the least data of its type, witnessed by a key."""
        data = {**LEAST[evt], **dat}
        payload = {
            "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "evt": evt, "iat": NOW,
            "dat": {name: value for name, value in data.items() if value != "absent"},
            "iss": "auth.xa.0410", "jti": "01a2076b-4400-7abc-8def-0123456789ab", "occ": occ,
            "prev": "A" * 43, "seq": 1, "sub": sub, "ver": 1,
        }  # fmt: skip
        eid = digest(f"{len(self.events)} {evt} {sub}")
        event = read_event(payload, kid=SIGNER, eid=eid, catalogue=CATALOGUE)
        return replace(event, attested=frozenset({by})) if by else event

    def arm(self, sub: str = ARMS[0]) -> Firearm:
        """Give a firearm."""
        found = self.streams[parse_stream_id(sub).uuid]
        assert isinstance(found, Firearm)
        return found

    def lot(self, sub: str = LOT) -> Lot:
        """Give a lot."""
        found = self.streams[parse_stream_id(sub).uuid]
        assert isinstance(found, Lot)
        return found

    def _namers(self, stream: StreamId) -> tuple[Any, ...]:
        """Give the states of the streams whose events name a stream."""
        named = dict.fromkeys(each.sub for each in self.events if stream in linked(each))
        return tuple(self.streams[each.uuid] for each in named)

    def _record(self, event: Event) -> None:
        before = self.streams.get(event.sub.uuid)
        self.events.append(event)
        after = AGGREGATES[event.sub.kind].evolve(before, event, len(self.events))
        self.streams[event.sub.uuid] = after


def register(*arms: str, **dat: Any) -> Desk:
    """Give a desk with firearms in civilian hands."""
    desk = Desk()
    facts = {"holder": "civilian", "custody": "holder", **dat}
    for number, each in enumerate(arms or ARMS[:1]):
        serial = {"known": f"TW9-00004{number}"}
        assert desk.put("firearm.registered", each, "2010", **{"serial": serial, **facts}) is None
    return desk


def confiscated(*arms: str) -> Desk:
    """Give a desk with firearms that were seized, forfeited and are to be destroyed."""
    desk = register(*arms)
    for each in arms or ARMS[:1]:
        assert desk.put("firearm.seized", each, "2018") is None
        assert desk.put("firearm.forfeited", each, "2019-02-01") is None
        assert desk.put("firearm.disposal-authorised", each, "2019-06-01") is None
    return desk


def ready(*arms: str) -> Desk:
    """Give a desk with firearms at the destruction site, in a lot that was destroyed."""
    arms = arms or ARMS[:1]
    desk = confiscated(*arms)
    assert desk.put("lot.scheduled", LOT, firearms=list(arms)) is None
    for each in arms:
        assert desk.put("firearm.destruction-scheduled", each, "2020-01", lot=LOT) is None
    assert desk.put("lot.reconciled", LOT, found=list(arms)) is None
    assert desk.put("lot.destroyed", LOT, by=WITNESS, count=len(arms)) is None
    return desk
