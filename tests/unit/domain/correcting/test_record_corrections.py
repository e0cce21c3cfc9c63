# SPDX-License-Identifier: Apache-2.0
"""Corrections of licences, authorizations, shipments, components, lots and tracing requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.aggregate.recorded import Entry
from domain.component.state import Component
from domain.licence.state import Licence
from domain.occurrence import parse_occurrence
from tests.unit.domain.correcting.records import (
    LEAST,
    ORIGINS,
    aggregate,
    corrects,
    facts,
    folded,
    rule_of,
    ruling,
    stated,
    subject,
)
from tests.unit.domain.identity.scenes import OTHER, REGISTRY
from tests.unit.domain.lives import NOW

KINDS = sorted(ORIGINS)
ARM = "arm.01a2076b-4018-7111-8222-333333333331"
ANOTHER_ARM = "arm.01a2076b-4018-7111-8222-333333333332"
JUR = {"field": "jur", "new": "XB"}
APPLIED = stated("licence.applied")
ISSUED = stated("licence.issued")
LATER = {"field": "valid_from", "old": "2020-01-01", "new": "2021-01-01"}
REGISTERED = stated("component.registered")

CORRECTIONS: dict[str, tuple[list[Any], dict[str, Any], Any]] = {
    "lic": ([APPLIED, ISSUED], LATER, lambda state: state.terms[0].since.text),
    "aut": (
        [stated("authorization.applied"), stated("authorization.drawn")],
        {"field": "portions.0.quantity", "old": 10, "new": 2021},
        lambda state: str(state.draws[0].total),
    ),
    "shp": (
        [stated("shipment.declared")],
        {"field": "exit_on", "old": "2026-06-01", "new": "2021-01-01"},
        lambda state: state.exit_on,
    ),
    "cmp": (
        [REGISTERED],
        {"field": "serial.known", "old": "F-0042", "new": "2021-01-01"},
        lambda state: state.serial.known,
    ),
    "lot": (
        [stated("lot.ammunition-registered")],
        {"field": "quantity", "old": 1000, "new": 2021},
        lambda state: str(state.remaining),
    ),
    "stk": (
        [stated("stocktake.recorded", stock="DEPOT 1")],
        {"field": "stock", "old": "DEPOT 1", "new": "2021 DEPOT"},
        lambda state: state.stated.stock,
    ),
    "trc": (
        [stated("trace.requested"), stated("trace.acknowledged")],
        {"field": "due_on", "old": "2026-12-01", "new": "2021-01-01"},
        lambda state: state.due_on,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_makes_the_stream_read_as_if_it_had_been_right(kind: str) -> None:
    events, change, value = CORRECTIONS[kind]
    correction = corrects(events[-1], change)
    assert rule_of(events, correction) is None
    state = folded([*events, correction])
    assert value(state).startswith("2021")
    assert not value(folded(events)).startswith("2021")
    right = replace(events[-1], dat=state.entries[-2].effective.dat)
    assert facts(state) == facts(folded([*events[:-1], right]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_corrected_event_stands_beside_its_correction(kind: str) -> None:
    events, change, _ = CORRECTIONS[kind]
    entries = folded([*events, corrects(events[-1], change)]).entries
    assert [each.event for each in entries[:-1]] == events
    assert [each.index for each in entries] == list(range(len(entries)))
    assert entries[-2].corrected_by == (len(events),)
    assert entries[-2].effective != entries[-2].event
    assert all(each.effective == each.event for each in (*entries[:-2], entries[-1]))


def test_a_later_correction_is_read_against_the_earlier_one() -> None:
    first = corrects(ISSUED, LATER)
    again = {"field": "valid_from", "old": "2021-01-01", "new": "2022-01-01"}
    assert (
        rule_of([APPLIED, ISSUED, first], corrects(ISSUED, LATER, name="x")) == "correction_stale"
    )
    second = corrects(ISSUED, again)
    assert rule_of([APPLIED, ISSUED, first], second) is None
    state = folded([APPLIED, ISSUED, first, second])
    assert state.entries[1].corrected_by == (2, 3)
    assert state.terms[0].since.text == "2022-01-01"


def test_a_correction_reaches_through_everything_that_came_after() -> None:
    renewed = stated("licence.renewed", valid_to="2030-12-31")
    wider = {"field": "firearms", "new": 3}
    state = folded([APPLIED, ISSUED, renewed, corrects(ISSUED, wider)])
    assert state.firearms == 3
    assert [term.since.text for term in state.terms] == ["2020-01-01", "2025-01-01"]


def test_what_happens_after_a_correction_goes_on_from_it() -> None:
    events = [APPLIED, ISSUED, corrects(ISSUED, LATER), stated("licence.revoked")]
    state = folded(events)
    assert (state.status, state.terms[0].since.text) == ("revoked", "2021-01-01")
    assert not state.valid_on(parse_occurrence("2020-05-01"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_needs_a_record_and_a_target_in_it(kind: str) -> None:
    origin = stated(ORIGINS[kind])
    stranger = stated(f"{subject(kind)}.corrected")
    assert rule_of([], stranger) == "origin_missing"
    assert rule_of([origin], stranger) == "correction_target"


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_is_not_corrected_but_its_target_again(kind: str) -> None:
    origin = stated(ORIGINS[kind])
    first = corrects(origin, JUR)
    refusal = ruling([origin, first], corrects(first, {"field": "jur", "new": "XC"}))
    assert refusal
    assert refusal.rule == "correction_target"
    assert "correcting its target again" in refusal.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_the_old_value_is_the_one_that_counts(kind: str) -> None:
    origin = stated(ORIGINS[kind])
    stale = corrects(origin, {"field": "jur", "old": "XA", "new": "XB"})
    assert rule_of([origin], stale) == "correction_stale"
    empty = corrects(origin, {"field": "jur"})
    assert rule_of([origin], empty) == "correction_empty"


@pytest.mark.parametrize("kind", KINDS)
def test_the_corrected_event_has_to_be_valid_by_its_schema(kind: str) -> None:
    origin = stated(ORIGINS[kind])
    for wrong in (
        {"field": "jur", "new": "Atlantis"},
        {"field": "remark", "new": "free text"},
        {"field": "occ", "old": "2020-06-01", "new": "last year"},
        {"field": "occ", "old": "2020-06-01"},
    ):
        assert rule_of([origin], corrects(origin, wrong)) == "correction_result"


@pytest.mark.parametrize("kind", KINDS)
def test_the_corrected_time_does_not_lie_in_the_future(kind: str) -> None:
    origin = stated(ORIGINS[kind])
    when = {"field": "occ", "old": "2020-06-01"}
    assert rule_of([origin], corrects(origin, {**when, "new": "2026-12"})) == "correction_result"
    assert rule_of([origin], corrects(origin, {**when, "new": "2026-11"})) is None
    assert parse_occurrence("2026-11").earliest < NOW < parse_occurrence("2026-12").earliest


def test_a_corrected_time_does_not_move_an_entry_of_a_record() -> None:
    when = corrects(ISSUED, {"field": "occ", "old": "2020-06-01", "new": "2010"})
    entries = folded([APPLIED, ISSUED, when]).entries
    assert [each.index for each in entries] == [0, 1, 2]
    assert entries[1].effective.occ.text == "2010"


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_role_that_could_have_recorded_it_or_a_data_steward_corrects(kind: str) -> None:
    origin = stated(ORIGINS[kind])
    signers = {
        "STW": None,
        min(origin.type.roles): None,
        next(role for role in ("AUD", "PRF") if role not in origin.type.roles): "role_not_original",
    }
    for role, rule in signers.items():
        key = REGISTRY.keys["k" * 43]
        grants = (replace(key.grants[0], role=role),)
        registry = replace(REGISTRY, keys={"k" * 43: replace(key, grants=grants)})
        assert _rule_under(registry, [origin], corrects(origin, JUR)) == rule


def test_a_dealer_who_hands_in_applications_does_not_correct_a_revocation() -> None:
    dealer = replace(
        REGISTRY.keys[OTHER], grants=(replace(REGISTRY.keys[OTHER].grants[0], role="DLR"),)
    )
    registry = replace(REGISTRY, keys={"k" * 43: dealer})
    revoked = stated("licence.revoked")
    later = {"field": "effective_on", "old": "2020-06-01", "new": "2026-06-01"}
    events = [APPLIED, ISSUED, revoked]
    refusal = _ruling_under(registry, events, corrects(revoked, later))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == (
        "role_not_original", "licence.revoked", ("LIC", "STW"),
    )  # fmt: skip
    assert _rule_under(registry, events, corrects(APPLIED, {"field": "firearms", "new": 1})) is None


def test_a_stranger_corrects_nothing() -> None:
    registry = replace(REGISTRY, keys={})
    assert _rule_under(registry, [APPLIED], corrects(APPLIED, JUR)) == "role_not_original"


def test_what_no_longer_fits_after_a_correction_is_a_contradiction_and_stays_visible() -> None:
    extended = stated("lot.extended", firearms=[ANOTHER_ARM])
    scheduled = stated("lot.scheduled")
    before = folded([scheduled, extended])
    assert before.contradictions == ()
    same = corrects(extended, {"field": "firearms.0", "old": ANOTHER_ARM, "new": ARM})
    after = folded([scheduled, extended, same])
    assert [(each.index, each.refusal.rule) for each in after.contradictions] == [
        (1, "already_listed")
    ]
    assert after.firearms == (ARM,)


def test_what_no_longer_contradicts_after_a_correction_is_gone() -> None:
    scheduled = stated("lot.scheduled")
    twice = stated("lot.extended")
    assert len(folded([scheduled, twice]).contradictions) == 1
    other = corrects(twice, {"field": "firearms.0", "old": ARM, "new": ANOTHER_ARM})
    assert folded([scheduled, twice, other]).contradictions == ()


def test_a_record_that_ended_is_still_corrected() -> None:
    gone = stated("component.destroyed")
    number = {"field": "certificate_no", "old": "XA-D-1", "new": "XA-D-2"}
    fix = replace(corrects(gone, number), attested=frozenset({OTHER}))
    assert rule_of([REGISTERED, gone], fix) is None
    state = folded([REGISTERED, gone, corrects(gone, number)])
    assert isinstance(state, Component)
    assert (state.technical, state.contradictions) == ("destroyed", ())


def test_a_correction_of_a_legacy_licence_changes_what_it_is_worth() -> None:
    legacy = stated("licence.registered", valid_from="2018-01-01", valid_to="2019-12-31")
    longer = corrects(legacy, {"field": "valid_to", "old": "2019-12-31", "new": "2029-12-31"})
    state = folded([legacy, longer])
    assert isinstance(state, Licence)
    day = parse_occurrence("2020-06-01")
    assert (folded([legacy]).valid_on(day), state.valid_on(day)) == (False, True)


def test_a_correction_that_cannot_be_read_changes_nothing_and_stays_on_record() -> None:
    unreadable = corrects(ISSUED, {"field": "valid_from", "old": "1999", "new": "2000"})
    state = folded([APPLIED, ISSUED, unreadable])
    assert facts(state) == facts(folded([APPLIED, ISSUED]))
    assert state.entries == (Entry(0, APPLIED), Entry(1, ISSUED), Entry(2, unreadable))


@pytest.mark.parametrize("kind", KINDS)
def test_every_stream_has_one_type_of_correction_and_least_data_for_it(kind: str) -> None:
    evt = f"{subject(kind)}.corrected"
    line = aggregate(kind).lines[evt, 1]
    assert (evt in LEAST[kind], line.subject) == (True, kind)
    others = {role for each in aggregate(kind).lines.values() for role in each.roles.split()}
    assert set(line.roles.split()) == others | {"STW"}


def _rule_under(registry: Any, before: list[Any], event: Any) -> str | None:
    refusal = _ruling_under(registry, before, event)
    return refusal.rule if refusal else None


def _ruling_under(registry: Any, before: list[Any], event: Any) -> Any:
    return ruling(before, event, registry=registry)
