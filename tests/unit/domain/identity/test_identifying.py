# SPDX-License-Identifier: Apache-2.0
"""Damaged marks, restored characters, new marks, and records that may be one firearm."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EnvelopeError
from domain.event import Event
from domain.firearm.claims import claim_key
from tests.unit.domain.identity.scenes import (
    OTHER,
    SECOND_KEY_OF_SIGNER,
    ruling,
    signed,
    slug,
)
from tests.unit.domain.least.identifying import ADMIN_MARK, IDENTIFYING, OTHER_FIREARM
from tests.unit.domain.lives import MARK, contradicted, happened, life, verdict

KNOWN = happened("registered", "2016", holder="civilian", markings=[MARK])
BARE = happened("registered", "2016", serial="none")
GONE = happened("registered", "2016", technical="destroyed")
FILED = happened("obliteration-discovered", "2020")
FLAGGED = happened("duplicate-flagged", "2020")
OWN = "arm.01a2076b-4018-7111-8222-333333333333"
THIRD = "arm.01a2076b-4018-7111-8222-888888888888"
OTHERS = {OTHER_FIREARM: life(KNOWN)}


def rule_of(before: tuple[Event, ...], event: Event) -> str | None:
    refusal = verdict(before, event)
    return refusal.rule if refusal else None


def filed(**mark: Any) -> Event:
    return happened("obliteration-discovered", "2020", mark={**MARK, "text": "unknown", **mark})


def restored(*reading: tuple[int, str], length: Any = None, **dat: Any) -> Event:
    given = [{"position": place, "characters": list(texts)} for place, texts in reading]
    damaged = {"reading": given, **({"length": length} if length else {})}
    return happened("mark-restored", "2021", restored=damaged, **dat)


@pytest.mark.parametrize(
    ("mark", "marks"),
    [
        ({"condition": "obliterated"}, "obliterated"),
        ({"condition": "partial"}, "partly_obliterated"),
        ({"condition": "obliterated", "kind": "import"}, "adequate"),
        ({"condition": "obliterated", "kind": "admin_serial"}, "obliterated"),
    ],
    ids=str,
)
def test_a_damaged_mark_is_seen_on_the_marks_axis_and_kept(
    mark: dict[str, Any], marks: str
) -> None:
    event = filed(**mark)
    assert verdict((KNOWN,), event) is None
    state = life(KNOWN, event).state
    assert (state.marks, state.identity.tampered) == (marks, True)
    assert [each.condition for each in state.markings] == ["legible", mark["condition"]]


@pytest.mark.parametrize("condition", ["legible", "none"])
def test_a_mark_that_nobody_tampered_with_is_not_reported_as_damaged(condition: str) -> None:
    text = {"known": "A1"} if condition == "legible" else "none"
    refusal = verdict((KNOWN,), filed(condition=condition, text=text))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("mark_not_damaged", "M", condition)


@pytest.mark.parametrize(
    ("condition", "residual", "rule"),
    [
        ("partial", {"reading": [{"position": 2, "characters": ["W"]}], "length": 6}, None),
        ("partial", {"reading": [{"position": 7, "characters": ["W"]}]}, None),
        (
            "partial",
            {"reading": [{"position": 7, "characters": ["W"]}], "length": 6},
            "position_beyond_length",
        ),
        (
            "obliterated",
            {"reading": [{"position": 1, "characters": ["W"]}]},
            "residual_of_nothing",
        ),
    ],
)
def test_what_is_left_of_a_mark_stands_in_its_place(
    condition: str, residual: Any, rule: str | None
) -> None:
    mark = {**MARK, "text": "unknown", "condition": condition}
    event = happened("obliteration-discovered", "2020", mark=mark, residual=residual)
    assert rule_of((KNOWN,), event) == rule


def test_a_restored_mark_is_evidence_and_replaces_nothing() -> None:
    event = restored((1, "T"), (2, "W"), (4, "8B"), length=9)
    assert verdict((KNOWN, FILED), event) is None
    before, after = life(KNOWN, FILED).state, life(KNOWN, FILED, event).state
    assert (after.marks, after.markings) == ("restored", before.markings)
    assert after.description == before.description
    assert [each.restored.pattern for each in after.identity.restored] == ["TW?[8B]?????"]


def test_only_a_damaged_mark_is_restored() -> None:
    refusal = verdict((KNOWN,), restored((1, "T")))
    assert refusal
    assert (refusal.rule, refusal.axis, refusal.found) == ("mark_not_obliterated", "M", "adequate")


def test_another_mark_than_the_number_is_restored_without_changing_the_axis() -> None:
    import_mark = filed(condition="obliterated", kind="import")
    event = restored((1, "X"), kind="import")
    assert rule_of((KNOWN, import_mark), event) is None
    assert life(KNOWN, import_mark, event).state.marks == "adequate"


def test_a_restoration_after_re_marking_leaves_the_new_mark_in_force() -> None:
    before = (KNOWN, FILED, happened("re-marked", "2020-06"))
    assert rule_of(before, restored((1, "T"))) is None
    assert life(*before, restored((1, "T"))).state.marks == "re_marked"


def test_a_position_beyond_the_stated_length_is_refused() -> None:
    assert rule_of((KNOWN, FILED), restored((9, "T"), length=8)) == "position_beyond_length"


@pytest.mark.parametrize(
    ("reading", "length", "noted"),
    [
        (((1, "T"), (2, "W"), (9, "25")), 9, []),
        (((1, "t"),), None, []),
        (((1, "A"),), None, [(2, "restored_differs")]),
        (((1, "T"),), 8, [(2, "restored_differs")]),
    ],
)
def test_characters_that_are_not_those_of_the_known_serial_are_noted(
    reading: Any, length: int | None, noted: list[tuple[int, str]]
) -> None:
    event = restored(*reading, length=length)
    assert contradicted(life(KNOWN, FILED, event)) == noted


def test_characters_of_a_mark_without_known_serial_contradict_nothing() -> None:
    unknown = happened("registered", "2016", serial="unknown")
    assert contradicted(life(unknown, FILED, restored((1, "A")))) == []
    early = happened("mark-restored", "2010")
    assert (1, "restored_differs") not in contradicted(life(KNOWN, early))


@pytest.mark.parametrize("evt", ["re-marked", "admin-serial-assigned"])
@pytest.mark.parametrize(
    "before", [(BARE,), (KNOWN, FILED), (KNOWN, FLAGGED)], ids=["bare", "filed", "duplicate"]
)
def test_a_firearm_whose_marks_fail_gets_a_new_one(evt: str, before: tuple[Event, ...]) -> None:
    old = {**MARK, "text": "unknown", "condition": "obliterated", "damage": "punched"}
    event = happened(evt, "2021", markings=[old])
    assert rule_of(before, event) is None
    state = life(*before, event).state
    assert state.marks == "re_marked"
    assert set(life(*before).state.markings) < set(state.markings)
    assert {"admin_serial", "manufacture"} <= {mark.kind for mark in state.markings}


@pytest.mark.parametrize("evt", ["re-marked", "admin-serial-assigned"])
@pytest.mark.parametrize(
    ("reason", "rule"),
    [("missing", "marks_in_order"), ("untranslatable", None), ("duplicate", None)],
)
def test_readable_marks_are_replaced_only_for_a_reason(
    evt: str, reason: str, rule: str | None
) -> None:
    assert rule_of((KNOWN,), happened(evt, "2021", reason=reason)) == rule


@pytest.mark.parametrize(
    ("evt", "mark", "rule"),
    [
        ("re-marked", {"kind": "manufacture"}, None),
        ("re-marked", {"kind": "owner"}, "new_mark_kind"),
        ("admin-serial-assigned", {"kind": "manufacture"}, "new_mark_kind"),
        ("re-marked", {"condition": "partial"}, "new_mark_incomplete"),
        ("admin-serial-assigned", {"text": "none", "symbols": ["star"]}, "new_mark_incomplete"),
    ],
    ids=str,
)
def test_a_new_mark_is_legible_and_of_a_kind_that_stands_for_the_number(
    evt: str, mark: dict[str, Any], rule: str | None
) -> None:
    event = happened(evt, "2021", mark={**ADMIN_MARK, **mark})
    refusal = verdict((BARE,), event)
    assert (refusal and refusal.rule) == rule
    assert refusal is None or refusal.axis == "M"


def test_a_new_mark_without_its_country_is_refused() -> None:
    mark = {name: value for name, value in ADMIN_MARK.items() if name != "country"}
    assert rule_of((BARE,), happened("re-marked", "2021", mark=mark)) == "new_mark_incomplete"


def test_a_makers_number_cut_again_claims_that_number() -> None:
    again = {**MARK, "maker": "TESTWERK", "country": "XA"}
    assert claim_key(happened("re-marked", mark=again)) == "TESTWERK|TW9000042"


def test_a_suspected_duplicate_is_flagged_and_later_resolved() -> None:
    assert ruling(FLAGGED, life(KNOWN), OTHERS) is None
    state = life(KNOWN, FLAGGED).state
    assert (state.marks, state.identity.duplicates) == (
        "duplicate_suspected",
        frozenset({OTHER_FIREARM}),
    )
    settled = signed(happened("duplicate-resolved", "2021"), endorsed=(OTHER,))
    assert ruling(settled, life(KNOWN, FLAGGED), OTHERS) is None
    after = life(KNOWN, FLAGGED, settled).state
    assert (after.marks, after.identity.duplicates) == ("adequate", frozenset())


def test_the_suspicion_stands_until_the_last_record_is_looked_into() -> None:
    more = happened("duplicate-flagged", "2020-06", firearms=[THIRD])
    one = happened("duplicate-resolved", "2021")
    state = life(KNOWN, FLAGGED, more, one).state
    assert (state.marks, state.identity.duplicates) == ("duplicate_suspected", frozenset({THIRD}))
    both = happened("duplicate-resolved", "2022", firearms=[THIRD])
    assert life(KNOWN, FLAGGED, more, one, both).state.marks == "adequate"


def test_worse_marks_hide_no_suspicion_and_are_not_mended_by_its_end() -> None:
    state = life(KNOWN, FILED, happened("duplicate-flagged", "2021")).state
    assert (state.marks, state.identity.duplicates) == ("obliterated", frozenset({OTHER_FIREARM}))
    late = happened("duplicate-resolved", "2022")
    assert life(KNOWN, FILED, happened("duplicate-flagged", "2021"), late).state.marks == (
        "obliterated"
    )


@pytest.mark.parametrize("evt", ["registered", "manufactured", "re-marked", "marked"])
def test_a_number_in_use_is_suspected_until_the_reason_stated_is_looked_into(evt: str) -> None:
    """Design decision D10: with a stated reason it is recorded and flagged."""
    again = happened(evt, "2019", name="again", duplicate_reason="maker_uncertain")
    before = (again,) if evt in ("registered", "manufactured") else (KNOWN, again)
    state = life(*before).state
    assert state.identity.duplicate_reason == "maker_uncertain"
    assert state.marks == ("re_marked" if evt == "re-marked" else "duplicate_suspected")
    settled = signed(happened("duplicate-resolved", "2021"), endorsed=(OTHER,))
    assert ruling(settled, life(*before), OTHERS) is None
    after = life(*before, settled).state
    assert after.marks == ("re_marked" if evt == "re-marked" else "adequate")
    assert after.identity.duplicate_reason is None


def test_a_serial_reserved_a_second_time_is_suspected_before_anything_is_made() -> None:
    planned = happened("production-planned", "2019", duplicate_reason="maker_reused_number")
    assert life(planned).state.identity.duplicate_reason == "maker_reused_number"


def test_a_suspected_duplicate_changes_hands_with_a_note() -> None:
    sale = happened("transferred", "2021")
    assert ruling(sale, life(KNOWN, FLAGGED)) is None
    assert contradicted(life(KNOWN, FLAGGED, sale)) == [(2, "duplicate_open")]


def test_one_suspicion_recorded_twice_is_noted() -> None:
    again = happened("duplicate-flagged", "2021")
    assert contradicted(life(KNOWN, FLAGGED, again)) == [(2, "duplicate_already_flagged")]


@pytest.mark.parametrize(
    ("before", "evt", "rule"),
    [
        ((KNOWN,), "duplicate-resolved", "duplicate_not_open"),
        ((KNOWN,), "identity-split", "not_merged"),
    ],
)
def test_what_was_never_suspected_or_joined_is_not_settled(
    before: tuple[Event, ...], evt: str, rule: str
) -> None:
    refusal = verdict(before, happened(evt, "2021"))
    assert refusal
    assert (refusal.rule, refusal.found) == (rule, OTHER_FIREARM)


@pytest.mark.parametrize("before", [(KNOWN,), (GONE,)], ids=["alive", "destroyed"])
def test_records_are_joined_and_parted_even_after_destruction(before: tuple[Event, ...]) -> None:
    joined = signed(happened("identity-merged", "2021"), endorsed=(OTHER,))
    assert ruling(joined, life(*before), OTHERS) is None
    firearm = life(*before, joined)
    assert firearm.state.identity.aliases == {OTHER_FIREARM}
    assert [entry.event.evt for entry in firearm.entries][-1] == "firearm.identity-merged"
    parted = signed(happened("identity-split", "2022"), endorsed=(OTHER,))
    assert ruling(parted, firearm, OTHERS) is None
    assert life(*before, joined, parted).state.identity.aliases == frozenset()
    assert contradicted(life(*before, joined, joined)) == [(2, "already_merged")]


@pytest.mark.parametrize("evt", ["duplicate-resolved", "identity-merged", "identity-split"])
@pytest.mark.parametrize("endorsed", [(), (SECOND_KEY_OF_SIGNER,), ("x" * 43,)])
def test_two_keys_of_one_officer_are_not_two_persons(evt: str, endorsed: tuple[str, ...]) -> None:
    before = life(KNOWN, FLAGGED, happened("identity-merged", "2020"))
    event = signed(happened(evt, "2021"), endorsed=endorsed)
    assert slug(event, before, OTHERS) == "second_person_missing"


@pytest.mark.parametrize(
    "evt", ["duplicate-flagged", "duplicate-resolved", "identity-merged", "identity-split"]
)
def test_the_other_records_exist_and_are_not_this_one(evt: str) -> None:
    before = life(KNOWN, FLAGGED, happened("identity-merged", "2020"))
    assert slug(happened(evt, "2021"), before) == "firearm_unknown"
    both = [OTHER_FIREARM, OWN]
    own = (happened("duplicate-flagged", "2020", firearms=both),)
    joined = happened("identity-merged", "2020", firearms=both)
    event = happened(evt, "2021", firearms=both)
    assert slug(event, life(KNOWN, *own, joined), OTHERS) == "duplicate_of_itself"


@pytest.mark.parametrize("evt", sorted(IDENTIFYING))
def test_a_code_outside_its_list_is_refused(evt: str) -> None:
    name = evt.removeprefix("firearm.")
    coded = {"kind", "method", "confidence", "reason", "ground", "decision"}
    for member in coded & IDENTIFYING[evt].keys():
        with pytest.raises(EnvelopeError, match=rf"dat\.{member}"):
            happened(name, **{member: "by_guess"})
