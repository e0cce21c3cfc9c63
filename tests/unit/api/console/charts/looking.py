# SPDX-License-Identifier: Apache-2.0
"""Ways to look at a figure: its sheets, their shapes, and the table behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from markupsafe import Markup

from api.console.charts.drawing.reader import Reader

LAYOUTS = ("wide", "narrow")


def untranslated(sentence: str) -> str:
    return sentence


ENGLISH = Reader("en", untranslated)
ARABIC = Reader("ar", untranslated)
LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")


class Shape(NamedTuple):
    """Room that a shape takes, from the left and the top."""

    x: float
    y: float
    width: float
    height: float


def look(figure: Markup) -> ET.Element:
    """Read a figure, which is well-formed XML or fails here."""
    return ET.fromstring(figure)  # noqa: S314 - our own output is what is tested


def sheet(figure: Markup, layout: str = "wide") -> ET.Element:
    """Give one of the two layouts of a picture."""
    found = look(figure).find(f"svg[@class='chart chart-{layout}']")
    assert found is not None
    return found


def shapes(svg: ET.Element, css: str = "") -> list[Shape]:
    """Give the rectangles, discs and areas of a class, or all; lines are none."""
    drawn = [each for each in svg.iter() if css in of(each) and "chart-grid" not in of(each)]
    return [shape for each in drawn for shape in _shape(each)]


def of(element: ET.Element) -> list[str]:
    """Give the classes of an element, and the empty one that all have."""
    return ["", *(element.get("class") or "").split()]


def texts(svg: ET.Element, css: str = "") -> list[ET.Element]:
    return [each for each in svg.iter("text") if css in of(each)]


def words(svg: ET.Element, css: str = "") -> list[str]:
    return [each.text or "" for each in texts(svg, css)]


def cells(figure: Markup) -> list[list[str]]:
    """Give the rows of the table behind a picture, without its headings."""
    rows = look(figure).findall("details/div/table/tbody/tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def heads(figure: Markup) -> list[str]:
    return [
        "".join(each.itertext()) for each in look(figure).iter("th") if each.get("scope") == "col"
    ]


def keys(figure: Markup) -> list[str]:
    return ["".join(each.itertext()) for each in look(figure).findall("ul/li/span")]


def summary(figure: Markup) -> str:
    found = look(figure).find("figcaption/span")
    assert found is not None
    return found.text or ""


def _shape(element: ET.Element) -> Iterator[Shape]:
    number = {key: float(element.get(key) or 0) for key in ("x", "y", "width", "height")}
    if element.tag == "rect":
        yield Shape(**number)
    elif element.tag == "circle":
        x, y, r = (float(element.get(key) or 0) for key in ("cx", "cy", "r"))
        yield Shape(x - r, y - r, 2 * r, 2 * r)
    elif element.tag == "path":
        steps = [float(each) for each in (element.get("d") or "").split() if not each.isalpha()]
        points = list(zip(steps[::2], steps[1::2], strict=True))
        xs, ys = zip(*points, strict=True)
        yield Shape(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def overlap(one: Shape, other: Shape) -> bool:
    """Tell whether two shapes have more than an edge in common."""
    slack = 0.2
    beside = one.x + one.width <= other.x + slack or other.x + other.width <= one.x + slack
    above = one.y + one.height <= other.y + slack or other.y + other.height <= one.y + slack
    return not (beside or above)


def apart(found: list[Shape]) -> bool:
    """Tell whether no two of some shapes overlap."""
    ordered = sorted(found)
    return not any(
        overlap(one, other) for at, one in enumerate(ordered) for other in ordered[at + 1 :]
    )
