# SPDX-License-Identifier: Apache-2.0
"""Deactivation counts once another person has verified it, and illicit reactivation is noted."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from tests.unit.domain.identity.scenes import (
    OTHER,
    SECOND_KEY_OF_SIGNER,
    SIGNER,
    ruling,
    signed,
    slug,
)
from tests.unit.domain.least.altering import ALTERING
from tests.unit.domain.lives import MARK, contradicted, correction, happened, life, verdict

KNOWN = happened("registered", "2016", holder="civilian", markings=[MARK])
DONE = happened("deactivation-performed", "2020")
CHECKED = happened("deactivation-verified", "2021")
BY_ANOTHER = signed(CHECKED, by=OTHER)
TABLE = ALTERING["firearm.deactivation-performed"]["operations"]


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def test_a_deactivation_counts_only_once_it_is_verified() -> None:
    assert life(KNOWN, DONE).state.technical == "complete"
    assert life(KNOWN, DONE).state.deactivating == ("barrel", "frame", "slide")
    assert ruling(BY_ANOTHER, life(KNOWN, DONE)) is None
    state = life(KNOWN, DONE, BY_ANOTHER).state
    assert (state.technical, state.deactivating) == ("deactivated", ())


def test_the_original_marks_stay_beside_that_of_the_deactivation() -> None:
    state = life(KNOWN, DONE, BY_ANOTHER).state
    assert [mark.kind for mark in state.markings] == ["manufacture", "deactivation"]
    added = state.markings[-1]
    assert (added.maker, added.country, added.year) == ("VE1", "XA", 2026)
    assert state.description == life(KNOWN).state.description


@pytest.mark.parametrize("kid", [SIGNER, SECOND_KEY_OF_SIGNER, "x" * 43])
def test_who_performed_a_deactivation_does_not_verify_it(kid: str) -> None:
    refusal = ruling(signed(CHECKED, by=kid), life(KNOWN, signed(DONE, by=SIGNER)))
    assert refusal
    assert (refusal.rule, refusal.axis) == ("verifier_is_performer", "T")


def test_nobody_verifies_what_he_performed_in_part() -> None:
    again = signed(happened("deactivation-performed", "2020-06", name="2"), by=OTHER)
    for kid in (SIGNER, OTHER):
        twice = life(KNOWN, DONE, again)
        assert slug(signed(CHECKED, by=kid), twice) == "verifier_is_performer"


def test_who_performed_an_earlier_deactivation_may_verify_a_later_one() -> None:
    later = signed(happened("deactivation-performed", "2023", name="2"), by=OTHER)
    check = signed(happened("deactivation-verified", "2024", name="2"), by=SIGNER)
    assert slug(check, life(KNOWN, DONE, BY_ANOTHER, later)) is None


@pytest.mark.parametrize(
    ("dat", "rule", "axis"),
    [
        ({"parts": ["barrel", "frame"]}, "deactivation_mark_missing", "M"),
        ({"serials_kept": False}, "serials_not_kept", "M"),
        ({"parts": ["barrel", "frame", "slide", "trigger_housing"]}, None, None),
    ],
    ids=str,
)
def test_a_verification_covers_every_part_and_keeps_the_serials(
    dat: dict[str, Any], rule: str | None, axis: str | None
) -> None:
    refusal = verdict((KNOWN, DONE), happened("deactivation-verified", "2021", **dat))
    assert (refusal and refusal.rule, refusal and refusal.axis) == (rule, axis)


def test_what_nobody_performed_cannot_be_verified() -> None:
    assert rule_of((KNOWN,), CHECKED) == "deactivation_not_performed"
    assert slug(BY_ANOTHER, life(KNOWN, DONE, BY_ANOTHER)) == "deactivation_not_performed"


@pytest.mark.parametrize("evt", ["converted", "component-replaced"])
def test_work_on_it_voids_a_deactivation_that_was_begun(evt: str) -> None:
    before = (KNOWN, DONE, happened(evt, "2020-06"))
    assert rule_of(before, CHECKED) == "deactivation_not_performed"


@pytest.mark.parametrize("alert", ["lost-reported", "stolen-reported", "seized"])
def test_a_missing_firearm_is_neither_deactivated_nor_verified(alert: str) -> None:
    gone = happened(alert, "2020-06")
    assert rule_of((KNOWN, gone), happened("deactivation-performed", "2021")) == "alert_open"
    assert rule_of((KNOWN, DONE, gone), CHECKED) == "alert_open"


@pytest.mark.parametrize(
    ("table", "left_out", "rule"),
    [
        ("pistol", "barrel", "essential_part_untreated"),
        ("pistol", "frame", "essential_part_untreated"),
        ("pistol", "slide", "essential_part_untreated"),
        ("muzzle_loading", "slide", None),
        ("muzzle_loading", "barrel", "essential_part_untreated"),
    ],
)
def test_every_essential_part_is_made_inoperable(
    table: str, left_out: str, rule: str | None
) -> None:
    operations = [each for each in TABLE if each["part"] != left_out]
    work = happened("deactivation-performed", "2020", table=table, operations=operations)
    assert rule_of((KNOWN,), work) == rule


def test_a_correction_of_the_performed_work_is_what_counts() -> None:
    change = {"field": "operations.2.part", "old": "slide", "new": "bolt"}
    fixed = life(KNOWN, DONE, correction(DONE, change))
    assert fixed.state.deactivating == ("barrel", "frame", "bolt")
    assert slug(BY_ANOTHER, fixed) == "deactivation_mark_missing"


def test_a_reactivation_is_recorded_with_its_form() -> None:
    found = happened("reactivated-illicitly", "2022", after={"calibre": {"known": "9 mm PAK"}})
    before = (KNOWN, DONE, BY_ANOTHER)
    assert verdict(before, found) is None
    firearm = life(*before, found)
    assert (firearm.state.technical, firearm.contradictions) == ("illicitly_reactivated", ())
    assert firearm.state.description
    assert firearm.state.description.model_dump(mode="json")["calibre"] == {"known": "9 mm PAK"}


@pytest.mark.parametrize(
    ("evt", "dat"),
    [("reactivated-illicitly", {}), ("converted-illicitly", {"base": "deactivated"})],
)
def test_a_reactivation_without_a_recorded_deactivation_is_noted(
    evt: str, dat: dict[str, str]
) -> None:
    found = happened(evt, "2022", **dat)
    assert verdict((KNOWN,), found) is None
    assert contradicted(life(KNOWN, found)) == [(1, "deactivation_not_recorded")]


@pytest.mark.parametrize(
    ("base", "technical"), [("blank_firer", "illicitly_reactivated"), ("firearm", "complete")]
)
def test_an_illicit_conversion_makes_a_firearm_of_what_was_none(base: str, technical: str) -> None:
    firearm = life(KNOWN, happened("converted-illicitly", "2022", base=base))
    assert (firearm.state.technical, firearm.contradictions) == (technical, ())
