# SPDX-License-Identifier: Apache-2.0
"""The worked examples of the envelope specification, section 5, and a forger built on them.

The forger signs whatever it is given, well formed or not, with the published test seeds:
a verifier must refuse for the right reason even where the signature is good.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.keyfile import FileKey
from audit.proof.encoding import canonical, decode, encode
from audit.proof.envelope.opening import Reading, SignedEvent, open_envelope
from audit.proof.keys import public_key
from domain.errors import EnvelopeError
from domain.schema import Catalogue, Closed, Code, EventType, HoldingId, Text

VECTORS: Final = Path(__file__).parents[4] / "vectors"
EXAMPLES: Final[dict[str, Any]] = json.loads((VECTORS / "examples.json").read_bytes())
AUDIENCE: Final = "ledger.xa-test"


class FirearmMarked(Closed):
    cal: Text
    cat: Text
    comp: list[Text]
    make: Text
    model: Text
    sn: Text


class FirearmTransferred(Closed):
    acq: Code
    hld: HoldingId
    permit_class: Code


class Open(Closed):
    """A schema so wide that only the envelope's own rules can refuse."""

    any: Any


CLAIMS: Final = MappingProxyType(
    {
        "holder_birth_date": "string",
        "holder_doc_no": "string",
        "holder_name": "string",
        "permit_no": "string",
        "shots": "integer",
        "stored_at_home": "boolean",
    }
)
CATALOGUE: Final = Catalogue(
    [
        EventType(evt="firearm.marked", subject="arm", dat=FirearmMarked, roles=frozenset()),
        EventType(
            evt="firearm.transferred",
            subject="arm",
            dat=FirearmTransferred,
            roles=frozenset(),
            claims=CLAIMS,  # type: ignore[arg-type]
            digests=8,
        ),
        EventType(evt="firearm.anything", subject="arm", dat=Open, roles=frozenset()),
    ]
)


def _private(example: Mapping[str, Any]) -> FileKey:
    seed = bytes.fromhex(example["d_seed_hex"])
    if example["alg"] == "Ed25519":
        return FileKey.of(Ed25519PrivateKey.from_private_bytes(seed))
    return FileKey.of(ec.derive_private_key(int.from_bytes(seed), ec.SECP256R1()))


KEYS: Final = {each["kid"]: public_key(each["jwk"]) for each in EXAMPLES["keys"]}
ED25519_KEY, ES256_KEY, OTHER_KEY = (_private(each) for each in EXAMPLES["keys"])

MARKED, TRANSFERRED = (each["jws"].encode() for each in EXAMPLES["events"])
FULL: Final[bytes] = EXAMPLES["sd_jwt_full"].encode()
DISCLOSURES: Final = FULL.split(b"~")[1:-1]


def opened(submission: bytes, audience: str = AUDIENCE) -> SignedEvent:
    return open_envelope(submission, Reading(KEYS.get, CATALOGUE, audience))


def header_of(jws: bytes) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(decode(jws.split(b".")[0]))
    return header


def payload_of(jws: bytes = MARKED) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(decode(jws.split(b".")[1]))
    return payload


def forged(payload: object = None, *, header: object = None, key: FileKey = ED25519_KEY) -> bytes:
    """Sign a header and a payload, each a value or the raw octets of its segment's text."""
    header = header_of(MARKED) | {"alg": key.alg, "kid": key.kid} if header is None else header
    parts = [header, payload_of() if payload is None else payload]
    octets = [part if isinstance(part, bytes) else canonical(part) for part in parts]
    signing_input = b".".join(encode(each) for each in octets)
    return signing_input + b"." + encode(key.sign(signing_input)) + b"~"


def changed(**members: object) -> dict[str, Any]:
    """Give the payload of the first worked example with some members replaced."""
    return payload_of() | members


def anything(value: object) -> dict[str, Any]:
    """Give a payload whose ``dat`` holds any one value, under the widest schema."""
    return changed(evt="firearm.anything", dat={"any": value})


@contextmanager
def refused(*codes: str, match: str = r"\w+\.") -> Iterator[None]:
    """Expect a refusal under one of the codes of section 4.10."""
    with pytest.raises(EnvelopeError, match=match) as caught:
        yield
    assert caught.value.slug in codes
