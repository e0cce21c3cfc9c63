# SPDX-License-Identifier: Apache-2.0
"""Laws of corrections: a stream folds alike in any split, and a correction can be taken back."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event
from domain.refusal import Refusal
from tests.unit.domain.correcting.records import (
    LEAST,
    ORIGINS,
    aggregate,
    corrects,
    facts,
    folded,
    stated,
    subject,
)

KINDS = sorted(ORIGINS)
WHEN = ("2018", "2020-06-01", "2021-02", "unknown")
WIDER: dict[str, tuple[dict[str, Any], ...]] = {
    "lic": ({"field": "valid_from", "old": "2020-01-01", "new": "2021-01-01"},
            {"field": "effective_on", "old": "2020-06-01", "new": "2019"}),
    "aut": ({"field": "portions.0.quantity", "old": 10, "new": 3},
            {"field": "expires_on", "old": "2027-01-31", "new": "2028-01-31"}),
    "shp": ({"field": "items.0.quantity", "old": 10, "new": 0},
            {"field": "counts.0.quantity", "old": 10, "new": 9}),
    "cmp": ({"field": "serial.known", "old": "F-0042", "new": "F-0024"},
            {"field": "part", "old": "frame", "new": "barrel"}),
    "lot": ({"field": "quantity", "old": 100, "new": 2000},
            {"field": "firearms.0", "old": "arm.01a2076b-4018-7111-8222-333333333331",
             "new": "arm.01a2076b-4018-7111-8222-333333333332"}),
    "stk": ({"field": "count_no", "old": "C 1/2026", "new": "C 2/2026"},
            {"field": "expected", "old": 12, "new": 13}),
    "trc": ({"field": "due_on", "old": "2026-12-01", "new": "2027"},
            {"field": "to_country", "old": "XC", "new": "XB"}),
}  # fmt: skip
"""What may be put right, where the event has such a member; whether it fits is not asked."""


@st.composite
def records(draw: st.DrawFn) -> list[Event]:
    """Give events of one stream in log order, legal or not, with corrections between them."""
    kind = draw(st.sampled_from(KINDS))
    evts = sorted(evt for evt in LEAST[kind] if not evt.endswith(".corrected"))
    events = [stated(ORIGINS[kind], draw(st.sampled_from(WHEN)))]
    for number in range(draw(st.integers(0, 8))):
        if draw(st.integers(0, 2)):
            fact = stated(
                draw(st.sampled_from(evts)), draw(st.sampled_from(WHEN)), name=str(number)
            )
        else:
            fact = corrects(draw(st.sampled_from(events)), draw(changes(kind)), name=str(number))
        events.append(fact)
    return events


def changes(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Give changes of which some fit a target and some do not."""
    when = st.builds(
        lambda old, new: {"field": "occ", "old": old, "new": new},
        st.sampled_from(WHEN),
        st.sampled_from(WHEN),
    )
    jur = st.sampled_from(["XA", "XB"]).map(lambda new: {"field": "jur", "new": new})
    return st.one_of(st.sampled_from(WIDER[kind]), jur, when)


@given(records(), st.integers(1, 9))
def test_a_stream_with_corrections_folds_alike_in_any_split(events: list[Event], cut: int) -> None:
    before, after = events[:cut], events[cut:]
    assert folded(after, folded(before), len(before)) == folded(events)


@given(records())
def test_every_event_stays_as_it_was_signed_and_where_it_stands(events: list[Event]) -> None:
    state = folded(events)
    assert [each.event for each in state.entries] == events
    assert [each.index for each in state.entries] == list(range(len(events)))
    assert all(each.index < len(events) for each in state.contradictions)


@given(records(), st.data())
def test_corrected_and_corrected_back_is_what_it_was(events: list[Event], data: Any) -> None:
    target = data.draw(st.sampled_from([each for each in events if ".corrected" not in each.evt]))
    read = next(each for each in folded(events).entries if each.event is target).effective
    there = {"field": "occ", "old": read.occ.text, "new": "2001"}
    jur = getattr(read.dat, "jur", None)
    aside = {"field": "jur", "new": "XC", **({"old": jur} if jur else {})}
    back = {"field": "jur", "old": "XC", **({"new": jur} if jur else {})}
    again = {"field": "occ", "old": "2001", "new": read.occ.text}
    pair = [corrects(target, there, aside, name="p"), corrects(target, back, again, name="q")]
    after = folded([*events, *pair])
    assert facts(after) == facts(folded(events))
    assert after.contradictions == folded(events).contradictions
    assert next(each for each in after.entries if each.event is target).effective == read


@given(records())
def test_the_corrected_stream_is_the_one_that_was_right_from_the_start(
    events: list[Event],
) -> None:
    state = folded(events)
    right = [each.effective for each in state.entries if ".corrected" not in each.event.evt]
    assert facts(folded(right)) == facts(state)


@given(records(), records())
def test_every_event_is_judged_and_nothing_is_raised(
    events: list[Event], others: list[Event]
) -> None:
    state, kind = folded(events), events[0].sub.kind
    for event in [*events, *(each for each in others if each.sub.kind == kind)]:
        outcome = aggregate(kind).judge(state, event)
        assert outcome is None or isinstance(outcome, Refusal)
    assert subject(kind) == events[0].evt.split(".")[0]
