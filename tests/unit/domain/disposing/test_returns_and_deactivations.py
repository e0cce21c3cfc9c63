# SPDX-License-Identifier: Apache-2.0
"""A disposal may be a return or a deactivation, as the shipped list has it (section 7)."""

from __future__ import annotations

import pytest

from domain.event import Event
from tests.unit.domain.lives import HOLDING, contradicted, happened, life, verdict

KNOWN = happened("registered", "2010", holder="civilian", custody="holder", hld=HOLDING)
SURRENDERED = happened("surrendered", "2018")
TAKEN = (KNOWN, happened("seized", "2018"), happened("forfeited", "2019-02-01"))
PERFORMED = happened("deactivation-performed", "2020")
VERIFIED = happened("deactivation-verified", "2020-02")


def decided(method: str, basis: str = "forfeiture") -> Event:
    return happened("disposal-authorised", "2019-06-01", method=method, basis=basis)


def rule_of(*events: Event) -> str | None:
    refusal = verdict(events[:-1], events[-1])
    return refusal.rule if refusal else None


def test_what_was_surrendered_is_returned_by_decision_and_the_return_fits_it() -> None:
    events = (KNOWN, SURRENDERED, decided("return", "owner_consent"))
    assert rule_of(*events) is None
    back = happened("returned-to-owner", "2020")
    assert rule_of(*events, back) is None
    assert contradicted(life(*events, back)) == []
    assert life(*events, back).state.disposal is None


def test_what_was_forfeited_is_not_returned_by_a_disposal() -> None:
    refusal = verdict(TAKEN, decided("return"))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("return_without_owner", "H", "none")
    assert any("forfeiture_set_aside" in each for each in refusal.legal)


@pytest.mark.parametrize(
    ("before", "basis"),
    [(TAKEN, "forfeiture"), ((KNOWN, SURRENDERED), "owner_consent")],
    ids=["forfeited", "surrendered"],
)
def test_a_deactivation_is_a_disposal_that_an_authority_decides(
    before: tuple[Event, ...], basis: str
) -> None:
    assert rule_of(*before, PERFORMED) == "alert_open"
    assert rule_of(*before, decided("retain", basis), PERFORMED) == "alert_open"
    ordered = (*before, decided("deactivate", basis))
    assert rule_of(*ordered, PERFORMED) is None
    assert rule_of(*ordered, PERFORMED, VERIFIED) is None
    state = life(*ordered, PERFORMED, VERIFIED).state
    assert (state.technical, state.disposal) == ("deactivated", None)
    assert state.alerts == life(*before).state.alerts
    assert contradicted(life(*ordered, PERFORMED, VERIFIED)) == []


def test_what_is_listed_is_not_deactivated_by_any_decision() -> None:
    stolen = happened("stolen-reported", "2019-07")
    assert rule_of(*TAKEN, decided("deactivate"), stolen, PERFORMED) == "alert_open"


def test_what_was_deactivated_by_decision_is_disposed_of_by_another_one() -> None:
    done = (*TAKEN, decided("deactivate"), PERFORMED, VERIFIED)
    museum = happened("disposal-authorised", "2021-01-01", method="museum", name="museum")
    assert rule_of(*done, museum) is None
    assert life(*done, museum).state.disposal is not None
