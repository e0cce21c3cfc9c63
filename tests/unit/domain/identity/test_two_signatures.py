# SPDX-License-Identifier: Apache-2.0
"""Two officers, two keys, two real signatures: who may join records or verify a deactivation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.client.attest import endorse
from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from audit.appending.admission import AdmittedEvent
from audit.proof.envelope.opening import Reading, open_envelope
from audit.proof.keys import public_key
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.identifiers import FIRST_PREV
from tests.unit.domain.least.altering import ALTERING
from tests.unit.domain.lives import DATA, HOLDING
from tests.unit.domain.signed_ledger import (
    AUDIENCE,
    AUTHORITY,
    KEYS,
    NOW,
    ROOTS,
    YEAR_SECONDS,
    Pen,
    admitted,
    founded_ledger,
    key_of,
    place,
)

FIRST, SECOND, THIRD = key_of(11), key_of(12), key_of(13)
ROLES = ["STW", "DEA", "VER", "LIC"]
KNOWN_KEYS = KEYS | {each.kid: public_key(each.jwk) for each in (FIRST, SECOND, THIRD)}


class Office:
    """A ledger with three keys of two officers; the first and the third are one person."""

    def __init__(self) -> None:
        self.pen = Pen()
        self.ledger: Ledger = founded_ledger(self.pen)
        self.heads: dict[str, tuple[int, str]] = {}
        one, two = self.pen.identifier("off."), self.pen.identifier("off.")
        for key, officer in ((FIRST, one), (SECOND, two), (THIRD, one)):
            self._enrol(key, officer)

    def did(self, evt: str, sub: str, dat: dict[str, Any], key: FileKey = FIRST) -> int | str:
        return self.record(self.draft(evt, sub, dat), key)

    def draft(self, evt: str, sub: str, dat: dict[str, Any]) -> Draft:
        seq, prev = self.heads.get(sub, (0, FIRST_PREV))
        return self.pen.draft(evt, sub, dat, seq=seq + 1, prev=prev)

    def record(self, draft: Draft, key: FileKey = FIRST) -> int | str:
        event = self._opened(draft, key)
        at = place(self.ledger.record([event])[0])
        if isinstance(at, int):
            self.heads[draft.sub] = (event.event.seq, event.event.eid)
        return at

    def known(self) -> str:
        """Register a firearm."""
        sub = self.pen.identifier("arm.")
        serial = {"serial": {"known": f"S{len(self.heads)}"}}
        dat = {**DATA["firearm.registered"], **serial, "hld": HOLDING}
        assert isinstance(self.did("firearm.registered", sub, dat), int)
        return sub

    def _enrol(self, key: FileKey, officer: str) -> None:
        dat = {
            **self.pen.material(key), "authority": AUTHORITY, "class": "event",
            "officer": officer, "roles": ROLES, "jurisdictions": ["XA"],
            "not_before": NOW - YEAR_SECONDS, "not_after": NOW + YEAR_SECONDS, "offline": False,
        }  # fmt: skip
        sub = self.pen.identifier("key.")
        proposed = self._opened(self.pen.draft("key.enrol-proposed", sub, dat), ROOTS[0])
        eid = proposed.event.eid
        word = self.pen.draft("key.enrol-approved", sub, {"target": eid}, seq=2, prev=eid)
        outcomes = self.ledger.record([proposed, admitted(word, ROOTS[1])])
        assert all(isinstance(place(each), int) for each in outcomes)

    def _opened(self, draft: Draft, key: FileKey) -> AdmittedEvent:
        body = sign(draft, {}, key, catalogue=CATALOGUE).to_bytes()
        signed = open_envelope(body, Reading(KNOWN_KEYS.get, CATALOGUE, AUDIENCE))
        return AdmittedEvent(signed, ())


@pytest.fixture
def office() -> Office:
    return Office()


def test_two_officers_join_records_and_one_officer_with_two_keys_does_not(office: Office) -> None:
    one, other = office.known(), office.known()
    dat = {"firearms": [other], "evidence": "INQUIRY 3/2026"}
    draft = office.draft("firearm.identity-merged", one, dat)
    assert office.record(draft) == "second_person_missing"
    for key, expected in ((THIRD, "second_person_missing"), (SECOND, office.ledger.size)):
        endorsed = {**dat, "endorsements": [endorse(key, draft)]}
        fresh = replace(draft, dat=endorsed, jti=office.pen.identifier())
        assert office.record(fresh) == expected


def test_a_deactivation_is_verified_by_another_officer_than_performed_it(office: Office) -> None:
    sub = office.known()
    work = ALTERING["firearm.deactivation-performed"]
    check = ALTERING["firearm.deactivation-verified"]
    assert isinstance(office.did("firearm.deactivation-performed", sub, work), int)
    for key in (FIRST, THIRD):
        verdict = office.did("firearm.deactivation-verified", sub, check, key)
        assert verdict == "verifier_is_performer"
    assert office.did("firearm.deactivation-verified", sub, check, SECOND) == office.ledger.size - 1
