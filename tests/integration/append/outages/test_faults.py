# SPDX-License-Identifier: Apache-2.0
"""A fault of the program at one event is told to its sender, and its neighbours do not feel it."""

from __future__ import annotations

from functools import partial

import pytest

from api.bootstrap import Office
from domain.errors import MunimentError
from domain.event import Event
from domain.judgement import Judgement, Stream
from domain.refusal import Refusal
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    receipts,
    signed,
    slugs,
)

FAULTY_OCC = "2014"


@pytest.fixture
def _rules_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rules fail at every event of one year, as a mistake in one of them would."""
    decide = Judgement._decide

    def failing(self: Judgement, event: Event, stream: Stream) -> Refusal | None:
        if event.occ.text == FAULTY_OCC:
            raise TypeError("a mistake in a rule")
        return decide(self, event, stream)

    monkeypatch.setattr(Judgement, "_decide", failing)


@pytest.mark.usefixtures("_rules_fail")
def test_the_neighbours_of_an_event_at_which_the_program_fails_are_recorded(
    desk: Desk, office: Office
) -> None:
    drafts = [born(), born(occ=FAULTY_OCC), born()]
    answers = office.append_all([signed(each, desk.key).to_bytes() for each in drafts])
    assert [each.index for each in receipts(answers)] == [FOUNDING_EVENTS, FOUNDING_EVENTS + 1]
    assert slugs([answers[1]]) == ["internal"]
    assert len(desk.rows()) == FOUNDING_EVENTS + 2


@pytest.mark.usefixtures("_rules_fail")
def test_the_fault_itself_is_the_cause_of_the_answer(desk: Desk, office: Office) -> None:
    with pytest.raises(MunimentError, match=r"\(TypeError\)") as failed:
        office.append(signed(born(occ=FAULTY_OCC), desk.key).to_bytes())
    assert isinstance(failed.value.__cause__, TypeError)
    assert office.append(signed(born(), desk.key).to_bytes()).index == FOUNDING_EVENTS


@pytest.mark.usefixtures("_rules_fail")
def test_other_callers_of_the_same_moment_get_their_receipts(desk: Desk, office: Office) -> None:
    drafts = [born(occ=FAULTY_OCC) if number % 5 == 0 else born() for number in range(20)]
    bodies = [signed(each, desk.key).to_bytes() for each in drafts]
    answers = at_once([partial(office.append, each) for each in bodies])
    assert (len(receipts(answers)), slugs(answers)) == (16, ["internal"] * 4)
    assert len(desk.rows()) == FOUNDING_EVENTS + 16
