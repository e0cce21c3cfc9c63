# SPDX-License-Identifier: Apache-2.0
"""Tracing from a marking to a history, for any date of the world and of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from api.tracing.inquiry import Choice, Inquiry, Trace, open_queries, trace
from api.tracing.page import Page, choice_page, history_page
from api.tracing.record import choice_record, trace_record
from audit.proof.envelope.opening import read_stored
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, UsageError
from domain.firearm.history import replay
from domain.firearm.state import BLANK, Entry, State
from domain.identifiers import StreamId, parse_stream_id, short_form
from domain.occurrence import parse_occurrence
from projections.queries import Queries
from tests.integration.projections.conftest import HOLDING, Desk

PAGE = Page(96)


@dataclass(frozen=True, slots=True)
class Archive:
    """One ledger with one life and two firearms of nearly the same number."""

    desk: Desk
    queries: Queries
    arm: StreamId

    def ask(self, **inquiry: str | bool) -> Trace | Choice:
        """Ask for anything."""
        return trace(self.queries, Inquiry(**inquiry))  # type: ignore[arg-type]

    def history(self, **inquiry: str | bool) -> Trace:
        """Ask for one history."""
        found = self.ask(**inquiry)
        assert isinstance(found, Trace)
        return found

    def naive(self, *, as_at: str | None = None, known: int | None = None) -> State:
        """Replay the log's own rows, without any projection."""
        rows = self.desk.office.ledger.recorder.select_events(self.arm.uuid)
        context = self.desk.office.ledger.store.context(
            streams=[self.arm.uuid], requests=(), claims=()
        )
        notified = context.histories[self.arm.uuid]
        assert len(rows) == len(notified)
        entries = [
            Entry(each.id - 1, read_stored(bytes(each.state), CATALOGUE)) for each in notified
        ]
        limit = parse_occurrence(as_at) if as_at else None
        moments = replay(entries, as_at=limit, as_known_on=known)
        return moments[-1].state_after if moments else BLANK


@pytest.fixture(scope="module")
def archive(shared_desk: Desk) -> Iterator[Archive]:
    with open_queries(shared_desk.office) as queries:
        arm = shared_desk.life("369J257")
        shared_desk.manufacture("369M257")
        shared_desk.manufacture("369257", make="FN")
        yield Archive(shared_desk, queries, arm)


def _names(found: Trace) -> list[str]:
    return [step.proven.line.kind.removeprefix("firearm.")[:-2] for step in found.steps]


def test_a_history_is_told_in_the_order_of_the_world(archive: Archive) -> None:
    found = archive.history(identifier=str(archive.arm))
    assert _names(found) == [
        "manufactured",
        "transferred",
        "stolen-reported",
        "seized",
        "custody-moved",
        "corrected",
    ]


def test_the_short_form_leads_to_the_same_history(archive: Archive) -> None:
    spoken = short_form(archive.arm.uuid).lower().replace("-", " ")
    assert archive.history(identifier=spoken).firearm == archive.arm


@pytest.mark.parametrize("date", ["2014", "2015", "2016-05-01", "2019-05-02", "2020-07-09", "2030"])
def test_the_world_on_a_date_is_the_replay_to_that_date(archive: Archive, date: str) -> None:
    found = archive.history(identifier=str(archive.arm), as_at=date)
    assert found.state == archive.naive(as_at=date)
    assert found.left_out + len(found.steps) == 6


def test_the_record_at_any_index_is_the_replay_of_what_was_recorded(archive: Archive) -> None:
    for index in range(archive.desk.office.ledger.size + 1):
        found = archive.history(identifier=str(archive.arm), as_known_on=str(index))
        assert found.state == archive.naive(known=index)


def test_the_record_on_a_date_is_what_was_recorded_by_its_end(archive: Archive) -> None:
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    whole = archive.history(identifier=str(archive.arm), as_known_on=today)
    before = archive.history(identifier=str(archive.arm), as_known_on="2020-01-01")
    assert len(whole.steps) == 6
    assert before.steps == ()
    assert "Nothing is on record within these limits" in history_page(before, PAGE)


def test_a_serial_without_a_doubt_leads_straight_to_its_history(archive: Archive) -> None:
    found = archive.history(serial="S 881")
    assert found.firearm == archive.arm
    assert found.chosen is not None


def test_embedded_letters_lead_to_a_choice_with_reasons(archive: Archive) -> None:
    found = archive.ask(serial="369J257")
    assert isinstance(found, Choice)
    told = choice_page(found, PAGE)
    assert [each.candidate.text for each in found.possible if each.candidate] == [
        "369J257",
        "369M257",
        "369257",
    ]
    assert told.index("reads exactly so") < told.index("letters between digits are ignored")
    assert f"--id {short_form(archive.arm.uuid)}" in told


def test_the_make_puts_its_firearms_first_and_keeps_the_others(archive: Archive) -> None:
    found = archive.ask(serial="369257", make="Testwerk")
    assert isinstance(found, Choice)
    makes = [each.candidate.make for each in found.possible if each.candidate]
    assert makes == ["agrees", "agrees", "differs"]
    assert "another make is on record: FN" in choice_page(found, PAGE)


def test_the_first_of_several_can_be_taken(archive: Archive) -> None:
    assert archive.history(serial="369J257", first=True).firearm == archive.arm


def test_an_unknown_number_gives_an_empty_choice(archive: Archive) -> None:
    found = archive.ask(serial="QQ-77777")
    assert isinstance(found, Choice)
    assert found.possible == ()
    assert choice_record(found)["candidates"] == []


def test_what_was_recorded_a_moment_ago_is_there(archive: Archive) -> None:
    arm = archive.desk.manufacture("JUSTNOW1")
    assert archive.history(serial="JUSTNOW1").firearm == arm


def test_a_correction_shows_the_first_and_the_corrected_reading(archive: Archive) -> None:
    told = history_page(archive.history(identifier=str(archive.arm)), PAGE)
    assert "by number 6: permit class: sport as first recorded, hunting as corrected" in told
    record = trace_record(archive.history(identifier=str(archive.arm)))
    sale = record["entries"][1]
    assert sale["signed"]["dat"]["permit_class"] == "sport"
    assert sale["counts_as"]["dat"]["permit_class"] == "hunting"


def test_what_was_put_right_is_told_as_recorded_as_it_counts_or_both(archive: Archive) -> None:
    classes = {}
    for view in ("original", "corrected", "both"):
        found = archive.history(identifier=str(archive.arm), view=view)
        sales = [step for step in found.steps if step.proven.line.seq == 2]
        data = [step.moment.event.dat.model_dump() for step in sales if step.moment]
        classes[view] = [each["permit_class"] for each in data]
        assert found.left_out == 0
        assert ("(as first recorded)" in history_page(found, PAGE)) == (view != "corrected")
    assert classes == {
        "original": ["sport"],
        "corrected": ["hunting"],
        "both": ["sport", "hunting"],
    }


def test_a_reversal_stands_beside_what_it_undid(archive: Archive) -> None:
    arm = archive.desk.manufacture("UNDONE-1", occ="2001")
    seizure = {"ground": "protective", "proceeding": "criminal"}
    seized = archive.desk.record("seized", arm, "2019-01-02", **seizure)
    archive.desk.record("reversed", arm, "2019-01-03", target=seized.eid, reason="wrong_firearm")
    found = archive.history(identifier=str(arm))
    told = history_page(found, PAGE)
    assert "1 reversed entry" in told
    assert "reversed    by number 3: it counts no longer" in told
    assert "of number 2, wrong firearm" in told
    assert found.state.custody != "evidence"
    entries = trace_record(found)["entries"]
    assert [each["reversed_by"] for each in entries] == [
        None,
        found.steps[2].proven.line.index,
        None,
    ]


def test_a_correction_that_a_date_leaves_out_still_counts(archive: Archive) -> None:
    told = history_page(archive.history(identifier=str(archive.arm), as_at="2017"), PAGE)
    assert "sport as first recorded, hunting as corrected" in told


def test_a_contradiction_stands_at_the_entry_where_it_shows(archive: Archive) -> None:
    arm = archive.desk.manufacture("TWICE-1", occ="2001")
    for day in ("2019-01-02", "2020-01-02"):
        archive.desk.record("seized", arm, day, ground="protective", proceeding="criminal")
    found = archive.history(identifier=str(arm))
    told = history_page(found, PAGE)
    assert "Attention   1 contradiction, 1 gap" in told
    assert told.index("3  Seized") < told.index(
        "contradicts It was in official hands, and no release"
    )
    rules = [each["rule"] for each in trace_record(found)["entries"][2]["contradictions"]]
    assert rules == ["release_not_recorded"]


def test_a_one_sided_transfer_stays_visibly_open_with_its_age(archive: Archive) -> None:
    arm = archive.desk.manufacture("ONE-SIDED-1")
    sale: dict[str, Any] = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    sale["to_report"] = True
    receipt = archive.desk.record("transferred", arm, "2024-03-01", **sale)
    asked = Inquiry(identifier=str(arm), today=parse_occurrence("2024-03-31"))
    found = trace(archive.queries, asked)
    assert isinstance(found, Trace)
    told = "hand-over open since 2024-03-01 (30 days), awaits the receiver's report"
    assert f"Open        {told}" in history_page(found, PAGE)
    record = trace_record(found)
    assert record["pending"] == [
        {
            "code": "hand-over",
            "since": "2024-03-01",
            "index": receipt.index,
            "days": 30,
            "sentence": told,
        }
    ]
    assert record["state"]["handover"]["awaits"] == "receiver"
    earlier = archive.history(identifier=str(arm), as_at="2024-03-11", view="both")
    assert [each.days for each in earlier.pending] == [10]
    assert archive.history(identifier=str(arm), as_at="2024-02").pending == ()


def test_two_sides_that_describe_it_differently_are_told_where_it_shows(archive: Archive) -> None:
    arm = archive.desk.manufacture("TWO-SIDED-1")
    sale: dict[str, Any] = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    sale["to_report"] = True
    archive.desk.record(
        "transferred", arm, "2024-03-01", **sale, described={"serial": {"known": "TWO-SIDED-1"}}
    )
    seen = {"serial": {"known": "TWO-SIDED-7"}}
    archive.desk.record("receipt-confirmed", arm, "2024-03-02", hld=HOLDING, described=seen)
    told = history_page(archive.history(identifier=str(arm)), PAGE)
    assert "contradicts The two sides do not agree: serial." in told


def test_a_record_and_the_one_it_was_merged_into_lead_to_each_other(archive: Archive) -> None:
    """Both histories stay as they are (domain facts, section 5)."""
    whole, alias, doubtful = (archive.desk.manufacture(f"MERGED-{n}") for n in range(3))
    dat = {"firearms": [str(alias)], "evidence": "INQUIRY 3/2026"}
    flag: dict[str, Any] = {"firearms": [str(doubtful)], "ground": "same_description"}
    archive.desk.record("duplicate-flagged", whole, "2026-01-02", **flag)
    before = archive.desk.office.ledger.size - 1
    archive.desk.record("identity-merged", whole, "2026-01-03", **dat)
    page = history_page(archive.history(identifier=str(whole)), PAGE)
    assert f"same as {alias}, merged into this record" in page
    merged = archive.history(identifier=str(alias))
    assert f"Identity    merged into {whole}; read that record too" in history_page(merged, PAGE)
    assert trace_record(merged)["merged_into"] == [str(whole)]
    assert archive.history(identifier=str(alias), as_known_on=str(before)).kin.merged_into == ()
    assert archive.history(identifier=str(alias), as_at="2026-01-02").kin.merged_into == ()
    suspected = archive.history(identifier=str(doubtful))
    assert f"possibly the same as {whole}" in history_page(suspected, PAGE)
    assert trace_record(suspected)["suspected_by"] == [str(whole)]


def test_two_firearms_of_one_short_form_are_a_choice(archive: Archive) -> None:
    arm = archive.desk.manufacture("TWIN-1")
    twin = parse_stream_id(str(arm).replace("4018-7111", "4019-7111"))
    archive.desk.manufacture("TWIN-2", arm=twin)
    found = archive.ask(identifier=short_form(twin.uuid))
    assert isinstance(found, Choice)
    assert {each.firearm for each in found.possible} == {arm, twin}
    assert "TWIN-1" in choice_page(found, PAGE)


def test_every_line_fits_the_page(archive: Archive) -> None:
    for width in (60, 80, 100):
        told = history_page(archive.history(identifier=str(archive.arm)), Page(width))
        assert max(map(len, told.splitlines())) <= width


@pytest.mark.parametrize(
    "inquiry", [{}, {"identifier": "arm.x", "serial": "1"}], ids=["nothing", "both"]
)
def test_a_question_without_one_way_to_the_firearm_is_refused(
    archive: Archive, inquiry: dict[str, str]
) -> None:
    with pytest.raises(UsageError, match="Tell which firearm"):
        archive.ask(**inquiry)


def test_an_unknown_identifier_says_what_to_try(archive: Archive) -> None:
    with pytest.raises(InvalidValueError, match="search with `muniment trace --serial"):
        archive.ask(identifier="arm.01a2076b-4018-7111-8222-ffffffffffff")


def test_a_misread_short_form_is_noticed(archive: Archive) -> None:
    text = short_form(archive.arm.uuid)
    with pytest.raises(InvalidValueError, match="misread"):
        archive.ask(identifier=text.replace("1", "2"))
