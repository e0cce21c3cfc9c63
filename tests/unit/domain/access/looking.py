# SPDX-License-Identifier: Apache-2.0
"""Builds statements of access and judges them, under a signer of one role."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.access.table import ACCESS
from domain.aggregate.scene import Scene
from domain.catalogue import CATALOGUE
from domain.event import Event, read_event
from domain.identifiers import parse_stream_id
from domain.registry.state import Grant, Interval
from tests.unit.domain.identity.scenes import REGISTRY, SIGNER, key
from tests.unit.domain.lives import NOW

ARM = "arm.01a2076b-4018-7111-8222-333333333333"
LOOK: dict[str, Any] = {
    "purpose": "tracing",
    "legal_basis": "iti_16",
    "read": ["history", "holder"],
    "granted": True,
    "answers": 3,
}


def looked(*, iat: int = NOW, **dat: Any) -> Event:
    """Build a statement; members given replace or widen the least data."""
    payload = {
        "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "dat": {**LOOK, **dat},
        "evt": "record.accessed", "iat": iat, "iss": "auth.xa",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab", "occ": "2026-11-23", "prev": "A" * 43,
        "seq": 1, "sub": "acc.01a2076b-4018-7111-8222-444444444444", "ver": 1,
    }  # fmt: skip
    return read_event(payload, kid=SIGNER, eid="E" * 43, catalogue=CATALOGUE)


def judged(
    event: Event, *, of: object = None, by: str = "LIC", before: object = None
) -> str | None:
    """Judge a statement about a firearm, and give the rule that refuses it."""
    grants = (Grant(role=by, jurisdictions=("XA",), during=Interval(after=0)),)
    registry = replace(REGISTRY, keys={SIGNER: replace(key(SIGNER, "off.one"), grants=grants)})
    others = {} if of is None else {parse_stream_id(ARM).uuid: of}
    scene = Scene(event=event, index=7, state=before, others=others, registry=registry)
    refusal = ACCESS.decide(scene)
    return refusal.rule if refusal else None


def shown(date: str, *, of: object, by: str) -> str | None:
    """Judge the statement that a person was shown on a date."""
    iat = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    return judged(looked(iat=iat, firearm=ARM, claims=["holder_name"]), of=of, by=by)
