# SPDX-License-Identifier: Apache-2.0
"""A Sankey diagram: labelled bars on two sides, and bands between them as broad as they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.console.charts.drawing.canvas import Align, Box, Canvas, Point
from api.console.charts.drawing.measure import longest, wrap
from api.console.charts.drawing.patterns import SERIES_MAX
from api.console.charts.drawing.rows import LINE_HEIGHT, write

NODE_WIDTH: Final = 12.0
NODE_GAP: Final = 10.0
LABEL_GAP: Final = 6.0
LABEL_LINES: Final = 3
LABEL_PART: Final = 0.29
"""How much of the width the labels of one side may take."""


@dataclass(frozen=True, slots=True)
class Flow:
    """So many from one place to another.

    Attributes:
        source: Where from, in the reader's language.
        target: Where to.
        count: How many.
    """

    source: str
    target: str
    count: int


@dataclass(slots=True)
class Node:
    """One place on one side.

    Attributes:
        lines: Its label and its number, as they are written.
        height: How high its bar is.
        room: Height that it takes together with its label.
        top: Where its room begins.
        taken: How much of its bar has a flow already.
    """

    lines: tuple[str, ...]
    height: float
    room: float
    top: float = 0.0
    taken: float = 0.0

    @property
    def bar(self) -> float:
        """Where its bar begins."""
        return self.top + (self.room - self.height) / 2

    def take(self, height: float) -> float:
        """Give the place of the next flow of so much, and keep it."""
        self.taken += height
        return self.bar + self.taken - height


@dataclass(frozen=True, slots=True)
class Side:
    """One side.

    Attributes:
        nodes: Its places by name, from the top.
        room: Width of their labels.
        height: How high they are together.
    """

    nodes: dict[str, Node]
    room: float
    height: float


def draw_sankey(canvas: Canvas, flows: Sequence[Flow], *, scale: float, top: float) -> None:
    """Draw flows; places stand in the order in which they first come.

    Args:
        canvas: The sheet.
        flows: Each way once; one of 0 only says where its ends stand among others.
        scale: Height of one that flows.
        top: Where the diagram begins.
    """
    sources = _side(canvas, ((each.source, each.count) for each in flows), scale)
    targets = _side(canvas, ((each.target, each.count) for each in flows), scale)
    height = max(sources.height, targets.height)
    for side in (sources, targets):
        _place(side, top + (height - side.height) / 2)
    start = sources.room + LABEL_GAP + NODE_WIDTH
    end = canvas.width - targets.room - LABEL_GAP - NODE_WIDTH
    series = {label: number for number, label in enumerate(sources.nodes)}
    order = {label: number for number, label in enumerate(targets.nodes)}
    flowing = [each for each in flows if each.count > 0]
    for flow in sorted(flowing, key=lambda each: (series[each.source], order[each.target])):
        breadth = flow.count * scale
        source = Point(start, sources.nodes[flow.source].take(breadth))
        target = Point(end, targets.nodes[flow.target].take(breadth))
        told = (
            f"{flow.source} \N{RIGHTWARDS ARROW} {flow.target}: {canvas.reader.number(flow.count)}"
        )
        css = f"chart-flow chart-s{series[flow.source] % SERIES_MAX}"
        canvas.area(_band(source, target, breadth), css, told)
    _draw_nodes(canvas, sources, start, align="end")
    _draw_nodes(canvas, targets, end + NODE_WIDTH, align="start")


def _side(canvas: Canvas, counts: Iterable[tuple[str, int]], scale: float) -> Side:
    totals = Counter[str]()
    for label, count in counts:
        totals[label] += count
    totals = +totals
    told = {label: canvas.reader.number(count) for label, count in totals.items()}
    room = min(max(longest(totals), longest(told.values(), bold=True)), canvas.width * LABEL_PART)
    nodes = {}
    for label, count in totals.items():
        lines = (*wrap(label, room, lines=LABEL_LINES), told[label])
        height = count * scale
        nodes[label] = Node(lines, height, max(height, len(lines) * LINE_HEIGHT))
    height = sum(each.room for each in nodes.values()) + NODE_GAP * (len(nodes) - 1)
    return Side(nodes, room, height)


def _place(side: Side, top: float) -> None:
    for node in side.nodes.values():
        node.top = top
        top += node.room + NODE_GAP


def _band(start: Point, end: Point, breadth: float) -> list[str | Point]:
    bend = (start.x + end.x) / 2
    over, under = Point(bend, start.y), Point(bend, end.y)
    back, forth = Point(bend, end.y + breadth), Point(bend, start.y + breadth)
    last, first = Point(end.x, end.y + breadth), Point(start.x, start.y + breadth)
    return ["M", start, "C", over, under, end, "L", last, "C", back, forth, first, "Z"]


def _draw_nodes(canvas: Canvas, side: Side, x: float, *, align: Align) -> None:
    """Draw bars that end at a place, or begin before it, with their labels on the other side."""
    away = -(NODE_WIDTH + LABEL_GAP) if align == "end" else LABEL_GAP
    for node in side.nodes.values():
        canvas.box(Box(x - NODE_WIDTH, node.bar, NODE_WIDTH, node.height), "chart-node")
        middle = node.top + (node.room - len(node.lines) * LINE_HEIGHT) / 2
        *name, count = node.lines
        write(canvas, name, Point(x + away, middle), align=align)
        below = Point(x + away, middle + len(name) * LINE_HEIGHT)
        write(canvas, [count], below, css="chart-value", align=align)
