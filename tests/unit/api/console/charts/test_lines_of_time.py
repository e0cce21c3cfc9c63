# SPDX-License-Identifier: Apache-2.0
"""A life and a chain of custody on a line of time, with what is not known left unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.charts.custody import Custody, Hold, custody_timeline, stretches
from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.reader import clean
from api.console.charts.life import Life, life_timeline
from api.console.charts.placing import CROWD_MIN, LifeEvent
from api.languages import written_list
from domain.occurrence import parse_occurrence
from projections.timeline.proving import STATES
from tests.unit.api.console.charts.drawn import chains, lives
from tests.unit.api.console.charts.looking import (
    ENGLISH,
    LAYOUTS,
    apart,
    cells,
    keys,
    look,
    shapes,
    sheet,
    words,
)

HEADING = Heading(name="picture", title="Life", summary="Of one firearm.")
FIGURE_BYTES_MAX = 60_000
"""A timeline of 500 events is a page under 300 kB, of which the picture is a small part."""


def event(number: int, when: str, kind: str = "Trade", **more: Any) -> LifeEvent:
    given_ = {"name": "Transferred", "proof": "witnessed", **more}
    return LifeEvent(number=number, circumstance=kind, when=parse_occurrence(when), **given_)


def life(*events: LifeEvent, listed_at: str = "") -> Life:
    kinds = ("Making", "Trade", "Seizure")
    return Life(heading=HEADING, circumstances=kinds, events=events, listed_at=listed_at)


@given(lives(most=30))
def test_marks_never_cover_each_other(drawn: Life) -> None:
    for layout in LAYOUTS if drawn.events else ():
        assert apart(shapes(sheet(life_timeline(drawn, ENGLISH), layout), "chart-mark"))


@given(lives(most=30))
def test_every_entry_is_in_the_table_with_its_proof_and_remarks(drawn: Life) -> None:
    rows = cells(life_timeline(drawn, ENGLISH))
    for each, row in zip(drawn.events, rows, strict=True):
        assert row[1] == ENGLISH.when(each.when)
        assert row[2:5] == [clean(each.name), clean(each.circumstance), each.proof]
        for told in (each.gap, *each.contradictions, *each.remarks):
            assert clean(told) in row[5]


def test_each_kind_of_circumstance_that_occurs_has_a_row_in_order() -> None:
    figure = life_timeline(life(event(1, "2001", "Seizure"), event(2, "1999", "Making")), ENGLISH)
    assert words(sheet(figure), "chart-label") == ["Making", "Seizure"]


def test_what_is_known_to_a_year_is_as_broad_as_a_year_and_a_day_is_a_point() -> None:
    events = event(1, "2000"), event(2, "2001-02-03"), event(3, "2002-01"), event(4, "2010-01-01")
    svg = sheet(life_timeline(life(*events), ENGLISH))
    year, month = (each.width for each in shapes(svg, "chart-span"))
    assert 11 < year / month < 13


def test_what_has_no_date_stands_apart_from_the_line_of_time() -> None:
    svg = sheet(life_timeline(life(event(1, "2000-01-01"), event(2, "unknown")), ENGLISH))
    dated, undated = shapes(svg, "chart-mark")
    (edge,) = [float(e.get("x1") or 0) for e in svg.iter("line") if e.get("class") == "chart-edge"]
    assert dated.x + dated.width < edge < undated.x
    assert "No date" in words(svg)


def test_a_life_without_any_date_is_still_drawn() -> None:
    figure = life_timeline(life(*(event(n, "unknown") for n in range(1, 9))), ENGLISH)
    for layout in LAYOUTS:
        assert words(sheet(figure, layout), "chart-small")[-8:] == list("12345678")


@pytest.mark.parametrize("proof", STATES)
def test_each_state_of_proof_has_a_shape_of_its_own_and_a_key(proof: str) -> None:
    figure = life_timeline(life(event(1, "2000-01-01", proof=proof)), ENGLISH)
    assert len(shapes(sheet(figure), f"chart-{proof}")) == 1
    assert keys(figure) == [proof]


def test_one_mark_for_several_has_the_weakest_proof_among_them() -> None:
    proofs = ["witnessed", "witnessed", "witnessed", "signed", "checkpointed"]
    events = [event(n, "2000-01-01", proof=each) for n, each in enumerate(proofs, start=1)]
    figure = life_timeline(life(*events), ENGLISH)
    svg = sheet(figure)
    assert [len(shapes(svg, f"chart-{each}")) for each in ("witnessed", "signed")] == [2, 1]
    assert "\N{MULTIPLICATION SIGN}3" in words(svg)
    assert "Several entries; the weakest proof counts" in keys(figure)


def test_a_contradiction_is_marked_at_its_entry() -> None:
    misfit = event(2, "2005-01-01", contradictions=("It was destroyed before.",))
    figure = life_timeline(life(event(1, "2000-01-01"), misfit), ENGLISH)
    (sign,) = shapes(sheet(figure), "chart-contradiction")
    _, mark = shapes(sheet(figure), "chart-mark")
    assert mark.x <= sign.x
    assert sign.x + sign.width <= mark.x + mark.width + 2
    assert "Does not fit the record" in keys(figure)


def test_a_gap_is_drawn_from_the_entry_before_to_the_one_after() -> None:
    late = event(2, "2020-01-01", gap="Nothing is on record for 20 years.")
    figure = life_timeline(life(event(1, "2000-01-01"), late, event(3, "2021-01-01")), ENGLISH)
    (gap,) = shapes(sheet(figure), "chart-gap")
    first, second, _ = shapes(sheet(figure), "chart-mark")
    assert abs(gap.x - (first.x + first.width / 2)) < 1
    assert abs(gap.x + gap.width - (second.x + second.width / 2)) < 1
    assert "Nothing is on record" in keys(figure)


def test_five_hundred_entries_are_a_small_part_of_a_page() -> None:
    kinds = ("Making", "Trade", "Seizure", "Borders", "Loss", "End")
    events = [event(n, f"{1990 + n // 20}-03", kinds[n % 6]) for n in range(1, 501)]
    figure = life_timeline(life(*events, listed_at="entries"), ENGLISH)
    assert len(figure.encode()) < FIGURE_BYTES_MAX
    (link,) = look(figure).iter("a")
    assert link.get("href") == "#entries"


def test_a_crowd_has_one_line_of_marks_a_row() -> None:
    events = [event(n, "2000-01-01") for n in range(1, CROWD_MIN + 1)]
    assert len(shapes(sheet(life_timeline(life(*events), ENGLISH)), "chart-mark")) == 1


def hold(number: int, custodian: str, since: str, **more: Any) -> Hold:
    given_ = {"event": "Custody moved", **more}
    return Hold(number=number, custodian=custodian, since=parse_occurrence(since), **given_)


def chain(*holds: Hold, until: str = "2015-01-01") -> Custody:
    return Custody(heading=HEADING, holds=holds, until=parse_occurrence(until))


@given(chains())
def test_every_link_is_in_the_table_with_its_seals_and_breaks(drawn: Custody) -> None:
    rows = cells(custody_timeline(drawn, ENGLISH))
    for each, row in zip(drawn.holds, rows, strict=True):
        assert row[1:4] == [clean(each.custodian), ENGLISH.when(each.since), clean(each.event)]
        assert row[4] == clean(written_list(each.seals, ENGLISH.locale))
        assert row[7] == clean(" ".join(each.breaks))


@given(chains(), st.sampled_from(LAYOUTS))
def test_every_link_is_one_bar(drawn: Custody, layout: str) -> None:
    if drawn.holds:
        bars = shapes(sheet(custody_timeline(drawn, ENGLISH), layout), "chart-hold")
        assert len(bars) == len(drawn.holds)
        assert all(each.width > 0 for each in bars)


def test_a_custodian_has_one_row_however_often_it_comes_back() -> None:
    holds = hold(1, "Police", "2010"), hold(2, "Laboratory", "2011"), hold(3, "Police", "2012")
    svg = sheet(custody_timeline(chain(*holds), ENGLISH))
    assert words(svg, "chart-label") == ["Police", "Laboratory"]
    first, _, third = shapes(svg, "chart-hold")
    assert first.y == third.y


def test_a_bar_reaches_from_its_hand_over_to_the_next() -> None:
    one, other = hold(1, "Police", "2010-01-01"), hold(2, "Court", "2014-01-01")
    first, second = stretches(chain(one, other))
    assert (first.start, first.end) == (one.since.latest, other.since.earliest)
    assert second.end == parse_occurrence("2015-01-01").latest


def test_a_hand_over_at_an_unknown_time_lies_between_its_neighbours() -> None:
    holds = hold(1, "Police", "2010-01-01"), hold(2, "Lab", "unknown"), hold(3, "Court", "2012")
    _, middle, last = stretches(chain(*holds))
    assert middle.doubt == holds[0].since.latest
    assert middle.start == middle.end == holds[2].since.earliest
    assert last.start - last.doubt > 364 * 86_400


@given(chains())
def test_no_link_ends_before_it_begins(drawn: Custody) -> None:
    for each in stretches(drawn):
        assert each.start <= each.end


def test_breaks_are_named_below_the_picture_and_marked_in_it() -> None:
    broken = hold(2, "Court", "2012", breaks=("One person signed the hand-over.",))
    figure = custody_timeline(chain(hold(1, "Police", "2010-01-01"), broken), ENGLISH)
    assert len(shapes(sheet(figure), "chart-contradiction")) == 1
    assert keys(figure)[-1] == "2. One person signed the hand-over."


def test_seals_are_written_on_a_bar_that_has_room_for_them() -> None:
    figure = custody_timeline(chain(hold(1, "Police", "2010", seals=("A-1", "A-2"))), ENGLISH)
    (text,) = [each for each in sheet(figure).iter("text") if "A-1" in (each.text or "")]
    assert text.text == "1 [A-1] [A-2]"
    assert text.get("direction") == "ltr"


def test_nothing_on_record_is_said_and_not_drawn() -> None:
    for figure in (life_timeline(life(), ENGLISH), custody_timeline(chain(), ENGLISH)):
        assert "<svg" not in figure
        assert "Of one firearm." in figure
