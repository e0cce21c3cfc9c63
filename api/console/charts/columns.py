# SPDX-License-Identifier: Apache-2.0
"""Columns over time, stacked by series: how many came to hand when, and of which type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.canvas import Box, Canvas, Point
from api.console.charts.drawing.figure import (
    Heading,
    Picture,
    Table,
    empty_figure,
    figure,
    series_key,
)
from api.console.charts.drawing.measure import FONT, LINE, SMALL, longest, width
from api.console.charts.drawing.patterns import SERIES_MAX
from api.console.charts.drawing.reader import Reader
from api.console.charts.drawing.scale import steps

PLOT_HEIGHT: Final = 220.0
COLUMN_PART: Final = 0.72
"""How much of its room a column fills."""

COLUMN_MAX: Final = 64.0
TOP: Final = SMALL * LINE
GAP: Final = 6.0


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of what is counted.

    Attributes:
        label: What it is, in the reader's language.
        counts: How many at each time.
    """

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Columns.

    Attributes:
        heading: What is said of them.
        times: Labels of the columns, oldest first.
        series: What is counted, as many counts each as there are times.
    """

    heading: Heading
    times: tuple[str, ...]
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Plot:
    """Where columns stand.

    Attributes:
        start: Where the first one's room begins.
        slot: Room of a column.
        most: Number at the top.
    """

    start: float
    slot: float
    most: int

    @property
    def bottom(self) -> float:
        """Height of the number 0."""
        return TOP + PLOT_HEIGHT

    def y(self, count: float) -> float:
        """Give the height of a number."""
        return self.bottom - PLOT_HEIGHT * count / self.most

    def middle(self, place: int) -> float:
        """Give the middle of a column."""
        return self.start + self.slot * (place + 0.5)


def stacked_columns(stack: Stack, reader: Reader) -> Markup:
    """Give columns as a figure; where nothing was counted, a sentence."""
    series = [each for each in stack.series if any(each.counts)]
    if not series or not stack.times:
        return empty_figure(stack.heading)
    shown = grouped(series, reader)
    keys = tuple([series_key(each.label, number) for number, each in enumerate(shown)])
    table = _table(stack, reader)
    picture = Picture(lambda canvas: _draw(canvas, stack.times, shown), table, keys)
    return figure(stack.heading, picture, reader)


def grouped(series: Sequence[Series], reader: Reader) -> list[Series]:
    """Order series by size, the largest first, and join what is too much to tell apart."""
    ordered = sorted(series, key=lambda each: -sum(each.counts))
    if len(ordered) <= SERIES_MAX:
        return ordered
    kept, rest = ordered[: SERIES_MAX - 1], ordered[SERIES_MAX - 1 :]
    counts = tuple(map(sum, zip(*(each.counts for each in rest), strict=True)))
    return [*kept, Series(reader.translate("All others"), counts)]


def lay_plot(canvas: Canvas, counts: Sequence[int], number: int) -> Plot:
    """Draw the scale of counts, and give where so many columns stand.

    Args:
        canvas: The sheet.
        counts: What the columns reach.
        number: How many columns there are.
    """
    marks = steps(max(counts))
    start = longest([canvas.reader.number(each) for each in marks], SMALL) + GAP
    plot = Plot(start, (canvas.width - start) / number, marks[-1])
    for each in marks:
        y = plot.y(each)
        canvas.line(Point(start, y), Point(canvas.width, y), "chart-grid" if each else "chart-axis")
        text = canvas.reader.number(each)
        canvas.text(Point(start - GAP, y + SMALL * 0.36), text, "chart-small", align="end")
    return plot


def _draw(canvas: Canvas, times: Sequence[str], series: Sequence[Series]) -> None:
    totals = [sum(each.counts[at] for each in series) for at in range(len(times))]
    plot = lay_plot(canvas, totals, len(times))
    broad = min(COLUMN_MAX, plot.slot * COLUMN_PART)
    for at, time in enumerate(times):
        below = 0
        for number, each in enumerate(series):
            count = each.counts[at]
            height = plot.bottom - plot.y(count)
            box = Box(plot.middle(at) - broad / 2, plot.y(below + count), broad, height)
            told = f"{time}, {each.label}: {canvas.reader.number(count)}"
            if count:
                canvas.box(box, "chart-segment", told=told, pattern=number)
            below += count
    _write_totals(canvas, plot, totals)
    _write_times(canvas, plot, times)


def _write_totals(canvas: Canvas, plot: Plot, totals: Sequence[int]) -> None:
    told = [canvas.reader.number(each) for each in totals]
    if longest(told, SMALL, bold=True) > plot.slot:
        return
    for at, each in enumerate(told):
        place = Point(plot.middle(at), plot.y(totals[at]) - 3)
        canvas.text(place, each, "chart-small chart-value", align="middle")


def _write_times(canvas: Canvas, plot: Plot, times: Sequence[str]) -> None:
    """Write as many times as there is room for, evenly, each whole."""
    every = max(1, -int(-(longest(times, SMALL) + GAP) // plot.slot))
    free = 0.0
    for at in range(0, len(times), every):
        half = width(times[at], SMALL) / 2
        x = min(max(plot.middle(at), half), canvas.width - half)
        if x - half >= free:
            canvas.text(Point(x, plot.bottom + FONT + 2), times[at], "chart-small", align="middle")
            free = x + half + GAP


def _table(stack: Stack, reader: Reader) -> Table:
    _ = reader.translate
    heads = (_("Time"), *[each.label for each in stack.series], _("Together"))
    rows = []
    for at, time in enumerate(stack.times):
        counts = [each.counts[at] for each in stack.series]
        rows.append((time, *map(reader.number, [*counts, sum(counts)])))
    return Table(heads, rows)
