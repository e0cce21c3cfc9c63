# SPDX-License-Identifier: Apache-2.0
"""Approving an event by passkey: evidence that the service verifies and keeps for auditors."""

from __future__ import annotations

from hashlib import sha256

import pytest

from api.people.desk import Desk
from api.people.passkeys.approving import (
    approve,
    challenge_approval,
    keep_approval,
    kept_approval,
    party_of,
)
from api.people.passkeys.asserting import challenge_log_in, log_in
from api.people.passkeys.store import find
from audit.proof.approvals.assertion import verify_approval
from domain.errors import UnauthenticatedError, UsageError
from tests.integration.people.conftest import POL, enrolled, settings_of
from tests.unit.api.people.authenticator import PRESENT, Says, text
from tests.unit.domain.registry.registry_book import officer

EVENT = b"eyJhbGciOiJFZDI1NTE5In0.eyJkYXQiOnt9fQ"
EID = sha256(EVENT).digest()


def test_the_evidence_is_kept_and_verifies_offline(desk: Desk) -> None:
    passkey = enrolled(desk)
    options = challenge_approval(desk, POL, EVENT)
    assert [each["id"] for each in options["allowCredentials"]] == [text(passkey.identifier)]
    approval = approve(desk, POL, EVENT, response=passkey.get(options))
    keep_approval(desk, POL, EVENT, approval=approval)
    assert kept_approval(desk, POL, EID) == approval
    assert approval.public_key == passkey.spki()
    assert verify_approval(approval, EVENT, party_of(desk)) == 1


def test_the_first_evidence_stays(desk: Desk) -> None:
    passkey = enrolled(desk)
    found = []
    for _ in range(2):
        response = passkey.get(challenge_approval(desk, POL, EVENT))
        found.append(approve(desk, POL, EVENT, response=response))
        keep_approval(desk, POL, EVENT, approval=found[-1])
    assert found[0] != found[1]
    assert kept_approval(desk, POL, EID) == found[0]


def test_of_another_event_there_is_no_evidence(desk: Desk) -> None:
    assert kept_approval(desk, POL, EID) is None


def test_an_approval_by_an_officer_who_may_not_keeps_out_nobody_who_may(desk: Desk) -> None:
    other = officer("sue")
    approvals = {}
    for each in (other, POL):
        passkey = enrolled(desk, each)
        response = passkey.get(challenge_approval(desk, each, EVENT))
        approvals[each] = approve(desk, each, EVENT, response=response)
        keep_approval(desk, each, EVENT, approval=approvals[each])
    assert kept_approval(desk, POL, EID) == approvals[POL]
    assert kept_approval(desk, other, EID) == approvals[other]


def test_an_approval_counts_as_a_use_of_the_passkey(desk: Desk) -> None:
    passkey = enrolled(desk)
    response = passkey.get(challenge_approval(desk, POL, EVENT))
    approve(desk, POL, EVENT, response=response)
    stored = find(desk, passkey.identifier)
    assert stored is not None
    assert stored.sign_count == 1
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        approve(desk, POL, EVENT, response=response)


def test_an_approval_by_another_officer_is_refused(desk: Desk) -> None:
    theirs = enrolled(desk, officer("sue"))
    options = challenge_approval(desk, POL, EVENT)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        approve(desk, POL, EVENT, response=theirs.get(options))


def test_an_approval_without_the_person_verified_is_refused(desk: Desk) -> None:
    passkey = enrolled(desk)
    response = passkey.get(challenge_approval(desk, POL, EVENT), Says(flags=PRESENT))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        approve(desk, POL, EVENT, response=response)


def test_an_approval_is_no_log_in_and_a_log_in_no_approval(desk: Desk) -> None:
    passkey, begun = enrolled(desk), challenge_log_in(desk)
    approval = passkey.get(challenge_approval(desk, POL, EVENT))
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in(desk, ceremony=begun.ceremony, response=approval)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        approve(desk, POL, EVENT, response=passkey.get(challenge_log_in(desk).options))


def test_where_passkeys_are_not_allowed_nothing_is_approved(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no log-in by passkey"):
        challenge_approval(settings_of(desk, passkeys=False), POL, EVENT)
