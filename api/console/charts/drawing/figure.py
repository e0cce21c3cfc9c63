# SPDX-License-Identifier: Apache-2.0
"""The figure around a picture: its heading, two layouts, the key, and the table behind it.

A page shows the layout that fits: a style sheet chooses, and what is not shown is not read out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.canvas import NARROW, WIDE, Box, Canvas
from api.console.charts.drawing.element import Attributes, element, joined
from api.console.charts.drawing.patterns import patterns
from api.console.charts.drawing.reader import Dated, Datum, Quantity, Reader, direction_of
from domain.occurrence import UNKNOWN

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
MARGIN: Final = 6.0
SWATCH: Final = 22.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is said of a picture, in the reader's language.

    Attributes:
        name: Its name on the page, unique there: small letters, digits and hyphens.
        title: What it shows.
        summary: What it says, in a sentence or two.
    """

    name: str
    title: str
    summary: str

    def __post_init__(self) -> None:
        """Refuse a name that could not stand in an address.

        Raises:
            ValueError: The name has another form.
        """
        if not NAME.fullmatch(self.name):
            raise ValueError("A figure is named by small letters, digits and hyphens.")


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a picture; the first cell of a row is its heading.

    Attributes:
        heads: Headings of the columns.
        rows: Cells, as the reader's language writes them.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Key:
    """What one sign of a picture means.

    Attributes:
        words: What it means.
        draw: Draws it on a sheet of its own, ``SWATCH`` wide and high.
    """

    words: str
    draw: Callable[[Canvas], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what belongs to it.

    Attributes:
        draw: Draws it on a sheet of either width.
        table: The figures behind it; or the id of the list that holds them on the same page.
        keys: What its signs mean.
    """

    draw: Callable[[Canvas], None]
    table: Table | str
    keys: tuple[Key, ...] = ()


def series_key(words: str, number: int) -> Key:
    """Give the key of a series by the number of its pattern."""
    box = Box(1, 1, SWATCH - 2, SWATCH - 2)
    return Key(words, lambda canvas: canvas.box(box, "chart-segment", pattern=number))


def figure(heading: Heading, picture: Picture, reader: Reader) -> Markup:
    """Give a picture as a figure of a page."""
    return element(
        "figure",
        {"class": "chart-figure", "id": heading.name},
        _caption(heading),
        patterns(heading.name),
        _sheet(heading, picture, Canvas(reader, heading.name, WIDE)),
        _sheet(heading, picture, Canvas(reader, heading.name, NARROW)),
        _keys(heading.name, picture.keys, reader),
        _behind(heading, picture.table, reader),
    )


def empty_figure(heading: Heading) -> Markup:
    """Give a figure of nothing: its summary says why there is no picture."""
    attributes = {"class": "chart-figure chart-empty", "id": heading.name}
    return element("figure", attributes, _caption(heading))


def _caption(heading: Heading) -> Markup:
    title = element("strong", {"class": "chart-title"}, heading.title)
    summary = element("span", {"class": "chart-summary"}, heading.summary)
    return element("figcaption", {}, title, summary)


def _sheet(heading: Heading, picture: Picture, canvas: Canvas) -> Markup:
    picture.draw(canvas)
    layout = "narrow" if canvas.narrow else "wide"
    name, height = f"{heading.name}-{layout}", canvas.height + MARGIN
    attributes: Attributes = {
        "class": f"chart chart-{layout}",
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
        "viewBox": f"0 0 {canvas.width:.0f} {height:.0f}",
        "width": canvas.width,
        "height": round(height),
        "focusable": "false",
    }
    title = element("title", {"id": f"{name}-title"}, heading.title)
    told = element("desc", {"id": f"{name}-desc"}, heading.summary)
    return element("svg", attributes, title, told, canvas.drawn)


def _keys(name: str, keys: Sequence[Key], reader: Reader) -> Markup:
    if not keys:
        return Markup("")
    items = []
    for each in keys:
        canvas = Canvas(reader, name, SWATCH)
        each.draw(canvas)
        view: Attributes = {
            "viewBox": f"0 0 {SWATCH:.0f} {SWATCH:.0f}",
            "width": SWATCH,
            "height": SWATCH,
        }
        sign: Attributes = {
            "class": "chart-swatch",
            "aria-hidden": "true",
            "focusable": "false",
            **view,
        }
        words = element("span", {}, element("bdi", {}, each.words))
        items.append(element("li", {}, element("svg", sign, canvas.drawn), words))
    return element("ul", {"class": "chart-keys"}, *items)


def _behind(heading: Heading, table: Table | str, reader: Reader) -> Markup:
    if isinstance(table, Table):
        return _folded(heading, table, reader)
    words = reader.translate("The same figures as a list")
    link = element("a", {"href": f"#{table}"}, words)
    return element("p", {"class": "chart-table"}, link)


def _folded(heading: Heading, table: Table, reader: Reader) -> Markup:
    heads = [element("th", {"scope": "col"}, each) for each in table.heads]
    rows = [element("tr", {}, *_cells(row, reader)) for row in table.rows]
    caption = element("caption", {"id": f"{heading.name}-caption"}, heading.title)
    whole = element(
        "table",
        {},
        joined(caption, element("thead", {}, element("tr", {}, *heads))),
        element("tbody", {}, *rows),
    )
    scroll = {
        "class": "chart-scroll",
        "role": "region",
        "tabindex": "0",
        "aria-labelledby": f"{heading.name}-caption",
    }
    summary = element("summary", {}, reader.translate("The same figures as a table"))
    return element("details", {"class": "chart-table"}, summary, element("div", scroll, whole))


def _cells(row: Sequence[str], reader: Reader) -> Iterator[Markup]:
    """Write the cells of a row, the first as its heading."""
    for at, text in enumerate(row):
        css = "chart-number" if isinstance(text, Quantity) else None
        if at == 0:
            yield element("th", {"scope": "row", "class": css}, _content(text, reader))
        else:
            yield element("td", {"class": css}, _content(text, reader))


def _content(text: str, reader: Reader) -> str:
    """Keep a text from running over its neighbours, where it does not run as the page does."""
    if isinstance(text, Dated) and text.iso != UNKNOWN.text:
        return element("time", {"datetime": text.iso, "title": text.iso}, str(text))
    if isinstance(text, Datum):
        return element("bdi", {"dir": "ltr"}, text)
    alike = direction_of(text, reader) == reader.direction
    return str(text) if alike else element("bdi", {}, str(text))
