# SPDX-License-Identifier: Apache-2.0
"""What holds for every picture, whatever it is of and whatever words it is given."""

from __future__ import annotations

import re
from collections import Counter
from math import isfinite

from hypothesis import given
from hypothesis import strategies as st

from api.console.charts.drawing.reader import Reader
from tests.unit.api.console.charts.drawn import DRAWN, Draw
from tests.unit.api.console.charts.looking import (
    ARABIC,
    ENGLISH,
    LANGUAGES,
    LAYOUTS,
    look,
    shapes,
    untranslated,
)

READERS = st.sampled_from([Reader(each, untranslated) for each in LANGUAGES])
ELEMENTS = {
    *("figure", "figcaption", "strong", "span", "svg", "defs", "pattern", "title", "desc"),
    *("rect", "circle", "path", "line", "text", "ul", "li", "bdi", "details", "summary", "div"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "time"),
}
ATTRIBUTES = {
    *("class", "id", "role", "viewBox", "width", "height", "focusable", "fill", "d", "scope"),
    *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "direction", "text-anchor"),
    *("patternUnits", "tabindex", "datetime", "title", "dir"),
    *("aria-hidden", "aria-labelledby"),
}
LENGTHS = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


@given(DRAWN, READERS)
def test_hostile_words_become_neither_elements_nor_attributes(draw: Draw, reader: Reader) -> None:
    for each in look(draw(reader)).iter():
        assert each.tag in ELEMENTS
        assert set(each.attrib) <= ATTRIBUTES


@given(DRAWN, READERS)
def test_no_control_of_direction_reaches_a_page(draw: Draw, reader: Reader) -> None:
    assert BIDI.search(draw(reader)) is None


@given(DRAWN, READERS)
def test_a_fill_is_a_pattern_of_the_same_figure_and_nothing_else(
    draw: Draw, reader: Reader
) -> None:
    figure = look(draw(reader))
    patterns = {each.get("id") for each in figure.iter("pattern")}
    fills = {each.get("fill") for each in figure.iter() if each.get("fill")}
    assert fills <= {f"url(#{name})" for name in patterns}


@given(DRAWN, READERS)
def test_every_length_is_a_number_and_no_size_is_negative(draw: Draw, reader: Reader) -> None:
    for each in look(draw(reader)).iter():
        given_lengths = {key: float(each.attrib[key]) for key in LENGTHS if key in each.attrib}
        assert all(map(isfinite, given_lengths.values()))
        assert all(given_lengths.get(key, 0) >= 0 for key in ("width", "height", "r"))


@given(DRAWN, READERS)
def test_nothing_is_drawn_outside_the_sheet(draw: Draw, reader: Reader) -> None:
    for svg in look(draw(reader)).findall("svg[@role='img']"):
        _, _, width, height = map(float, (svg.get("viewBox") or "").split())
        for shape in shapes(svg):
            assert shape.x >= -0.2
            assert shape.x + shape.width <= width + 0.2
            assert shape.y >= -0.2
            assert shape.y + shape.height <= height + 0.2


@given(DRAWN, READERS)
def test_every_sheet_is_one_image_with_a_name_and_a_description(draw: Draw, reader: Reader) -> None:
    figure = look(draw(reader))
    names = Counter(each.get("id") for each in figure.iter() if each.get("id"))
    assert set(names.values()) == {1}
    for svg in figure.findall("svg[@role='img']"):
        told = (svg.get("aria-labelledby") or "").split()
        assert [names[each] for each in told] == [1, 1]
        assert [each.tag for each in svg[:2]] == ["title", "desc"]
        assert told == [each.get("id") for each in svg[:2]]


@given(DRAWN, READERS)
def test_a_picture_has_two_layouts_and_a_table_or_is_a_sentence(draw: Draw, reader: Reader) -> None:
    figure = look(draw(reader))
    layouts = [each.get("class") for each in figure.findall("svg[@role='img']")]
    tables = figure.findall("details/div/table")
    if layouts:
        assert layouts == [f"chart chart-{each}" for each in LAYOUTS]
        assert [len(each.findall("tbody/tr")) > 0 for each in tables] == [True]
    else:
        assert [each.tag for each in figure] == ["figcaption"]


@given(DRAWN)
def test_a_page_that_runs_to_the_left_is_the_mirror_of_one_that_runs_to_the_right(
    draw: Draw,
) -> None:
    pages = [look(draw(each)).findall("svg[@role='img']") for each in (ENGLISH, ARABIC)]
    for right, left in zip(*pages, strict=True):
        width = float((right.get("viewBox") or "").split()[2])
        for one, other in zip(shapes(right), shapes(left), strict=True):
            mirrored = one._replace(x=width - one.x - one.width)
            assert all(abs(a - b) < 0.25 for a, b in zip(mirrored, other, strict=True))


@given(DRAWN, READERS)
def test_every_row_of_a_table_has_a_cell_for_each_heading(draw: Draw, reader: Reader) -> None:
    for table in look(draw(reader)).iter("table"):
        columns = len(table.findall("thead/tr/th[@scope='col']"))
        for row in table.findall("tbody/tr"):
            assert [each.tag for each in row] == ["th", *["td"] * (columns - 1)]
            assert row[0].get("scope") == "row"


@given(DRAWN, READERS)
def test_the_same_answer_gives_the_same_bytes(draw: Draw, reader: Reader) -> None:
    assert draw(reader) == draw(reader)
