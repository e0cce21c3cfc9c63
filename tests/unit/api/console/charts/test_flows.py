# SPDX-License-Identifier: Apache-2.0
"""Flows: nothing is lost between the two sides, and every band is as broad as it counts."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.reader import clean
from api.console.charts.flows import FLOW_HEIGHT, NODES_MAX, Flows, Period, flow_diagram
from api.console.charts.indicator import APPREHENSIONS, LEVELS, Indicator, indicator_diagram
from api.console.charts.sankey import Flow
from tests.unit.api.console.charts.drawn import FLOWS, INDICATORS
from tests.unit.api.console.charts.looking import (
    ENGLISH,
    LAYOUTS,
    apart,
    cells,
    shapes,
    sheet,
    summary,
    words,
)

HEADING = Heading(name="picture", title="Flows", summary="Of firearms.")
SCREEN_6 = {
    ("seized", "traced"): 900,
    ("seized", "established"): 100,
    ("seized", "not_traced"): 430,
    ("found", "traced"): 104,
    ("found", "established"): 46,
    ("found", "not_traced"): 200,
    ("surrendered", "traced"): 100,
    ("surrendered", "established"): 34,
    ("surrendered", "not_traced"): 163,
}


def flows(*periods: Period) -> Flows:
    return Flows(heading=HEADING, source="From", target="To", periods=periods)


def flowing(drawn: Flows) -> bool:
    return any(each.count for period in drawn.periods for each in period.flows)


@given(FLOWS.filter(flowing))
def test_the_bars_of_both_sides_are_as_high_as_all_flows_together(drawn: Flows) -> None:
    busiest = max(sum(flow.count for flow in each.flows) for each in drawn.periods)
    whole = sum(flow.count for each in drawn.periods for flow in each.flows)
    for layout in LAYOUTS:
        nodes = shapes(sheet(flow_diagram(drawn, ENGLISH), layout), "chart-node")
        high = sum(each.height for each in nodes)
        assert abs(high - 2 * FLOW_HEIGHT * whole / busiest) < 0.1 * len(nodes) + 0.1


@given(FLOWS.filter(flowing))
def test_bars_never_cover_each_other_and_bands_stay_between_them(drawn: Flows) -> None:
    for layout in LAYOUTS:
        svg = sheet(flow_diagram(drawn, ENGLISH), layout)
        nodes = shapes(svg, "chart-node")
        assert apart(nodes)
        for each in shapes(svg, "chart-flow"):
            assert any(abs(node.x + node.width - each.x) < 0.2 for node in nodes)
            assert any(abs(node.x - each.x - each.width) < 0.2 for node in nodes)


@given(FLOWS)
def test_every_way_is_in_the_table(drawn: Flows) -> None:
    if flowing(drawn):
        rows = Counter(tuple(row[-3:]) for row in cells(flow_diagram(drawn, ENGLISH)))
        assert rows == Counter(
            (clean(each.source), clean(each.target), ENGLISH.number(each.count))
            for period in drawn.periods
            for each in period.flows
        )


def test_periods_have_one_scale_so_that_they_can_be_compared() -> None:
    drawn = flows(Period("2024", [Flow("A", "B", 100)]), Period("2025", [Flow("A", "B", 25)]))
    svg = sheet(flow_diagram(drawn, ENGLISH))
    first, _, second, _ = (each.height for each in shapes(svg, "chart-node"))
    assert abs(first - 4 * second) < 0.3
    assert words(svg, "chart-period") == ["2024", "2025"]
    assert [row[0] for row in cells(flow_diagram(drawn, ENGLISH))] == ["2024", "2025"]


def test_the_largest_places_come_first_and_small_ones_are_joined() -> None:
    ways = [Flow(f"Place {n}", "Here", n + 1) for n in range(20)]
    svg = sheet(flow_diagram(flows(Period("", ways)), ENGLISH))
    labels = words(svg, "chart-label")[:NODES_MAX]
    assert labels == [*(f"Place {n}" for n in range(19, 12, -1)), "All others"]
    assert len(cells(flow_diagram(flows(Period("", ways)), ENGLISH))) == 20


def test_a_place_may_be_where_from_and_where_to() -> None:
    svg = sheet(flow_diagram(flows(Period("", [Flow("A", "A", 3), Flow("B", "A", 9)])), ENGLISH))
    assert words(svg, "chart-label") == ["B", "A", "A"]
    assert words(svg, "chart-value") == ["9", "3", "12"]


def test_the_indicator_tells_its_formula_as_the_screen_does() -> None:
    figure = indicator_diagram(Indicator("sdg", "2025", SCREEN_6), ENGLISH)  # type: ignore[arg-type]
    assert summary(figure) == (
        "61.8% = (1,104 traced + 180 established otherwise) / 2,077 seized, found or surrendered"
    )
    svg = sheet(figure)
    assert words(svg, "chart-label") == [
        *("Seized", "Found", "Surrendered"),
        *("Traced", "Established otherwise", "Not traced"),
    ]
    assert words(svg, "chart-value") == ["1,430", "350", "297", "1,104", "180", "793"]


@given(INDICATORS.filter(lambda each: each.total > 0))
def test_the_table_of_the_indicator_adds_up(indicator: Indicator) -> None:
    rows = cells(indicator_diagram(indicator, ENGLISH))
    *hands, together, parts = [[float(c.replace(",", "").rstrip("%")) for c in r[1:]] for r in rows]
    assert len(hands) == len(APPREHENSIONS)
    assert together == [sum(column) for column in zip(*hands, strict=True)]
    assert together[-1] == indicator.total == sum(together[:-1])
    assert round(sum(parts[: len(LEVELS)]), 6) == parts[-1] == 100


def test_levels_keep_their_order_whatever_came_to_hand() -> None:
    counts = {("seized", "not_traced"): 3, ("found", "traced"): 2}
    svg = sheet(indicator_diagram(Indicator("sdg", "2025", counts), ENGLISH))  # type: ignore[arg-type]
    assert words(svg, "chart-label") == ["Seized", "Found", "Traced", "Not traced"]


def test_no_flow_is_said_and_not_drawn() -> None:
    nothing = indicator_diagram(Indicator("sdg", "2025", {}), ENGLISH)
    for figure in (flow_diagram(flows(Period("", [Flow("A", "B", 0)])), ENGLISH), nothing):
        assert "<svg" not in figure
    assert "No firearm was seized, found or surrendered" in nothing
