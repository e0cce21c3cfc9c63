# SPDX-License-Identifier: Apache-2.0
"""The parsers that read what strangers hand in, each with octets that it accepts.

A target gives back octets where what it accepted has one spelling only; they must be those it
was given. Used by the short run of the suite and by the long one of ``harness``.
"""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.checkpoint import open_checkpoint, parse_checkpoint
from audit.proof.cosignature import cosign, cosigner_key, read_answer
from audit.proof.inclusion import TlogProof, parse_tlog_proof, verify_tlog_proof
from audit.proof.merkle import CompactRange, inclusion_path
from audit.proof.note import open_note, parse_verifier_key, with_lines
from audit.proof.policy.file import parse_policy, write_policy
from audit.proof.tiles import (
    bundle_path,
    decode_bundle,
    encode_bundle,
    read_bundle,
    read_tile,
    tile_path,
)
from audit.proof.verify.container import pack, unpack
from audit.proof.verify.fraud import judge_heads
from audit.proof.verify.trust import LogKey, Trust
from audit.witness.message import AddCheckpoint, parse_size, size_body
from domain.errors import ProofError
from tests.unit.audit.witness.logs import FIRST, NOW, ORIGIN, SECOND

WIDTH: Final = 20
"""Entries of the tile and of the entry bundle that are read."""

WITNESS: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
WITNESS_KEY: Final = cosigner_key("witness.example/w1", WITNESS.public_key())
NOTE: Final = FIRST.note(64)
TEXT: Final = NOTE.partition(b"\n\n")[0].decode() + "\n"
LINE: Final = cosign(TEXT, name=WITNESS_KEY.name, private_key=WITNESS, at=NOW)
KEYS: Final = (FIRST.key, WITNESS_KEY)
INDEX: Final = 7


@dataclass(frozen=True, slots=True)
class Target:
    """A parser under test.

    Attributes:
        read: Reads octets; gives what has to be the same octets, or nothing.
        seeds: Octets that it accepts.
    """

    read: Callable[[bytes], bytes | None]
    seeds: tuple[bytes, ...] = field(repr=False)


def _node(level: int, index: int) -> bytes:
    return CompactRange().extend(FIRST.leaves[index << level : (index + 1) << level]).root()


PATH: Final = inclusion_path(INDEX, 64, node=_node)
RECEIPT: Final = TlogProof(index=INDEX, path=PATH, checkpoint_note=NOTE, extra=b"{}")
ENTRIES: Final = tuple(f"first {at}".encode() * (at % 4) for at in range(WIDTH))
TILE: Final = b"".join(FIRST.leaves[:WIDTH])

TRUST: Final = Trust(
    audience="ledger.xa-test",
    origin=ORIGIN,
    log_keys=(LogKey(vkey=str(FIRST.key), from_size=0),),
    genesis="A" * 43,
    threshold=2,
    root_keys=("A" * 42 + "E", "A" * 42 + "I"),
)

POLICY: Final = (
    f"# whom we trust\nlog {FIRST.key}\nwitness w1 {WITNESS_KEY} https://w1.example/\n"
    "group all 1 w1\nquorum all\n"
).encode()

FILES: Final[Mapping[str, bytes]] = {
    "trust.json": TRUST.encode(),
    "policy.txt": POLICY,
    f"entries/{INDEX}.jws": b"a.b.c",
    f"proofs/{INDEX}.tlog-proof": RECEIPT.encode(),
}
MANIFEST: Final = {
    "format": "muniment-bundle-1",
    "subject": "arm.01a2076b-4018-7111-8222-333333333333",
    "files": {name: sha256(octets).hexdigest() for name, octets in FILES.items()},
}
BUNDLE: Final = b"".join(pack({**FILES, "manifest.json": json.dumps(MANIFEST).encode()}))


def _note(octets: bytes) -> None:
    verified = open_note(octets, KEYS)
    assert verified.text.encode() == octets[: len(verified.text.encode())]


def _checkpoint(octets: bytes) -> bytes:
    checkpoint = open_checkpoint(octets, KEYS, ORIGIN)
    assert checkpoint.root == FIRST.root(64), "nobody signed another"
    return checkpoint.body().encode() + octets[len(checkpoint.body().encode()) :]


def _text(octets: bytes) -> bytes:
    return parse_checkpoint(octets.decode("latin-1")).body().encode("latin-1")


def _vkey(octets: bytes) -> bytes:
    return str(parse_verifier_key(octets.decode("latin-1"))).encode("latin-1")


def _answer(octets: bytes) -> None:
    found, line = read_answer(TEXT, octets, WITNESS_KEY)
    assert (found.at, line) == (NOW, LINE), "nobody signed another"


def _receipt(octets: bytes) -> bytes:
    proof = parse_tlog_proof(octets)
    try:
        verify_tlog_proof(proof, FIRST.leaves[INDEX], keys=KEYS, origin=ORIGIN)
    except ProofError:
        return proof.encode()
    assert (proof.index, proof.path) == (INDEX, PATH), "there is one proof"
    return proof.encode()


def _stored(name: str, octets: bytes, read: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(octets)
        read(Path(folder))


def _tile(octets: bytes) -> None:
    name = tile_path(0, 0, width=WIDTH)
    _stored(name, octets, lambda folder: read_tile(folder, level=0, n=0, size=WIDTH))


def _entries(octets: bytes) -> bytes:
    name = bundle_path(0, width=WIDTH)
    _stored(name, octets, lambda folder: read_bundle(folder, 0, size=WIDTH))
    return encode_bundle(decode_bundle(octets, WIDTH))


def _policy(octets: bytes) -> None:
    written = write_policy(parse_policy(octets))
    assert write_policy(parse_policy(written)) == written


def _trust(octets: bytes) -> None:
    encoded = Trust.parse(octets).encode()
    assert Trust.parse(encoded).encode() == encoded


def _request(octets: bytes) -> bytes:
    return AddCheckpoint.parse(octets).encode()


def _size(octets: bytes) -> None:
    assert int(size_body(parse_size(octets))) >= 0


def _consistency(octets: bytes) -> None:
    verdict = judge_heads((FIRST.note(30), NOTE), TRUST, octets)
    assert verdict.result in {"consistent", "not proved"}, "a failing proof proves nothing"


def _heads(octets: bytes) -> None:
    assert judge_heads((NOTE, octets), TRUST).result in {"same", "not proved"}


def _bundle(octets: bytes) -> bytes | None:
    archive = unpack(octets)
    files = {name: archive[name] for name in archive}
    return b"".join(pack(files)) if archive.holds_nothing_else() else None


def _lines(path: tuple[bytes, ...]) -> bytes:
    return b"".join(b64encode(each) + b"\n" for each in path)


TARGETS: Final[Mapping[str, Target]] = {
    "note": Target(_note, (NOTE, with_lines(NOTE, [LINE]))),
    "checkpoint": Target(_checkpoint, (NOTE, with_lines(NOTE, [LINE]))),
    "checkpoint text": Target(_text, (TEXT.encode(),)),
    "verifier key": Target(_vkey, tuple(str(key).encode() for key in KEYS)),
    "witness answer": Target(_answer, (LINE.encode(), (LINE * 2).encode())),
    "receipt": Target(_receipt, (RECEIPT.encode(),)),
    "tile": Target(_tile, (TILE,)),
    "entry bundle": Target(_entries, (encode_bundle(ENTRIES),)),
    "policy": Target(_policy, (POLICY, write_policy(parse_policy(POLICY)))),
    "trust": Target(_trust, (TRUST.encode(),)),
    "add-checkpoint": Target(_request, (FIRST.request(0, 30), FIRST.request(30, 64))),
    "witness size": Target(_size, (size_body(0), size_body(30))),
    "consistency proof": Target(_consistency, (_lines(FIRST.proof(30, 64)), b"")),
    "fraud": Target(_heads, (NOTE, FIRST.note(30), SECOND.note(63))),
    "bundle": Target(_bundle, (BUNDLE,)),
}
