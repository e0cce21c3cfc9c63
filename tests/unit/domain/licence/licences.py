# SPDX-License-Identifier: Apache-2.0
"""Builds licence events for tests, and a ledger in memory with an officer who may record them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from api.client.signer import Draft
from audit.appending.admission import AdmittedEvent
from audit.proof.keys import public_key
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.event import Event, read_event
from domain.licence.state import Licence
from domain.licence.table import LICENCE as AGGREGATE
from domain.refusal import Refusal
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.signed_ledger import (
    AUTHORITY,
    KEYS,
    MAKER,
    NOW,
    ROOTS,
    YEAR_SECONDS,
    Pen,
    admitted,
    founded_ledger,
    key_of,
    place,
)

HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
SUB = "lic.01a2076b-4018-7111-8222-333333333333"
OFFICER = key_of(5)
KEYS[OFFICER.kid] = public_key(OFFICER.jwk)


def decided(evt: str, occ: str = "2020-06-01", **dat: Any) -> Event:
    """Build an event; members given replace or widen the least data of its type."""
    data = {**LICENCE[f"licence.{evt}"], **dat}
    payload = {
        "_sd": [],
        "_sd_alg": "sha-256",
        "aud": "ledger.xa-test",
        "dat": {key: value for key, value in data.items() if value != "absent"},
        "evt": f"licence.{evt}",
        "iat": NOW,
        "iss": "auth.xa.0410",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": occ,
        "prev": "A" * 43,
        "seq": 1,
        "sub": SUB,
        "ver": 1,
    }
    return read_event(payload, kid="k" * 43, eid="E" * 43, catalogue=CATALOGUE)


def licence(*events: Event) -> Licence:
    """Fold events, legal or not."""
    state: Licence | None = None
    for index, event in enumerate(events):
        state = AGGREGATE.evolve(state, event, index)
    assert state is not None
    return state


def verdict(before: Iterable[Event], event: Event) -> Refusal | None:
    """Judge an event after others."""
    return AGGREGATE.judge(licence(*before), event)


@dataclass(slots=True)
class Desk:
    """A ledger in memory whose officer licenses, deals and releases; each stream has a head."""

    pen: Pen = field(default_factory=Pen)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = founded_ledger(self.pen)
        enrolment = {
            **self.pen.material(OFFICER), "authority": AUTHORITY, "class": "event",
            "officer": self.pen.identifier("off."), "roles": ["LIC", "DLR", "STK", "POL"],
            "jurisdictions": ["XA"], "not_before": NOW - YEAR_SECONDS,
            "not_after": NOW + YEAR_SECONDS, "offline": False,
        }  # fmt: skip
        stream = self.pen.identifier("key.")
        proposed = admitted(self.pen.draft("key.enrol-proposed", stream, enrolment), ROOTS[0])
        eid = proposed.event.eid
        approval = self.pen.draft("key.enrol-approved", stream, {"target": eid}, seq=2, prev=eid)
        outcomes = self.ledger.record([proposed, admitted(approval, ROOTS[1])])
        assert [place(each) for each in outcomes] == [3, 4], outcomes

    def firearm(self, serial: str) -> str:
        """Record a new firearm; give its identifier."""
        draft = self.pen.born(serial, occ="2015")
        return self._kept(draft, admitted(draft, MAKER))

    def licence(self, *events: tuple[str, dict[str, Any]], kind: str = "acquisition") -> str:
        """Record a licence and what happens to it; give its identifier."""
        sub = self.pen.identifier("lic.")
        for evt, dat in (("applied", {"kind": kind}), *events):
            event = self.event(f"licence.{evt}", sub, {**LICENCE[f"licence.{evt}"], **dat})
            assert self.record(event) == [self.ledger.size - 1]
        return sub

    def event(self, evt: str, sub: str, dat: dict[str, Any], *, occ: str = "2026-11-23") -> Any:
        """Sign the next event of a stream, as if what was signed before were recorded."""
        seq, prev = self.heads.get(sub, (0, "A" * 43))
        signed = admitted(
            replace(self.pen.draft(evt, sub, dat), seq=seq + 1, prev=prev, occ=occ), OFFICER
        )
        self.heads[sub] = (signed.event.seq, signed.event.eid)
        return signed

    def record(self, *events: AdmittedEvent) -> list[int | str]:
        """Record one batch; give places and slugs."""
        return [place(each) for each in self.ledger.record(events)]

    def _kept(self, draft: Draft, signed: AdmittedEvent) -> str:
        assert self.record(signed) == [self.ledger.size - 1]
        self.heads[draft.sub] = (1, signed.event.eid)
        return draft.sub
