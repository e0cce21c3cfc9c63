# SPDX-License-Identifier: Apache-2.0
"""Laws of a licence: it folds alike in any split, and what is refused is told, never raised."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.aggregate.history import Moment, further, replay
from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.firearm.events.correcting import Corrected
from domain.licence.rules import SEQUENCE
from domain.licence.state import Licence
from domain.licence.table import LICENCE as AGGREGATE
from domain.occurrence import parse_occurrence
from domain.refusal import Refusal
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.licence.licences import decided

DATES = st.sampled_from(["2018", "2020-06", "2020-06-01", "2021-02-03", "2024", "unknown"])
LATER = sorted(
    name.removeprefix("licence.")
    for name in LICENCE
    if name not in {"licence.applied", "licence.registered"}
)


@st.composite
def happenings(draw: st.DrawFn) -> Event:
    """Give any later event, with its dates and grounds moved about."""
    name = draw(st.sampled_from(LATER))
    least = LICENCE[f"licence.{name}"]
    dat: dict[str, Any] = {
        member: draw(DATES) for member in least if member in ("effective_on", "valid_from")
    }
    if ("ground" in least and not name.startswith("hold")) or name == "issued":
        dat["ground"] = draw(st.sampled_from(["other", "appeal_allowed"]))
    if name == "varied":
        dat["firearms"] = draw(st.integers(1, 3))
    if name == "business-ceased":
        dat["authority"] = "auth.xa"
    return decided(name, draw(DATES), **dat)


@st.composite
def attempts(draw: st.DrawFn) -> list[Event]:
    """Give an origin and what somebody tries to record after it."""
    origin = draw(
        st.sampled_from(
            [
                decided("applied"),
                decided("applied", kind="dealer"),
                decided("registered", kind="maker", status="suspended"),
            ]
        )
    )
    return [origin, *draw(st.lists(happenings(), max_size=12))]


def accepted(events: list[Event]) -> list[Event]:
    """Give those of some attempts that the rules let pass, one after the other."""
    state: Licence | None = None
    kept = []
    for index, event in enumerate(events):
        outcome = AGGREGATE.judge(state, event)
        assert outcome is None or isinstance(outcome, Refusal)
        if outcome is None:
            state = AGGREGATE.evolve(state, event, index)
            kept.append(event)
    return kept


def fold(events: list[Event], state: Licence | None = None, start: int = 0) -> Licence | None:
    for index, event in enumerate(events, start):
        state = AGGREGATE.evolve(state, event, index)
    return state


@given(attempts())
def test_a_history_told_entry_by_entry_is_the_history_told_at_once(events: list[Event]) -> None:
    told: tuple[Moment[Licence], ...] = ()
    entries = [Entry(index, event) for index, event in enumerate(events)]
    for size, entry in enumerate(entries, start=1):
        after = replay(AGGREGATE, entries[:size])
        more = further(AGGREGATE, told, entry)
        corrects = size > 1 and isinstance(entry.event.dat, Corrected)
        assert more == (None if corrects else after[-1])
        assert more is None or (*told, more) == after
        told = after


@given(attempts(), st.integers(0, 12))
def test_a_history_folds_alike_in_any_split(events: list[Event], cut: int) -> None:
    assert fold(events[cut:], fold(events[:cut]), len(events[:cut])) == fold(events)


@given(attempts())
def test_accepted_events_leave_a_state_in_which_their_successors_had_a_place(
    events: list[Event],
) -> None:
    state: Licence | None = None
    for index, event in enumerate(accepted(events)):
        before = state.status if state else None
        state = AGGREGATE.evolve(state, event, index)
        undone = getattr(event.dat, "ground", None) == "appeal_allowed"
        if event.evt in SEQUENCE and not undone:
            assert before in SEQUENCE[event.evt]
        if before == "ceased":
            assert state.status == "ceased"


@given(attempts())
def test_the_newest_term_and_the_status_say_the_same(events: list[Event]) -> None:
    state = fold(accepted(events))
    assert state
    if state.terms and state.status != "refused":
        assert state.terms[-1].standing == state.status
    open_bans = [ban for ban in state.bans if ban.until is None]
    assert len(open_bans) == int(state.banned)


@given(attempts(), DATES)
def test_nothing_is_valid_under_a_ban_or_without_a_term(events: list[Event], date: str) -> None:
    state, day = fold(events), parse_occurrence(date)
    assert state
    if state.valid_on(day):
        assert state.terms
        assert not any(ban.covers(day) for ban in state.bans)
