# SPDX-License-Identifier: Apache-2.0
"""The schemas of authorizations and shipments are closed and complete (rule 6)."""

from __future__ import annotations

from typing import Any, cast

import pytest

from domain.authorization.shipment.table import SHIPMENT as SHIPMENT_AGGREGATE
from domain.authorization.table import AUTHORIZATION as AUTHORIZATION_AGGREGATE
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from tests.unit.domain.authorization.movements import LEAST, stated
from tests.unit.domain.least.authorization import AUTHORIZATION, ITEM
from tests.unit.domain.least.shipment import SHIPMENT

NAMES = sorted({**AUTHORIZATION, **SHIPMENT})
LINES = [*AUTHORIZATION_AGGREGATE.lines.values(), *SHIPMENT_AGGREGATE.lines.values()]
ROLES = {
    "authorization.applied": "LIC IMX",
    "authorization.issued": "LIC",
    "authorization.transit-no-objection-recorded": "LIC",
    "authorization.brokering-recorded": "BRK LIC",
    "authorization.drawn": "LIC IMX CUS",
    "authorization.corrected": "STW LIC IMX BRK CUS CRT POL TRC",
    "shipment.declared": "IMX CUS",
    "shipment.crossed": "IMX CUS",
    "shipment.received": "IMX CUS",
    "firearm.exported": "IMX CUS",
    "firearm.transit-crossed": "IMX CUS",
    "firearm.imported": "IMX CUS",
}


def test_every_type_has_one_line_and_every_line_a_rule() -> None:
    assert {line.evt for line in LINES} == set(NAMES)
    without = {line.evt for line in LINES if not line.rules}
    assert without == {"authorization.corrected", "shipment.corrected"}, "theirs are on the record"


def test_the_roles_are_those_of_the_domain() -> None:
    for evt, roles in ROLES.items():
        assert CATALOGUE.find(evt, 1).roles == frozenset(roles.split())


@pytest.mark.parametrize("evt", NAMES)
def test_the_least_data_of_a_type_is_accepted_and_kept(evt: str) -> None:
    assert stated(evt).dat.model_dump(mode="json", exclude_unset=True) == LEAST[evt]


@pytest.mark.parametrize("evt", NAMES)
def test_an_unknown_member_is_refused(evt: str) -> None:
    with pytest.raises(EnvelopeError, match=r"dat\.remark"):
        stated(evt, remark="free text")


@pytest.mark.parametrize("evt", NAMES)
def test_a_missing_required_member_is_refused(evt: str) -> None:
    fields = CATALOGUE.latest(evt).dat.model_fields
    for name in (name for name, field in fields.items() if field.is_required()):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            stated(evt, **{name: "absent"})


@pytest.mark.parametrize("evt", NAMES)
def test_an_explicit_null_is_refused_for_every_optional_member(evt: str) -> None:
    fields = CATALOGUE.latest(evt).dat.model_fields
    for name in (name for name, field in fields.items() if not field.is_required()):
        with pytest.raises(EnvelopeError, match=rf"dat\.{name}"):
            stated(evt, **{name: cast("Any", None)})


@pytest.mark.parametrize(
    "member",
    [
        "number", "place_of_issue", "issued_on", "expires_on", "export_country",
        "import_country", "transit_countries", "final_recipient", "items",
    ],
)  # fmt: skip
def test_nothing_that_article_10_demands_of_a_licence_can_be_left_out(member: str) -> None:
    assert CATALOGUE.find("authorization.issued", 1).dat.model_fields[member].is_required()


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("authorization.applied", {"kind": "loan"}),
        ("authorization.applied", {"purpose": "unknown"}),
        ("authorization.applied", {"export_country": "Germany"}),
        ("authorization.transit-no-objection-recorded", {"reply": "by_telephone"}),
        ("authorization.issued", {"issued_on": "2026"}),
        ("authorization.issued", {"issued_on": "unknown"}),
        ("authorization.issued", {"expires_on": "2026-02-30"}),
        ("authorization.issued", {"transit_countries": "unknown"}),
        ("authorization.issued", {"transit_countries": []}),
        ("authorization.issued", {"final_recipient": "Jane Doe"}),
        ("authorization.issued", {"final_recipient": {"agency": "POLICE XB"}}),
        ("authorization.issued", {"items": []}),
        ("authorization.issued", {"items": [{**ITEM, "quantity": 0}]}),
        ("authorization.issued", {"items": [{**ITEM, "quantity": 1.5}]}),
        ("authorization.issued", {"items": [{**ITEM, "goods": "knife"}]}),
        ("authorization.issued", {"items": [{**ITEM, "kind": "bazooka"}]}),
        ("authorization.issued", {"items": [ITEM] * 25}),
        ("authorization.refused", {"ground": "mood"}),
        ("authorization.drawn", {"portions": [{"line": 0, "quantity": 1}]}),
        ("authorization.drawn", {"shipment": "arm.01a2076b-4018-7111-8222-333333333333"}),
        ("authorization.draw-cancelled", {"reason": "mood"}),
        ("shipment.declared", {"firearms": ["TW9-000042"]}),
        ("shipment.declared", {"exit_on": "2026-06"}),
        ("shipment.received", {"counts": [{"line": 1, "quantity": -1}]}),
        ("shipment.received", {"discrepancies": ["mood"]}),
        ("shipment.closed", {"outcome": "fine"}),
        ("firearm.temporarily-exported", {"purpose": "unknown"}),
        ("firearm.temporarily-imported", {"document": "letter"}),
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"{evt}: dat\.{next(iter(wrong))}"):
        stated(evt, **wrong)


@pytest.mark.parametrize("evt", NAMES)
def test_persons_stand_only_under_a_holding(evt: str) -> None:
    kind = CATALOGUE.latest(evt)
    assert not kind.claims or "hld" in kind.dat.model_fields
    assert len(kind.claims) <= kind.digests
    assert not set(kind.claims) & set(kind.dat.model_fields)
