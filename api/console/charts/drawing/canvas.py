# SPDX-License-Identifier: Apache-2.0
"""A sheet to draw on, whose start is at the left or at the right as the reader's lines run.

Whoever draws counts ``x`` from the start of a line and never thinks of left and right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from markupsafe import Markup

from api.console.charts.drawing.element import Attribute, element, number
from api.console.charts.drawing.measure import FONT, LINE
from api.console.charts.drawing.reader import Reader, direction_of

WIDE: Final = 680.0
NARROW: Final = 350.0
"""Widths of the two layouts: of a page, and of a telephone."""

Align = Literal["start", "middle", "end"]


class Point(NamedTuple):
    """A place: from the start of a line, and from the top."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle by its corner nearest to the start and the top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Canvas:
    """A sheet.

    Attributes:
        reader: Whom it is drawn for.
        name: The figure's name, by which its patterns are found.
        width: How wide it is.
        height: How far down something stands.
    """

    reader: Reader
    name: str
    width: float = WIDE
    height: float = 0.0
    _parts: list[Markup] = field(default_factory=list)

    @property
    def narrow(self) -> bool:
        """Whether it is the sheet of a telephone."""
        return self.width < WIDE

    @property
    def drawn(self) -> Markup:
        """What stands on it."""
        return Markup("".join(self._parts))  # noqa: S704 - elements, each escaped

    def box(self, box: Box, css: str, *, told: str = "", pattern: int | None = None) -> None:
        """Draw a rectangle.

        Args:
            box: Where.
            css: Its classes.
            told: What a pointer over it is told.
            pattern: Number of the pattern that fills it.
        """
        x = self._x(box.x + box.width) if self._mirrored else box.x
        place = {"x": x, "y": box.y, "width": box.width, "height": box.height}
        self._add("rect", {"class": css, **place, "fill": self._filled(pattern)}, told)
        self.reach(box.y + box.height)

    def line(self, start: Point, end: Point, css: str) -> None:
        """Draw a straight line."""
        ends = {"x1": self._x(start.x), "y1": start.y, "x2": self._x(end.x), "y2": end.y}
        self._add("line", {"class": css, **ends})
        self.reach(max(start.y, end.y))

    def grid(self, places: Sequence[float], spans: Sequence[tuple[float, float]], css: str) -> None:
        """Draw lines down through some heights, at some places, as one path."""
        across = [number(self._x(x)) for x in places]
        down = [(number(top), number(bottom)) for top, bottom in spans]
        steps = [f"M {x} {top} L {x} {bottom}" for x in across for top, bottom in down]
        if steps:
            self._add("path", {"class": css, "d": " ".join(steps)})
            self.reach(max(bottom for _, bottom in spans))

    def disc(self, at: Point, radius: float, css: str) -> None:
        """Draw a disc."""
        self._add("circle", {"class": css, "cx": self._x(at.x), "cy": at.y, "r": radius})
        self.reach(at.y + radius)

    def area(self, path: Sequence[str | Point], css: str, told: str = "") -> None:
        """Draw an area along a path: letters of commands and the points that follow them."""
        steps = [each if isinstance(each, str) else self._point(each) for each in path]
        self._add("path", {"class": css, "d": " ".join(steps)}, told)
        self.reach(max(each.y for each in path if isinstance(each, Point)))

    def text(self, at: Point, text: str, css: str = "", *, align: Align = "start") -> None:
        """Write a line of text; ``at`` is on its base line."""
        direction = direction_of(text, self.reader)
        flipped: dict[Align, Align] = {"start": "end", "middle": "middle", "end": "start"}
        anchor = align if direction == self.reader.direction else flipped[align]
        given: dict[str, Attribute] = {"class": css or None, "x": self._x(at.x), "y": at.y}
        self._add("text", {**given, "direction": direction, "text-anchor": anchor}, text=text)
        self.reach(at.y + FONT * (LINE - 1))

    def reach(self, bottom: float) -> None:
        """Make the sheet reach down to a height."""
        self.height = max(self.height, bottom)

    @property
    def _mirrored(self) -> bool:
        return self.reader.direction == "rtl"

    def _x(self, x: float) -> float:
        return self.width - x if self._mirrored else x

    def _point(self, point: Point) -> str:
        return f"{number(self._x(point.x))} {number(point.y)}"

    def _filled(self, pattern: int | None) -> str | None:
        return None if pattern is None else f"url(#{self.name}-p{pattern})"

    def _add(
        self, name: str, attributes: dict[str, Attribute], told: str = "", *, text: str = ""
    ) -> None:
        children = [element("title", {}, told)] if told else []
        self._parts.append(element(name, attributes, *children, *([text] if text else [])))
