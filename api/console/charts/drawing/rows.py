# SPDX-License-Identifier: Apache-2.0
"""Rows with labels: beside the rows on a page, above each on a telephone, never under a bar.

The room for labels is that of the longest one as translated, up to a limit; a longer one wraps,
and then is shortened: the table has it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.console.charts.drawing.canvas import Align, Canvas, Point
from api.console.charts.drawing.measure import FONT, LINE, longest, wrap

LABEL_PART: Final = 0.36
"""How much of a page's width labels may take."""

GAP: Final = 10.0
LINE_HEIGHT: Final = FONT * LINE
ASCENT: Final = 0.8
"""How far a text stands above its base line, in heights of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """Room of one row, without its label."""

    top: float
    height: float

    @property
    def middle(self) -> float:
        """Half its height."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows beneath each other.

    Attributes:
        start: Where they begin, behind their labels.
        length: How long they are.
        rows: One a label.
        bottom: Where they end.
    """

    start: float
    length: float
    rows: tuple[Row, ...]
    bottom: float


def track(canvas: Canvas, labels: Sequence[str]) -> tuple[float, float]:
    """Give where rows with such labels begin, and how long they are."""
    if canvas.narrow:
        return 0.0, canvas.width
    start = min(longest(labels), canvas.width * LABEL_PART) + GAP
    return start, canvas.width - start


def lay_rows(
    canvas: Canvas, labels: Sequence[str], heights: Sequence[float], *, top: float = 0.0
) -> Rows:
    """Write labels and give the room that is left for their rows.

    Args:
        canvas: The sheet.
        labels: One a row.
        heights: How high each row has to be, at least.
        top: Where the first one begins.
    """
    if canvas.narrow:
        return _under_labels(canvas, labels, heights, top=top)
    start, length = track(canvas, labels)
    rows = []
    for label, height in zip(labels, heights, strict=True):
        lines = wrap(label, start - GAP)
        row = Row(top, max(height, len(lines) * LINE_HEIGHT))
        write(canvas, lines, Point(0, row.middle - len(lines) * LINE_HEIGHT / 2))
        rows.append(row)
        top += row.height + GAP
    return Rows(start, length, tuple(rows), top)


def write(
    canvas: Canvas,
    lines: Sequence[str],
    corner: Point,
    *,
    css: str = "chart-label",
    align: Align = "start",
) -> None:
    """Write lines beneath each other, from a corner."""
    for number, line in enumerate(lines):
        base = corner.y + number * LINE_HEIGHT + FONT * (ASCENT + (LINE - 1) / 2)
        canvas.text(Point(corner.x, base), line, css, align=align)


def _under_labels(
    canvas: Canvas, labels: Sequence[str], heights: Sequence[float], *, top: float
) -> Rows:
    rows = []
    for label, height in zip(labels, heights, strict=True):
        lines = wrap(label, canvas.width)
        write(canvas, lines, Point(0, top))
        rows.append(Row(top + len(lines) * LINE_HEIGHT + 2, height))
        top = rows[-1].top + height + GAP
    return Rows(0, canvas.width, tuple(rows), top)
