# SPDX-License-Identifier: Apache-2.0
"""What shows no licence is recorded and flagged; what the record contradicts is refused."""

from __future__ import annotations

from typing import Any

import pytest

from domain.component.state import Component
from tests.unit.domain.disposing.desk import ARMS, Desk, register
from tests.unit.domain.identity.scenes import component, part_event, slug
from tests.unit.domain.least.trading import HOLDING
from tests.unit.domain.licence.licences import SUB, decided, licence
from tests.unit.domain.lives import OTHER_HOLDING, SOURCE, contradicted, happened, life, verdict

ARM, OTHER, THIRD = ARMS[:3]
LICENCE = "lic.01a2076b-4018-7111-8222-666666666661"
NONE = {"exemption": "absent"}
SHOWING = (
    "transferred",
    "dealer-acquired",
    "dealer-disposed",
    "receipt-confirmed",
    "custody-received",
    "converted",
)
B4 = {"scheme": "eu_2021_555", "as_of": "2021", "code": "B4"}
C1 = {**B4, "code": "C1"}
DEALER = happened("registered", "2010", holder="dealer", custody="holder")


@pytest.mark.parametrize("evt", SHOWING)
@pytest.mark.parametrize(
    ("stated", "noted"),
    [
        (NONE, True),
        ({**NONE, "source": SOURCE}, False),
        ({"exemption": "exempt_body"}, False),
        ({"exemption": "foreign_permit"}, False),
        ({"exemption": "not_required"}, False),
        ({**NONE, "licence": LICENCE}, False),
    ],
    ids=str,
)
def test_an_event_without_licence_or_exemption_is_recorded_and_flagged(
    evt: str, stated: dict[str, Any], noted: bool
) -> None:
    event = happened(evt, "2020", **stated)
    assert verdict((DEALER,), event) is None
    rules = [rule for _, rule in contradicted(life(DEALER, event))]
    assert rules == (["entitlement_not_shown"] if noted else [])


@pytest.mark.parametrize("evt", ["production-planned", "manufactured"])
def test_a_maker_who_shows_no_licence_is_flagged(evt: str) -> None:
    (found,) = life(happened(evt, "2016", **NONE)).contradictions
    assert (found.refusal.rule, found.refusal.axis) == ("entitlement_not_shown", "H")
    assert found.refusal.legal == ("licence", "exemption")
    assert life(happened(evt, "2016")).contradictions == ()


def test_a_maker_of_parts_who_shows_no_licence_is_flagged() -> None:
    made: Component = component(part_event("manufactured", **NONE))
    assert [each.refusal.rule for each in made.contradictions] == ["entitlement_not_shown"]
    assert component(part_event("manufactured")).contradictions == ()


def test_a_body_of_the_state_needs_no_licence() -> None:
    sold = happened("dealer-disposed", "2020", holder="state_stock", **NONE)
    received = happened("receipt-confirmed", "2021", holder="state_stock", **NONE)
    assert life(DEALER, sold, received).contradictions == ()


def test_the_category_that_is_stated_is_the_one_on_record() -> None:
    known = happened("registered", "2010", holder="dealer", custody="holder", category=B4)
    for evt in ("transferred", "dealer-acquired", "dealer-disposed", "receipt-confirmed"):
        assert verdict((known,), happened(evt, "2020", category=B4)) is None
        national = {"scheme": "xa_law", "as_of": "2021", "code": "2"}
        assert verdict((known,), happened(evt, "2020", category=national)) is None
        refusal = verdict((known,), happened(evt, "2020", category=C1))
        assert refusal
        assert (refusal.rule, refusal.axis, refusal.found) == ("category_differs", "category", "C1")
        assert "B4" in refusal.legal


def test_a_conversion_changes_the_category_that_counts() -> None:
    known = happened("registered", "2010", holder="dealer", custody="holder", category=B4)
    after = {"category": C1, "barrel_mm": 500}
    converted = happened("converted", "2015", before={"category": B4}, after=after)
    assert contradicted(life(known, converted)) == []
    assert verdict((known, converted), happened("transferred", "2020", category=C1)) is None
    refusal = verdict((known, converted), happened("transferred", "2020", category=B4))
    assert refusal
    assert refusal.rule == "category_differs"


def test_a_category_before_a_conversion_that_is_not_the_one_on_record_is_noted() -> None:
    known = happened("registered", "2010", category=B4)
    converted = happened("converted", "2015", before={"category": C1}, after={"barrel_mm": 500})
    (found,) = life(known, converted).contradictions
    assert (found.refusal.rule, found.refusal.found) == ("form_differs", "C1")
    assert found.refusal.legal == ("B4",)


def licensed(kind: str = "possession", arms: tuple[str, ...] = (ARM,), **issued: Any) -> Desk:
    """Give a desk with firearms in the stock of a dealer, and a licence."""
    desk = register(*arms, holder="dealer")
    assert desk.put("licence.applied", LICENCE, kind=kind, hld=HOLDING) is None
    term = {"valid_from": "2015-01-01", "valid_to": "2034-12-31"}
    assert desk.put("licence.issued", LICENCE, **{**term, **issued}) is None
    return desk


def given(desk: Desk, evt: str = "transferred", sub: str = ARM, **dat: Any) -> str | None:
    return desk.put(f"firearm.{evt}", sub, "2020-06-01", **{**NONE, "licence": LICENCE, **dat})


@pytest.mark.parametrize(
    ("kind", "legal"),
    [
        *((each, True) for each in ("acquisition", "possession", "target_shooting", "collecting")),
        *((each, True) for each in ("other", "unknown")),
        *((each, False) for each in ("broker", "hunting", "firearms_pass", "carrying", "museum")),
        *((each, False) for each in ("dealer", "maker")),
    ],
)
@pytest.mark.parametrize("evt", ["transferred", "dealer-disposed", "receipt-confirmed"])
def test_a_person_receives_under_a_licence_to_have_firearms(
    evt: str, kind: str, legal: bool
) -> None:
    assert given(licensed(kind), evt) == (None if legal else "licence_kind")


@pytest.mark.parametrize(
    ("holder", "kinds"),
    [
        ("museum", {"museum", "collecting"}),
        ("dealer", {"dealer", "maker"}),
        ("maker", {"maker"}),
        ("estate", {"possession"}),
        ("state_stock", {"museum", "maker", "broker"}),
    ],
)
def test_the_kind_of_licence_fits_the_class_of_the_receiver(holder: str, kinds: set[str]) -> None:
    for kind in ("museum", "collecting", "dealer", "maker", "possession", "broker"):
        legal = kind in kinds or (holder == "state_stock") or (kind, holder) in MORE
        found = given(licensed(kind), "dealer-disposed", holder=holder)
        assert found == (None if legal else "licence_kind"), kind


MORE = {("possession", "museum"), ("collecting", "estate")}


def test_the_licence_is_the_receivers_own() -> None:
    desk = licensed()
    sale = {**NONE, "licence": LICENCE, "hld": OTHER_HOLDING}
    refusal = desk.judge("firearm.transferred", ARM, "2020-06-01", **sale)
    assert refusal
    assert (refusal.rule, refusal.axis) == ("licence_holding", "H")
    assert (refusal.found, refusal.legal[0]) == (OTHER_HOLDING, HOLDING)
    assert given(desk, hld=OTHER_HOLDING, licence_hld=OTHER_HOLDING) == "licence_holding"
    assert given(desk, hld=OTHER_HOLDING, licence_hld=HOLDING) is None


def test_the_licence_of_a_dealer_is_compared_with_the_dealers_holding() -> None:
    desk = licensed("dealer")
    assert given(desk, "dealer-acquired", to_hld=OTHER_HOLDING) == "licence_holding"
    assert given(desk, "dealer-acquired", hld=OTHER_HOLDING) is None
    assert given(desk, "dealer-acquired", to_hld=HOLDING) is None


@pytest.mark.parametrize(
    ("stated", "known", "rule"),
    [
        ({}, None, "category_missing"),
        ({"category": C1}, None, None),
        ({"category": B4}, None, "licence_scope"),
        ({}, C1, None),
        ({}, B4, "licence_scope"),
        ({"category": C1}, B4, "category_differs"),
    ],
    ids=str,
)
def test_a_licence_for_some_categories_asks_for_the_category(
    stated: dict[str, Any], known: Any, rule: str | None
) -> None:
    desk = licensed(categories=[{**B4, "code": "C"}])
    if known:
        described: dict[str, Any] = {"holder": "dealer", "custody": "holder", "category": known}
        assert desk.put("firearm.registered", OTHER, "2010", serial="unknown", **described) is None
    assert given(desk, sub=OTHER if known else ARM, **stated) == rule


def test_a_maker_whose_licence_is_for_some_categories_states_the_category() -> None:
    desk = licensed("maker", categories=[{**B4, "code": "C"}])
    made: dict[str, Any] = {**NONE, "licence": LICENCE, "year": 2019, "serial": {"known": "N-1"}}
    for category, rule in (("absent", "category_missing"), (B4, "licence_scope"), (C1, None)):
        assert desk.put("firearm.manufactured", OTHER, "2020", category=category, **made) == rule


@pytest.mark.parametrize(
    ("kind", "rule"), [("dealer", None), ("maker", None), ("possession", "licence_kind")]
)
def test_who_converts_or_keeps_firearms_for_others_is_of_the_trade(
    kind: str, rule: str | None
) -> None:
    assert given(licensed(kind), "converted") == rule
    assert given(licensed(kind), "custody-received", hld=OTHER_HOLDING) == rule
    expired = licensed(kind, valid_to="2019-12-31")
    assert given(expired, "converted") == (rule or "licence_not_valid")
    for evt in ("converted", "custody-received"):
        assert given(register(holder="dealer"), evt) == "licence_unknown"


@pytest.mark.parametrize("evt", ["transferred", "dealer-disposed"])
def test_the_giver_names_a_licence_that_is_on_record(evt: str) -> None:
    desk = licensed("dealer")
    from_ = {"licence": "absent", "exemption": "not_required"}
    unknown = f"{LICENCE[:-1]}9"
    assert given(desk, evt, **from_, from_licence=unknown) == "licence_unknown"
    assert given(desk, evt, **from_, from_licence=LICENCE) is None


def test_a_dealer_disposes_under_a_licence_to_deal() -> None:
    from_ = {"licence": "absent", "exemption": "not_required", "from_licence": LICENCE}
    assert given(licensed("possession"), "dealer-disposed", **from_) == "licence_kind"
    assert given(licensed("possession"), "transferred", **from_) is None


@pytest.mark.parametrize(
    ("kind", "dat", "rule"),
    [
        ("possession", {}, None),
        ("broker", {}, "licence_kind"),
        ("possession", {"hld": OTHER_HOLDING}, "licence_holding"),
        ("possession", {"licence_hld": HOLDING, "hld": OTHER_HOLDING}, None),
        ("dealer", {"holder": "dealer"}, None),
    ],
)
def test_a_loose_component_changes_hands_by_the_same_rules(
    kind: str, dat: dict[str, Any], rule: str | None
) -> None:
    given_: dict[str, Any] = {"valid_from": "2015-01-01", "firearms": 1}
    held = licence(decided("applied", kind=kind, hld=HOLDING), decided("issued", **given_))
    sold = part_event("transferred", "2020", **{**NONE, "licence": SUB, **dat})
    assert slug(sold, component(part_event("manufactured")), {SUB: held}) == rule


def test_a_component_of_some_category_needs_it_stated_where_the_licence_names_some() -> None:
    issued = decided("issued", valid_from="2015-01-01", categories=[{**B4, "code": "C"}])
    held = licence(decided("applied", kind="possession"), issued)
    for category, rule in (("absent", "category_missing"), (B4, "licence_scope"), (C1, None)):
        sold = part_event("transferred", "2020", **NONE, licence=SUB, category=category)
        assert slug(sold, component(part_event("manufactured")), {SUB: held}) == rule


def test_a_component_that_is_transferred_without_a_licence_is_flagged() -> None:
    sold: Component = component(part_event("manufactured"), part_event("transferred", **NONE))
    assert [each.refusal.rule for each in sold.contradictions] == ["entitlement_not_shown"]
