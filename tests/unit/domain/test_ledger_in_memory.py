# SPDX-License-Identifier: Apache-2.0
"""The ledger as a machine: whatever is submitted, the log stays gapless, chained and unique."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from api.client.keyfile import FileKey
from audit.appending.admission import AdmittedEvent
from domain.identifiers import FIRST_PREV
from domain.judgement import Accepted
from tests.unit.domain.signed_ledger import (
    MAKER,
    ROOTS,
    STRANGER,
    Pen,
    admitted,
    empty_ledger,
    founded_ledger,
    place,
    stored_eids,
)
from tests.unit.tries import tries

SERIALS = st.sampled_from(["A1", "A2", "A3"])
PICK = st.integers(min_value=0, max_value=10_000)
Spoil: TypeAlias = Callable[[AdmittedEvent, Pen], AdmittedEvent]

SPOILED: dict[str, tuple[str, Spoil]] = {
    "seq ahead": ("seq_conflict", lambda head, pen: admitted(pen.marked(head, seq=99))),
    "seq behind": (
        "seq_conflict",
        lambda head, pen: admitted(pen.marked(head, seq=1, prev=FIRST_PREV)),
    ),
    "other prev": ("prev_mismatch", lambda head, pen: admitted(pen.marked(head, prev="B" * 43))),
    "used jti": (
        "jti_conflict",
        lambda head, pen: admitted(pen.marked(head, jti=str(head.event.jti))),
    ),
    "stranger": ("kid_unknown", lambda head, pen: admitted(pen.marked(head), STRANGER)),
    "no role": ("role_denied", lambda head, pen: admitted(pen.marked(head), ROOTS[0])),
}


class LedgerMachine(RuleBasedStateMachine):
    """Submits what is legal and what is not, and knows of each what has to become of it."""

    @initialize()
    def found(self) -> None:
        self.pen = Pen()
        self.ledger = founded_ledger(self.pen)
        self.accepted: list[AdmittedEvent] = []
        self.founding = stored_eids(self.ledger)
        self.heads: dict[str, AdmittedEvent] = {}
        self.claims: set[str] = set()
        self.suspended: AdmittedEvent | None = None

    @rule(serial=SERIALS, reason=st.sampled_from([None, "maker_reused_number"]))
    def make(self, serial: str, reason: str | None) -> None:
        event = admitted(self.pen.born(serial, reason=reason))
        claimed = serial in self.claims and reason is None
        if self.expect(event, "marking_claimed" if claimed else None):
            self.claims.add(serial)

    @precondition(lambda self: self.heads)
    @rule(pick=PICK)
    def mark(self, pick: int) -> None:
        self.expect(admitted(self.pen.marked(self.head(pick))), None)

    @precondition(lambda self: self.heads)
    @rule(pick=PICK, how=st.sampled_from(sorted(SPOILED)))
    def spoil(self, pick: int, how: str) -> None:
        slug, make = SPOILED[how]
        first_checked = how in ("used jti", "stranger", "no role")
        event = make(self.head(pick), self.pen)
        refused = self.ledger.record([event])
        key_first = self.suspended is not None and not first_checked
        assert [place(each) for each in refused] == ["key_not_valid" if key_first else slug]

    @precondition(lambda self: self.accepted)
    @rule(pick=PICK)
    def repeat(self, pick: int) -> None:
        number = pick % len(self.accepted)
        outcome = self.ledger.record([self.accepted[number]])[0]
        assert isinstance(outcome, Accepted)
        assert outcome.repeated
        assert stored_eids(self.ledger)[outcome.index] == self.accepted[number].event.eid

    @precondition(lambda self: self.heads)
    @rule(pick=PICK, good=st.integers(min_value=0, max_value=4))
    def batch(self, pick: int, good: int) -> None:
        """Append a chain with something refused, and something repeated, in its middle."""
        chain = [admitted(self.pen.marked(self.head(pick)))]
        for _ in range(good):
            chain.append(admitted(self.pen.marked(chain[-1])))
        stray = admitted(self.pen.marked(chain[-1], seq=2**40))
        outcomes = self.ledger.record([chain[0], stray, self.accepted[0], *chain[1:]])
        assert isinstance(outcomes[2], Accepted)
        first, refused, *rest = [place(each) for each in (*outcomes[:2], *outcomes[3:])]
        if self.suspended:
            assert {first, refused, *rest} == {"key_not_valid"}
            return
        start = self.ledger.size - len(chain)
        assert [first, *rest] == list(range(start, self.ledger.size))
        assert refused == "seq_conflict"
        for each in chain:
            self.note(each)

    @rule()
    def suspend_or_reinstate(self) -> None:
        """Switch the maker's key off, and on again by the other root."""
        record = self.ledger.registry.keys[MAKER.kid]
        assert record.stream is not None
        seq, prev = self.ledger.heads([record.stream])[record.stream]
        evt = "key.reinstated" if self.suspended else "key.suspended"
        root: FileKey = ROOTS[1] if self.suspended else ROOTS[0]
        draft = self.pen.draft(evt, f"key.{record.stream}", {"kid": MAKER.kid})
        event = admitted(replace(draft, seq=seq + 1, prev=prev), root)
        assert place(self.ledger.record([event])[0]) == self.ledger.size - 1
        self.accepted.append(event)
        self.suspended = None if self.suspended else event

    @invariant()
    def the_log_holds_what_was_accepted_and_nothing_else(self) -> None:
        expected = [*self.founding, *(each.event.eid for each in self.accepted)]
        assert stored_eids(self.ledger) == expected

    @invariant()
    def every_stream_is_one_chain(self) -> None:
        for head in self.heads.values():
            stream = [each for each in self.accepted if each.event.sub == head.event.sub]
            assert [each.event.seq for each in stream] == list(range(1, len(stream) + 1))
            prevs = [FIRST_PREV, *(each.event.eid for each in stream)]
            assert [each.event.prev for each in stream] == prevs[:-1]

    def expect(self, event: AdmittedEvent, slug: str | None) -> bool:
        """Submit an event; check that it is refused by a slug, or accepted at the end."""
        slug = "key_not_valid" if self.suspended else slug
        outcome = place(self.ledger.record([event])[0])
        assert outcome == (slug or self.ledger.size - 1)
        if slug is None:
            self.note(event)
        return slug is None

    def note(self, event: AdmittedEvent) -> None:
        self.accepted.append(event)
        self.heads[str(event.event.sub)] = event

    def head(self, pick: int) -> AdmittedEvent:
        return list(self.heads.values())[pick % len(self.heads)]


LedgerMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestLedgerMachine = LedgerMachine.TestCase


def lives(pen: Pen) -> list[AdmittedEvent]:
    """Give a legal history: a founding, and three firearms of three events each."""
    history = pen.founding()
    for number in range(3):
        arm = [admitted(pen.born(f"B{number}"))]
        for _ in range(2):
            arm.append(admitted(pen.marked(arm[-1])))
        history += arm
    return history


HISTORY = lives(Pen())
ORDERS = st.permutations(range(len(HISTORY))).flatmap(
    lambda order: st.lists(st.sampled_from(order), max_size=6).map(lambda more: [*order, *more])
)


@settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=ORDERS, cut=st.integers(min_value=1, max_value=8))
def test_a_history_in_any_order_and_number_makes_no_other_history(
    order: Sequence[int], cut: int
) -> None:
    ledger = empty_ledger()
    for start in range(0, len(order), cut):
        ledger.record([HISTORY[number] for number in order[start : start + cut]])
    before = stored_eids(ledger)
    assert len(before) == len(set(before))
    known = {each.event.eid: each.event for each in HISTORY}
    for eid in before:
        event = known[eid]
        if event.prev != FIRST_PREV:
            assert before.index(event.prev) < before.index(eid)
    outcomes = ledger.record(HISTORY)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert sorted(stored_eids(ledger)) == sorted(known)
    assert stored_eids(ledger)[: len(before)] == before


def test_the_stream_of_a_key_cannot_be_continued_as_a_firearm() -> None:
    pen = Pen()
    ledger = founded_ledger(pen)
    record = ledger.registry.keys[MAKER.kid]
    assert record.stream is not None
    seq, prev = ledger.heads([record.stream])[record.stream]
    draft = replace(pen.born("C1"), sub=f"arm.{record.stream}", seq=seq + 1, prev=prev)
    before = stored_eids(ledger)
    assert "stream of kind key" in str(ledger.record([admitted(draft)])[0])
    assert stored_eids(ledger) == before
