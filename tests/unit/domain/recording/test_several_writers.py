# SPDX-License-Identifier: Apache-2.0
"""A ledger that is not alone: whatever others append first, its own judgement stays sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from audit.appending.admission import AdmittedEvent
from domain import application
from domain.errors import UnreachableError
from domain.judgement import Accepted
from tests.unit.domain.recording.seats import Seat, nothing, two_ledgers
from tests.unit.domain.signed_ledger import (
    MAKER,
    Pen,
    admitted,
    founded_ledger,
    place,
    stored_eids,
)


@dataclass
class Office:
    """Two processes at one log, founded by the first; both know of the founding."""

    pen: Pen = field(default_factory=Pen)

    def __post_init__(self) -> None:
        self.one, self.seat, self.other, self.other_seat = two_ledgers()
        assert [place(each) for each in self.one.record(self.pen.founding())] == [0, 1, 2]
        self.other.catch_up()

    def born(self, serial: str) -> AdmittedEvent:
        return admitted(self.pen.born(serial))

    def elsewhere(self, serial: str) -> None:
        """Let the other process append a firearm."""
        self.other.catch_up()
        assert isinstance(self.other.record([self.born(serial)])[0], Accepted)


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_others_appended_is_read_before_the_next_batch(office: Office) -> None:
    office.elsewhere("A1")
    assert office.seat.size == 3
    assert [place(each) for each in office.one.record([office.born("A2")])] == [4]


def test_a_batch_that_others_overtake_at_the_commit_is_judged_again(office: Office) -> None:
    office.seat.before_insert = lambda: _once(office.seat, lambda: office.elsewhere("A1"))
    outcomes = office.one.record([office.born("A2"), office.born("A1")])
    assert [place(each) for each in outcomes] == [4, "marking_claimed"]


def test_a_batch_that_is_always_overtaken_is_given_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "ATTEMPTS_MAX", 3)
    numbers = iter(range(9))
    office.seat.before_insert = lambda: office.elsewhere(f"N{next(numbers)}")
    with pytest.raises(UnreachableError, match="kept appending first") as caught:
        office.one.record([office.born("A2")])
    assert caught.value.slug == "stale_head"
    assert next(numbers) == 3


def test_a_refusal_is_judged_at_the_head_and_not_behind_it() -> None:
    one, _, other, _ = two_ledgers()
    pen = Pen()
    one.record(pen.founding())
    assert MAKER.kid not in other.registry.keys
    assert [place(each) for each in other.record([admitted(pen.born("A1"))])] == [3]


def test_an_entry_that_comes_while_the_registry_is_read_waits_for_the_next_look() -> None:
    one, seat, other, _ = two_ledgers()
    founded, *enrolled = Pen().founding()
    other.record([founded])
    seat.before_reading = lambda: _once(seat, lambda: other.record(enrolled))
    one.catch_up()
    assert (one.size, MAKER.kid in one.registry.keys) == (1, False)
    assert MAKER.kid in one.catch_up().keys
    assert one.size == other.size == 3


def test_a_look_that_was_cut_short_is_made_good(office: Office) -> None:
    office.elsewhere("A1")

    def break_off() -> None:
        office.seat.before_reading = nothing
        raise UnreachableError("The connection broke.")

    office.seat.before_reading = break_off
    with pytest.raises(UnreachableError, match="broke"):
        office.one.catch_up()
    assert [place(each) for each in office.one.record([office.born("A2")])] == [4]


def test_streams_beyond_the_cache_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "CACHED_STREAMS_MAX", 1)
    pen = Pen()
    ledger = founded_ledger(pen)
    arms = [admitted(pen.born(f"C{number}")) for number in range(3)]
    assert [place(each) for each in ledger.record(arms)] == [3, 4, 5]
    marks = [admitted(pen.marked(arm)) for arm in arms]
    assert [place(ledger.record([mark])[0]) for mark in marks] == [6, 7, 8]
    assert stored_eids(ledger)[3:] == [each.event.eid for each in (*arms, *marks)]


def test_the_ledger_tells_whether_it_holds_an_event() -> None:
    pen = Pen()
    ledger = founded_ledger(pen)
    arm = admitted(pen.born("D1"))
    assert not ledger.holds(arm.event)
    ledger.record([arm])
    assert ledger.holds(arm.event)
    twin = admitted(pen.born("D2", jti=str(arm.event.jti)))
    assert not ledger.holds(twin.event)


def _once(seat: Seat, act: Callable[[], object]) -> None:
    """Let something happen this time, and nothing the next."""
    seat.before_insert = seat.before_reading = nothing
    act()
