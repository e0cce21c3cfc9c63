# SPDX-License-Identifier: Apache-2.0
"""Every field that the catalogue of the domain asks for has its member in the schema."""

from __future__ import annotations

from typing import Any, Final

import pytest

from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.event import read_data
from domain.firearm.events.common import Fact
from domain.identifiers import REGISTRY_KINDS
from tests.unit.domain.lives import HOLDING, happened
from tests.unit.every import for_every

FIELDS: Final[dict[str, str]] = {
    "firearm.production-planned": "make model serial",
    "component.manufactured": "part make serial",
    "firearm.manufactured": "make country place serial markings model kind calibre year "
    "leading_part leading_component",
    "firearm.registered": "make model calibre serial numbers source",
    "firearm.marked": "mark height_um depth_um photos",
    "component.marked": "mark height_um depth_um photos",
    "firearm.proof-tested": "house markings date_code passed",
    "authorization.issued": "number place_of_issue issued_on expires_on exporter importer "
    "final_recipient transit_countries items carriage",
    "authorization.transit-no-objection-recorded": "country on reply",
    "authorization.brokering-recorded": "broker parties licence",
    "firearm.exported": "authorization shipment exit_point",
    "firearm.temporarily-exported": "purpose due_on document",
    "shipment.received": "counts discrepancies",
    "firearm.dealer-acquired": "hld from_licence described",
    "firearm.dealer-disposed": "hld licence described form_no",
    "firearm.custody-received": "purpose hld",
    "firearm.transferred": "hld from_hld licence from_licence acq",
    "firearm.inherited": "from_hld hld due_on",
    "licence.issued": "hld categories valid_from valid_to",
    "licence.refused": "ground appeal",
    "firearm.released-to-civilian": "entity authority_ref mark_event",
    "firearm.lost-reported": "discovered_on window_from window_to place cause agency report_no "
    "authority authority_ref",
    "firearm.stolen-reported": "discovered_on window_from window_to place cause agency report_no "
    "authority authority_ref",
    "firearm.alert-published": "system reference category",
    "firearm.found": "place hld circumstance",
    "firearm.surrendered": "place programme anonymous amnesty",
    "firearm.seized": "ground proceeding crimes place person_roles condition conditions loaded",
    "firearm.forensically-examined": "findings ballistics restored photos",
    "firearm.forfeited": "order_no ordered_on final appeal_until",
    "firearm.disposal-authorised": "method trace_outcome trace_exception",
    "firearm.returned-to-owner": "hld licence order_no",
    "firearm.deactivation-performed": "table operations",
    "firearm.deactivation-verified": "certificate_no country entity year parts serials_kept",
    "firearm.converted": "before after markings",
    "firearm.component-replaced": "component_out component_in reason",
    "firearm.leading-component-replaced": "component_out component_in part_history",
    "firearm.obliteration-discovered": "mark residual",
    "firearm.mark-restored": "restored method confidence report_no",
    "firearm.destruction-scheduled": "lot basis",
    "firearm.destroyed": "method certificate_no photos",
    "trace.requested": "ground described markings kind calibre uses urgency urgency_reason "
    "recipient country_of_origin importer recovered_on recovered_at crime agency case_no",
    "trace.responded": "last_status hld last_on steps certainty restrictions",
    "trace.point-of-diversion-established": "place on circumstance method evidence",
    "record.accessed": "purpose answers",
}
"""Members by the "required fields" column of the domain facts, section 5, for every row that
has an event of its own; who, when, authority and digests stand in the envelope."""

ENVELOPE: Final = ("jur", "source", "legal_basis", "case", "documents", "confidence")
"""What every event may carry beyond its payload's own claims (domain facts, section 5)."""

FACTS = [kind for kind in CATALOGUE if kind.subject not in REGISTRY_KINDS]


@for_every(FIELDS.items(), "row")
def test_a_field_of_the_catalogue_is_a_member(row: tuple[str, str]) -> None:
    evt, names = row
    assert set(names.split()) - set(CATALOGUE.latest(evt).dat.model_fields) == set()


@for_every(FACTS)
def test_every_event_may_state_its_legal_basis_case_documents_and_confidence(kind: Any) -> None:
    assert issubclass(kind.dat, Fact)
    assert set(ENVELOPE) <= set(kind.dat.model_fields)


def test_what_an_event_may_always_carry_is_kept_as_stated() -> None:
    stated: dict[str, Any] = {
        "legal_basis": "firearms_act_12",
        "case": "case.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54",
        "documents": ["A" * 43, "B" * 43],
        "confidence": "probable",
    }
    found = happened("found", **stated).dat.model_dump(mode="json", exclude_unset=True)
    assert {name: found[name] for name in stated} == stated


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("found", {"case": "17"}),
        ("found", {"documents": ["report.pdf"]}),
        ("found", {"documents": []}),
        ("found", {"confidence": "very"}),
        ("found", {"legal_basis": "Section 12"}),
        ("found", {"place": {}}),
        ("found", {"place": {"geohash": "u0m7k3w"}}),
        ("found", {"circumstance": "lucky"}),
        ("seized", {"person_roles": ["thief"]}),
        ("seized", {"conditions": ["dirty"]}),
        ("marked", {"height_um": 0}),
        ("marked", {"depth_um": 0.1}),
        ("lost-reported", {"cause": "absent"}),
        ("lost-reported", {"window_from": "absent"}),
        ("stolen-reported", {"window_to": "absent"}),
        ("manufactured", {"leading_part": "absent"}),
        ("manufactured", {"leading_part": "grip"}),
    ],
    ids=str,
)
def test_a_value_of_another_form_or_a_missing_one_is_refused(
    evt: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        happened(evt, **wrong)


def test_a_loss_of_which_little_is_known_is_still_reported_honestly() -> None:
    little: dict[str, Any] = {"cause": "unknown", "window_from": "unknown", "window_to": "unknown"}
    report = happened("lost-reported", discovered_on="unknown", **little)
    assert report.dat.model_dump(mode="json", exclude_unset=True)["cause"] == "unknown"


def test_where_it_happened_is_told_no_closer_than_a_town_or_a_square() -> None:
    place = {"region": "XA-NW", "locality": "PORT XA", "kind": "port", "geohash": "u0m7k3"}
    seized = happened("seized", place=place, person_roles=["carrier"], hld=HOLDING)
    assert seized.dat.model_dump(mode="json", exclude_unset=True)["place"] == place


def test_a_maker_who_does_not_know_which_part_leads_says_so() -> None:
    kind = CATALOGUE.latest("firearm.manufactured")
    dat = happened("manufactured").dat.model_dump(mode="json", exclude_unset=True)
    assert read_data(kind, {**dat, "leading_part": "unknown"})
