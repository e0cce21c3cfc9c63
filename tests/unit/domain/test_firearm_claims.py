# SPDX-License-Identifier: Apache-2.0
"""Which events claim a maker's serial, and under which key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.firearm.claims import claim_key, claims_in_doubt, counterparts, duplicate_reason
from domain.identifiers import parse_stream_id
from tests.unit.domain.least.identifying import OTHER_FIREARM
from tests.unit.domain.lives import DATA, MARK, happened, life
from tests.unit.every import for_every

CLAIMS = ("manufactured", "marked", "production-planned", "registered")
CLAIMING = {f"firearm.{name}" for name in CLAIMS}
SEEN = {"kind": "manufacture", "text": "unknown", "condition": "partial"}


@pytest.mark.parametrize("evt", CLAIMS)
def test_maker_and_serial_are_claimed_under_one_canonical_key(evt: str) -> None:
    assert claim_key(happened(evt)) == "TESTWERK|TW9000042"


def test_spelling_does_not_make_another_claim() -> None:
    other = happened("registered", make={"known": "Test-Werk"}, serial={"known": "tw9 000042"})
    assert claim_key(other) == claim_key(happened("registered"))


@pytest.mark.parametrize(
    "lacking",
    [
        {"make": "unknown"},
        {"make": {"known": "&"}},
        {"serial": "unknown"},
        {"serial": "none"},
        {"markings": [SEEN]},
    ],
    ids=str,
)
def test_nothing_is_claimed_unless_both_are_known_and_legible(lacking: dict[str, Any]) -> None:
    assert claim_key(happened("registered", **lacking)) is None


@pytest.mark.parametrize(
    "mark",
    [
        {**MARK, "kind": "import", "maker": "TESTWERK"},
        {**MARK, "country": "XA"},
        {**MARK, "maker": "TESTWERK", "condition": "partial"},
    ],
    ids=str,
)
def test_only_a_legible_manufacture_mark_with_its_maker_claims(mark: dict[str, Any]) -> None:
    assert claim_key(happened("marked", mark=mark)) is None


@for_every([name.removeprefix("firearm.") for name in DATA if name not in CLAIMING], "evt")
def test_other_events_claim_nothing(evt: str) -> None:
    assert claim_key(happened(evt)) is None
    assert duplicate_reason(happened(evt)) is None


@pytest.mark.parametrize("evt", CLAIMS)
def test_a_reason_for_a_second_claim_is_given_or_absent(evt: str) -> None:
    assert duplicate_reason(happened(evt)) is None
    given = happened(evt, duplicate_reason="copy_or_false_mark")
    assert duplicate_reason(given) == "copy_or_false_mark"


def test_claims_are_in_doubt_while_the_reason_for_them_is_not_looked_into() -> None:
    mark = {**MARK, "maker": "OTHERWERK", "country": "XA"}
    marked = happened("marked", mark=mark, duplicate_reason="copy_or_false_mark")
    unknown = life(happened("registered", serial="unknown"), marked)
    assert claims_in_doubt(unknown) == ("OTHERWERK|TW9000042",)
    both = life(happened("registered"), marked)
    assert claims_in_doubt(both) == ("TESTWERK|TW9000042", "OTHERWERK|TW9000042")
    assert claims_in_doubt(life(happened("registered"))) == claims_in_doubt(None) == ()
    late = life(marked, happened("registered", "2010"))
    assert set(claims_in_doubt(late)) == {"TESTWERK|TW9000042", "OTHERWERK|TW9000042"}
    unborn = life(marked)
    assert claims_in_doubt(unborn) == ("OTHERWERK|TW9000042",)


def test_counterparts_are_aliases_suspected_duplicates_and_who_holds_a_claim_in_doubt() -> None:
    held_by = parse_stream_id("arm.01a2076b-4018-7111-8222-000000000077").uuid
    other = parse_stream_id(OTHER_FIREARM).uuid
    nobody: dict[str, UUID] = {}
    known = happened("registered")
    for name in ("duplicate-flagged", "identity-merged"):
        assert counterparts(life(known, happened(name)), nobody.get) == {other}
    again = life(happened("registered", duplicate_reason="other"))
    assert counterparts(again, {"TESTWERK|TW9000042": held_by}.get) == {held_by}
    assert counterparts(again, nobody.get) == counterparts(None, nobody.get) == frozenset()
