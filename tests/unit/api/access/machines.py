# SPDX-License-Identifier: Apache-2.0
"""A registry with some machines' keys, and requests that they sign."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from api.access.caller import Caller
from api.access.message import Fields, HttpRequest
from api.access.signatures import authenticate
from api.access.signing import Times, sign_request
from api.access.standing import Standing
from api.client.keyfile import FileKey
from domain.registry.state import Grant, Interval, KeyRecord, Registry

NOW = 1_800_000_000
SIZE = 100
URL = "https://ledger.example/v1/events?after=7"
MACHINE = FileKey.create("Ed25519")
CARD = FileKey.create("ES256")
OFFICER = FileKey.create("Ed25519")
REASONED: Fields = (
    ("Muniment-Purpose", "tracing"),
    ("Muniment-Legal-Basis", "iti_16"),
    ("Muniment-Case", "XA-2026/17"),
)
READ = HttpRequest(method="GET", url=URL)
WRITE = HttpRequest(
    method="POST", url=URL, fields=(("Content-Type", "application/jose"),), body=b"an event~"
)
ASK = replace(READ, fields=REASONED)


@dataclass
class Remembered:
    """Nonces of one test, as the database keeps them of many processes."""

    taken: set[tuple[str, str]] = field(default_factory=set)

    def take(self, kid: str, nonce: str, expires: int) -> bool:
        """Use a nonce up."""
        assert expires > 0
        fresh = (kid, nonce) not in self.taken
        self.taken.add((kid, nonce))
        return fresh


def enrolled(key: FileKey, key_class: str = "http", **changes: Any) -> KeyRecord:
    """Give the record of a key that two persons enrolled at the beginning of the log."""
    grant = Grant(role="POL", jurisdictions=("XA",), during=Interval(after=1))
    record = KeyRecord(
        kid=key.kid,
        alg=key.alg,
        jwk=key.jwk,
        key_class=key_class,
        authority="police.xa",
        officer="off.01a2076b-4018-7111-8222-444444444444",
        stream=None,
        proposed=0,
        proposal="",
        proposer="off.01a2076b-4018-7111-8222-555555555555",
        not_before=NOW - 1_000,
        not_after=NOW + 1_000,
        approved=1,
        grants=(grant,),
    )
    return replace(record, **changes)


def standing(*records: KeyRecord, index: int = SIZE, now: int = NOW) -> Standing:
    """Give a registry that knows some keys; by default the machine's, a card's and an officer's."""
    known = records or (enrolled(MACHINE), enrolled(CARD), enrolled(OFFICER, "event"))
    registry = Registry(keys={record.kid: record for record in known})
    return Standing(registry=registry, index=index, now=now)


def signed(request: HttpRequest, key: FileKey = MACHINE, **times: int) -> HttpRequest:
    """Give a request with its signature."""
    made = Times(**{"created": NOW, **times})
    return replace(request, fields=sign_request(request, key, times=made))


def received(
    request: HttpRequest, asked: Standing | None = None, nonces: Remembered | None = None
) -> Caller:
    """Give who sent a request."""
    return authenticate(request, asked or standing(), nonces or Remembered())


def with_field(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    """Give a request with one header put in the place of all others of that name."""
    kept = tuple(each for each in request.fields if each[0].lower() != name.lower())
    return replace(request, fields=kept if value is None else (*kept, (name, value)))


def field_of(request: HttpRequest, name: str) -> str:
    """Give a header that is there."""
    value = request.field(name.lower())
    assert value is not None
    return value
