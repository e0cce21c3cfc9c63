# SPDX-License-Identifier: Apache-2.0
"""The line of time over rows: its marks written above, its lines drawn down through all rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from api.console.charts.drawing.canvas import Canvas, Point
from api.console.charts.drawing.measure import SMALL, longest, width
from api.console.charts.drawing.rows import Row
from api.console.charts.drawing.scale import TimeScale

AXIS_HEIGHT: Final = SMALL * 2
GAP: Final = 10.0


def draw_axis(canvas: Canvas, scale: TimeScale, rows: Sequence[Row]) -> None:
    """Draw the line of time of some rows; lines stop where a row has its label.

    Args:
        canvas: The sheet; rows begin at ``AXIS_HEIGHT`` or lower.
        scale: The times.
        rows: The rows.
    """
    ticks = scale.ticks(canvas.reader, lambda texts: longest(texts, SMALL) + GAP)
    for at, text in ticks:
        half = width(text, SMALL) / 2
        x = min(max(scale.x(at), scale.start + half), scale.start + scale.length - half)
        canvas.text(Point(x, SMALL), text, "chart-small", align="middle")
    spans = [(row.top, row.top + row.height) for row in rows]
    canvas.grid([scale.x(at) for at, _ in ticks], spans, "chart-grid")
