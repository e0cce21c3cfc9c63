# SPDX-License-Identifier: Apache-2.0
"""Events that were lost with the end of a log are put back where they stood, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.memory import MemoryRecorder
from domain.application import Ledger
from domain.errors import UnreachableError, UnsafeError
from tests.contract.test_ledger_recorder import insert
from tests.unit.domain.recording.seats import two_ledgers
from tests.unit.domain.signed_ledger import (
    Pen,
    admitted,
    empty_ledger,
    founded_ledger,
    stored_eids,
)
from tests.unit.domain.test_ledger_in_memory import HISTORY

EIDS = [each.event.eid for each in HISTORY]


@given(kept=st.integers(0, len(HISTORY)), step=st.integers(1, len(HISTORY)))
def test_any_end_that_was_lost_comes_back_as_it_was(kept: int, step: int) -> None:
    whole, ledger = empty_ledger(), empty_ledger()
    whole.record(HISTORY)
    ledger.record(HISTORY[:kept])
    for start in range(kept, len(HISTORY), step):
        ledger.restore(HISTORY[start : start + step], start)
    assert stored_eids(ledger) == EIDS
    assert ledger.registry == whole.registry
    assert beside(ledger) == beside(whole)


def beside(ledger: Ledger) -> tuple[object, object]:
    """Give the claims and references that were recorded beside the events."""
    recorder = ledger.recorder
    assert isinstance(recorder, MemoryRecorder)
    return recorder._claims, recorder._references


@given(start=st.integers(3, len(HISTORY) - 1), gap=st.integers(1, 3))
def test_with_a_hole_before_it_nothing_comes_back(start: int, gap: int) -> None:
    ledger = empty_ledger()
    ledger.record(HISTORY[:start])
    before = stored_eids(ledger)
    with pytest.raises(UnsafeError) as refusal:
        ledger.restore(HISTORY[start:], start + gap)
    assert refusal.value.slug == "restore_unfit"
    assert stored_eids(ledger) == before


def test_one_event_that_the_rules_refuse_keeps_its_whole_batch_out() -> None:
    pen = Pen()
    ledger = founded_ledger(pen)
    first, other = (admitted(pen.born(serial)) for serial in ("P1", "P2"))
    stray = admitted(pen.marked(first, seq=7))
    with pytest.raises(UnsafeError, match=r"^Entry 4 of the copy does not fit the log: The stream"):
        ledger.restore([first, stray, other], 3)
    assert ledger.size == 3


def test_what_is_there_already_is_not_put_back_a_second_time() -> None:
    ledger = empty_ledger()
    ledger.record(HISTORY)
    with pytest.raises(UnsafeError, match="it would be entry 3 of this log"):
        ledger.restore(HISTORY[3:4], len(HISTORY))
    assert ledger.size == len(HISTORY)


def test_what_is_left_of_it_beyond_the_end_of_the_log_is_told() -> None:
    ledger = empty_ledger()
    ledger.record(HISTORY[:4])
    recorder = ledger.recorder
    assert isinstance(recorder, MemoryRecorder)
    event = HISTORY[4].event
    recorder._stored_events_index[str(event.sub.uuid)][event.seq] = 99
    with pytest.raises(UnsafeError, match="still holds something of entry 4") as refusal:
        ledger.restore(HISTORY[4:5], 4)
    assert refusal.value.slug == "restore_collision"
    assert "muniment restore" in refusal.value.next_step


def test_a_batch_whose_fate_is_unknown_is_not_taken_for_recorded() -> None:
    pen = Pen()
    ledger, seat, other, _ = two_ledgers()
    ledger.record(pen.founding())
    lost, newer = (admitted(pen.born(serial)) for serial in ("U1", "U2"))

    def overtaken() -> None:
        other.catch_up()
        insert(other.store, newer)

    seat.before_insert = overtaken
    with pytest.raises(UnreachableError) as away:
        ledger.restore([lost], 3)
    assert away.value.slug == "outcome_unknown"
