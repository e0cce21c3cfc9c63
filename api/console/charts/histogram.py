# SPDX-License-Identifier: Apache-2.0
"""A histogram of times in bands, with the median: how soon after a sale firearms were seized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.columns import COLUMN_PART, lay_plot
from api.console.charts.drawing.canvas import Box, Canvas, Point
from api.console.charts.drawing.figure import (
    SWATCH,
    Heading,
    Key,
    Picture,
    Table,
    empty_figure,
    figure,
)
from api.console.charts.drawing.measure import FONT, LINE, SMALL, longest, wrap
from api.console.charts.drawing.reader import Reader
from api.console.charts.drawing.rows import lay_rows
from api.console.charts.drawing.scale import shares

BAR_HEIGHT: Final = 20.0
TOP_OF_LINE: Final = 2.0
"""Where the line of the median begins, over every column."""
GAP: Final = 6.0
NONE: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Band:
    """One band of time.

    Attributes:
        label: Its name, in the reader's language.
        first: Its first day.
        end: The first day after it; none where it never ends.
        count: How many fall into it.
    """

    label: str
    first: int
    end: int | None
    count: int

    def part(self, days: float) -> float | None:
        """Give how far a time lies into it, from 0 to 1; none if it lies elsewhere."""
        if days < self.first:
            return None
        if self.end is None:
            return 0.5
        return (days - self.first) / (self.end - self.first) if days < self.end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Times in bands.

    Attributes:
        heading: What is said of them.
        of: Heading of the bands.
        bands: The bands, shortest times first.
        median: The median in days; none where there is none.
    """

    heading: Heading
    of: str
    bands: Sequence[Band]
    median: float | None


def histogram(times: Histogram, reader: Reader) -> Markup:
    """Give times as a figure; where there are none, a sentence."""
    counts = [each.count for each in times.bands]
    if not any(counts):
        return empty_figure(times.heading)
    _ = reader.translate
    rows: list[tuple[str, ...]] = [
        (each.label, reader.number(each.count), reader.percent(share))
        for each, share in zip(times.bands, shares(counts), strict=True)
    ]
    keys: tuple[Key, ...] = ()
    if times.median is not None:
        rows.append((_("Median, in days"), reader.number(times.median, 1), NONE))
        told = _("Median: %(days)s days") % {"days": reader.number(times.median, 1)}
        keys = (Key(told, _draw_key),)
    table = Table((times.of, _("Firearms"), _("Share")), rows)
    return figure(times.heading, Picture(lambda canvas: _draw(canvas, times), table, keys), reader)


def _draw(canvas: Canvas, times: Histogram) -> None:
    (_draw_rows if canvas.narrow else _draw_columns)(canvas, times)


def _draw_columns(canvas: Canvas, times: Histogram) -> None:
    plot = lay_plot(canvas, [each.count for each in times.bands], len(times.bands))
    broad = plot.slot * COLUMN_PART
    for at, band in enumerate(times.bands):
        y, middle = plot.y(band.count), plot.middle(at)
        told = f"{band.label}: {canvas.reader.number(band.count)}"
        canvas.box(Box(middle - broad / 2, y, broad, plot.bottom - y), "chart-s0", told=told)
        for number, line in enumerate(wrap(band.label, plot.slot - 2, lines=3, size=SMALL)):
            y = plot.bottom + FONT + 2 + number * SMALL * LINE
            canvas.text(Point(middle, y), line, "chart-small", align="middle")
    place = _median(times)
    if place is not None:
        x = plot.middle(place[0]) + broad * (place[1] - 0.5)
        canvas.line(Point(x, TOP_OF_LINE), Point(x, plot.bottom), "chart-median")
    for at, band in enumerate(times.bands):
        base = Point(plot.middle(at), plot.y(band.count) - 3)
        count = canvas.reader.number(band.count)
        canvas.text(base, count, "chart-small chart-value", align="middle")


def _draw_rows(canvas: Canvas, times: Histogram) -> None:
    labels = [each.label for each in times.bands]
    laid = lay_rows(canvas, labels, [BAR_HEIGHT] * len(labels))
    counts = [canvas.reader.number(each.count) for each in times.bands]
    room = laid.length - longest(counts, bold=True) - GAP
    most = max(each.count for each in times.bands)
    for band, count, row in zip(times.bands, counts, laid.rows, strict=True):
        box = Box(laid.start, row.top, room * band.count / most, row.height)
        canvas.box(box, "chart-s0", told=f"{band.label}: {count}")
    place = _median(times)
    if place is not None:
        y = laid.rows[place[0]].top + BAR_HEIGHT * place[1]
        canvas.line(Point(laid.start, y), Point(laid.start + laid.length, y), "chart-median")
    for band, count, row in zip(times.bands, counts, laid.rows, strict=True):
        end = Point(laid.start + room * band.count / most + GAP, row.middle + FONT * 0.36)
        canvas.text(end, count, "chart-value")


def _median(times: Histogram) -> tuple[int, float] | None:
    """Give the band in which the median lies, and how far into it."""
    if times.median is None:
        return None
    parts = [(at, band.part(times.median)) for at, band in enumerate(times.bands)]
    return next(((at, part) for at, part in parts if part is not None), None)


def _draw_key(canvas: Canvas) -> None:
    middle = SWATCH / 2
    canvas.line(Point(middle, 1), Point(middle, SWATCH - 1), "chart-median")
