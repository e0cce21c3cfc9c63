# SPDX-License-Identifier: Apache-2.0
"""Bars and columns: what is longest, what stands beside what, and where everything is told."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from api.console.charts.bars import SHOWN_MAX, Bar, Ranking, ranked_bars
from api.console.charts.columns import Series, Stack, stacked_columns
from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.measure import width
from api.console.charts.drawing.patterns import SERIES_MAX
from api.console.charts.drawing.reader import clean
from api.console.charts.histogram import Band, Histogram, histogram
from tests.unit.api.console.charts.drawn import BARS, histograms, stacks
from tests.unit.api.console.charts.looking import (
    ENGLISH,
    LAYOUTS,
    apart,
    cells,
    keys,
    shapes,
    sheet,
    texts,
    words,
)

HEADING = Heading(name="picture", title="Firearms", summary="By type.")
LONG = "A label that a translator could not say in fewer words however hard they tried"


def ranking(*bars: tuple[str, int]) -> Ranking:
    told = [Bar(label, value, ENGLISH.number(value)) for label, value in bars]
    return Ranking(heading=HEADING, of="Type", measure="Firearms", bars=told)


@given(BARS.filter(lambda each: len(each.bars) > 0))
def test_no_bar_reaches_into_the_room_of_the_labels(drawn: Ranking) -> None:
    svg = sheet(ranked_bars(drawn, ENGLISH))
    labels = max(width(each) for each in words(svg, "chart-label"))
    assert all(each.x >= labels for each in shapes(svg))


@given(BARS.filter(lambda each: len(each.bars) > 0))
def test_on_a_telephone_each_label_stands_above_its_bar(drawn: Ranking) -> None:
    svg = sheet(ranked_bars(drawn, ENGLISH), "narrow")
    bottoms = [float(each.get("y") or 0) for each in texts(svg, "chart-label")]
    for bar in shapes(svg):
        assert not any(bar.y < each < bar.y + bar.height for each in bottoms)


@given(BARS.filter(lambda each: len(each.bars) > 0))
def test_every_bar_is_in_the_table_the_longest_first(drawn: Ranking) -> None:
    bars = sorted(drawn.bars, key=lambda each: -each.value)
    assert cells(ranked_bars(drawn, ENGLISH)) == [[clean(b.label), b.told] for b in bars]


def test_a_bar_is_as_long_as_its_value() -> None:
    svg = sheet(ranked_bars(ranking(("Rifle", 50), ("Pistol", 200), ("None", 0)), ENGLISH))
    long, short, none = shapes(svg)
    assert abs(long.width - 4 * short.width) < 0.3
    assert none.width == 0
    assert words(svg, "chart-value") == ["200", "50", "0"]


def test_a_long_label_is_shortened_in_the_picture_and_whole_in_the_table() -> None:
    figure = ranked_bars(ranking((LONG, 1)), ENGLISH)
    assert words(sheet(figure), "chart-label")[-1].endswith("\N{HORIZONTAL ELLIPSIS}")
    assert cells(figure) == [[LONG, "1"]]


def test_a_picture_shows_the_longest_bars_and_the_table_all() -> None:
    figure = ranked_bars(ranking(*((f"Place {n}", n) for n in range(50))), ENGLISH)
    assert len(shapes(sheet(figure))) == SHOWN_MAX
    assert len(cells(figure)) == 50


@given(stacks())
def test_the_table_of_columns_has_every_count_and_their_sums(stack: Stack) -> None:
    if not any(sum(each.counts) for each in stack.series):
        return
    rows = cells(stacked_columns(stack, ENGLISH))
    for at, (time, row) in enumerate(zip(stack.times, rows, strict=True)):
        counts = [each.counts[at] for each in stack.series]
        assert row == [clean(time), *map(ENGLISH.number, [*counts, sum(counts)])]


@given(stacks())
def test_parts_of_columns_never_cover_each_other(stack: Stack) -> None:
    if not any(sum(each.counts) for each in stack.series):
        return
    for layout in LAYOUTS:
        assert apart(shapes(sheet(stacked_columns(stack, ENGLISH), layout), "chart-segment"))


def test_a_column_is_as_high_as_its_counts_together() -> None:
    series = [Series("Pistol", (30, 60)), Series("Rifle", (10, 20))]
    svg = sheet(stacked_columns(Stack(heading=HEADING, times=("a", "b"), series=series), ENGLISH))
    first, second, third, fourth = (each.height for each in shapes(svg, "chart-segment"))
    assert abs(2 * (first + second) - (third + fourth)) < 0.3
    assert abs(first - 3 * second) < 0.3


def test_more_series_than_can_be_told_apart_are_one_of_others() -> None:
    series = [Series(f"Type {n}", (10 - n,)) for n in range(9)]
    figure = stacked_columns(Stack(heading=HEADING, times=("2025",), series=series), ENGLISH)
    assert keys(figure) == [*(f"Type {n}" for n in range(SERIES_MAX - 1)), "All others"]
    fills = [each.get("fill") for each in sheet(figure).iter("rect")]
    assert fills == [f"url(#picture-p{n})" for n in range(SERIES_MAX)]


def test_times_are_written_whole_and_never_over_each_other() -> None:
    times = tuple(f"September {year}" for year in range(1990, 2026))
    series = [Series("Pistol", tuple(range(1, 37)))]
    for layout in LAYOUTS:
        figure = stacked_columns(Stack(heading=HEADING, times=times, series=series), ENGLISH)
        shown = [t for t in texts(sheet(figure, layout)) if (t.text or "").startswith("Sept")]
        middles = [float(each.get("x") or 0) for each in shown]
        room = width("September 1990", 12)
        assert all(after - before >= room for before, after in pairwise(middles))
        assert len(shown) >= 2


def bands(*counts: int) -> list[Band]:
    edges = [(0, 90), (90, 210), (210, None)]
    named = zip(("Soon", "Later", "Late"), edges, counts, strict=True)
    return [Band(label, first, end, count) for label, (first, end), count in named]


def median_at(days: float | None) -> list[float]:
    times = Histogram(heading=HEADING, of="Time", bands=bands(4, 2, 2), median=days)
    svg = sheet(histogram(times, ENGLISH))
    lines = [each for each in svg.iter("line") if each.get("class") == "chart-median"]
    columns = shapes(svg, "chart-s0")
    return [(float(each.get("x1") or 0) - columns[0].x) / columns[0].width for each in lines]


def test_the_median_stands_where_it_lies_within_its_band() -> None:
    (half,) = median_at(45)
    assert abs(half - 0.5) < 0.01
    (quarter,) = median_at(22.5)
    assert abs(quarter - 0.25) < 0.01
    assert median_at(None) == []


@given(histograms())
def test_the_table_of_a_histogram_has_every_band_and_its_share(times: Histogram) -> None:
    if not any(each.count for each in times.bands):
        return
    rows = cells(histogram(times, ENGLISH))
    assert [row[:2] for row in rows[: len(times.bands)]] == [
        [clean(each.label), ENGLISH.number(each.count)] for each in times.bands
    ]
    parts = [float(row[2].rstrip("%")) for row in rows[: len(times.bands)]]
    assert round(sum(parts), 6) == 100
    assert len(rows) - len(times.bands) == (times.median is not None)


def test_nothing_counted_is_said_and_not_drawn() -> None:
    stack = Stack(heading=HEADING, times=("2025",), series=[Series("Pistol", (0,))])
    empty = Histogram(heading=HEADING, of="Time", bands=bands(0, 0, 0), median=None)
    for figure in (
        ranked_bars(ranking(), ENGLISH),
        stacked_columns(stack, ENGLISH),
        histogram(empty, ENGLISH),
    ):
        assert "<svg" not in figure
        assert "By type." in figure
