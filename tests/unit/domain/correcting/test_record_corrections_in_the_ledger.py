# SPDX-License-Identifier: Apache-2.0
"""A corrected licence in a ledger: what rests on it is judged by the corrected reading."""

from __future__ import annotations

from typing import Any

import pytest

from domain.aggregate.naming import references
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.licence.licences import HOLDING, Desk
from tests.unit.domain.lives import DATA

TERM = {"valid_from": "2020-01-01", "valid_to": "2020-12-31"}
LONGER = {"field": "valid_to", "old": "2020-12-31", "new": "2030-12-31"}
BACKWARDS = {"field": "valid_to", "old": "2020-12-31", "new": "2019-12-31"}
SOLD = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def correction(desk: Desk, licence: str, target: str, change: dict[str, Any]) -> Any:
    """Sign a correction of one event of a licence."""
    dat = {"target": target, "reason": "clerical_error", "changes": [change]}
    return desk.event("licence.corrected", licence, dat)


@pytest.mark.parametrize("corrected_first", [True, False])
def test_a_transfer_is_judged_by_the_licence_as_corrected_before_it_in_its_batch(
    desk: Desk, *, corrected_first: bool
) -> None:
    licence = desk.licence(("issued", TERM))
    longer = correction(desk, licence, desk.heads[licence][1], LONGER)
    sale = desk.event("firearm.transferred", desk.firearm("A1"), {**SOLD, "licence": licence})
    size = desk.ledger.size
    if corrected_first:
        assert desk.record(longer, sale) == [size, size + 1]
    else:
        assert desk.record(sale, longer) == ["licence_not_valid", size]


def test_a_corrected_licence_reads_the_same_when_the_ledger_forgot_it(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    desk.record(correction(desk, licence, desk.heads[licence][1], LONGER))
    desk.ledger._streams.clear()
    sale = desk.event("firearm.transferred", desk.firearm("A1"), {**SOLD, "licence": licence})
    assert desk.record(sale) == [desk.ledger.size - 1]


def test_what_will_not_fit_after_a_correction_is_foreseen_once(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    issued = desk.heads[licence][1]
    wrong = correction(desk, licence, issued, BACKWARDS)
    foresight = desk.ledger.foresee(wrong.event)
    assert foresight.refusal is None
    assert [note.rule for note in foresight.notes] == ["licence_dates"]
    assert desk.record(wrong) == [desk.ledger.size - 1]
    revoked = desk.event(
        "licence.revoked", licence, {"effective_on": "2020-06-01", "ground": "age"}
    )
    assert desk.ledger.foresee(revoked.event).notes == ()


def test_a_second_correction_of_one_batch_finds_the_old_value_gone(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    issued = desk.heads[licence][1]
    first = correction(desk, licence, issued, LONGER)
    second = correction(desk, licence, issued, LONGER)
    assert desk.record(first, second) == [desk.ledger.size - 1, "correction_stale"]


def test_a_corrected_reference_leads_to_a_record_of_this_ledger(desk: Desk) -> None:
    part, arm = desk.pen.identifier("cmp."), desk.firearm("A1")
    registered = desk.event("component.registered", part, COMPONENT["component.registered"])
    assert desk.record(registered) == [desk.ledger.size - 1]
    for firearm, rule in ((desk.pen.identifier("arm."), "correction_reference"), (arm, None)):
        dat = {
            "target": registered.event.eid,
            "reason": "clerical_error",
            "changes": [{"field": "firearm", "new": firearm}],
        }
        head = desk.heads[part]
        named = desk.event("component.corrected", part, dat)
        assert references(named.event) == (firearm,)
        assert desk.record(named) == [rule or desk.ledger.size - 1]
        desk.heads[part] = head
    state = desk.ledger._streams[registered.event.sub.uuid].state
    assert (state.firearm, state.installed_before) == (arm, True)


def test_a_text_that_names_no_record_is_no_reference(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    for new in (HOLDING, "not an identifier", "auth.xa"):
        change = {"field": "hld", "new": new}
        assert references(correction(desk, licence, "A" * 43, change).event) == ()


@pytest.mark.parametrize("when", [2017, True, {"known": "2017"}])
def test_a_correction_of_a_time_to_what_is_no_time_fails_no_neighbour(
    desk: Desk, when: object
) -> None:
    licence = desk.licence(("issued", TERM))
    target = desk.heads[licence][1]
    wrong = correction(desk, licence, target, {"field": "occ", "old": "2026-11-23", "new": when})
    born = desk.event("firearm.registered", desk.pen.identifier("arm."), DATA["firearm.registered"])
    assert desk.record(wrong, born) == ["correction_result", desk.ledger.size - 1]
