# SPDX-License-Identifier: Apache-2.0
"""What in the record asks for a second look is told with its rule and its entry, and of nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.asking import open_snapshot
from domain.occurrence import parse_occurrence
from projections.asking.findings import ordered, record_findings
from projections.asking.flows import MANY_FIREARMS_MIN
from projections.findings.store import FINDINGS
from tests.integration.lists.nation import BUYER, DEALER, Nation

Found = list[dict[str, Any]]

ACCUSING = re.compile(
    r"\b(suspect|suspicious|illegal|unlawful|fraud|false|forged|guilty|offen[cs]e|offender|"
    r"criminal|crime|liar?|traffick\w*|launder\w*|straw|culprit|violat\w*)\b",
    re.IGNORECASE,
)


def _found(nation: Nation, known: str | None = None, on: str = "2025-01-01") -> Found:
    database = nation.desk.office.database
    with open_snapshot(database, known, also=[FINDINGS]) as snapshot:
        return list(ordered(record_findings(snapshot, on=parse_occurrence(on))))


def _of(found: Found, code: str) -> Found:
    return [each for each in found if each["code"] == code]


def test_one_seen_after_its_end_is_an_impossible_sequence_at_that_entry(nation: Nation) -> None:
    (seen,) = _of(_found(nation), "destroyed")
    assert (seen["check"], seen["severity"]) == ("sequence", "gap")
    assert seen["evidence"].startswith(nation["ENDED"])
    assert seen["index"] is not None


def test_identity_is_not_the_serial_one_make_and_serial_is_one_finding(nation: Nation) -> None:
    (twins,) = _of(_found(nation), "one_maker_and_serial")
    assert {nation["TWIN1"], nation["TWIN2"]} == set(
        re.findall(r"arm\.[0-9a-f-]+", twins["evidence"])
    )
    assert "They may be one firearm, or several" in twins["sentence"]
    assert nation["OTHERMAKE"] not in twins["evidence"]


def test_a_hand_over_of_one_side_has_an_age_and_one_of_both_sides_is_none(nation: Nation) -> None:
    waiting = {each["evidence"]: each for each in _of(_found(nation), "handover_one_sided")}
    assert nation["BOTHSIDES"] not in waiting
    one = waiting[nation["ONESIDED"]]
    assert one["sentence"].endswith("That was 976 days ago.")
    assert "the report of its receiver is not on record" in one["sentence"]


def test_many_firearms_of_one_holding_within_days_are_counted(nation: Nation) -> None:
    (many,) = _of(_found(nation), "many_within_days")
    assert many["evidence"].startswith(BUYER)
    assert many["sentence"] == "6 firearms came into one holding within 7 days."
    assert many["severity"] == "notice"


def test_as_known_on_an_earlier_entry_fewer_were_known(nation: Nation) -> None:
    (many,) = _of(_found(nation), "many_within_days")
    first = int(re.search(r"entry (\d+)", many["evidence"])[1])  # type: ignore[index]
    counted = [
        _of(_found(nation, str(at)), "many_within_days") for at in range(first, many["index"])
    ]
    numbers = [int(each[0]["sentence"].split()[0]) if each else 0 for each in counted]
    assert numbers == sorted(numbers)
    assert max(numbers) == MANY_FIREARMS_MIN


def test_sales_of_a_dealer_that_soon_came_to_hand_are_counted(nation: Nation) -> None:
    (soon,) = _of(_found(nation), "short_time_to_seizure")
    assert soon["evidence"].startswith(DEALER)
    assert soon["sentence"] == "3 firearms sold out of one holding were seized within 365 days."


def test_a_shipment_of_which_one_end_is_missing_is_told(nation: Nation) -> None:
    (left,) = _of(_found(nation), "export_without_receipt")
    (came,) = _of(_found(nation), "import_without_export")
    assert left["evidence"] == f"{nation['SHIPMENT']} under {nation['EXPORT']}"
    assert left["sentence"] == "It left 668 days ago, and no receipt of it is on record."
    assert came["evidence"] == f"{nation['ARRIVAL']} under {nation['IMPORT']}"
    assert _of(_found(nation, on="2023-04-04"), "export_without_receipt") == []


def test_late_entries_and_silences_are_notices(nation: Nation) -> None:
    found = _found(nation)
    assert any(each["evidence"] == nation["LOST"] for each in _of(found, "signed_late"))
    (quiet,) = [each for each in _of(found, "silence") if each["evidence"] == nation["QUIET"]]
    assert quiet["sentence"] == "Before it: Nothing is on record for 33 years."
    assert {each["severity"] for each in _of(found, "signed_late")} == {"notice"}


def test_what_waits_comes_before_what_is_only_to_be_known_and_the_newest_first(
    nation: Nation,
) -> None:
    found = _found(nation)
    order = [(each["severity"] == "notice", -each["index"]) for each in found]
    assert order == sorted(order)
    assert {each["severity"] for each in found} == {"gap", "notice"}


def test_nothing_was_found_before_anything_was_recorded(nation: Nation) -> None:
    assert _found(nation, "2") == []


def test_as_known_on_an_entry_the_twins_were_one(nation: Nation) -> None:
    (twins,) = _of(_found(nation), "one_maker_and_serial")
    assert _of(_found(nation, str(twins["index"] - 1)), "one_maker_and_serial") == []
    assert len(_of(_found(nation, str(twins["index"])), "one_maker_and_serial")) == 1


def test_no_word_accuses_anybody(nation: Nation) -> None:
    for each in _found(nation):
        for said in (each["sentence"], each["next_step"]):
            assert not ACCUSING.search(said), said


@pytest.mark.parametrize("word", ["a suspicious sale", "trafficking", "a false number"])
def test_a_word_that_accuses_is_seen(word: str) -> None:
    assert ACCUSING.search(word)
