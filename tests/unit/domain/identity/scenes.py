# SPDX-License-Identifier: Apache-2.0
"""Scenes for tests: an event, the streams that it names, and officers with keys and roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.component.state import Component
from domain.event import Event, read_event
from domain.identifiers import parse_stream_id
from domain.refusal import Refusal
from domain.registry.state import Authority, Grant, Interval, KeyRecord, Registry
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.lives import NOW, digest

INDEX = 100
SIGNER = "k" * 43
"""The key that signs every event which says nothing else."""
SECOND_KEY_OF_SIGNER = "s" * 43
OTHER = "o" * 43
ROLES = ("STW", "TRC", "DST", "POL", "VER", "DEA")
PART = "cmp.01a2076b-4018-7111-8222-aaaaaaaaaaaa"


def key(kid: str, officer: str) -> KeyRecord:
    grants = tuple(
        Grant(role=role, jurisdictions=("XA",), during=Interval(after=1)) for role in ROLES
    )
    return KeyRecord(
        kid=kid, alg="Ed25519", jwk={}, key_class="event", authority="auth.xa.0410",
        officer=officer, stream=None, proposed=0, proposal="p" * 43, proposer="off.p",
        not_before=0, not_after=None, approved=1, grants=grants,
    )  # fmt: skip


AUTHORITIES = {
    each: Authority(id=each, name="Registry", jurisdictions=("XA",), registered=0)
    for each in ("auth.xa", "auth.xa.0410")
}
REGISTRY = Registry(
    authorities=AUTHORITIES,
    keys={
        SIGNER: key(SIGNER, "off.one"),
        SECOND_KEY_OF_SIGNER: key(SECOND_KEY_OF_SIGNER, "off.one"),
        OTHER: key(OTHER, "off.two"),
    },
)


def signed(event: Event, *, by: str = SIGNER, endorsed: tuple[str, ...] = ()) -> Event:
    """Give an event under another key, with the keys of those who stand for it."""
    return replace(event, kid=by, attested=frozenset(endorsed))


def scene(event: Event, state: object, others: Mapping[str, object] | None = None) -> Scene:
    named = {parse_stream_id(name).uuid: value for name, value in (others or {}).items()}
    return Scene(event=event, index=INDEX, state=state, others=named, registry=REGISTRY)


def ruling(
    event: Event, state: object, others: Mapping[str, object] | None = None
) -> Refusal | None:
    """Judge an event as the ledger does, by its rules and by its checks."""
    return AGGREGATES[event.sub.kind].decide(scene(event, state, others))


def slug(event: Event, state: object, others: Mapping[str, object] | None = None) -> str | None:
    refusal = ruling(event, state, others)
    return refusal.rule if refusal else None


def part_event(evt: str, occ: str = "unknown", *, name: str = "", **dat: Any) -> Event:
    """Build an event of a component; members given replace or widen the least data."""
    data = {**COMPONENT[f"component.{evt}"], **dat}
    payload = {
        "_sd": [],
        "_sd_alg": "sha-256",
        "aud": "ledger.xa-test",
        "dat": {key: value for key, value in data.items() if value != "absent"},
        "evt": f"component.{evt}",
        "iat": NOW,
        "iss": "auth.xa.0410",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": occ,
        "prev": "A" * 43,
        "seq": 1,
        "sub": PART,
        "ver": 1,
    }
    eid = digest(f"{evt} {occ} {name} {sorted(data)}")
    return read_event(payload, kid=SIGNER, eid=eid, catalogue=CATALOGUE)


def component(*events: Event) -> Component:
    """Fold events of a component, legal or not."""
    state: Component | None = None
    for index, event in enumerate(events):
        state = AGGREGATES["cmp"].evolve(state, event, index)
    assert isinstance(state, Component)
    return state
