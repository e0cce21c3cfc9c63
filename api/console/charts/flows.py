# SPDX-License-Identifier: Apache-2.0
"""Flows from where to where, as bands as broad as they are many; a diagram for each period.

All diagrams of a figure have one scale, so that periods can be compared by eye.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.canvas import Align, Canvas, Point
from api.console.charts.drawing.figure import Heading, Picture, Table, empty_figure, figure
from api.console.charts.drawing.measure import wrap
from api.console.charts.drawing.reader import Reader
from api.console.charts.drawing.rows import write
from api.console.charts.sankey import Flow, draw_sankey

NODES_MAX: Final = 8
"""Places on one side of a picture; what is more is one place of others. The table has them all."""

FLOW_HEIGHT: Final = 220.0
"""How broad all flows of the busiest period are together."""

LABEL_GAP: Final = 6.0
PERIOD_GAP: Final = 18.0


@dataclass(frozen=True, slots=True)
class Period:
    """The flows of one period.

    Attributes:
        label: The period; empty where there is only one and the heading tells it.
        flows: Each way once.
    """

    label: str
    flows: Sequence[Flow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Flows over time.

    Attributes:
        heading: What is said of them.
        source: What their beginnings are, such as "Last lawful place".
        target: What their ends are, such as "Where it was seized".
        periods: The periods, oldest first.
        in_order: Whether places stand in the order in which they come, not the largest first.
    """

    heading: Heading
    source: str
    target: str
    periods: Sequence[Period]
    in_order: bool = False


def flow_diagram(flows: Flows, reader: Reader) -> Markup:
    """Give flows as a figure; where nothing flows, a sentence."""
    if not any(flow.count > 0 for each in flows.periods for flow in each.flows):
        return empty_figure(flows.heading)
    picture = Picture(lambda canvas: draw_flows(canvas, flows), _table(flows, reader))
    return figure(flows.heading, picture, reader)


def draw_flows(canvas: Canvas, flows: Flows) -> None:
    """Draw the diagrams of all periods beneath each other."""
    periods = [each for each in flows.periods if any(flow.count > 0 for flow in each.flows)]
    busiest = max(sum(flow.count for flow in each.flows) for each in periods)
    _write_heads(canvas, flows)
    for each in periods:
        if each.label:
            lines = wrap(each.label, canvas.width, lines=1)
            write(canvas, lines, Point(0, canvas.height + PERIOD_GAP), css="chart-period")
        merged = _merged(each.flows, flows, canvas.reader)
        top = canvas.height + LABEL_GAP
        draw_sankey(canvas, merged, scale=FLOW_HEIGHT / busiest, top=top)


def _write_heads(canvas: Canvas, flows: Flows) -> None:
    room = canvas.width / 2 - LABEL_GAP
    sides: tuple[tuple[str, float, Align], ...] = (
        (flows.source, 0.0, "start"),
        (flows.target, canvas.width, "end"),
    )
    for text, x, align in sides:
        write(canvas, wrap(text, room), Point(x, 0), css="chart-head", align=align)


def _merged(flows: Sequence[Flow], whole: Flows, reader: Reader) -> list[Flow]:
    """Join small places, and put the largest first unless they have an order of their own."""
    if whole.in_order:
        return list(flows)
    others = reader.translate("All others")
    sources = _largest((each.source, each.count) for each in flows)
    targets = _largest((each.target, each.count) for each in flows)
    joined = Counter[tuple[str, str]]()
    for each in flows:
        source = each.source if each.source in sources else others
        joined[source, each.target if each.target in targets else others] += each.count
    ordered = sorted(joined, key=lambda way: (_place(sources, way[0]), _place(targets, way[1])))
    return [Flow(*way, joined[way]) for way in ordered]


def _largest(counts: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    totals = Counter[str]()
    for label, count in counts:
        totals[label] += count
    many = len(totals) > NODES_MAX
    return tuple([label for label, _ in totals.most_common(NODES_MAX - 1 if many else None)])


def _place(order: Sequence[str], label: str) -> int:
    """Give the place of a label; others are the last."""
    return order.index(label) if label in order else len(order)


def _table(flows: Flows, reader: Reader) -> Table:
    _ = reader.translate
    timed = any(each.label for each in flows.periods)
    heads = (flows.source, flows.target, _("Firearms"))
    rows = [
        (*([each.label] if timed else []), flow.source, flow.target, reader.number(flow.count))
        for each in flows.periods
        for flow in each.flows
    ]
    return Table((_("Period"), *heads) if timed else heads, rows)
