# SPDX-License-Identifier: Apache-2.0
"""Every kind of record that discloses persons has a clock, a hold and an erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.aggregate.naming import asked
from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.erasure.clocks import clocks
from domain.erasure.records import KEPT, begun
from domain.event import Event
from domain.identifiers import REGISTRY_KINDS, parse_stream_id
from domain.occurrence import parse_occurrence
from tests.unit.domain.correcting.records import folded, stated
from tests.unit.domain.erasure.erasing import CLOCK, FIREARM, erasure
from tests.unit.domain.identity.scenes import INDEX, REGISTRY, signed, slug
from tests.unit.domain.lives import HOLDING, OTHER_HOLDING
from tests.unit.domain.policy.policies import LOSS, policy

TODAY = parse_occurrence("2026-11-23")
OFFICER = "off.01a2076b-4018-7111-8222-333333333333"
ENROLLED = replace(
    REGISTRY, keys={kid: replace(key, officer=OFFICER) for kid, key in REGISTRY.keys.items()}
)
(PROPOSAL,) = {key.proposal for key in ENROLLED.keys.values()}

BARREL = stated("component.registered", "2015", part="barrel", hld=HOLDING)
MELTED = stated("component.destroyed", "1990-05-01")
SHIPPED = stated("component.exported", "1991-05-01")
BACK = stated("component.imported", "1992-05-01")

APPLIED = stated("authorization.applied", "1989", hld=HOLDING)
ISSUED = stated("authorization.issued", "1990", issued_on="1990-01-01", expires_on="1990-12-31")
REFUSED = stated("authorization.refused", "1990-02-01")
REVOKED = stated("authorization.revoked", "1990-03-01", effective_on="1990-03-01")

BOUGHT = stated("lot.ammunition-registered", "1989", quantity=100)
GIVEN = stated("lot.ammunition-issued", "1990-06-01", quantity=100, hld=HOLDING)
CORRECTED = stated("lot.corrected", "1995-01-01")

ASKED = stated("trace.requested", "1990-01-01")
ANSWERED = stated("trace.responded", "1990-02-01", hld=HOLDING)
CLOSED = stated("trace.closed", "1990-03-01")
REOPENED = stated("trace.reopened", "1990-04-01")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([BARREL], {}),
        ([BARREL, MELTED], {"destruction": "1990-05-01"}),
        ([BARREL, SHIPPED], {"export": "1991-05-01"}),
        ([BARREL, SHIPPED, BACK], {}),
        ([BARREL, SHIPPED, MELTED], {"destruction": "1990-05-01"}),
        ([APPLIED], {}),
        ([APPLIED, REFUSED], {"refusal": "1990-02-01"}),
        ([APPLIED, ISSUED], {"authorization_end": "1991-01-01"}),
        ([APPLIED, ISSUED, REVOKED], {"authorization_end": "1990-03-01"}),
        ([BOUGHT], {}),
        ([BOUGHT, GIVEN], {"lot_end": "1990-06-01"}),
        ([BOUGHT, GIVEN, CORRECTED, stated("lot.hold-placed", "1996")], {"lot_end": "1990-06-01"}),
        ([ASKED, ANSWERED], {}),
        ([ASKED, ANSWERED, CLOSED], {"trace_end": "1990-03-01"}),
        ([ASKED, ANSWERED, CLOSED, REOPENED], {}),
    ],
)  # fmt: skip
def test_the_clock_of_each_kind_begins_with_its_end(
    events: list[Event], expected: dict[str, str]
) -> None:
    found = begun(folded(events), TODAY)
    assert {start: _day(moment) for start, moment in found.items()} == expected


def test_an_authorization_in_force_on_a_day_has_no_clock_on_it() -> None:
    state = folded([APPLIED, ISSUED])
    assert begun(state, parse_occurrence("1990-12-31")) == {}
    assert begun(state, parse_occurrence("1991-01-01")) != {}


def test_a_policy_says_how_long_each_is_kept() -> None:
    rule = '[[retention]]\ncode = "r"\nsentence = "Keep it."\nsource = "No law"\nyears = 20\n'
    named = policy(LOSS, f'{rule}starts = "trace_end"\n')
    (clock,) = clocks(folded([ASKED, CLOSED]), named, on=TODAY)
    assert (clock.rule.starts, _day(clock.due)) == ("trace_end", "2010-03-02")


def test_every_kind_of_event_that_discloses_persons_is_of_a_kind_that_can_be_erased() -> None:
    kinds = {each.subject for each in CATALOGUE if each.claims}
    assert kinds - REGISTRY_KINDS == set(KEPT) - {"off"}, "an officer's name is of the registry"
    for kind in KEPT:
        evts = {evt.partition(".")[2] for evt, _ in AGGREGATES[kind].lines}
        assert {"hold-placed", "hold-released"} <= evts


ENDED = {
    "cmp": ([BARREL, MELTED], BARREL, "destruction"),
    "aut": ([APPLIED, ISSUED], APPLIED, "authorization_end"),
    "lot": ([BOUGHT, GIVEN], GIVEN, "lot_end"),
    "trc": ([ASKED, ANSWERED, CLOSED], ANSWERED, "trace_end"),
}
KINDS = sorted(ENDED)


def proposed(kind: str, **dat: Any) -> Event:
    """Build the proposal to erase the person of a record whose retention ended long ago."""
    _, about, starts = ENDED[kind]
    began = {str(start): _day(at) for start, at in begun(_record(kind), TODAY).items()}[starts]
    clock = {**CLOCK, "starts": starts, "began_on": began}
    stated_by = {"record": str(about.sub), "events": [about.eid], "clock": clock, **dat}
    return erasure("proposed", **stated_by)


@pytest.mark.parametrize("kind", KINDS)
def test_an_erasure_is_proposed_once_its_clock_has_run_out(kind: str) -> None:
    event, record = proposed(kind), _record(kind)
    assert _judged(event, record) is None
    early = {**said(event).clock.model_dump(mode="json"), "years": 40}
    assert _judged(proposed(kind, clock=early), record) == "retention_not_ended"
    other = {**early, "starts": "ban_end"}
    assert _judged(proposed(kind, clock=other), record) == "retention_not_begun"
    assert _judged(proposed(kind, events=["B" * 43]), record) == "erasure_of_another_record"
    assert _judged(proposed(kind, holdings=[OTHER_HOLDING]), record) == "erasure_of_another_record"


@pytest.mark.parametrize("kind", KINDS)
def test_a_hold_of_the_record_stops_it_until_it_is_released(kind: str) -> None:
    events, about, _ = ENDED[kind]
    family = about.evt.partition(".")[0]
    held = stated(f"{family}.hold-placed", "2026-11-01")
    released = stated(f"{family}.hold-released", "2026-11-02")
    assert slug(held, folded(events)) is None
    assert _judged(proposed(kind), folded([*events, held])) == "hold_active"
    assert slug(held, folded([*events, held])) is None, "noted, and one hold"
    assert folded([*events, held, held]).holds == ("H-1",)
    assert _judged(proposed(kind), folded([*events, held, released])) is None


@pytest.mark.parametrize(
    ("kind", "rule"),
    [*((kind, "retention_too_short") for kind in ("aut", "cmp", "lot")), ("trc", None)],
)
def test_what_identifies_firearms_and_transactions_is_kept_for_ten_years(
    kind: str, rule: str | None
) -> None:
    """Firearms Protocol, article 7: not less than ten years."""
    clock = {**said(proposed(kind)).clock.model_dump(mode="json"), "years": 9}
    assert _judged(proposed(kind, clock=clock), _record(kind)) == rule


def test_a_hold_of_another_record_that_names_the_holding_keeps_its_key() -> None:
    event = proposed("trc")
    (holding,) = said(event).holdings
    assert parse_stream_id(holding) in asked(event)
    held = folded([BOUGHT, GIVEN, stated("lot.hold-placed", "2026")])
    for namers, rule in (((held,), "holding_held"), ((folded([BOUGHT, GIVEN]), FIREARM), None)):
        scene = Scene(
            event=signed(event), index=INDEX, state=None, registry=REGISTRY,
            others={parse_stream_id(said(event).record).uuid: _record("trc")},
            namers={parse_stream_id(holding).uuid: namers},
        )  # fmt: skip
        refusal = AGGREGATES["ers"].decide(scene)
        assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({}, None),
        ({"record": f"{OFFICER[:-4]}ffff"}, "reference_unknown"),
        ({"holdings": [HOLDING]}, "erasure_of_another_record"),
        ({"events": ["B" * 43]}, "erasure_of_another_record"),
        ({"basis": "retention_ended", "clock": CLOCK}, "retention_not_begun"),
    ],
    ids=str,
)
def test_the_name_of_an_officer_in_service_is_erased_by_order_and_has_no_clock(
    dat: dict[str, Any], rule: str | None
) -> None:
    order = {"record": OFFICER, "basis": "ordered", "clock": "absent", "reference": "COURT 7",
             "events": [PROPOSAL], "holdings": [OFFICER]}  # fmt: skip
    event = signed(erasure("proposed", **{**order, **dat}))
    scene = Scene(event=event, index=INDEX, state=None, registry=ENROLLED, others={})
    refusal = AGGREGATES["ers"].decide(scene)
    assert (refusal.rule if refusal else None) == rule


def said(event: Event) -> Any:
    """Give the data of an event, of whichever schema."""
    return event.dat


def _judged(event: Event, record: Any) -> str | None:
    return slug(event, None, {said(event).record: record})


def _record(kind: str) -> Any:
    return folded(ENDED[kind][0])


def _day(moment: int | None) -> str | None:
    return None if moment is None else f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"
