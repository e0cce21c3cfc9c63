# SPDX-License-Identifier: Apache-2.0
"""A look at the record is recorded and referred to apart: nothing of the record rests on it."""

from __future__ import annotations

from domain.aggregate.naming import references
from domain.judgement import Foresight
from tests.unit.domain.bad.office import Office

ARM = "arm.01a2076b-4018-7111-8222-333333333333"
LOOK = "acc.01a2076b-4018-7111-8222-999999999999"


def test_a_look_is_foreseen_recorded_and_referred_to_as_a_look() -> None:
    office = Office()
    assert office.record(office.signed("firearm.registered", ARM, "2016")) == [5]
    look = office.signed(
        "record.accessed", LOOK, purpose="licensing", legal_basis="waffrg_25",
        read=["history"], granted=True, answers=1, firearm=ARM,
    )  # fmt: skip
    assert references(look.event) == (f"read:{ARM}",)
    assert office.ledger.foresee(look.event) == Foresight()
    found = office.signed("firearm.found", ARM)
    assert office.record(look, found) == [6, 7]


def test_a_look_at_what_is_not_there_is_refused() -> None:
    office = Office()
    look = office.signed(
        "record.accessed", LOOK, purpose="licensing", legal_basis="waffrg_25",
        read=["history"], granted=True, answers=0, firearm=ARM,
    )  # fmt: skip
    assert office.record(look) == ["reference_unknown"]
