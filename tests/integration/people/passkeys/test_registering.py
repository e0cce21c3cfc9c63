# SPDX-License-Identifier: Apache-2.0
"""Registering passkeys: after a fresh log-in or by an invitation, and every lie refused."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP384R1,
    generate_private_key,
)

from api.people.bindings import invite, invited_officer
from api.people.desk import Desk
from api.people.passkeys.registering import (
    invite_by_code,
    invite_by_session,
    register,
)
from api.people.passkeys.store import PASSKEYS_MAX, passkeys_of
from api.people.sessions import STEP_UP_SECONDS
from domain.errors import RefusedError, UnauthenticatedError
from tests.integration.people.conftest import (
    POL,
    Time,
    enrolled,
    invited,
    logged_in,
    logged_in_by,
    session_of,
    settings_of,
)
from tests.unit.api.people.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    LIES,
    PRESENT,
    USED,
    Authenticator,
    Says,
    octets,
    text,
)
from tests.unit.domain.registry.registry_book import officer

Json = dict[str, Any]


def test_no_name_of_a_person_is_asked_for(desk: Desk) -> None:
    user = invited(desk).options["user"]
    assert user["name"] == user["displayName"] == POL
    assert len(octets(user["id"])) == 32
    assert POL.encode() not in octets(user["id"])


@pytest.mark.parametrize("lie", sorted(set(LIES) - {"octets behind"}))
def test_a_registration_that_lies_is_refused(desk: Desk, lie: str) -> None:
    begun = invited(desk)
    response = Authenticator(desk.settings.origin).create(begun.options, LIES[lie])
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=response)
    assert passkeys_of(desk, POL) == []


def test_a_registration_with_octets_behind_is_refused(desk: Desk) -> None:
    begun = invited(desk)
    response = Authenticator(desk.settings.origin).create(begun.options, Says(tail=b"\x00"))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=response)


def test_a_passkey_that_can_leave_its_device_is_refused_unless_it_is_allowed(desk: Desk) -> None:
    says = Says(flags=USED | BACKUP_ELIGIBLE | BACKED_UP)
    begun = invited(desk)
    passkey = Authenticator(desk.settings.origin)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options, says))
    allowed = settings_of(desk, synced_passkeys=True)
    begun = invited(allowed)
    made = register(allowed, ceremony=begun.ceremony, response=passkey.create(begun.options, says))
    assert made.synced


def test_a_key_of_another_kind_is_refused(desk: Desk) -> None:
    begun = invited(desk)
    passkey = Authenticator(desk.settings.origin, key=generate_private_key(SECP384R1()))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options))


@pytest.mark.parametrize("length", [0, 15, 1_024])
def test_an_identifier_of_a_wrong_length_is_refused(desk: Desk, length: int) -> None:
    begun = invited(desk)
    passkey = Authenticator(desk.settings.origin, identifier=bytes(length))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options))


def test_an_invitation_registers_one_passkey(desk: Desk) -> None:
    code = invite(desk, POL)
    first, second = invite_by_code(desk, code), invite_by_code(desk, code)
    for begun, accepted in ((first, True), (second, False)):
        response = Authenticator(desk.settings.origin).create(begun.options)
        try:
            register(desk, ceremony=begun.ceremony, response=response)
        except UnauthenticatedError:
            assert not accepted
    assert len(passkeys_of(desk, POL)) == 1
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        invite_by_code(desk, code)


def test_an_invitation_outlives_a_registration_that_fails(desk: Desk) -> None:
    code = invite(desk, POL)
    begun = invite_by_code(desk, code)
    response = Authenticator(desk.settings.origin).create(begun.options, Says(flags=PRESENT))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=response)
    assert invited_officer(desk, code) == POL


def test_the_passkey_of_one_officer_is_not_registered_for_another(desk: Desk) -> None:
    passkey, begun = enrolled(desk), invited(desk, officer("sue"))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options))
    assert passkeys_of(desk, officer("sue")) == []


class _Weak(Authenticator):
    """Shows the identity as its key, under which one signature fits every message."""

    def cose(self) -> bytes:
        return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: b"\x01" + bytes(31)})


def test_a_key_of_small_order_is_refused(desk: Desk) -> None:
    begun, passkey = invited(desk), _Weak(desk.settings.origin)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options))


def test_asvs_7_5_1_a_further_passkey_takes_a_fresh_factor(desk: Desk, time: Time) -> None:
    session = session_of(desk, logged_in(desk, strong=False))
    begun = invite_by_session(desk, session)
    passkey = Authenticator(desk.settings.origin)
    register(desk, ceremony=begun.ceremony, response=passkey.create(begun.options))
    assert session_of(desk, logged_in_by(desk, passkey)).officer == POL
    time.passes(STEP_UP_SECONDS + 1)
    with pytest.raises(RefusedError, match="last five minutes"):
        invite_by_session(desk, session)


def test_passkeys_that_are_known_are_not_asked_for_again(desk: Desk) -> None:
    passkey = enrolled(desk)
    excluded = invited(desk).options["excludeCredentials"]
    assert [each["id"] for each in excluded] == [text(passkey.identifier)]


def test_an_officer_has_so_many_passkeys_and_no_more(desk: Desk) -> None:
    for _ in range(PASSKEYS_MAX):
        enrolled(desk)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        enrolled(desk)
