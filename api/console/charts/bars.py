# SPDX-License-Identifier: Apache-2.0
"""Ranked bars: the longest first, each with its label and its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.canvas import Box, Canvas, Point
from api.console.charts.drawing.figure import Heading, Picture, Table, empty_figure, figure
from api.console.charts.drawing.measure import FONT, longest
from api.console.charts.drawing.reader import Quantity, Reader
from api.console.charts.drawing.rows import lay_rows

SHOWN_MAX: Final = 20
"""Bars of a picture; the table has them all."""

BAR_HEIGHT: Final = 20.0
GAP: Final = 6.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What it is about, in the reader's language.
        value: How long it is, from 0.
        told: The value as the reader's language writes it.
    """

    label: str
    value: float
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Bars and what they measure.

    Attributes:
        heading: What is said of them.
        of: Heading of the labels, such as "Type".
        measure: Heading of the values, such as "Firearms".
        bars: The bars, in any order.
    """

    heading: Heading
    of: str
    measure: str
    bars: Sequence[Bar]


def ranked_bars(ranking: Ranking, reader: Reader) -> Markup:
    """Give the bars as a figure, the longest first; without any, a sentence."""
    bars = sorted(ranking.bars, key=lambda each: -each.value)
    if not bars:
        return empty_figure(ranking.heading)
    rows = [(each.label, Quantity(each.told)) for each in bars]
    table = Table((ranking.of, ranking.measure), rows)
    shown = bars[:SHOWN_MAX]
    picture = Picture(lambda canvas: draw_bars(canvas, shown), table)
    return figure(ranking.heading, picture, reader)


def draw_bars(canvas: Canvas, bars: Sequence[Bar]) -> None:
    """Draw bars in their order."""
    laid = lay_rows(canvas, [each.label for each in bars], [BAR_HEIGHT] * len(bars))
    room = max(1.0, laid.length - longest([each.told for each in bars], bold=True) - GAP)
    most = max(each.value for each in bars) or 1
    for each, row in zip(bars, laid.rows, strict=True):
        length = max(0.0, room * each.value / most)
        box = Box(laid.start, row.middle - BAR_HEIGHT / 2, length, BAR_HEIGHT)
        canvas.box(box, "chart-s0", told=f"{each.label}: {each.told}")
        end = Point(laid.start + length + GAP, row.middle + FONT * 0.36)
        canvas.text(end, each.told, "chart-value")
    canvas.line(Point(laid.start, 0), Point(laid.start, laid.bottom - GAP), "chart-axis")
