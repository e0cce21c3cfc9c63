# SPDX-License-Identifier: Apache-2.0
"""Laws of the time bracket: never empty, later for later entries, tighter with more facts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.timestamps.bracket import Bracket, Fact, Kind, Timeline, cosigned, told
from audit.proof.timestamps.lateness import Allowance, Flag, flag_instant, flag_occurrence
from domain.errors import ProofError
from domain.occurrence import UNKNOWN, parse_occurrence

NOON = 1_795_435_200
NEVER, ALWAYS = 2**60, -(2**60)

WITNESSES = ("court", "office")
sources = st.sampled_from(["alpha", "beta", *WITNESSES])
indexes = st.integers(0, 12)
agreeing = st.integers(1, 3)


@st.composite
def any_facts(draw: st.DrawFn) -> list[Fact]:
    """Facts of clocks that may be wrong and of keepers that may lie."""
    return draw(st.lists(st.builds(fact_of, indexes, st.integers(0, 40), sources), max_size=12))


@st.composite
def true_facts(draw: st.DrawFn) -> list[Fact]:
    """Facts of one history that grew, stated by clocks that are right, about its newest size."""
    sizes = sorted(draw(st.lists(indexes, min_size=1, max_size=12)))
    times = sorted(draw(st.lists(st.integers(0, 40), min_size=len(sizes), max_size=len(sizes))))
    return [fact_of(size, at, draw(sources)) for size, at in zip(sizes, times, strict=True)]


def fact_of(size: int, at: int, source: str) -> Fact:
    kind: Kind = "cosigned" if source in WITNESSES else "stamped"
    return Fact(size=size, earliest=at, latest=at + 1, source=source, kind=kind)


def span(facts: Sequence[Fact], index: int, count: int = 1) -> tuple[int, int]:
    found = Timeline(facts, agreeing=count).bracket(index)
    low = found.not_before.at if found.not_before else ALWAYS
    return low, found.not_after.at if found.not_after else NEVER


@given(facts=any_facts(), index=indexes, count=agreeing)
def test_a_bracket_is_never_empty(facts: list[Fact], index: int, count: int) -> None:
    low, high = span(facts, index, count)
    assert low <= high


@given(facts=any_facts(), index=indexes, count=agreeing)
def test_a_later_entry_was_not_recorded_earlier(facts: list[Fact], index: int, count: int) -> None:
    here, there = span(facts, index, count), span(facts, index + 1, count)
    assert here[0] <= there[0]
    assert here[1] <= there[1]


@given(facts=true_facts(), index=indexes, count=agreeing)
def test_one_more_fact_only_tightens(facts: list[Fact], index: int, count: int) -> None:
    fewer, more = span(facts[1:], index, count), span(facts, index, count)
    assert fewer[0] <= more[0] <= more[1] <= fewer[1]


@given(facts=any_facts(), index=indexes, count=agreeing)
def test_one_more_fact_never_lifts_an_upper_bound_whatever_it_says(
    facts: list[Fact], index: int, count: int
) -> None:
    assert span(facts, index, count)[1] <= span(facts[1:], index, count)[1]


@given(facts=true_facts(), index=indexes)
def test_more_agreement_asked_for_only_widens(facts: list[Fact], index: int) -> None:
    one, two = span(facts, index, 1), span(facts, index, 2)
    assert two[0] <= one[0] <= one[1] <= two[1]


@given(facts=true_facts())
def test_a_true_history_holds_the_truth(facts: list[Fact]) -> None:
    assert Timeline(facts, agreeing=1).contradicted == ()
    for each in facts:
        if each.kind == "cosigned":
            assert span(facts, each.size)[0] >= each.earliest
        assert each.size == 0 or span(facts, each.size - 1)[1] <= each.latest


@given(facts=any_facts(), index=indexes, count=agreeing, data=st.data())
def test_the_order_of_facts_does_not_matter(
    facts: list[Fact], index: int, count: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(facts))
    assert span(facts, index, count) == span(shuffled, index, count)


@given(facts=any_facts(), index=indexes, count=agreeing)
def test_no_time_stamp_moves_a_lower_bound_up(facts: list[Fact], index: int, count: int) -> None:
    seen = [each for each in facts if each.kind == "cosigned"]
    assert span(facts, index, count)[0] <= span(seen, index, count)[0]


def test_one_backdating_clock_moves_no_bound_that_two_have_to_agree_on() -> None:
    honest = [fact_of(5, 10, "court"), fact_of(9, 20, "court")]
    honest += [fact_of(5, 11, "office"), fact_of(9, 21, "office")]
    lie = [*honest, fact_of(9, 1, "rogue")]
    assert span(honest, 7, 2) == (10, 22)
    assert span(lie, 7, 2) == (10, 21)
    assert span(lie, 7, 1)[1] == 2


def test_an_old_checkpoint_that_is_stamped_today_proves_nothing_of_later_entries() -> None:
    facts = [fact_of(5, 10**9, name) for name in ("alpha", "beta")]
    line = Timeline(facts)
    assert line.bracket(7).not_before is None
    assert line.contradicted == ()
    assert line.bracket(4).not_after is not None


def test_a_witness_that_saw_an_old_checkpoint_late_gives_no_lower_bound() -> None:
    facts = [fact_of(8, 9, "alpha"), fact_of(5, 30, "court")]
    line = Timeline(facts, agreeing=1)
    assert line.contradicted == (facts[1],)
    assert line.bracket(7).not_before is None


def test_a_bracket_says_who_stands_for_it() -> None:
    facts = [cosigned(5, at=NOON, witness="court"), fact_of(9, NOON + 60, "alpha")]
    line = Timeline(facts, agreeing=1)
    assert str(line.bracket(7)) == (
        "recorded between 2026-11-23 12:00:00 UTC (size 5, cosigned by court)"
        " and 2026-11-23 12:01:01 UTC (size 9, stamped by alpha)"
    )
    assert str(line.bracket(2)).startswith("recorded before 2026-11-23 12:00:00 UTC")
    assert str(line.bracket(9)).startswith("recorded after 2026-11-23 12:00:00 UTC")
    assert str(Timeline([]).bracket(0)) == "recorded at a time that is not proved"


def test_a_time_beyond_every_calendar_is_told_as_a_number() -> None:
    assert told(10**18) == f"second {10**18}"


def test_a_fact_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ProofError):
        Fact(size=1, earliest=2, latest=1, source="alpha", kind="stamped")


DAY = 86_400
TERM = Allowance(late_after=2 * DAY)


def recorded(low: int | None, high: int | None) -> Bracket:
    facts = [] if low is None else [fact_of(0, low, "court")]
    facts += [] if high is None else [fact_of(2, high - 1, "alpha")]
    return Timeline(facts, agreeing=1).bracket(1)


@pytest.mark.parametrize(
    ("occ", "low", "high", "flag"),
    [
        ("2026-11-23T12:00:00Z", NOON + 2 * DAY, None, None),
        ("2026-11-23T12:00:00Z", NOON + 3 * DAY, None, "late"),
        ("2026-11-23", NOON + 2 * DAY, None, None),  # perhaps at the day's last second
        ("2026-11", NOON + 3 * DAY, None, None),
        ("2026-10", NOON, None, "late"),
        ("2026-11-23T12:00:00Z", None, NOON + 30 * DAY, None),  # no lower bound, no certainty
        ("2026-11-25", None, NOON, "suspect"),
        ("2026-11-23T12:05:00Z", None, NOON, None),  # clocks differ
        ("2026", None, NOON, None),
        ("2026-11-25", None, None, None),
    ],
)
def test_lateness_is_told_only_where_it_is_certain(
    occ: str, low: int | None, high: int | None, flag: Flag | None
) -> None:
    assert flag_occurrence(parse_occurrence(occ), recorded(low, high), TERM) == flag


def test_nothing_is_late_without_a_term_or_a_date() -> None:
    found = recorded(NOON, NOON + 60)
    assert flag_occurrence(parse_occurrence("1999"), found, Allowance()) is None
    assert flag_occurrence(UNKNOWN, found, TERM) is None


@pytest.mark.parametrize(
    ("at", "flag"),
    [(NOON, None), (NOON - 301, "suspect"), (NOON + 361, "suspect"), (NOON + 360, None)],
)
def test_a_time_of_receipt_outside_the_bracket_is_suspect(at: int, flag: Flag | None) -> None:
    assert flag_instant(at, recorded(NOON, NOON + 60), TERM) == flag
