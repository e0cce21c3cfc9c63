# SPDX-License-Identifier: Apache-2.0
"""A machine's key that two persons enrolled signs requests, and no event."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from api.access.message import HttpRequest
from api.access.signatures import authenticate
from api.access.signing import Times, sign_request
from api.access.standing import Standing
from api.client.keyfile import FileKey
from api.registrar import Enrolment, change_key, enrol
from audit.access.nonces import NonceBook
from domain.errors import RefusedError, UnauthenticatedError
from tests.integration.append.desk import AUTHORITY, Desk, born, signed

REQUEST = HttpRequest(
    method="POST",
    url="https://ledger.example/v1/events",
    fields=(("Content-Type", "application/jose"),),
    body=b"an event~",
)


@pytest.fixture
def nonces(desk: Desk) -> Iterator[NonceBook]:
    """Open the memory of nonces."""
    conninfo = desk.office.database.conninfo("ledger_api")
    with closing(NonceBook(conninfo, clock=time.time)) as book:
        yield book


@pytest.fixture
def machine(desk: Desk) -> FileKey:
    """Enrol the key of a police system."""
    key = FileKey.create("ES256")
    enrolment = Enrolment(
        authority=AUTHORITY, roles=["POL"], jurisdictions=["XA"], key_class="http"
    )
    enrol(desk.office, enrolment, key, proposer=desk.roots[0], approver=desk.roots[1])
    return key


def now_standing(desk: Desk) -> Standing:
    office = desk.office
    return Standing(registry=office.registry, index=office.ledger.size, now=int(time.time()))


def sent(key: FileKey) -> HttpRequest:
    times = Times(created=int(time.time()))
    return replace(REQUEST, fields=sign_request(REQUEST, key, times=times))


def test_a_machine_is_known_until_it_is_suspended(
    desk: Desk, machine: FileKey, nonces: NonceBook
) -> None:
    found = authenticate(sent(machine), now_standing(desk), nonces)
    assert (found.authority, found.mandates) == (AUTHORITY, (("POL", ("XA",)),))
    change_key(desk.office, "key.suspended", {"kid": machine.kid}, signers=[desk.roots[0]])
    with pytest.raises(UnauthenticatedError) as refused:
        authenticate(sent(machine), now_standing(desk), nonces)
    assert refused.value.slug == "http_key_not_valid"


def test_one_key_has_one_use(desk: Desk, machine: FileKey, nonces: NonceBook) -> None:
    with pytest.raises(RefusedError) as as_officer:
        desk.office.append(signed(born(), machine).to_bytes())
    assert as_officer.value.slug == "key_not_valid"
    assert "class http" in as_officer.value.sentence
    with pytest.raises(UnauthenticatedError) as as_machine:
        authenticate(sent(desk.key), now_standing(desk), nonces)
    assert as_machine.value.slug == "http_key_class"


def test_a_replayed_request_is_refused_by_every_process(
    desk: Desk, machine: FileKey, nonces: NonceBook
) -> None:
    request, asked = sent(machine), now_standing(desk)
    authenticate(request, asked, nonces)
    conninfo = desk.office.database.conninfo("ledger_api")
    with closing(NonceBook(conninfo, clock=time.time)) as other:
        with pytest.raises(UnauthenticatedError) as refused:
            authenticate(request, asked, other)
        assert authenticate(sent(machine), asked, other).key == machine.kid
    assert refused.value.slug == "nonce_replayed"
