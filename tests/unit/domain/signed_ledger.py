# SPDX-License-Identifier: Apache-2.0
"""A ledger in memory under real keys: founded, with one maker, every event really signed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.attest import endorse, prove_possession
from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from audit.appending.admission import AdmittedEvent
from audit.persistence import LedgerFactory
from audit.proof.encoding import encode
from audit.proof.envelope.opening import Reading, open_envelope
from audit.proof.keys import PublicKey, public_key
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.identifiers import FIRST_PREV
from domain.judgement import Accepted, Outcome

AUDIENCE = "ledger.xa-test"
AUTHORITY = "auth.xa"
NOW = 1_795_420_800
YEAR_SECONDS = 31_536_000
FACTORY = f"{LedgerFactory.__module__}:{LedgerFactory.__qualname__}"


def key_of(number: int) -> FileKey:
    """Give the key of a number; the same number, the same key."""
    return FileKey.of(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


ROOTS = (key_of(1), key_of(2))
MAKER = key_of(3)
STRANGER = key_of(4)
COLLEAGUE = key_of(5)
KEYS: dict[str, PublicKey] = {
    each.kid: public_key(each.jwk) for each in (*ROOTS, MAKER, STRANGER, COLLEAGUE)
}


@dataclass(slots=True)
class Pen:
    """Drafts and signs events; every identifier it draws is new and the same in each run."""

    chance: Random = field(default_factory=lambda: Random(7))

    def identifier(self, prefix: str = "") -> str:
        return prefix + str(uuid7(NOW * 1_000, self.chance.randbytes))

    def draft(self, evt: str, sub: str, dat: dict[str, Any], **changes: Any) -> Draft:
        draft = Draft(
            evt=evt, iss=AUTHORITY, aud=AUDIENCE, sub=sub, seq=1, prev=FIRST_PREV,
            jti=self.identifier(), iat=NOW, occ="2026-11-23", dat=dat,
        )  # fmt: skip
        return replace(draft, **changes)

    def born(self, serial: str, *, reason: str | None = None, **changes: Any) -> Draft:
        dat = {
            "make": {"known": "TESTWERK"}, "model": {"known": "TW-9"}, "kind": "pistol",
            "action": "semi_automatic", "calibre": {"known": "9x19"}, "year": 2015,
            "country": "XA", "serial": {"known": serial}, "leading_part": "frame",
            "exemption": "not_required",
        }  # fmt: skip
        if reason:
            dat["duplicate_reason"] = reason
        return self.draft("firearm.manufactured", self.identifier("arm."), dat, **changes)

    def marked(self, before: AdmittedEvent, **changes: Any) -> Draft:
        """Draft an import mark after an event."""
        mark = {"kind": "import", "text": {"known": "XA"}, "country": "XA", "condition": "legible"}
        event = before.event
        facts = {"seq": event.seq + 1, "prev": event.eid, **changes}
        return self.draft("firearm.marked", str(event.sub), {"mark": mark}, **facts)

    def material(self, key: FileKey) -> dict[str, Any]:
        nonce = encode(self.chance.randbytes(16)).decode()
        pop = prove_possession(
            key, aud=AUDIENCE, authority=AUTHORITY, nonce=nonce, jti=self.identifier()
        )
        return {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}

    def founding(self) -> list[AdmittedEvent]:
        """Found the ledger and enrol its maker: three events."""
        authority = {"id": AUTHORITY, "name": "Registry", "jurisdictions": ["XA"]}
        roots = [{**self.material(key), "officer": self.identifier("off.")} for key in ROOTS]
        dat = {"authority": authority, "threshold": 2, "roots": roots}
        founded = self.draft("ledger.founded", self.identifier("log."), dat)
        endorsed = replace(founded, dat={**dat, "endorsements": [endorse(ROOTS[1], founded)]})
        enrolment = {
            **self.material(MAKER), "authority": AUTHORITY, "class": "event",
            "officer": self.identifier("off."), "roles": ["MFR"], "jurisdictions": ["XA"],
            "not_before": NOW - YEAR_SECONDS, "not_after": NOW + YEAR_SECONDS, "offline": False,
        }  # fmt: skip
        stream = self.identifier("key.")
        proposed = admitted(self.draft("key.enrol-proposed", stream, enrolment), ROOTS[0])
        eid = proposed.event.eid
        approval = self.draft("key.enrol-approved", stream, {"target": eid}, seq=2, prev=eid)
        return [admitted(endorsed, ROOTS[0]), proposed, admitted(approval, ROOTS[1])]


def admitted(draft: Draft, key: FileKey = MAKER) -> AdmittedEvent:
    """Sign a draft and open it again, as admission does."""
    body = sign(draft, {}, key, catalogue=CATALOGUE).to_bytes()
    signed = open_envelope(body, Reading(KEYS.get, CATALOGUE, AUDIENCE))
    return AdmittedEvent(signed, ())


def empty_ledger() -> Ledger:
    """Open an empty ledger in memory."""
    return Ledger({"PERSISTENCE_MODULE": FACTORY})


def founded_ledger(pen: Pen) -> Ledger:
    """Open a ledger in memory in which the maker may record."""
    ledger = empty_ledger()
    outcomes = ledger.record(pen.founding())
    assert [place(each) for each in outcomes] == [0, 1, 2], outcomes
    return ledger


def place(outcome: Outcome) -> int | str:
    """Give the index of what was accepted, or the slug of what was refused."""
    return outcome.index if isinstance(outcome, Accepted) else outcome.slug


def stored_eids(ledger: Ledger) -> list[str]:
    """Give the event ids of the whole log, in its order."""
    rows = ledger.recorder.select_notifications(1, max(1, ledger.size))
    assert [row.id for row in rows] == list(range(1, ledger.size + 1))
    return [cast("Any", ledger.mapper.to_domain_event(row)).eid for row in rows]
