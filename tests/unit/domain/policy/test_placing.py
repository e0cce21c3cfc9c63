# SPDX-License-Identifier: Apache-2.0
"""Which firearms a decision on a licence reaches, and what a list of another stream makes due."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.occurrence import parse_occurrence
from domain.policy.duties import Duty, duties
from tests.unit.domain.least.licence import DECISION
from tests.unit.domain.lives import HOLDING, OTHER_HOLDING, SOURCE, happened
from tests.unit.domain.policy.policies import HEAD, PLACING, entries, in_log_order, policy, recorded
from tests.unit.domain.policy.test_policy_parsing import problems

LICENCE = "lic.01a2076b-4018-7111-8222-000000000009"
OTHER_LICENCE = "lic.01a2076b-4018-7111-8222-000000000010"
COUNT = "stk.01a2076b-4018-7111-8222-000000000011"
ARM = "arm.01a2076b-4018-7111-8222-333333333333"
ANOTHER = "arm.01a2076b-4018-7111-8222-333333333334"
BORN = happened("registered", "2012")
ON = parse_occurrence("2026")

UNLICENSED = PLACING.replace('through = "licence"', 'through = "licence"\nholding = "unlicensed"')
BANNED = UNLICENSED.replace('"unlicensed"', '"all"').replace(
    "licence.revoked", "licence.ban-imposed"
)
CEASED = """
[[duty]]
code = "stock"
sentence = "Place it."
source = "27 CFR 478.127"
opens = { event = "licence.business-ceased" }
through = "licence"
holding = "unlicensed"
naming = "stock"
closes = ["firearm.dealer-acquired"]
days = 30
counts_from = "effective_on"
who = "DLR"
severity = "high"
"""
MISSING = """
[[duty]]
code = "missing"
sentence = "Report it."
source = "27 CFR 478.39a"
opens = { event = "stocktake.recorded" }
naming = "missing"
closes = ["firearm.lost-reported", "firearm.found"]
days = 2
counts_from = "occ"
who = "DLR"
severity = "high"
"""


def licence(*, holding: str | None = HOLDING, kind: str = "possession") -> Event:
    dat: dict[str, Any] = {"kind": kind, "status": "valid", "source": SOURCE}
    dat |= {"hld": holding} if holding else {}
    return recorded("licence.registered", dat, sub=LICENCE, occ="2015")


def decided(evt: str = "revoked", occ: str = "2020-06-01", **dat: Any) -> Event:
    return recorded(
        f"licence.{evt}", {**DECISION, "effective_on": occ, **dat}, sub=LICENCE, occ=occ
    )


def due(text: str, firearm: tuple[Event, ...], *others: Event) -> list[Duty]:
    """Give the duties of a firearm that other records open."""
    return [*duties(entries(BORN, *firearm), policy(text), on=ON, others=in_log_order(others))]


def held(occ: str = "2018", **dat: Any) -> Event:
    return happened("transferred", occ, name=str(dat), **dat)


@pytest.mark.parametrize(
    ("firearm", "reached"),
    [
        ((held(),), True),
        ((held(licence=LICENCE),), True),
        ((held(licence=LICENCE, hld=OTHER_HOLDING),), True),
        ((held(licence=OTHER_LICENCE),), False),
        ((held(hld=OTHER_HOLDING),), False),
        ((held("2021"),), False),
        ((held(), held("2019", hld=OTHER_HOLDING)), False),
        ((held(), happened("inherited", "2019", hld=OTHER_HOLDING)), False),
        ((held(), happened("receipt-confirmed", "2019")), True),
        ((held(licence=OTHER_LICENCE), happened("receipt-confirmed", "2019")), False),
        ((happened("imported", "2018", hld=HOLDING),), True),
    ],
)
def test_a_firearm_in_the_holding_of_a_licence_is_held_under_it_unless_it_names_another(
    firearm: tuple[Event, ...], reached: bool
) -> None:
    assert bool(due(UNLICENSED, firearm, licence(), decided())) is reached


def test_what_was_taken_over_into_the_holding_of_a_licence_is_reached() -> None:
    legacy = happened("registered", "2012", hld=HOLDING)
    others = in_log_order([licence(), decided()])
    (found,) = duties(entries(legacy), policy(UNLICENSED), on=ON, others=others)
    assert (found.state, str(found.about)) == ("overdue", ARM)
    named = happened("registered", "2012", licence=LICENCE)
    assert duties(entries(named), policy(PLACING), on=ON, others=others)
    assert not duties(entries(legacy), policy(PLACING), on=ON, others=others)


def test_a_licence_without_a_holding_reaches_what_names_it() -> None:
    assert due(UNLICENSED, (held(),), licence(holding=None), decided()) == []
    assert due(UNLICENSED, (held(licence=LICENCE),), licence(holding=None), decided())


def test_a_ban_reaches_whatever_its_person_has() -> None:
    """WaffG 41: no firearms at all, whatever licence they are held under."""
    ban = decided("ban-imposed")
    for one in ({}, {"licence": LICENCE}, {"licence": OTHER_LICENCE}):
        (found,) = due(BANNED, (held(**one),), licence(), ban)
        assert found.opened_by.event == ban
    assert due(BANNED, (held(hld=OTHER_HOLDING),), licence(), ban) == []


def test_a_change_of_hands_after_the_decision_meets_the_duty() -> None:
    (found,) = due(
        UNLICENSED, (held(), held("2020-06-20", hld=OTHER_HOLDING)), licence(), decided()
    )
    assert (found.state, str(found.closed_at)) == ("met", "2020-06-20")


@pytest.mark.parametrize(
    ("stock", "firearm", "reached"),
    [
        ([ARM], (), True),
        ([ANOTHER], (), False),
        ([ANOTHER], (happened("dealer-acquired", "2018", to_hld=HOLDING),), True),
        ([ANOTHER], (happened("dealer-acquired", "2018", licence=LICENCE),), True),
        ([ARM], (happened("stolen-reported", "2019"),), False),
        ([ARM], (happened("stolen-reported", "2021"),), True),
    ],
)
def test_the_open_stock_of_a_business_that_ceased_is_to_be_placed(
    stock: list[str], firearm: tuple[Event, ...], reached: bool
) -> None:
    ceased = recorded(
        "licence.business-ceased",
        {"effective_on": "2020-06-01", "successor": OTHER_LICENCE, "stock": stock},
        sub=LICENCE, occ="2020-06-01",
    )  # fmt: skip
    found = due(CEASED, firearm, licence(kind="dealer"), ceased)
    assert [each.opened_by.event for each in found] == [ceased] * reached
    if found:
        taken = happened("dealer-acquired", "2020-06-10", licence=OTHER_LICENCE, name="taken")
        (met,) = due(CEASED, (*firearm, taken), licence(kind="dealer"), ceased)
        assert met.state == "met"


def counted(occ: str = "2020-06-01", **lists: Any) -> Event:
    dat = {"count_no": "C 1", "expected": 2, "counted": 1, "missing": [ARM], **lists}
    return recorded("stocktake.recorded", dat, sub=COUNT, occ=occ)


@pytest.mark.parametrize(
    ("firearm", "state"),
    [
        ((), "overdue"),
        ((happened("lost-reported", "2020-06-02"),), "met"),
        ((happened("lost-reported", "2020-06-09"),), "met_late"),
        ((happened("lost-reported", "2020-05-01"),), None),
        ((happened("lost-reported", "2019"), happened("found", "2019-06")), "overdue"),
        ((happened("found", "2019-06"),), "overdue"),
    ],
)
def test_what_a_stocktake_lists_as_missing_is_to_be_reported_lost(
    firearm: tuple[Event, ...], state: str | None
) -> None:
    assert [each.state for each in due(MISSING, firearm, counted())] == ([state] if state else [])


def test_a_stocktake_makes_nothing_due_for_what_it_does_not_list() -> None:
    assert due(MISSING, (), counted(missing=[ANOTHER])) == []
    assert due(MISSING, (), counted("2011")) == []
    assert duties(entries(BORN), policy(MISSING), on=ON) == ()
    of_itself = duties(in_log_order([counted()]), policy(MISSING), on=ON)
    assert of_itself == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('naming = "missing"', 'naming = "stock"', "names no other stream by stock"),
        ('naming = "missing"', 'naming = "nothing"', "names no other stream by nothing"),
        ('naming = "missing"', 'holding = "all"', "a holding counts only beside through"),
        ('"firearm.found"', '"trace.closed"', "is not recorded in the stream"),
        ('naming = "missing"', 'naming = "missing"\nholding = "some"', "holding: "),
    ],
)
def test_a_list_or_a_holding_that_reaches_nothing_is_told(old: str, new: str, problem: str) -> None:
    assert old in MISSING
    assert problem in problems(HEAD + MISSING.replace(old, new))


def test_a_list_may_be_closed_in_its_own_stream_too() -> None:
    text = MISSING.replace('"firearm.found"', '"stocktake.corrected"')
    assert policy(text).duty[0].naming == "missing"
