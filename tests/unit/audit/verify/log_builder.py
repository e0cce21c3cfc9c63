# SPDX-License-Identifier: Apache-2.0
"""A small ledger in memory: real keys, real signatures, and the files of an export.

It refuses nothing, so tests can build logs that no honest ledger would write.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.attest import endorse, prove_possession
from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from audit.proof.checkpoint import Checkpoint
from audit.proof.encoding import encode
from audit.proof.envelope.token import event_id
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import sign_note, verifier_key
from audit.proof.tiles import TileWriter
from audit.proof.verify.trust import LogKey, Trust
from domain.catalogue import CATALOGUE
from domain.identifiers import FIRST_PREV
from tests.unit.domain.lives import DESCRIPTION as LIFE

AUDIENCE: Final = "ledger.xa-test"
AUTHORITY: Final = "auth.xa.0410"
ORIGIN: Final = "ledger.xa-test/log"
NOW: Final = 1_795_420_800
DESCRIPTION: Final[Mapping[str, Any]] = {
    **LIFE,
    "source": {"register_code": "legacy_register", "as_of": "2026-01-01", "row": "17"},
}


@dataclass
class LogBuilder:
    """A ledger that signs whatever it is told to.

    Attributes:
        entries: The log so far.
        heads: Sequence and event id of each stream's newest event.
    """

    roots: tuple[FileKey, FileKey] = field(
        default_factory=lambda: (FileKey.create("Ed25519"), FileKey.create("ES256"))
    )
    officer: FileKey = field(default_factory=lambda: FileKey.create("Ed25519"))
    log_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    entries: list[bytes] = field(default_factory=list)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    key_stream: str = field(default_factory=lambda: new_id("key"))

    @classmethod
    def founded(cls) -> "LogBuilder":
        """Found a ledger with two roots and one officer who may record legacy registers."""
        log = cls()
        log.found()
        log.enrol(log.officer, log.key_stream)
        return log

    def found(self) -> None:
        """Append the founding event, endorsed by the second root."""
        dat = {
            "authority": {"id": AUTHORITY, "name": "Authority of XA", "jurisdictions": ["XA"]},
            "threshold": 2,
            "roots": [{**self._material(key), "officer": new_id("off")} for key in self.roots],
        }
        draft = self.draft("ledger.founded", new_id("log"), dat)
        endorsed = {**dat, "endorsements": [endorse(self.roots[1], draft)]}
        self.append("ledger.founded", draft.sub, endorsed, key=self.roots[0])

    def enrol(self, key: FileKey, stream: str, *, place: str = "XA") -> None:
        """Propose a key by the first root and approve it by the second."""
        proposal = {
            **self._material(key),
            "authority": AUTHORITY,
            "class": "event",
            "officer": new_id("off"),
            "roles": ["LIC", "STK", "POL", "EVC"],
            "jurisdictions": [place],
            "not_before": NOW - 1,
            "not_after": NOW + 10_000_000,
            "offline": False,
        }
        target = self.append("key.enrol-proposed", stream, proposal, key=self.roots[0])
        self.append("key.enrol-approved", stream, {"target": target}, key=self.roots[1])

    def revoke(self, key: FileKey, stream: str) -> None:
        """End a key."""
        dat = {"kid": key.kid, "reason": "ceased"}
        self.append("key.revoked", stream, dat, key=self.roots[0])

    def register(self, sub: str | None = None, **changes: Any) -> str:
        """Append the registration of a firearm by the officer; give its stream."""
        stream = sub or new_id("arm")
        self.append("firearm.registered", stream, DESCRIPTION, **changes)
        return stream

    def transfer(self, sub: str, **changes: Any) -> str:
        """Append the transfer of a firearm by the officer; give the event id."""
        dat = {"acq": "purchase", "hld": new_id("hld"), "permit_class": "sport"}
        return self.append("firearm.transferred", sub, dat, **changes)

    def append(
        self,
        evt: str,
        sub: str,
        dat: Mapping[str, Any],
        *,
        key: FileKey | None = None,
        **changes: Any,
    ) -> str:
        """Sign an event and append it, true to the rules or not; give its event id."""
        draft = self.draft(evt, sub, dat, **changes)
        jws = sign(draft, {}, key or self.officer, catalogue=CATALOGUE).jws
        eid = event_id(jws[: jws.rindex(b".")])
        self.heads[sub] = (draft.seq, eid)
        self.entries.append(jws)
        return eid

    def draft(self, evt: str, sub: str, dat: Mapping[str, Any], **changes: Any) -> Draft:
        """Make the next event of a stream, with some members changed."""
        seq, prev = self.heads.get(sub, (0, FIRST_PREV))
        members = {
            "evt": evt,
            "iss": AUTHORITY,
            "aud": AUDIENCE,
            "sub": sub,
            "seq": seq + 1,
            "prev": prev,
            "jti": new_id("x").partition(".")[2],
            "iat": NOW,
            "occ": "2026-11-23",
            "dat": dat,
        }
        return Draft(**{**members, **changes})

    def trust(self, **changes: Any) -> Trust:
        """Give what somebody who knows this ledger trusts."""
        vkey = str(verifier_key(ORIGIN, self.log_key.public_key()))
        first = self.entries[0]
        members = {
            "audience": AUDIENCE,
            "origin": ORIGIN,
            "log_keys": (LogKey(vkey=vkey, from_size=0),),
            "genesis": event_id(first[: first.rindex(b".")]),
            "threshold": 2,
            "root_keys": tuple(key.kid for key in self.roots),
        }
        return Trust(**{**members, **changes})

    def note(self, size: int | None = None, *, origin: str = ORIGIN) -> bytes:
        """Sign a checkpoint over the first entries, by default all."""
        entries = self.entries[:size]
        root = CompactRange().extend(map(leaf_hash, entries)).root()
        body = Checkpoint(origin=origin, size=len(entries), root=root).body()
        return sign_note(body, name=origin, private_key=self.log_key)

    def export(self, directory: Path, *, entries: Iterable[bytes] | None = None) -> Path:
        """Write the files of an export; other entries than the signed ones may be given."""
        writer = TileWriter(directory)
        writer.add(self.entries if entries is None else entries)
        writer.finish()
        (directory / "trust.json").write_bytes(self.trust().encode())
        (directory / "policy.txt").write_bytes(self.trust().policy())
        (directory / "checkpoint").write_bytes(self.note())
        return directory

    def _material(self, key: FileKey) -> dict[str, Any]:
        nonce = encode(secrets.token_bytes(16)).decode()
        jti = new_id("x").partition(".")[2]
        pop = prove_possession(key, aud=AUDIENCE, authority=AUTHORITY, nonce=nonce, jti=jti)
        return {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}


def new_id(kind: str) -> str:
    """Make a random typed identifier."""
    return f"{kind}.{uuid7(NOW * 1_000, secrets.token_bytes)}"


def small_log(firearms: int = 4) -> LogBuilder:
    """Give a log of some firearms, each registered and transferred once."""
    log = LogBuilder.founded()
    streams = [log.register() for _ in range(firearms)]
    for stream in streams:
        log.transfer(stream)
    return log
