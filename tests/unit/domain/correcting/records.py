# SPDX-License-Identifier: Apache-2.0
"""Builds events and whole streams of every kind that counts in log order, and their corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain.aggregate.aggregate import Aggregate
from domain.aggregate.recorded import RecordState
from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event, read_event
from domain.refusal import Refusal
from domain.registry.state import Registry
from tests.unit.domain.identity.scenes import INDEX, REGISTRY
from tests.unit.domain.least.authorization import AUTHORIZATION
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.lot import LOTS, STOCKTAKES
from tests.unit.domain.least.shipment import SHIPMENT
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import NOW, digest

LEAST = {
    "lic": LICENCE,
    "aut": AUTHORIZATION,
    "shp": SHIPMENT,
    "cmp": COMPONENT,
    "lot": LOTS,
    "stk": STOCKTAKES,
    "trc": TRACING,
}
"""Least data by kind of stream."""

ORIGINS = {
    "lic": "licence.registered",
    "aut": "authorization.applied",
    "shp": "shipment.declared",
    "cmp": "component.registered",
    "lot": "lot.scheduled",
    "stk": "stocktake.recorded",
    "trc": "trace.requested",
}
"""The event with which a stream begins here, by kind."""


def aggregate(kind: str) -> Aggregate[Any]:
    """Give the aggregate of a kind."""
    return AGGREGATES[kind]


def subject(kind: str) -> str:
    """Give the first part of the names of a kind's events."""
    return ORIGINS[kind].split(".")[0]


def stated(evt: str, occ: str = "2020-06-01", *, name: str = "", **dat: Any) -> Event:
    """Build an event of any stream; members given replace or widen the least data of its type."""
    kind = next(each for each, least in LEAST.items() if evt in least)
    data = {**LEAST[kind][evt], **dat}
    payload = {
        "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "evt": evt, "iat": NOW,
        "dat": {key: value for key, value in data.items() if value != "absent"},
        "iss": "auth.xa.0410", "jti": "01a2076b-4400-7abc-8def-0123456789ab", "occ": occ,
        "prev": "A" * 43, "seq": 1, "sub": f"{kind}.01a2076b-4018-7111-8222-333333333333", "ver": 1,
    }  # fmt: skip
    eid = digest(f"{evt} {occ} {name} {data}")
    return read_event(payload, kid="k" * 43, eid=eid, catalogue=CATALOGUE)


def corrects(target: Event, *changes: dict[str, Any], name: str = "") -> Event:
    """Build a correction of an event."""
    evt = f"{target.evt.split('.', 1)[0]}.corrected"
    return stated(evt, "2026-11-23", name=name, target=target.eid, changes=list(changes))


def folded(events: Iterable[Event], before: RecordState | None = None, start: int = 0) -> Any:
    """Fold events in log order, legal or not."""
    state: Any = before
    for index, event in enumerate(events, start):
        state = AGGREGATES[event.sub.kind].evolve(state, event, index)
    return state


def facts(state: RecordState) -> RecordState:
    """Give a state without the entries behind it: what it says of the world."""
    return replace(state, entries=(), contradictions=())


def ruling(
    before: Iterable[Event], event: Event, *, registry: Registry = REGISTRY
) -> Refusal | None:
    """Judge an event after others, by its rules and its checks."""
    scene = Scene(event=event, index=INDEX, state=folded(before), others={}, registry=registry)
    return AGGREGATES[event.sub.kind].decide(scene)


def rule_of(before: Iterable[Event], event: Event) -> str | None:
    """Give the rule that refuses an event, if one does."""
    refusal = ruling(before, event)
    return refusal.rule if refusal else None
