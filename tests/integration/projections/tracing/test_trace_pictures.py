# SPDX-License-Identifier: Apache-2.0
"""Pictures of a firearm's history: every entry and every link that a ledger knows of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.console.charts.answers.traced import CIRCUMSTANCES, custody_of, life_of
from api.console.charts.custody import custody_timeline
from api.console.charts.drawing.reader import Reader
from api.console.charts.life import life_timeline
from api.tracing.inquiry import Inquiry, Trace, open_queries, trace
from domain.firearm.table import TABLE
from domain.occurrence import parse_occurrence
from projections.asking.custody import chain
from tests.integration.projections.conftest import Desk
from tests.unit.api.console.charts.looking import cells, untranslated

READER = Reader("en", untranslated)


@pytest.fixture(scope="module")
def known(shared_desk: Desk) -> Trace:
    """Give the history of a firearm that changed hands, was lost to view, seized and moved."""
    arm = shared_desk.life("PIC-1")
    shared_desk.record("seized", arm, "2026-02", ground="illicit_possession", proceeding="criminal")
    moved = {"from_custodian": "unknown", "to_custodian": {"known": "LAB"}, "seals": ["S-1"]}
    shared_desk.record("custody-moved", arm, "2026-03-04", **moved)
    today = parse_occurrence("2026-11-28")
    with open_queries(shared_desk.office) as queries:
        found = trace(queries, Inquiry(identifier=str(arm), today=today))
    assert isinstance(found, Trace)
    return found


def test_the_life_has_every_entry_with_its_proof_and_precision(known: Trace) -> None:
    life = life_of(known, READER, "life")
    assert [each.number for each in life.events] == [each.number for each in known.steps]
    assert [each.proof for each in life.events] == [each.proven.state for each in known.steps]
    whens = [each.moment.event.occ for each in known.steps if each.moment]
    assert [each.when for each in life.events] == whens
    assert f"weakest proof among them: {known.headline}" in life.heading.summary
    assert len(cells(life_timeline(life, READER))) == len(known.steps)


def test_a_gap_and_a_contradiction_are_those_of_the_history(known: Trace) -> None:
    life = life_of(known, READER, "life")
    for each, step in zip(life.events, known.steps, strict=True):
        assert each.gap == (step.gap or "")
        moment = step.moment
        assert moment is not None
        assert each.contradictions == tuple(c.refusal.sentence for c in moment.contradictions)


def test_an_entry_that_cannot_be_read_is_drawn_without_a_date(known: Trace) -> None:
    broken = replace(known.steps[1], moment=None)
    life = life_of(replace(known, steps=(known.steps[0], broken)), READER, "life")
    assert [each.dated for each in life.events] == [True, False]


def test_the_chain_of_custody_is_that_of_the_history(known: Trace) -> None:
    custody = custody_of(known, READER, "custody")
    links = chain([each.moment for each in known.steps if each.moment])
    assert [each.seals for each in custody.holds] == [each.seals for each in links]
    assert [each.breaks for each in custody.holds] == [each.breaks for each in links]
    assert custody.holds[-1].custodian == "LAB"
    assert custody.holds[-1].signatures == 2
    assert custody.until == known.today
    assert len(cells(custody_timeline(custody, READER))) == len(links)


def test_a_history_without_entries_is_said(known: Trace) -> None:
    empty = replace(known, steps=())
    assert "<svg" not in life_timeline(life_of(empty, READER, "life"), READER)
    assert "No chain of custody" in custody_timeline(custody_of(empty, READER, "chain"), READER)


def test_every_event_of_a_firearm_has_its_kind_of_circumstance() -> None:
    assert set(CIRCUMSTANCES) == {line.evt for line in TABLE}
