# SPDX-License-Identifier: Apache-2.0
"""A correction makes an event name nothing that the ledger would not have let it name."""

from __future__ import annotations

from typing import Any

import pytest

from audit.appending.admission import AdmittedEvent
from domain.aggregate.naming import references
from tests.unit.domain.authorization.movements import (
    IMPORT_ID,
    UNKNOWN_AUTHORIZATION,
    Movements,
    stated,
)
from tests.unit.domain.authorization.test_moving import arrived
from tests.unit.domain.identity.scenes import component, part_event, slug
from tests.unit.domain.licence.licences import HOLDING, Desk
from tests.unit.domain.lives import correction, happened, life

TERM = {"valid_from": "2020-01-01", "valid_to": "2030-12-31"}
SHORT = {"valid_from": "2020-01-01", "valid_to": "2020-12-31"}
SOLD = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
ANOTHER_ARM = "arm.01a2076b-4018-7111-8222-333333333339"
REASON = {"reason": "clerical_error"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def sold(desk: Desk, **dat: Any) -> AdmittedEvent:
    """Record a transfer of a new firearm in 2022."""
    data = {**SOLD, **dat}
    sale: AdmittedEvent = desk.event(
        "firearm.transferred", desk.firearm("A1"), data, occ="2022-05-01"
    )
    assert desk.record(sale) == [desk.ledger.size - 1]
    return sale


def fixed(desk: Desk, sale: AdmittedEvent, *changes: dict[str, Any]) -> AdmittedEvent:
    dat = {"target": sale.event.eid, "changes": list(changes), **REASON}
    correction: AdmittedEvent = desk.event("firearm.corrected", str(sale.event.sub), dat)
    return correction


def named(old: str | None, new: str) -> dict[str, Any]:
    return {"field": "licence", "new": new, **({"old": old} if old else {})}


@pytest.mark.parametrize("forgotten", [True, False])
@pytest.mark.parametrize(
    ("term", "rule"), [(TERM, None), (SHORT, "licence_not_valid"), (None, "correction_reference")]
)
def test_a_licence_newly_named_is_one_that_the_transfer_could_have_named(
    desk: Desk, term: dict[str, str] | None, rule: str | None, *, forgotten: bool
) -> None:
    first = desk.licence(("issued", TERM))
    sale = sold(desk, licence=first)
    new = desk.licence(("issued", term)) if term else desk.pen.identifier("lic.")
    if forgotten:
        desk.ledger._streams.clear()
    fix = fixed(desk, sale, named(first, new))
    assert references(fix.event) == (new,)
    assert desk.record(fix) == [rule or desk.ledger.size - 1]


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_licence_that_stays_named_is_asked_about_the_corrected_day(
    desk: Desk, *, forgotten: bool
) -> None:
    sale = sold(desk, licence=desk.licence(("issued", TERM)))
    head = desk.heads[str(sale.event.sub)]
    for day, rule in (("2019-05-01", "licence_not_valid"), ("2023-05-01", None)):
        if forgotten:
            desk.ledger._streams.clear()
        desk.heads[str(sale.event.sub)] = head
        fix = fixed(desk, sale, {"field": "occ", "old": "2022-05-01", "new": day})
        assert desk.record(fix) == [rule or desk.ledger.size - 1]


def test_a_correction_is_judged_by_what_its_target_names_in_the_same_batch(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    arm = desk.firearm("A1")
    sale = desk.event("firearm.transferred", arm, {**SOLD, "licence": licence}, occ="2022-05-01")
    fix = fixed(desk, sale, {"field": "occ", "old": "2022-05-01", "new": "2019-05-01"})
    assert desk.record(sale, fix) == [desk.ledger.size - 1, "licence_not_valid"]


def test_what_the_event_breaks_as_it_stands_is_not_held_against_a_correction(desk: Desk) -> None:
    licence = desk.licence(("issued", TERM))
    sale = sold(desk, licence=licence)
    revoked = {"effective_on": "2021-06-01", "ground": "age"}
    assert desk.record(desk.event("licence.revoked", licence, revoked)) == [desk.ledger.size - 1]
    fix = fixed(desk, sale, {"field": "permit_class", "old": "sport", "new": "hunting"})
    assert desk.record(fix) == [desk.ledger.size - 1]


def part(number: int) -> str:
    return f"cmp.01a2076b-4018-7111-8222-{number:012}"


def test_a_part_that_has_moved_on_since_may_be_named_as_it_was_and_one_of_another_kind_not() -> (
    None
):
    """What was true of another record at the time is not held against the truth said late."""
    swap = happened("component-replaced", "2020", component_in=part(1), part="barrel")
    others = {
        part(1): component(part_event("registered", part="barrel", firearm=str(swap.sub))),
        part(2): component(part_event("registered", part="barrel", firearm=ANOTHER_ARM)),
        part(3): component(part_event("registered", part="slide")),
    }
    before = life(happened("registered", "2012"), swap)
    for number, rule in ((2, None), (3, "component_kind"), (4, "correction_reference")):
        fix = correction(swap, {"field": "component_in", "old": part(1), "new": part(number)})
        assert slug(fix, before, others) == rule, number


def border(ledger: Movements, *changes: dict[str, Any]) -> str | None:
    """Correct the import that a ledger of movements recorded last."""
    fix = stated("firearm.corrected", target=ledger.recorded[-1].eid, changes=list(changes))
    refusal = ledger.verdict(fix)
    return refusal.rule if refusal else None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ([{"field": "country", "old": "XB", "new": "XC"}], "authorization_countries"),
        (
            [{"field": "authorization", "old": IMPORT_ID, "new": UNKNOWN_AUTHORIZATION}],
            "correction_reference",
        ),
        ([{"field": "year", "old": 2026, "new": 2025}], "import_year_differs"),
        ([{"field": "occ", "old": "2026-06-20", "new": "2031-06-20"}], "correction_result"),
        ([{"field": "occ", "old": "2026-06-20", "new": "2026-06-21"}], None),
    ],
)
def test_an_import_stays_within_its_authorization(
    changes: list[dict[str, Any]], rule: str | None
) -> None:
    assert border(arrived(), *changes) == rule
