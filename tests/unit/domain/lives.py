# SPDX-License-Identifier: Apache-2.0
"""Builds firearm events and whole lives for tests, through the same reader as the ledger."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from domain.catalogue import CATALOGUE
from domain.event import Event, read_event
from domain.firearm.aggregate import decide, evolve
from domain.firearm.state import Firearm
from domain.refusal import Refusal
from tests.unit.domain.erasure.holding import holds
from tests.unit.domain.least.alerting import ALERTING
from tests.unit.domain.least.altering import ALTERING
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.least.disposing import DISPOSING
from tests.unit.domain.least.identifying import IDENTIFYING
from tests.unit.domain.least.moving import MOVING
from tests.unit.domain.least.trading import EXEMPT, TRADING

NOW = 1_795_420_800
HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
OTHER_HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e55"

DESCRIPTION: dict[str, Any] = {
    "make": {"known": "TESTWERK"},
    "model": {"known": "TW-9"},
    "kind": "pistol",
    "action": "semi_automatic",
    "calibre": {"known": "9x19"},
    "year": 2015,
    "country": "XA",
    "serial": {"known": "TW9-000042"},
}
SOURCE = {"register_code": "test_register", "as_of": "2018", "row": "17"}
MARK: dict[str, Any] = {
    "kind": "manufacture",
    "text": {"known": "TW9-000042"},
    "condition": "legible",
}
DATA: dict[str, dict[str, Any]] = {
    "firearm.manufactured": {**DESCRIPTION, "leading_part": "frame", **EXEMPT},
    "firearm.registered": {**DESCRIPTION, "source": SOURCE},
    "firearm.marked": {"mark": {**MARK, "maker": "TESTWERK", "country": "XA"}},
    "firearm.stock-issued": {"agency": "POLICE XA"},
    "firearm.stock-received": {"stock": "DEPOT 1"},
    "firearm.transferred": {
        "acq": "purchase",
        "hld": HOLDING,
        "permit_class": "sport",
        **EXEMPT,
    },
    "firearm.lost-reported": LOSS,
    "firearm.stolen-reported": LOSS,
    "firearm.found": {"station": "STATION 7"},
    "firearm.seized": {"ground": "illicit_possession", "proceeding": "criminal"},
    "firearm.custody-moved": {"from_custodian": "unknown", "to_custodian": {"known": "LAB"}},
    "firearm.corrected": {
        "target": "A" * 43,
        "reason": "clerical_error",
        "changes": [{"field": "year", "old": 2015, "new": 2016}],
    },
    "firearm.reversed": {"target": "A" * 43, "reason": "wrong_firearm"},
    "firearm.point-of-diversion-established": {
        "country": "XA",
        "on": "2017",
        "circumstance": "theft",
        "evidence": "B" * 43,
    },
    **holds("firearm"),
    **ALERTING,
    **ALTERING,
    **IDENTIFYING,
    **DISPOSING,
    **TRADING,
    **MOVING,
}
"""The least data of every event type."""


def happened(evt: str, occ: str = "unknown", *, name: str = "", **dat: Any) -> Event:
    """Build an event; members given replace or widen the least data of its type."""
    data = {**DATA[f"firearm.{evt}"], **dat}
    payload = {
        "_sd": [],
        "_sd_alg": "sha-256",
        "aud": "ledger.xa-test",
        "dat": {key: value for key, value in data.items() if value != "absent"},
        "evt": f"firearm.{evt}",
        "iat": NOW,
        "iss": "auth.xa.0410",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": occ,
        "prev": "A" * 43,
        "seq": 1,
        "sub": "arm.01a2076b-4018-7111-8222-333333333333",
        "ver": 1,
    }
    eid = digest(f"{evt} {occ} {name} {sorted(data)}")
    return read_event(payload, kid="k" * 43, eid=eid, catalogue=CATALOGUE)


def correction(target: Event, *changes: dict[str, Any], name: str = "") -> Event:
    """Build a correction of an event."""
    name = f"{name} {target.eid} {changes}"
    return happened("corrected", "2026-11-23", name=name, target=target.eid, changes=list(changes))


def reversal(target: Event, **changes: Any) -> Event:
    """Build a reversal of an event."""
    event = happened("reversed", "2026-11-23", name=target.eid, target=target.eid)
    return replace(event, **changes)


def digest(text: str) -> str:
    """Give an event id for a text."""
    return urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def life(*events: Event) -> Firearm:
    """Fold events in the order in which the log learned of them, legal or not."""
    firearm: Firearm | None = None
    for index, event in enumerate(events):
        firearm = evolve(firearm, event, index)
    assert firearm is not None
    return firearm


def verdict(before: Iterable[Event], event: Event) -> Refusal | None:
    """Judge an event after others."""
    return decide(life(*before), event)


def contradicted(firearm: Firearm) -> list[tuple[int, str]]:
    """Give index and rule of everything that does not fit."""
    return [(each.index, each.refusal.rule) for each in firearm.contradictions]
