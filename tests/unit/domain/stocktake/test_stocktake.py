# SPDX-License-Identifier: Apache-2.0
"""A count of a whole stock: what is missing, what is too much, and what nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EnvelopeError
from domain.judgement import Accepted
from domain.stocktake.events import LISTED_MAX
from tests.unit.domain.bad.office import Office
from tests.unit.domain.correcting.records import folded, rule_of, stated

COUNT = "stk.01a2076b-4018-7111-8222-000000000001"
ONE, OTHER, ABSENT = (f"arm.01a2076b-4018-7111-8222-33333333333{number}" for number in (1, 2, 9))
SEEN = {"make": {"known": "OTHERWERK"}, "serial": "unknown"}


@pytest.fixture
def office() -> Office:
    """Give a dealer with two firearms on record, the second one stolen."""
    opened = Office(roles=("LIC", "POL", "DLR"))
    for number, arm in enumerate((ONE, OTHER)):
        serial = {"known": f"TW9-00004{number}"}
        assert opened.record(opened.signed("firearm.registered", arm, "2016", serial=serial))
    assert opened.record(opened.signed("firearm.stolen-reported", OTHER, "2026-11-01"))
    return opened


def test_a_count_states_what_was_expected_and_what_was_there(office: Office) -> None:
    count = office.signed(
        "stocktake.recorded", COUNT, count_no="C 1/2026", stock="SHOP", expected=10, counted=11,
        missing=[ONE], surplus=[OTHER], unidentified=[SEEN],
    )  # fmt: skip
    (outcome,) = office.ledger.record([count])
    assert isinstance(outcome, Accepted)
    assert [each.record for each in outcome.hits] == [OTHER]


@pytest.mark.parametrize(
    ("stated_so", "rule"),
    [
        ({}, None),
        ({"expected": 0, "counted": 0}, None),
        ({"counted": 11}, "stocktake_count"),
        ({"counted": 13}, "stocktake_count"),
        ({"counted": 13, "unidentified": [SEEN]}, None),
        ({"counted": 11, "missing": [ONE]}, "firearm_unknown"),
        ({"counted": 12, "missing": [ONE], "surplus": [ONE]}, "stocktake_listed_twice"),
        ({"counted": 10, "missing": [ONE, ONE]}, "stocktake_listed_twice"),
        ({"licence": "lic.01a2076b-4018-7111-8222-000000000001"}, "licence_unknown"),
    ],
    ids=str,
)
def test_the_lists_explain_the_numbers(stated_so: dict[str, Any], rule: str | None) -> None:
    assert rule_of((), stated("stocktake.recorded", **stated_so)) == rule


def test_what_is_listed_is_on_record_or_described_as_it_was_seen(office: Office) -> None:
    least: dict[str, Any] = {"count_no": "C 1/2026", "expected": 1}
    unknown = office.signed("stocktake.recorded", COUNT, **least, counted=2, surplus=[ABSENT])
    assert office.record(unknown) == ["firearm_unknown"]


def test_a_count_is_recorded_once_and_corrected_afterwards() -> None:
    count = stated("stocktake.recorded", stock="SHOP")
    assert folded([count]).stated.stock == "SHOP"
    assert rule_of([count], stated("stocktake.recorded")) == "origin_repeated"
    assert rule_of([], stated("stocktake.corrected")) == "origin_missing"


@pytest.mark.parametrize(
    "wrong",
    [
        {"expected": -1},
        {"counted": 1_000_001},
        {"missing": []},
        {"missing": [ONE] * (LISTED_MAX + 1)},
        {"unidentified": [{"remark": "free text"}]},
    ],
    ids=["negative", "too many", "empty", "too long", "free text"],
)
def test_a_value_outside_its_form_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        stated("stocktake.recorded", **wrong)
