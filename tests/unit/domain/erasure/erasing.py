# SPDX-License-Identifier: Apache-2.0
"""Builds erasures and holds, and judges them beside the record that they are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event, read_event
from domain.firearm.state import Firearm
from domain.licence.state import Licence
from tests.unit.domain.identity.scenes import OTHER, SIGNER, slug
from tests.unit.domain.lives import HOLDING, NOW, digest, happened, life

ARM = "arm.01a2076b-4018-7111-8222-333333333333"
LIC = "lic.01a2076b-4018-7111-8222-666666666666"
SUB = "ers.01a2076b-4018-7111-8222-444444444444"
SOLD = happened("transferred", "1980", hld=HOLDING)
GONE = happened("destroyed", "1990-05-01")
FIREARM = life(happened("manufactured", "1970"), SOLD, GONE)
CLOCK: dict[str, Any] = {
    "policy": "example-state",
    "version": "1.0",
    "rule": "persons_of_destroyed",
    "starts": "destruction",
    "began_on": "1990-05-01",
    "years": 30,
}
LEAST: dict[str, dict[str, Any]] = {
    "erasure.proposed": {
        "record": ARM,
        "scope": "all",
        "basis": "retention_ended",
        "events": [SOLD.eid],
        "holdings": [HOLDING],
        "clock": CLOCK,
    },
    "erasure.approved": {"record": ARM},
    "erasure.executed": {
        "record": ARM,
        "scope": "all",
        "events": [SOLD.eid],
        "holdings": [HOLDING],
    },
}


def erasure(step: str, *, by: str = SIGNER, iat: int = NOW, **dat: Any) -> Event:
    """Build an event; members given replace or widen the least data, ``absent`` leaves one out."""
    data = {**LEAST[f"erasure.{step}"], **dat}
    if step == "approved":
        data.setdefault("target", PROPOSED.eid)
    payload = {
        "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "evt": f"erasure.{step}",
        "dat": {name: value for name, value in data.items() if value != "absent"},
        "iat": iat, "iss": "auth.xa", "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": "2026-11-23", "prev": "A" * 43, "seq": 1, "sub": SUB, "ver": 1,
    }  # fmt: skip
    eid = digest(f"{step} {sorted(data)}")
    return read_event(payload, kid=by, eid=eid, catalogue=CATALOGUE)


PROPOSED = erasure("proposed")


def state_after(*events: Event) -> Any:
    state = None
    for index, event in enumerate(events):
        state = AGGREGATES["ers"].evolve(state, event, index)
    return state


def judged(event: Event, *before: Event, record: Firearm | Licence | None = FIREARM) -> str | None:
    """Name the rule that refuses an event, beside the record that it names."""
    named = {} if record is None else {LIC if isinstance(record, Licence) else ARM: record}
    return slug(event, state_after(*before), named)


def approved(**dat: Any) -> Event:
    """Build an approval by another person."""
    return erasure("approved", by=OTHER, **dat)


def at(date: str) -> int:
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())


def under_hold(*holds: str) -> Firearm:
    return replace(FIREARM, state=replace(FIREARM.state, holds=holds))
