# SPDX-License-Identifier: Apache-2.0
"""What a decision or a count makes due, asked of a ledger: by firearm, by licence, by stocktake."""

from __future__ import annotations

from typing import Any

import pytest

from api.cli.asking.duties import _lines
from api.policies.asking import stream_duties
from api.policies.loading import load_policy
from api.policies.record import duty_record
from domain.identifiers import parse_stream_id
from domain.occurrence import parse_occurrence
from domain.policy.duties import Duty
from tests.unit.domain.bad.office import Office
from tests.unit.domain.lives import HOLDING, OTHER_HOLDING, SOURCE

LICENCE, SUCCESSOR = (f"lic.01a2076b-4018-7111-8222-00000000000{number}" for number in (1, 2))
COUNT = "stk.01a2076b-4018-7111-8222-000000000003"
ONE, TWO, THREE = (f"arm.01a2076b-4018-7111-8222-33333333333{number}" for number in (1, 2, 3))
LATER = parse_occurrence("2030-01-01")
DECIDED = {"effective_on": "2026-11-20", "ground": "other"}


class Desk(Office):
    """An officer who licenses, and a dealer, with three firearms on record."""

    def __init__(self) -> None:
        super().__init__(roles=("LIC", "DLR", "POL"))
        for number, arm in enumerate((ONE, TWO, THREE)):
            held = {"hld": HOLDING} if arm == ONE else {}
            serial = {"known": f"TW9-00004{number}"}
            self.does("firearm.registered", arm, "2016", serial=serial, **held)

    def does(self, evt: str, sub: str, occ: str = "2026-11-20", **dat: Any) -> None:
        """Record an event that has to be legal."""
        (outcome,) = self.record(self.signed(evt, sub, occ, **dat))
        assert isinstance(outcome, int), (evt, outcome)

    def licensed(self, licence: str = LICENCE, **dat: Any) -> None:
        facts = {"status": "valid", "source": SOURCE, "valid_from": "2018-01-01", **dat}
        self.does("licence.registered", licence, "2018", **facts)

    def due(self, sub: str, policy: str = "example-state") -> list[Duty]:
        """Give the duties that are not met, of a stream or that it opened."""
        rules = load_policy(policy).policy
        found = stream_duties(self.ledger, parse_stream_id(sub), rules, on=LATER)
        return [each for each in found if each.closed_by is None]

    def told(self, sub: str, policy: str = "example-state") -> list[tuple[str, str]]:
        return sorted((each.rule.code, str(each.about)) for each in self.due(sub, policy))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("evt", "duty", "undone"),
    [
        ("revoked", "placing_after_revocation", None),
        ("suspended", "placing_after_suspension", "reinstated"),
        ("expired", "placing_after_expiry", "renewed"),
        ("ban-imposed", "placing_after_ban", "ban-lifted"),
    ],
)
def test_a_licence_tells_the_firearms_that_are_to_be_placed(
    evt: str, duty: str, undone: str | None, desk: Desk
) -> None:
    """One came into its holding from an older register, one by a transfer that names it."""
    desk.licensed(kind="possession", hld=HOLDING)
    desk.does("firearm.transferred", TWO, licence=LICENCE, hld=OTHER_HOLDING, licence_hld=HOLDING)
    desk.does(f"licence.{evt}", LICENCE, **DECIDED)
    assert desk.told(LICENCE) == [(duty, ONE), (duty, TWO)]
    assert desk.told(ONE) == [(duty, ONE)]
    assert desk.told(THREE) == []
    if undone:
        later = {"effective_on": "2026-11-22", "ground": "ground_ended", "valid_from": "2026-11-22"}
        names = ("valid_from",) if undone == "renewed" else ("effective_on", "ground")
        desk.does(
            f"licence.{undone}", LICENCE, "2026-11-22", **{name: later[name] for name in names}
        )
        assert desk.told(LICENCE) == []


def test_a_day_that_the_decision_names_is_the_deadline(desk: Desk) -> None:
    desk.licensed(kind="possession", hld=HOLDING)
    desk.does("licence.suspended", LICENCE, **DECIDED, place_by="2027-01-31")
    (found,) = desk.due(ONE)
    assert (found.due_on, found.state) == ("2027-01-31", "overdue")


def test_the_directive_wants_withdrawal_and_expiry_and_the_protocol_neither(desk: Desk) -> None:
    desk.licensed(kind="possession", hld=HOLDING)
    desk.does("licence.revoked", LICENCE, **DECIDED)
    assert desk.told(ONE, "eu-directive-2021-555") == [("placing_after_withdrawal", ONE)]
    assert desk.told(ONE, "firearms-protocol-minimum") == []


def test_the_stock_of_a_business_that_ceased_goes_to_its_successor(desk: Desk) -> None:
    for licence in (LICENCE, SUCCESSOR):
        desk.licensed(licence, kind="dealer", hld=HOLDING if licence == LICENCE else OTHER_HOLDING)
    desk.does("firearm.transferred", TWO, hld=OTHER_HOLDING)
    desk.does("firearm.dealer-acquired", TWO, licence=LICENCE, to_hld=HOLDING)
    ceased = {"effective_on": "2026-11-21", "successor": SUCCESSOR, "stock": [THREE]}
    desk.does("licence.business-ceased", LICENCE, "2026-11-21", **ceased)
    duty = "stock_after_business_ceased"
    assert desk.told(LICENCE) == [(duty, ONE), (duty, TWO), (duty, THREE)]
    (first, *_) = desk.due(LICENCE)
    lines = list(_lines(duty_record(first), asked=parse_stream_id(LICENCE)))
    assert f"  about   {first.about}" in lines
    assert f"  to      {SUCCESSOR}, the successor, or elsewhere" in lines
    assert duty_record(first)["successor"] == SUCCESSOR
    taken = {"licence": SUCCESSOR, "to_hld": OTHER_HOLDING}
    desk.does("firearm.dealer-acquired", TWO, "2026-11-22", **taken)
    assert desk.told(LICENCE) == [(duty, ONE), (duty, THREE)]


def test_a_stock_that_is_listed_is_on_record(desk: Desk) -> None:
    desk.licensed(kind="dealer", hld=HOLDING)
    unknown = "arm.01a2076b-4018-7111-8222-999999999999"
    dat: dict[str, Any] = {"effective_on": "2026-11-21", "authority": "auth.xa", "stock": [unknown]}
    event = desk.signed("licence.business-ceased", LICENCE, **dat)
    assert desk.record(event) == ["firearm_unknown"]


@pytest.mark.parametrize("policy", ["example-state", "firearms-protocol-minimum"])
def test_a_stocktake_tells_the_firearms_that_are_to_be_reported_lost(
    policy: str, desk: Desk
) -> None:
    lists: dict[str, Any] = {"missing": [ONE, TWO], "surplus": [THREE], "expected": 9, "counted": 8}
    desk.does("stocktake.recorded", COUNT, count_no="C 1", **lists)
    duty = "missing_to_report"
    assert desk.told(COUNT, policy) == [(duty, ONE), (duty, TWO)]
    assert desk.told(THREE, policy) == []
    desk.does("firearm.lost-reported", ONE, "2026-11-21", discovered_on="2026-11-20")
    assert desk.told(COUNT, policy) == [(duty, TWO)]


@pytest.mark.parametrize(
    ("evt", "dat", "duty"),
    [
        ("stock-counted", {"expected": True, "seen": False}, "uncounted_to_report"),
        ("discrepancy-found", {"kind": "missing"}, "discrepancy_to_report"),
    ],
)
def test_a_firearm_that_a_count_did_not_find_is_to_be_reported_lost(
    evt: str, dat: dict[str, Any], duty: str, desk: Desk
) -> None:
    desk.does(f"firearm.{evt}", ONE, count_no="C 1", **dat)
    assert desk.told(ONE) == [(duty, ONE)]
    seen = {"count_no": "C 2", "expected": True, "seen": True}
    desk.does("firearm.stock-counted", ONE, "2026-11-22", **seen)
    assert desk.told(ONE) == []
