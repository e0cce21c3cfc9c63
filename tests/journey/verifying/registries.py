# SPDX-License-Identifier: Apache-2.0
"""Histories of a registry that nobody planned: officers do to keys whatever comes to their minds.

Every event is well signed; whether it is legal is for the two verifiers to say. So the rules of the
registry, and what its events change, are compared without a test of ours naming each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final, TypeVar

from api.client.attest import endorse
from api.client.keyfile import FileKey
from tests.unit.audit.verify.log_builder import AUTHORITY, NOW, LogBuilder, new_id

T = TypeVar("T")

ROLES: Final = ("registry-admin", "supervisor", "service", "LIC", "POL", "EVC")
PLACES: Final = (["XA"], ["XA-NW"], ["XB"])
STEPS_MAX: Final = 24


class Office:
    """Some officers with keys in one registry, and a chance that decides what they do.

    Attributes:
        log: What they recorded.
    """

    def __init__(self, random: Random) -> None:
        """Found a ledger in which three officers may do different things."""
        self.log = LogBuilder.founded()
        self._random = random
        self._keys = [*self.log.roots, self.log.officer]
        self._streams = {self.log.officer.kid: self.log.key_stream}
        self._targets: list[tuple[str, str]] = []
        for _ in range(2):
            self._propose(actor=self.log.roots[0], roles=["registry-admin", "supervisor"])
            stream, target = self._targets[-1]
            self.log.append("key.enrol-approved", stream, {"target": target}, key=self.log.roots[1])
        self.arm = self.log.register()

    def act(self) -> None:
        """Do one thing."""
        self._random.choice(_ACTS)(self)

    def propose(self) -> None:
        """Propose a key, mostly a new one."""
        self._propose()

    def approve(self) -> None:
        """Approve a proposal, of this stream or another, mostly a late one."""
        stream, target = self._random.choice(self._targets[-2:])
        other, _ = self._random.choice(self._targets)
        self._append("key.enrol-approved", self._rarely(other, stream), {"target": target})

    def stop(self) -> None:
        """Suspend, reinstate or revoke a key."""
        evt = self._random.choice(("key.suspended", "key.reinstated", "key.revoked"))
        key = self._random.choice(self._keys)
        dat: dict[str, Any] = {"kid": key.kid}
        if evt == "key.revoked":
            dat["reason"] = self._random.choice(("compromised", "lost", "ceased"))
            if self._random.random() < 0.4:
                dat["compromised_since"] = self._random.randrange(len(self.log.entries) + 2)
        self._endorsed(evt, self._stream(key), dat)

    def empower(self) -> None:
        """Grant a role or take it away."""
        key = self._random.choice(self._keys)
        dat: dict[str, Any] = {"kid": key.kid, "role": self._random.choice(ROLES)}
        if self._random.random() < 0.5:
            self._append("role.withdrawn", self._stream(key), dat)
        else:
            dat["jurisdictions"] = self._random.choice(PLACES)
            self._append("role.granted", self._stream(key), dat)

    def rotate(self) -> None:
        """Put a new key in the place of an old one."""
        old = self._random.choice(self._keys)
        new = self._rarely(self._random.choice(self._keys), self._new_key())
        stream = self._stream(old)
        self.log.append("key.rotated", stream, self.log._material(new), key=old)
        self._streams[new.kid] = stream

    def decree(self) -> None:
        """Do what only roots may do."""
        if self._random.random() < 0.5:
            name = self._rarely(AUTHORITY, f"auth.xa.{len(self.log.entries)}")
            dat = {"id": name, "name": "Another", "jurisdictions": ["XA"]}
            self._endorsed("authority.registered", new_id("auth"), dat)
        else:
            dat = {"closed": self._random.choice(("Ed25519", "ES256"))}
            self._endorsed("alg.policy", self._own(), dat)

    def state(self) -> None:
        """State how far something is."""
        size = self._random.randrange(1, len(self.log.entries) + 3)
        dat: dict[str, Any] = {"count": size, "digest": "B" * 42 + "A"}
        if self._random.random() < 0.5:
            self._append("log.access", self._own(), dat)
            return
        epoch = self._random.randrange(1, 4)
        more = {"epoch": epoch, "size": size, "streams": self._random.randrange(1, size + 2)}
        told = {**more, "root": "B" * 42 + "A", "algorithm": "heads-rfc6962-sha256-1"}
        self._append("log.heads", self._own(), told)

    def settle(self) -> None:
        """Say of an entry that it counts after all."""
        key = self._random.choice(self._keys)
        entries = [{"index": self._random.randrange(len(self.log.entries)), "eid": "B" * 42 + "A"}]
        dat = {"kid": key.kid, "entries": entries}
        self._endorsed("key.dispute-settled", self._stream(key), dat)

    def work(self) -> None:
        """Record something about a firearm."""
        self.log.transfer(self.arm, key=self._random.choice(self._keys))

    def _propose(self, actor: FileKey | None = None, roles: list[str] | None = None) -> None:
        key = self._new_key() if actor else self._rarely(self._keys[-1], self._new_key())
        stream = new_id("key") if actor else self._rarely(self.log.key_stream, new_id("key"))
        proposal = {
            **self.log._material(key),
            "authority": AUTHORITY if actor else self._rarely("auth.yb", AUTHORITY),
            "class": "event" if actor else self._rarely("http", "event"),
            "officer": new_id("off"),
            "roles": roles or self._random.sample(ROLES, 2),
            "jurisdictions": ["XA"] if actor else self._random.choice(PLACES),
            "not_before": NOW - 1,
            "not_after": NOW + (9_000 if actor else self._rarely(-1, 9_000)),
            "offline": False,
        }
        self._streams.setdefault(key.kid, stream)
        target = self.log.append(
            "key.enrol-proposed", stream, proposal, key=actor or self._random.choice(self._keys)
        )
        self._targets.append((stream, target))

    def _append(self, evt: str, sub: str, dat: Mapping[str, Any]) -> None:
        self.log.append(evt, sub, dat, key=self._random.choice(self._keys))

    def _endorsed(self, evt: str, sub: str, dat: Mapping[str, Any]) -> None:
        draft = self.log.draft(evt, sub, dat)
        by = self._random.sample(self._keys, self._random.randrange(3))
        self._append(evt, sub, {**dat, "endorsements": [endorse(key, draft) for key in by]})

    def _new_key(self) -> FileKey:
        key = FileKey.create(self._random.choice(("Ed25519", "ES256")))
        self._keys.append(key)
        return key

    def _stream(self, key: FileKey) -> str:
        return self._rarely(new_id("key"), self._streams.setdefault(key.kid, new_id("key")))

    def _own(self) -> str:
        first = next(name for name in self.log.heads if name.startswith("log."))
        return self._rarely(new_id("log"), first)

    def _rarely(self, odd: T, usual: T) -> T:
        return odd if self._random.random() < 0.15 else usual


_ACTS: Final[tuple[Callable[[Office], None], ...]] = (
    Office.propose,
    Office.approve,
    Office.approve,
    Office.stop,
    Office.stop,
    Office.empower,
    Office.empower,
    Office.rotate,
    Office.decree,
    Office.state,
    Office.settle,
    Office.work,
)


def office_of(random: Random) -> Office:
    """Give an office after some steps."""
    office = Office(random)
    for _ in range(random.randrange(4, STEPS_MAX)):
        office.act()
    return office
