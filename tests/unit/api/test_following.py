# SPDX-License-Identifier: Apache-2.0
"""What may be recorded next follows from the tables: nothing that the state alone forbids."""

from __future__ import annotations

from typing import get_args

import pytest

from api.following import following
from domain.authorization.state import Authorization
from domain.catalogue import AGGREGATES
from domain.licence.codes import Status as LicenceStatus
from domain.licence.rules import SEQUENCE as LICENCE_SEQUENCE
from domain.licence.state import Ban, Licence
from domain.lot.state import Lot
from domain.occurrence import UNKNOWN
from domain.registry.members import ROLES
from domain.tracing.codes import Status
from domain.tracing.rules import SEQUENCE
from domain.tracing.state import TracingRequest


@pytest.mark.parametrize("status", get_args(Status))
def test_a_request_goes_on_as_its_sequence_says(status: Status) -> None:
    found = following("trc", TracingRequest(status=status), ROLES)
    legal = {evt for evt, at in SEQUENCE.items() if status in at}
    assert set(found) == {*legal, "trace.hold-placed"}


@pytest.mark.parametrize("status", get_args(LicenceStatus))
def test_a_licence_goes_on_as_its_sequence_says(status: LicenceStatus) -> None:
    found = following("lic", Licence(status=status, kind="dealer"), ROLES)
    legal = {evt for evt, at in LICENCE_SEQUENCE.items() if status in at}
    assert legal <= {*found}
    appeals = {"refused": {"licence.issued"}, "revoked": {"licence.reinstated"}}
    strange = {*found} & {*LICENCE_SEQUENCE} - legal
    assert strange == appeals.get(status, set())


def test_only_an_open_hold_is_offered_to_be_released() -> None:
    for holds, offered in (((), False), (("H-1",), True)):
        found = following("lic", Licence(status="refused", holds=holds), ("POL",))
        assert ("licence.hold-placed" in found, "licence.hold-released" in found) == (True, offered)


def test_nothing_is_given_to_who_is_banned() -> None:
    banned = Licence(status="valid", bans=(Ban(UNKNOWN),))
    found = following("lic", banned, ROLES)
    assert "licence.renewed" not in found
    assert "licence.ban-lifted" in found


@pytest.mark.parametrize("kind", ["trc", "lic", "aut", "lot"])
def test_nobody_is_offered_what_no_role_of_theirs_may_record(kind: str) -> None:
    states = {
        "trc": TracingRequest(),
        "lic": Licence(status="valid"),
        "aut": Authorization(stage="issued"),
        "lot": Lot(status="reconciled"),
    }
    state = states[kind]
    assert following(kind, state, ()) == ()
    every = following(kind, state, ROLES)
    assert every
    allowed = {line.evt for line in AGGREGATES[kind].lines.values() if "LIC" in line.type.roles}
    assert set(following(kind, state, ("LIC",))) == {*every} & allowed


def test_a_lot_is_destroyed_once_its_list_was_checked_and_never_mixes_with_ammunition() -> None:
    assert "lot.destroyed" not in following("lot", Lot(status="scheduled"), ("DST",))
    assert "lot.destroyed" in following("lot", Lot(status="reconciled"), ("DST",))
    assert following("lot", Lot(status="destroyed"), ("DST",)) == ()
