# SPDX-License-Identifier: Apache-2.0
"""The life of a firearm on a line of time: a row for each kind of circumstance.

What is known only to a month or a year is drawn as broad as that; what has no date stands apart
and not on the line. Entries that would cover each other stand beneath each other, and where there
is no more room one mark stands for several, with the weakest proof among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.axis import AXIS_HEIGHT, draw_axis
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
from api.console.charts.drawing.measure import SMALL
from api.console.charts.drawing.reader import Quantity, Reader
from api.console.charts.drawing.rows import Row, Rows, lay_rows
from api.console.charts.marks import (
    RADIUS,
    draw_contradiction,
    draw_gap,
    draw_mark,
    draw_span,
    proof_keys,
    proof_words,
    sign_keys,
)
from api.console.charts.placing import (
    LINES_MAX,
    TIMES,
    UNDATED_GAP,
    LifeEvent,
    Mark,
    Places,
    gaps_of,
    lay_places,
)

LINE: Final = 2 * RADIUS + 8
"""Height of one line of marks; a sign of contradiction reaches into the space above."""

SPAN_MIN: Final = 2.0
"""A time that is drawn shorter is a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A history.

    Attributes:
        heading: What is said of it.
        circumstances: The kinds of circumstance in the order of their rows.
        events: The entries in the order in which they are told.
        listed_at: Id of a list on the same page that tells them all, in place of the table.
    """

    heading: Heading
    circumstances: Sequence[str]
    events: Sequence[LifeEvent]
    listed_at: str = ""


def life_timeline(life: Life, reader: Reader) -> Markup:
    """Give a life as a figure; where nothing is on record, a sentence."""
    if not life.events:
        return empty_figure(life.heading)
    table = life.listed_at or _table(life.events, reader)
    picture = Picture(lambda canvas: _draw(canvas, life), table, _keys(life.events, reader))
    return figure(life.heading, picture, reader)


def _draw(canvas: Canvas, life: Life) -> None:
    rows = list(dict.fromkeys([*life.circumstances, *(e.circumstance for e in life.events)]))
    by_row = {row: [e for e in life.events if e.circumstance == row] for row in rows}
    used = {row: events for row, events in by_row.items() if events}
    places = lay_places(canvas, life.events, list(used))
    marks = [places.marks(events) for events in used.values()]
    heights = [LINE * (1 + max(mark.line for mark in each)) for each in marks]
    laid = lay_rows(canvas, list(used), heights, top=AXIS_HEIGHT)
    _draw_ground(canvas, life.events, places=places, laid=laid)
    for row, each in zip(laid.rows, marks, strict=True):
        for mark in each:
            _draw_spans(canvas, mark, row, places=places)
        for mark in each:
            _draw_mark(canvas, mark, row)


def _draw_ground(
    canvas: Canvas, events: Sequence[LifeEvent], *, places: Places, laid: Rows
) -> None:
    """Draw what entries stand on: the line of time, its gaps, and the room of what has no date."""
    end = laid.start + laid.length
    for row in laid.rows:
        base = row.top + row.height + 3
        canvas.line(Point(laid.start, base), Point(end, base), "chart-grid")
        for start, width in gaps_of(events, places.scale):
            draw_gap(canvas, Box(start, row.top, width, row.height))
    if any(not each.dated for each in events):
        told = canvas.reader.translate("No date")
        canvas.text(Point(end, SMALL), told, "chart-small", align="end")
        edge = places.undated - UNDATED_GAP / 2
        canvas.line(Point(edge, AXIS_HEIGHT), Point(edge, laid.bottom), "chart-edge")
    if places.scale is not None:
        draw_axis(canvas, places.scale, laid.rows)


def _draw_spans(canvas: Canvas, mark: Mark, row: Row, *, places: Places) -> None:
    for each in mark.events:
        if places.scale is not None and each.dated:
            start, end = places.scale.x(each.when.earliest), places.scale.x(each.when.latest)
            if end - start > SPAN_MIN:
                draw_span(canvas, Point(start, _height(mark, row)), end)


def _draw_mark(canvas: Canvas, mark: Mark, row: Row) -> None:
    at = Point(mark.x, _height(mark, row))
    draw_mark(canvas, at, mark.proof, text=mark.text)
    if any(each.contradictions for each in mark.events):
        draw_contradiction(canvas, Point(at.x + RADIUS * 0.5, at.y - RADIUS * 0.5))


def _height(mark: Mark, row: Row) -> float:
    return row.top + LINE * (mark.line + 0.5) + 2


def _keys(events: Sequence[LifeEvent], reader: Reader) -> tuple[Key, ...]:
    _ = reader.translate
    crowd = max(Counter(each.circumstance for each in events).values()) > LINES_MAX
    several = Key(_("Several entries; the weakest proof counts"), _draw_several)
    misfit = any(each.contradictions for each in events)
    vague = any(each.when.precision in {"month", "year"} for each in events)
    missing = any(each.gap for each in events)
    signs = sign_keys(
        contradiction=_("Does not fit the record") if misfit else "",
        span=_("Only the month or the year is known") if vague else "",
        gap=_("Nothing is on record") if missing else "",
    )
    proofs = proof_keys(reader, {each.proof for each in events})
    return (*proofs, *([several] if crowd else []), *signs)


def _draw_several(canvas: Canvas) -> None:
    draw_mark(canvas, Point(SWATCH / 2, SWATCH / 2), "chained", text=f"{TIMES}n")


def _table(events: Sequence[LifeEvent], reader: Reader) -> Table:
    _ = reader.translate
    words = proof_words(reader)
    heads = (_("Number"), _("When"), _("What happened"), _("Circumstance"), _("Proof"))
    rows = []
    for each in events:
        remarks = " ".join(filter(None, [each.gap, *each.contradictions, *each.remarks]))
        told = (each.name, each.circumstance, words[each.proof], remarks)
        rows.append((Quantity(str(each.number)), reader.when(each.when), *told))
    return Table((*heads, _("Remarks")), rows)
