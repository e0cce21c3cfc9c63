# SPDX-License-Identifier: Apache-2.0
"""Builds tracing events and whole requests for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.catalogue import CATALOGUE
from domain.event import Event, read_event
from domain.refusal import Refusal
from domain.tracing.state import TracingRequest
from domain.tracing.table import TRACING as AGGREGATE
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import NOW


def asked(evt: str, **dat: Any) -> Event:
    """Build an event; members given replace or widen the least data of its type."""
    data = {**TRACING[f"trace.{evt}"], **dat}
    payload = {
        "_sd": [],
        "_sd_alg": "sha-256",
        "aud": "ledger.xa-test",
        "dat": {key: value for key, value in data.items() if value != "absent"},
        "evt": f"trace.{evt}",
        "iat": NOW,
        "iss": "auth.xa.trace",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": "2026-11-20",
        "prev": "A" * 43,
        "seq": 1,
        "sub": "trc.01a2076b-4018-7111-8222-333333333333",
        "ver": 1,
    }
    return read_event(payload, kid="k" * 43, eid="E" * 43, catalogue=CATALOGUE)


def folded(*events: Event) -> TracingRequest:
    """Fold a request, legal or not."""
    state: TracingRequest | None = None
    for index, event in enumerate(events):
        state = AGGREGATE.evolve(state, event, index)
    assert state is not None
    return state


def verdict(before: Iterable[Event], event: Event) -> Refusal | None:
    """Judge an event after others."""
    events = tuple(before)
    return AGGREGATE.judge(folded(*events) if events else None, event)


def rule_of(before: Iterable[Event], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None
