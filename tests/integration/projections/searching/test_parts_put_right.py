# SPDX-License-Identifier: Apache-2.0
"""Numbers that were put right: found by either reading, which says so; and where parts are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from itertools import count
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.abc import Params

from api.tracing.inquiry import open_queries
from audit.proof.encoding import encode
from domain.identifiers import StreamId, parse_stream_id
from projections.marking_search.candidates import Candidate
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.question import Question
from projections.marking_search.righting.outcome import Outcome
from projections.marking_search.statements import RIGHTINGS
from projections.projection import Projection
from tests.integration.projections.conftest import Desk
from tests.unit.domain.lives import DATA

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


def first_of(desk: Desk, arm: StreamId) -> tuple[int, str]:
    """Give the index and the id of the event that begins a record."""
    with psycopg.connect(desk.office.database.admin) as connection:
        told = "select idx, eid from ledger.event where stream = %s order by seq"
        index, eid = connection.execute(told, [arm.uuid]).fetchone() or (0, b"")
    return index, encode(eid).decode()


def recorded(desk: Desk, index: int) -> date:
    """Give the day on which an entry was recorded."""
    with psycopg.connect(desk.office.database.admin) as connection:
        told = "select at from ledger.event where idx = %s"
        (at,) = connection.execute(told, [index]).fetchone() or (None,)
    assert at is not None
    day: date = at.astimezone(UTC).date()
    return day


def test_a_corrected_number_is_found_by_either_reading_with_the_reason(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    slide, made = part(shared_desk, "SR-1001")
    first = corrects(shared_desk, slide, made, "serial.known", "SR-1001", "SR-1007")
    old, new = only(markings, "SR-1001"), only(markings, "SR-1007")
    assert (old.subject, new.subject) == (slide, slide)
    assert old.reasons[1].startswith("the text before a correction: ")
    assert f"entry {first}, recorded on " in old.reasons[1]
    assert old.reasons[1].endswith(", put SR-1007 in its place")
    assert new.reasons[1].startswith(f"the text after a correction: entry {first}, recorded on ")
    assert new.reasons[1].endswith(", put it in the place of SR-1001")
    second = corrects(shared_desk, slide, made, "serial.known", "SR-1007", "SR-1001")
    for number, side in (("SR-1001", "after"), ("SR-1007", "before")):
        told = only(markings, number).reasons[1]
        assert told.startswith(f"the text {side} a correction: entry {second}, recorded on ")


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
    for number, told in (("SR-2001", "put SR-2009"), ("SR-2009", "in the place of SR-2001")):
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


def test_a_corrected_serial_of_a_firearm_is_told_as_the_one_before_or_after(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    arm = shared_desk.manufacture("SR-7001")
    entry, target = first_of(shared_desk, arm)
    assert only(markings, "SR-7001").outcome is None
    first = corrects(shared_desk, arm, target, "serial.known", "SR-7001", "SR-7007")
    day = recorded(shared_desk, first)
    by = f"entry {first}, recorded on {day}, put"
    old, new = only(markings, "sr 7001"), only(markings, "SR-7007")
    assert (old.subject, old.index, new.index) == (arm, entry, first)
    assert old.reasons[1:] == (f"the text before a correction: {by} SR-7007 in its place",)
    assert new.reasons[1:] == (f"the text after a correction: {by} it in the place of SR-7001",)
    back = corrects(shared_desk, arm, target, "serial.known", "SR-7007", "SR-7001")
    assert only(markings, "SR-7001").outcome == Outcome(
        index=back, day=day, side="after", other="SR-7007", now="SR-7001"
    )


def test_a_mark_and_a_number_of_a_reversed_entry_are_told_whatever_is_known_of_them(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    mark = {"kind": "proof", "text": {"known": "PROOF-81"}, "condition": "legible"}
    arm = shared_desk.manufacture("SR-8001", markings=[mark])
    _, target = first_of(shared_desk, arm)
    entry = corrects(shared_desk, arm, target, "markings.0.text.known", "PROOF-81", "PROOF-87")
    for pattern, text, side in (
        ("PROOF-8[16]", "PROOF-81", "before"),
        ("PRO*87", "PROOF-87", "after"),
    ):
        found = only(markings, pattern)
        assert (found.text, found.outcome and found.outcome.side) == (text, side)
    assert only(markings, "SR-8001").outcome is None
    seized = shared_desk.record(
        "found", arm, "2022", station="STATION 7", described={"serial": {"known": "SR-8009"}}
    )
    assert only(markings, "SR-8009").outcome is None
    reversal = shared_desk.record(
        "reversed", arm, "2022", target=seized.eid, reason="wrong_firearm"
    )
    told = only(markings, "SR-8009").outcome
    assert told is not None
    assert (told.side, told.index) == ("reversed", reversal.index)
    assert entry < reversal.index


def test_only_what_was_put_right_costs_a_further_statement(
    markings: MarkingSearch, shared_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm, _ = shared_desk.manufacture("SR-9001"), shared_desk.manufacture("SR-9002")
    _, target = first_of(shared_desk, arm)
    corrects(shared_desk, arm, target, "serial.known", "SR-9001", "SR-9003")
    asked: list[str] = []
    ask = markings._view.ask

    def counted(projection: Projection, query: LiteralString, terms: Params) -> Any:
        asked.append(query)
        return ask(projection, query, terms)

    monkeypatch.setattr(markings._view, "ask", counted)
    assert (only(markings, "SR-9002").text, asked) == ("SR-9002", [])
    assert (only(markings, "SR-9001").text, asked) == ("SR-9001", [RIGHTINGS])


def test_trap_7_what_no_list_names_yet_is_recorded_found_and_named_later(
    markings: MarkingSearch, shared_desk: Desk
) -> None:
    """A reference table lags the market, and must not keep anything out."""
    arm = parse_stream_id(f"arm.01a2076b-4018-7111-8555-{next(NUMBERS):012x}")
    new = {
        "make": "STARTUP 2026",
        "model": "XQ-99 LAUNCH",
        "calibre": "7.77 NEW",
        "serial": "SR-7777",
    }
    dat = {**DATA["firearm.manufactured"], **{name: {"known": text} for name, text in new.items()}}
    target = shared_desk.record("manufactured", arm, "2015", **dat).eid
    asked = Question(text="SR-7778", model="XQ-99", calibre="7.77 New")
    (found,) = markings.search(asked).found
    assert found.agreements == {"model": "agrees", "calibre": "agrees"}
    corrects(shared_desk, arm, target, "make.known", "STARTUP 2026", "NEWWERK")
    for make in ("Startup 2026", "Newwerk"):
        (found,) = markings.search(Question(text="SR-7777", make=make)).found
        assert (found.subject, found.make, found.outcome) == (arm, "agrees", None)
