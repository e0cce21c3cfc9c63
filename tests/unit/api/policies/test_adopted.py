# SPDX-License-Identifier: Apache-2.0
"""The log says which policy a jurisdiction adopted, and that one is asked first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.client.attest import endorse
from api.policies.adopted import adopted_names, in_order
from api.policies.loading import NAMES, USUAL, load_policy
from tests.unit.domain.identity.test_two_signatures import SECOND, Office
from tests.unit.domain.policy.policies import DATA

TODAY = "2026-12-05"
LAW, EUROPE = "example-state", "eu-directive-2021-555"


@pytest.fixture
def office() -> Office:
    return Office()


def decided(office: Office, evt: str = "policy.adopted", *, sub: str = "", **dat: Any) -> str:
    """Record a decision of two persons on a policy; give its stream."""
    sub = sub or office.pen.identifier("pol.")
    data = {**DATA[evt], **dat}
    draft = office.draft(evt, sub, data)
    signed = {**data, "endorsements": [endorse(SECOND, draft)]}
    at = office.record(replace(draft, dat=signed, jti=office.pen.identifier()))
    assert isinstance(at, int), at
    return sub


def adopt(office: Office, name: str, since: str = "2026-12-01", **dat: Any) -> str:
    """Adopt a policy as it comes with the software."""
    own = {"policy": name, "digest": load_policy(name).digest, "effective_on": since}
    return decided(office, **{**own, **dat})


def test_where_nothing_is_adopted_the_usual_one_comes_first(office: Office) -> None:
    assert adopted_names(office.ledger, TODAY, ["XA"]) == ()
    assert in_order(NAMES, ())[0] == USUAL
    assert sorted(in_order(NAMES, ())) == sorted(NAMES)


def test_the_adopted_one_comes_first_from_its_day_on_until_it_is_withdrawn(office: Office) -> None:
    sub = adopt(office, LAW)
    assert adopted_names(office.ledger, "2026-11-30", ["XA"]) == ()
    assert adopted_names(office.ledger, TODAY, ["XA"]) == (LAW,)
    assert in_order(NAMES, (LAW,))[:2] == (LAW, USUAL)
    decided(office, "policy.withdrawn", sub=sub, effective_on="2027-01-01")
    assert adopted_names(office.ledger, "2026-12-31", ["XA"]) == (LAW,)
    assert adopted_names(office.ledger, "2027-01-01", ["XA"]) == ()


def test_of_several_the_latest_counts_first(office: Office) -> None:
    adopt(office, LAW, since="2026-12-01")
    adopt(office, EUROPE, since="2026-12-02")
    assert adopted_names(office.ledger, TODAY, ["XA"]) == (EUROPE, LAW)


def test_another_text_of_the_same_name_is_not_the_one_that_was_adopted(office: Office) -> None:
    adopt(office, LAW, digest="D" * 43)
    assert adopted_names(office.ledger, TODAY, ["XA"]) == ()


def test_it_counts_for_the_whole_of_its_jurisdiction_and_for_no_other(office: Office) -> None:
    adopt(office, LAW)
    assert adopted_names(office.ledger, TODAY, ["XA-NW"]) == (LAW,)
    assert adopted_names(office.ledger, TODAY, ["XB"]) == ()
    assert adopted_names(office.ledger, TODAY, []) == ()
