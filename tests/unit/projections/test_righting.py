# SPDX-License-Identifier: Apache-2.0
"""Which entry corrected or reversed a text of a record, and which of the two texts it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.encoding import decode
from domain.catalogue import CATALOGUE
from domain.event import Event, read_data
from domain.firearm.aggregate import decide, evolve
from domain.firearm.state import Firearm
from domain.identifiers import parse_stream_id
from projections.fact import Fact
from projections.marking_search.fold import fold, texts_of
from projections.marking_search.righting.outcome import Outcome, Righting, outcome
from tests.unit.domain.least.trading import EXEMPT
from tests.unit.domain.lives import DESCRIPTION, MARK, correction, happened, reversal

AT = datetime(2026, 11, 23, tzinfo=UTC)
BORN = happened("manufactured", **DESCRIPTION, leading_part="frame", **EXEMPT, markings=[MARK])
COMPONENT = parse_stream_id("cmp.01a2076b-4018-7111-8222-333333333334")


def _changed(field: str, old: str, new: str | None) -> dict[str, Any]:
    return {"field": field, "old": old, **({} if new is None else {"new": new})}


def _rows(event: Event) -> list[tuple[Any, ...]]:
    fact = Fact(7, AT, event.sub.uuid, 2, "firearm.x/1", b"")
    vars(fact).update(event=event)  # as if the bytes had said so
    return [row[2:] for row in fold([fact])["righting"]]


def _rightings(events: Sequence[Event]) -> list[Righting]:
    """Give what the search reads of a record whose entries stand at 0, 1, 2 and so on."""
    places = {decode(event.eid.encode()): at for at, event in enumerate(events)}
    return [
        Righting(at, AT + timedelta(days=at), places[target], *said)
        for at, event in enumerate(events)
        for _, target, *said in _rows(event)
    ]


def _chain(*serials: str) -> list[Event]:
    """Give a firearm's first event and one correction of its serial after the other."""
    made = happened(
        "manufactured", **{**DESCRIPTION, "serial": {"known": serials[0]}},
        leading_part="frame", **EXEMPT,
    )  # fmt: skip
    changes = (_changed("serial.known", old, new) for old, new in pairwise(serials))
    return [made, *(correction(made, each, name=str(at)) for at, each in enumerate(changes))]


def _told(events: Sequence[Event], entry: int, text: str, role: str = "serial") -> list[str]:
    found = outcome(_rightings(events), entry, role=role, text=text)
    return list(found.reasons) if found else []


@pytest.mark.parametrize(
    ("field", "named", "role"),
    [
        ("serial.known", "serial", "serial"),
        ("described.serial.known", "described.serial", "serial"),
        ("markings.0.text.known", "markings.0.text", "marking"),
        ("struck.text.known", "struck.text", "marking"),
        ("numbers.1.value.known", "numbers.1.value", "number"),
        ("seals.0", "seals.0", "number"),
    ],
)
def test_a_correction_of_a_number_or_mark_is_kept_with_its_target(
    field: str, named: str, role: str
) -> None:
    event = correction(BORN, _changed(field, "A1", "B2"))
    target = decode(BORN.eid.encode())
    assert _rows(event) == [(BORN.sub.uuid, target, named, role, "A1", "B2")]


def test_what_is_no_number_is_not_kept_as_put_right() -> None:
    assert _rows(correction(BORN, {"field": "year", "old": 2015, "new": 2016})) == []
    assert _rows(BORN) == []


def test_the_number_of_a_part_with_a_record_of_its_own_is_known_as_that() -> None:
    kind = CATALOGUE.latest("component.corrected")
    dat = {"target": BORN.eid, "reason": "clerical_error",
           "changes": [_changed("serial.known", "A1", "B2")]}  # fmt: skip
    event = replace(BORN, sub=COMPONENT, type=kind, dat=read_data(kind, dat))
    assert [row[3] for row in _rows(event)] == ["component"]


def test_a_reversal_is_kept_as_one_of_all_that_its_target_states() -> None:
    event = reversal(BORN)
    assert _rows(event) == [(BORN.sub.uuid, decode(BORN.eid.encode()), None, None, None, None)]


def test_each_of_two_readings_says_which_it_is_by_which_entry_and_when() -> None:
    events = _chain("A1", "B2")
    by = "entry 1, recorded on 2026-11-24, put"
    assert _told(events, 0, "A1") == [f"the text before a correction: {by} B2 in its place"]
    assert _told(events, 1, "B2") == [f"the text after a correction: {by} it in the place of A1"]


def test_the_day_is_told_in_utc_whatever_the_zone_of_the_reader() -> None:
    east = timezone(timedelta(hours=5))
    said = Righting(1, AT.astimezone(east) - timedelta(hours=1), 0, "serial", "serial", "A", "B")
    found = outcome([said], 0, role="serial", text="A")
    assert found == Outcome(index=1, day=date(2026, 11, 22), side="before", other="B", now="B")


def test_a_number_that_was_corrected_back_counts_again() -> None:
    events = _chain("A1", "B2", "A1")
    assert _told(events, 0, "A1") == [
        "the text after a correction: entry 2, recorded on 2026-11-25, put it in the place of B2"
    ]
    assert _told(events, 1, "B2") == [
        "the text before a correction: entry 2, recorded on 2026-11-25, put A1 in its place"
    ]


def test_what_counts_now_is_told_where_it_was_corrected_further() -> None:
    assert _told(_chain("A1", "B2", "C3"), 0, "A1") == [
        "the text before a correction: entry 1, recorded on 2026-11-24, put B2 in its place",
        "the text that counts now: C3",
    ]


def test_a_number_that_was_taken_away_or_added_says_that_there_was_no_other() -> None:
    made = happened("custody-moved", deposit_no="D 9")
    taken = correction(made, _changed("deposit_no", "D 9", None))
    added = correction(made, {"field": "deposit_no", "new": "D 7"}, name="again")
    events = [made, taken, added]
    assert _told(events[:2], 0, "D 9", "number")[0].endswith("put no text in its place")
    assert _told(events, 2, "D 7", "number")[0].endswith("put it in the place of no text")
    assert _told(events, 0, "D 9", "number")[1] == "the text that counts now: D 7"


def test_the_same_number_elsewhere_on_record_was_not_corrected() -> None:
    seized = happened("seized", described={"serial": {"known": "A1"}})
    events = [*_chain("A1", "B2"), seized]
    assert _told(events, 2, "A1") == []
    assert _told(events, 0, "A1", "marking") == []
    assert _told(events, 0, "Z9") == []


def test_a_number_of_a_reversed_entry_says_so() -> None:
    seized = happened("seized", described={"serial": {"known": "A1"}})
    events = [BORN, seized, reversal(seized)]
    for role in ("serial", "restored"):
        assert _told(events, 1, "A1", role) == [
            "entry 2, recorded on 2026-11-25, reversed the entry that states it"
        ]
    assert _told(events, 0, "TW9-000042") == []


def _serial(firearm: Firearm) -> str:
    return str(firearm.entries[0].effective.dat.model_dump(mode="json")["serial"]["known"])


SERIALS = st.lists(st.sampled_from(["A1", "B2", "C3"]), min_size=1, max_size=6).filter(
    lambda serials: all(one != other for one, other in pairwise(serials))
)


@given(serials=SERIALS)
def test_what_is_said_to_count_is_what_counts_by_the_rules_of_the_ledger(
    serials: list[str],
) -> None:
    """Every text ever stated is told as the one after a correction exactly where it counts."""
    events, firearm = _chain(*serials), None
    for at, event in enumerate(events):
        assert decide(firearm, event) is None
        firearm = evolve(firearm, event, at)
    assert firearm is not None
    counts, said = _serial(firearm), _rightings(events)
    for at, event in enumerate(events):
        for text in {each.text for each in texts_of(event)}:
            found = outcome(said, at, role="serial", text=text)
            assert (found is None) == (len(serials) == 1)
            assert found is None or (found.side == "after") == (text == counts)
            assert found is None or found.now == counts
