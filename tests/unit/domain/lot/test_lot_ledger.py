# SPDX-License-Identifier: Apache-2.0
"""A lot on a ledger in memory, every event and every witness really signed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from api.client.attest import endorse
from api.client.keyfile import FileKey
from audit.appending.admission import AdmittedEvent
from audit.proof.keys import public_key
from domain.application import Ledger
from domain.identifiers import FIRST_PREV
from tests.unit.domain.least.disposing import DISPOSING
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.signed_ledger import (
    AUTHORITY,
    KEYS,
    MAKER,
    NOW,
    ROOTS,
    STRANGER,
    YEAR_SECONDS,
    Pen,
    admitted,
    founded_ledger,
    key_of,
    place,
)

OFFICER = ["CRT", "DST", "POL"]
WITNESS = key_of(5)


@dataclass(slots=True)
class Site:
    """A ledger with an officer and a witness, and the heads of the streams used."""

    pen: Pen = field(default_factory=Pen)
    heads: dict[str, AdmittedEvent] = field(default_factory=dict)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = founded_ledger(self.pen)
        self.enrol(STRANGER, OFFICER)

    def enrol(self, key: FileKey, roles: list[str]) -> None:
        """Enrol a key of a new officer."""
        pen = self.pen
        dat = {
            **pen.material(key), "authority": AUTHORITY, "class": "event",
            "officer": pen.identifier("off."), "roles": roles, "jurisdictions": ["XA"],
            "not_before": NOW - YEAR_SECONDS, "not_after": NOW + YEAR_SECONDS, "offline": False,
        }  # fmt: skip
        stream = pen.identifier("key.")
        proposed = admitted(pen.draft("key.enrol-proposed", stream, dat), ROOTS[0])
        eid = proposed.event.eid
        approval = pen.draft("key.enrol-approved", stream, {"target": eid}, seq=2, prev=eid)
        outcomes = self.ledger.record([proposed, admitted(approval, ROOTS[1])])
        assert all(isinstance(place(each), int) for each in outcomes), outcomes

    def make(self) -> str:
        """Record the manufacture of a firearm; give its stream."""
        made = admitted(self.pen.born("S1", occ="2015"))
        assert isinstance(place(self.ledger.record([made])[0]), int)
        self.heads[str(made.event.sub)] = made
        return str(made.event.sub)

    def record(self, evt: str, sub: str, *, by: FileKey | None = None, **dat: Any) -> int | str:
        """Record an event signed by the officer, and by a witness where one is named."""
        head = self.heads.get(sub)
        draft = self.pen.draft(
            evt, sub, {**DISPOSING, **LOTS}.get(evt, {}) | dat,
            seq=head.event.seq + 1 if head else 1, prev=head.event.eid if head else FIRST_PREV,
        )  # fmt: skip
        if by is not None:
            draft = replace(draft, dat={**draft.dat, "endorsements": [endorse(by, draft)]})
        event = admitted(draft, STRANGER)
        outcome = place(self.ledger.record([event])[0])
        if isinstance(outcome, int):
            self.heads[sub] = event
        return outcome


def test_a_firearm_is_destroyed_in_its_lot_before_a_witness_who_signed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(KEYS, WITNESS.kid, public_key(WITNESS.jwk))
    site = Site()
    arm, lot = site.make(), site.pen.identifier("lot.")
    told = [
        site.record("firearm.seized", arm, ground="border_control", proceeding="criminal"),
        site.record("firearm.forfeited", arm),
        site.record("firearm.disposal-authorised", arm),
        site.record("lot.scheduled", lot, firearms=[arm]),
        site.record("firearm.destruction-scheduled", arm, lot=lot),
        site.record("lot.reconciled", lot, found=[arm]),
    ]
    assert all(isinstance(each, int) for each in told), told
    assert site.record("lot.destroyed", lot) == "witness_missing"
    # A maker's key is of another person, but not of a police or destruction officer.
    assert site.record("lot.destroyed", lot, by=MAKER) == "witness_missing"
    site.enrol(WITNESS, ["POL"])
    assert site.record("firearm.destroyed", arm, by=WITNESS, lot=lot) == "lot_status"
    assert isinstance(site.record("lot.destroyed", lot, by=WITNESS), int)
    assert isinstance(site.record("firearm.destroyed", arm, by=WITNESS, lot=lot), int)
    assert site.record("firearm.destroyed", arm, by=WITNESS, lot=lot) == "destroyed"
