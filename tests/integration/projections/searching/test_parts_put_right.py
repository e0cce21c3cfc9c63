# SPDX-License-Identifier: Apache-2.0
"""Parts whose numbers or fittings were put right: found by either reading, and where they are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from api.tracing.inquiry import open_queries
from domain.identifiers import StreamId, parse_stream_id
from projections.marking_search.candidates import Candidate
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.question import Question
from tests.integration.projections.conftest import Desk

NUMBERS = count(1)
CLERICAL = {"reason": "clerical_error"}


@pytest.fixture(scope="module")
def markings(shared_desk: Desk) -> Iterator[MarkingSearch]:
    with open_queries(shared_desk.office) as opened:
        yield opened.markings


def only(markings: MarkingSearch, text: str) -> Candidate:
    (found,) = markings.search(Question(text=text)).found
    return found


def part(desk: Desk, serial: str, kind: str = "slide") -> tuple[StreamId, str]:
    """Record a part; give it with the id of that event."""
    made = parse_stream_id(f"cmp.01a2076b-4018-7111-8444-{next(NUMBERS):012x}")
    dat: dict[str, Any] = {"part": kind, "make": {"known": "TEILWERK"}, "serial": {"known": serial}}
    return made, desk.does("component.manufactured", made, **dat).eid


def corrects(desk: Desk, record: StreamId, target: str, *change: Any) -> int:
    """Put one member of an event right: its path, the old and the new value."""
    changes = [dict(zip(("field", "old", "new"), change, strict=True))]
    dat: dict[str, Any] = {"target": target, "changes": changes, **CLERICAL}
    if record.kind == "cmp":
        return desk.does("component.corrected", record, "2022", **dat).index
    return desk.record("corrected", record, "2022", **dat).index


def test_a_corrected_number_is_found_by_either_reading_with_the_reason(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    slide, made = part(shared_desk, "SR-1001")
    first = corrects(shared_desk, slide, made, "serial.known", "SR-1001", "SR-1007")
    old, new = only(markings, "SR-1001"), only(markings, "SR-1007")
    assert (old.subject, new.subject) == (slide, slide)
    assert old.reasons[1] == f"entry {first} corrected this number to SR-1007"
    assert new.reasons[1] == f"entry {first} corrected the number to this, from SR-1001"
    second = corrects(shared_desk, slide, made, "serial.known", "SR-1007", "SR-1001")
    assert only(markings, "SR-1001").reasons[1].startswith(f"entry {second} corrected the number")
    assert only(markings, "SR-1007").reasons[1].startswith(f"entry {second} corrected this number")


def test_the_number_of_a_part_that_a_firearm_states_is_found_as_corrected(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    arm = shared_desk.manufacture("SR-ARM0")
    replaced = shared_desk.record(
        "component-replaced",
        arm,
        "2020",
        part="barrel",
        reason="worn",
        serial_in={"known": "SR-2001"},
    )
    corrects(shared_desk, arm, replaced.eid, "serial_in.known", "SR-2001", "SR-2009")
    for number, told in (("SR-2001", "this number to SR-2009"), ("SR-2009", "from SR-2001")):
        found = only(markings, number)
        assert (found.subject, found.place) == (arm, "component")
        assert told in found.reasons[1]


def test_a_part_whose_firearm_was_corrected_leads_to_the_right_one(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    wrong, right = (shared_desk.manufacture(f"SR-ARM{at}") for at in (1, 2))
    slide, _ = part(shared_desk, "SR-3001")
    installed = shared_desk.does("component.installed", slide, firearm=str(wrong))
    assert only(markings, "SR-3001").firearm == wrong.uuid
    corrects(shared_desk, slide, installed.eid, "firearm", str(wrong), str(right))
    found = only(markings, "SR-3001")
    assert found.firearm == right.uuid
    assert f"in firearm {right} by the record" in found.reasons[-1]


def test_a_correction_of_what_is_over_moves_no_part(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    first, second, third = (shared_desk.manufacture(f"SR-ARM{at}") for at in (3, 4, 5))
    slide, _ = part(shared_desk, "SR-4001")
    installed = shared_desk.does("component.installed", slide, firearm=str(first))
    shared_desk.does("component.removed", slide, firearm=str(first))
    shared_desk.does("component.installed", slide, firearm=str(second))
    corrects(shared_desk, slide, installed.eid, "firearm", str(first), str(third))
    assert only(markings, "SR-4001").firearm == second.uuid


def test_a_firearm_that_named_another_part_gives_it_up_once_corrected(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    arm = shared_desk.manufacture("SR-ARM6")
    (named, _), (meant, _) = (part(shared_desk, f"SR-500{at}", "barrel") for at in (1, 2))
    replaced = shared_desk.record(
        "component-replaced", arm, "2020", part="barrel", reason="worn", component_in=str(named)
    )
    corrects(shared_desk, arm, replaced.eid, "component_in", str(named), str(meant))
    firearms: dict[str, UUID | None] = {
        text: only(markings, text).firearm for text in ("SR-5001", "SR-5002")
    }
    assert firearms == {"SR-5001": None, "SR-5002": arm.uuid}


def test_a_part_is_where_it_was_before_what_was_reversed(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    arm = shared_desk.manufacture("SR-ARM7")
    barrel, _ = part(shared_desk, "SR-6001", "barrel")
    replaced = shared_desk.record(
        "component-replaced", arm, "2020", part="barrel", reason="worn", component_in=str(barrel)
    )
    assert only(markings, "SR-6001").firearm == arm.uuid
    shared_desk.record("reversed", arm, "2022", target=replaced.eid, reason="did_not_happen")
    assert only(markings, "SR-6001").firearm is None
