# SPDX-License-Identifier: Apache-2.0
"""Surrender and examination: what they open, what they need, and what a destroyed one shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.aggregate.scene import Scene
from domain.catalogue import AGGREGATES
from domain.errors import EnvelopeError
from domain.event import Event
from tests.unit.domain.identity.scenes import INDEX, OTHER, REGISTRY, SECOND_KEY_OF_SIGNER
from tests.unit.domain.lives import (
    HOLDING,
    MARK,
    SOURCE,
    contradicted,
    happened,
    life,
    verdict,
)

KNOWN = happened("registered", "2010", holder="civilian", custody="holder")
SEIZED = happened("seized", "2018")
SURRENDERED = happened("surrendered", "2018", station="STATION 3")
EXAMINED = happened("forensically-examined", "2019")
GONE = happened("registered", "2010", technical="destroyed")


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def test_a_surrendered_firearm_waits_in_official_safekeeping() -> None:
    state = life(KNOWN, SURRENDERED).state
    assert set(state.alerts) == {"surrendered_pending"}
    assert state.custody == "official_safekeeping"
    assert (state.holder, state.custodian) == ("civilian", "STATION 3")
    assert rule_of((KNOWN, SURRENDERED), happened("transferred", "2020")) == "alert_open"


@pytest.mark.parametrize("programme", ["none", "unknown", {"known": "AMNESTY 2018"}], ids=str)
def test_a_surrender_names_its_programme_or_says_that_there_is_none(programme: Any) -> None:
    dat: Any = happened("surrendered", programme=programme, amnesty=True).dat
    assert dat.model_dump(mode="json")["programme"] == programme


def test_an_anonymous_surrender_names_no_holding() -> None:
    named = happened("surrendered", "2018", hld=HOLDING)
    refusal = verdict((KNOWN,), named)
    assert refusal
    assert (refusal.rule, refusal.found) == ("anonymous_names_holding", "hld")
    assert rule_of((KNOWN,), happened("surrendered", "2018", hld=HOLDING, anonymous=False)) is None


def test_an_examination_states_findings_and_changes_only_the_marks() -> None:
    seen = [{**MARK, "text": "unknown", "condition": "obliterated"}]
    examined = happened(
        "forensically-examined",
        "2019",
        findings=["functional", "marks_tampered"],
        ballistics={"system": "ibis", "reference": "B-1"},
        restored="TW9-0000[4A]?..",
        photos=["A" * 43],
        markings=seen,
        jur="XB",
    )
    before, after = life(KNOWN, SEIZED).state, life(KNOWN, SEIZED, examined).state
    assert rule_of((KNOWN, SEIZED), examined) is None
    assert (after.marks, after.country) == ("obliterated", "XB")
    assert (after.technical, after.holder, after.custody, after.alerts) == (
        before.technical,
        before.holder,
        before.custody,
        before.alerts,
    )


@pytest.mark.parametrize("held", [SEIZED, SURRENDERED, happened("found", "2018")])
def test_what_an_authority_holds_is_examined(held: Event) -> None:
    assert rule_of((KNOWN, held), EXAMINED) is None


def test_what_nobody_holds_is_not_examined() -> None:
    refusal = verdict((KNOWN,), EXAMINED)
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("examination_custody", "C", "holder")
    assert refusal.legal == ("evidence", "official_safekeeping")


@pytest.mark.parametrize("evt", ["found", "seized", "surrendered", "forensically-examined"])
def test_a_destroyed_firearm_seen_again_is_a_conflict_case(evt: str) -> None:
    sighting = happened(evt, "2020")
    assert verdict((GONE,), sighting) is None
    assert contradicted(life(GONE, sighting)) == [(1, "destroyed")]
    assert life(GONE, sighting).state.technical == "destroyed"


@pytest.mark.parametrize("evt", ["found", "surrendered", "forensically-examined"])
def test_a_description_that_differs_is_noted(evt: str) -> None:
    seen = happened(evt, "2019", described={"serial": {"known": "TW9-000043"}})
    before = (KNOWN, SURRENDERED)
    assert verdict(before, seen) is None
    assert contradicted(life(*before, seen)) == [(2, "description_differs")]


@pytest.mark.parametrize(
    ("evt", "wrong"),
    [
        ("surrendered", {"anonymous": "yes"}),
        ("surrendered", {"programme": "AMNESTY"}),
        ("surrendered", {"condition": "nice"}),
        ("forensically-examined", {"findings": []}),
        ("forensically-examined", {"findings": ["guilty"]}),
        ("forensically-examined", {"ballistics": {"system": "ibis"}}),
        ("forensically-examined", {"restored": "TW9 [4"}),
        ("forensically-examined", {"photos": ["A" * 42]}),
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(evt: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=rf"dat\.{next(iter(wrong))}"):
        happened(evt, **wrong)


MOVED = happened("custody-moved", "2019")


@pytest.mark.parametrize(
    ("seconds", "role", "rule"),
    [
        ((), "EVC", "second_person_missing"),
        ((SECOND_KEY_OF_SIGNER,), "EVC", "second_person_missing"),
        ((OTHER,), "EVC", None),
        ((OTHER,), "LAB", None),
        ((OTHER,), "POL", None),
        ((OTHER,), "DLR", "second_person_missing"),
    ],
)
def test_giver_and_taker_of_evidence_both_sign(
    seconds: tuple[str, ...], role: str, rule: str | None
) -> None:
    assert judged(MOVED, *seconds, role=role) == rule


def test_a_hand_over_taken_over_from_a_register_has_no_second_signature() -> None:
    assert judged(happened("custody-moved", "2019", source=SOURCE), role="EVC") is None


def judged(event: Event, *seconds: str, role: str) -> str | None:
    """Judge a hand-over that others have endorsed in a role."""
    grants = (replace(REGISTRY.keys[OTHER].grants[0], role=role),)
    keys = {kid: replace(each, grants=grants) for kid, each in REGISTRY.keys.items()}
    scene = Scene(
        event=replace(event, attested=frozenset(seconds)), index=INDEX,
        state=life(KNOWN, SEIZED), others={}, registry=replace(REGISTRY, keys=keys),
    )  # fmt: skip
    refusal = AGGREGATES["arm"].decide(scene)
    return refusal.rule if refusal else None
