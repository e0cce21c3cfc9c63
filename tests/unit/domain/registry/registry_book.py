# SPDX-License-Identifier: Apache-2.0
"""A small log of registry events for tests: builds them, judges them, folds them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from domain.event import Event, read_event
from domain.identifiers import FIRST_PREV
from domain.refusal import Refusal
from domain.registry.aggregate import decide, evolve
from domain.registry.authorise import authorise
from domain.registry.events import REGISTRY_EVENTS
from domain.registry.state import Registry
from domain.schema import Catalogue, Closed, EventType, Jurisdiction

NOW = 1_795_420_800
YEAR = 31_536_000
HOME = "auth.xa.0001"
OTHER = "auth.xb.0002"


class Sighting(Closed):
    """The data of an event type that only these tests know."""

    jur: Jurisdiction | None = None


SIGHTED = EventType(evt="firearm.sighted", subject="arm", dat=Sighting, roles=frozenset({"POL"}))
CATALOGUE = Catalogue((*REGISTRY_EVENTS, SIGHTED))


def digest(name: str) -> str:
    return urlsafe_b64encode(sha256(name.encode()).digest()).decode().rstrip("=")


def uuid7(name: str) -> UUID:
    raw = int.from_bytes(sha256(name.encode()).digest()[:16], "big")
    return UUID(int=raw & ~(0xF << 76) & ~(3 << 62) | 7 << 76 | 2 << 62)


def officer(name: str) -> str:
    return f"off.{uuid7(name)}"


def material(name: str, alg: str = "Ed25519") -> dict[str, Any]:
    okp = {"kty": "OKP", "crv": "Ed25519", "x": digest(f"x {name}")}
    point = {"kty": "EC", "crv": "P-256", "x": digest(f"x {name}"), "y": digest(f"y {name}")}
    proof = {"jti": str(uuid7(f"pop {name}")), "nonce": "A" * 22, "r": "B" * 43, "s": "C" * 43}
    return {
        "kid": digest(name),
        "alg": alg,
        "jwk": okp if alg == "Ed25519" else point,
        "pop": proof,
    }


def endorsements(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"kid": digest(name), "r": "B" * 43, "s": "C" * 43} for name in names]


def founding(roots: Sequence[str], threshold: int, **changes: Any) -> dict[str, Any]:
    authority = {"id": HOME, "name": "Authority of XA", "jurisdictions": ["XA"]}
    keys = [material(name) | {"officer": officer(name)} for name in roots]
    return {"authority": authority, "threshold": threshold, "roots": keys, **changes}


@dataclass
class Book:
    """The registry while a test writes its log; keys and officers go by short names."""

    registry: Registry = field(default_factory=Registry.empty)
    log: list[Event] = field(default_factory=list)
    heads: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def founded(cls, roots: Sequence[str] = ("r1", "r2", "r3"), threshold: int = 2) -> Book:
        book = cls()
        book.add(book.found(founding(roots, threshold), endorsers=roots[:threshold]))
        return book

    @classmethod
    def staffed(cls) -> Book:
        """A ledger with two authorities; ``ada`` and ``bea`` administer the first one."""
        book = cls.founded()
        book.add(book.register(OTHER, places=["XB"], endorsers=["r2"]))
        for name in ("ada", "bea"):
            book.enrol(name, roles=["registry-admin"], by=("r1", "r2"))
        book.enrol("sue", roles=["supervisor"], by=("r1", "r2"))
        book.enrol("pol", roles=["POL"], places=["XA-NW"])
        book.enrol("oda", roles=["registry-admin"], places=["XB"], authority=OTHER, by=("r1", "r2"))
        return book

    def event(self, evt: str, dat: Mapping[str, Any], *, by: str, sub: str, **facts: Any) -> Event:
        """Build the next event of a stream; ``by`` is the name of the signing key."""
        self.made += 1
        kid = digest(by)
        record = self.registry.keys.get(kid)
        stream = UUID(sub.split(".")[1])
        seq, prev = self.heads.get(stream, (0, FIRST_PREV))
        payload = {
            "_sd": [], "_sd_alg": "sha-256", "aud": "ledger.xa-test", "dat": dict(dat),
            "evt": evt, "iat": facts.get("iat", NOW), "jti": str(uuid7(f"jti {self.made}")),
            "iss": facts.get("iss", record.authority if record else HOME),
            "occ": "unknown", "prev": prev, "seq": seq + 1, "sub": sub, "ver": 1,
        }  # fmt: skip
        eid = digest(f"eid {self.made}")
        event = read_event(payload, kid=kid, eid=eid, catalogue=CATALOGUE)
        return replace(event, attested=facts.get("attested", _attested(dat)))

    def judge(self, event: Event) -> Refusal | None:
        index = len(self.log)
        return authorise(self.registry, event, index) or decide(self.registry, event, index)

    def rule(self, event: Event) -> str | None:
        """Name the rule that refuses an event, if one does."""
        refusal = self.judge(event)
        return refusal.rule if refusal else None

    def add(self, event: Event) -> int:
        """Accept an event; give its index."""
        refusal = self.judge(event)
        assert refusal is None, f"{event.evt}: {refusal}"
        index = len(self.log)
        self.registry = evolve(self.registry, event, index)
        self.log.append(event)
        self.heads[event.sub.uuid] = (event.seq, event.eid)
        return index

    def found(
        self, dat: Mapping[str, Any], *, endorsers: Sequence[str] = (), **facts: Any
    ) -> Event:
        data = {**dat, "endorsements": endorsements(endorsers)}
        facts.setdefault("by", "r1")
        return self.event("ledger.founded", data, sub=f"log.{uuid7('log')}", **facts)

    def register(self, authority: str, *, places: Sequence[str], endorsers: Sequence[str]) -> Event:
        dat = {
            "id": authority, "name": f"Authority {authority}", "jurisdictions": list(places),
            "endorsements": endorsements(endorsers),
        }  # fmt: skip
        sub = f"auth.{uuid7(authority)}"
        return self.event("authority.registered", dat, by="r1", sub=sub)

    def propose(self, name: str, *, by: str, **changes: Any) -> Event:
        """Propose the key ``name`` of the officer of the same name."""
        dat = material(name, changes.pop("alg", "Ed25519")) | {
            "authority": HOME, "class": "event", "officer": officer(name), "roles": ["POL"],
            "jurisdictions": ["XA"], "not_before": NOW - YEAR, "not_after": NOW + YEAR,
            "offline": False,
        }  # fmt: skip
        facts = {key: changes.pop(key) for key in ("attested", "iss") if key in changes}
        sub = changes.pop("sub", f"key.{uuid7(f'stream {name}')}")
        return self.event("key.enrol-proposed", dat | changes, by=by, sub=sub, **facts)

    def approve(self, name: str, *, by: str) -> Event:
        key = self.registry.keys[digest(name)]
        dat = {"target": key.proposal}
        return self.event("key.enrol-approved", dat, by=by, sub=f"key.{key.stream}")

    def about(self, evt: str, name: str, *, by: str, **dat: Any) -> Event:
        """Build an event about an enrolled key, in its stream."""
        key = self.registry.keys[digest(name)]
        stream = key.stream or uuid7(f"stream {name}")
        return self.event(evt, {"kid": key.kid, **dat}, by=by, sub=f"key.{stream}")

    def rotate(self, old: str, new: str, **changes: Any) -> Event:
        key = self.registry.keys[digest(old)]
        stream = key.stream or uuid7(f"stream {old}")
        dat = material(new, changes.pop("alg", "Ed25519"))
        facts = {"sub": f"key.{stream}", "by": old} | changes
        return self.event("key.rotated", dat, **facts)

    def close(self, alg: str, *, endorsers: Sequence[str], by: str = "r1") -> Event:
        dat = {"closed": alg, "endorsements": endorsements(endorsers)}
        return self.event("alg.policy", dat, by=by, sub=f"log.{uuid7('log')}")

    def sight(self, *, by: str, jur: str | None = "XA-NW", **facts: Any) -> Event:
        dat = {"jur": jur} if jur else {}
        return self.event("firearm.sighted", dat, by=by, sub=f"arm.{uuid7('arm')}", **facts)

    def enrol(
        self,
        name: str,
        *,
        roles: Sequence[str] = ("POL",),
        places: Sequence[str] = ("XA",),
        by: tuple[str, str] = ("ada", "bea"),
        **changes: Any,
    ) -> int:
        """Propose and approve a key; give the index of the approval."""
        changes |= {"roles": list(roles), "jurisdictions": list(places)}
        self.add(self.propose(name, by=by[0], **changes))
        return self.add(self.approve(name, by=by[1]))


def _attested(dat: Mapping[str, Any]) -> frozenset[str]:
    proved = [dat["kid"]] if "pop" in dat else []
    roots = [each["kid"] for each in dat.get("roots", ())]
    return frozenset((*proved, *roots, *(each["kid"] for each in dat.get("endorsements", ()))))
