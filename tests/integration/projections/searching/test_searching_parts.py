# SPDX-License-Identifier: Apache-2.0
"""Numbers that are not the serial: of components, lots, importers, proof houses and registers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.tracing.inquiry import Choice, Inquiry, Trace, open_queries, trace
from domain.identifiers import StreamId, parse_stream_id
from projections.marking_search.candidates import Candidates
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.question import Question
from tests.integration.projections.conftest import Desk

SLIDE, LOOSE, MOVED = (
    parse_stream_id(f"cmp.01a2076b-4018-7111-8333-00000000000{at}") for at in (1, 2, 3)
)
LOT = parse_stream_id("lot.01a2076b-4018-7111-8333-000000000004")
REGISTRY = "2010/00795672961"
IMPORT = {
    "kind": "import",
    "text": {"known": "XB 19"},
    "condition": "legible",
    "maker": "IMPORTER",
    "country": "XB",
}


def _ask(markings: MarkingSearch, text: str) -> Candidates:
    return markings.search(Question(text=text))


@pytest.fixture(scope="module")
def parts(shared_desk: Desk) -> StreamId:
    """Give a firearm with a slide of its own, beside a loose part, a lot and a registry number."""
    desk = shared_desk
    arm = desk.manufacture("TW9-PARTS1")
    part: dict[str, Any] = {"part": "slide", "make": {"known": "SLIDEWERK"}}
    desk.does("component.manufactured", SLIDE, **part, serial={"known": "SL-4711"})
    desk.does("component.installed", SLIDE, firearm=str(arm))
    desk.does("component.manufactured", LOOSE, **part, serial={"known": "SL-4712"})
    lot: dict[str, Any] = {"maker": {"known": "CARTOUCHE"}, "calibre": "unknown", "quantity": 50}
    desk.does("lot.ammunition-registered", LOT, **lot, lot_mark={"known": "L17-0042"})
    desk.manufacture("TW9-MARK3", markings=[IMPORT])
    desk.manufacture(REGISTRY)
    desk.manufacture("TW9-REG2", numbers=[{"scheme": "ticket", "value": {"known": REGISTRY}}])
    return arm


@pytest.fixture(scope="module")
def markings(shared_desk: Desk, parts: StreamId) -> Iterator[MarkingSearch]:
    assert parts
    with open_queries(shared_desk.office) as opened:
        yield opened.markings


def test_the_number_of_a_component_leads_to_it_and_to_its_firearm(
    markings: MarkingSearch, parts: StreamId
) -> None:
    (found,) = _ask(markings, "sl 4711").found
    assert (found.subject, found.firearm, found.place) == (SLIDE, parts.uuid, "component")
    (loose,) = _ask(markings, "SL-4712").found
    assert (loose.subject, loose.firearm) == (LOOSE, None)


def test_a_component_is_where_the_newest_event_says_whoever_tells_it(
    markings: MarkingSearch, shared_desk: Desk, parts: StreamId
) -> None:
    moved: dict[str, Any] = {
        "part": "barrel",
        "make": {"known": "BARREL"},
        "serial": {"known": "BA-99"},
    }
    shared_desk.does("component.manufactured", MOVED, **moved)
    shared_desk.does("component.installed", MOVED, firearm=str(parts))
    shared_desk.does("component.removed", MOVED, firearm=str(parts))
    assert _ask(markings, "BA-99").found[0].firearm is None
    shared_desk.record(
        "component-replaced", parts, "2022", part="barrel", reason="worn", component_in=str(MOVED)
    )
    assert _ask(markings, "BA-99").found[0].firearm == parts.uuid


def test_a_trace_by_the_number_of_a_component_is_that_of_its_firearm(
    shared_desk: Desk, parts: StreamId
) -> None:
    with open_queries(shared_desk.office) as opened:
        found = trace(opened, Inquiry(serial="SL-4711"))
        assert isinstance(found, Trace)
        assert found.firearm == parts
        loose = trace(opened, Inquiry(serial="SL-4712"))
        assert isinstance(loose, Choice)
        assert loose.possible == ()


def test_a_lot_of_ammunition_is_found_by_its_mark(markings: MarkingSearch) -> None:
    (found,) = markings.search(Question(text="L17-0042", make="Cartouche")).found
    assert (found.subject, found.firearm, found.make) == (LOT, None, "agrees")


def test_an_import_mark_is_found_as_one_that_many_bear(markings: MarkingSearch) -> None:
    (found,) = _ask(markings, "XB-19").found
    assert (found.subject.kind, found.place) == ("arm", "shared mark")
    assert "many firearms bear such a mark" in found.reasons


def test_a_registry_number_is_found_as_what_it_is_and_pointed_out_in_the_serial_box(
    markings: MarkingSearch,
) -> None:
    found = _ask(markings, REGISTRY)
    assert {each.reasons[0] for each in found.found} == {
        f"serial {REGISTRY} reads exactly so",
        f"number (ticket) {REGISTRY} reads exactly so",
    }
    assert "entered as the serial" in " ".join(r for each in found.found for r in each.reasons)
    assert "registry or ticket number" in found.hints[0]
