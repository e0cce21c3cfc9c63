# SPDX-License-Identifier: Apache-2.0
"""The chain of custody on a line of time: who had a firearm from when to when, and what breaks it.

Within the time in which a hand-over happened at an unknown moment nobody can say who had it: that
time is hatched and belongs to whoever took it over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.axis import AXIS_HEIGHT, draw_axis
from api.console.charts.drawing.canvas import Box, Canvas, Point
from api.console.charts.drawing.figure import Heading, Key, Picture, Table, empty_figure, figure
from api.console.charts.drawing.measure import FONT, SMALL, width
from api.console.charts.drawing.reader import Datum, Quantity, Reader
from api.console.charts.drawing.rows import Row, lay_rows
from api.console.charts.drawing.scale import TimeScale, time_scale
from api.console.charts.marks import SIGN, draw_contradiction, draw_span, sign_keys
from api.languages import written_list
from domain.occurrence import Occurrence

BAR_HEIGHT: Final = 18.0
ROW_HEIGHT: Final = BAR_HEIGHT + 2 * SIGN
NAMED_MAX: Final = 8
"""Breaks named below the picture; the table names them all."""

PAD: Final = 3.0
LEAST: Final = 3.0
"""Length of a bar that would be shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One link: somebody has a firearm from a hand-over on.

    Attributes:
        number: Its number in the chain.
        custodian: Who has it, or where it is, in the reader's language.
        event: How it came there.
        since: When it was handed over, as exactly as it is known.
        seals: Numbers of the seals on it.
        deposit_no: Number under which it is deposited; empty where there is none.
        signatures: How many persons signed.
        breaks: What does not follow from the link before, or is missing, in sentences.
    """

    number: int
    custodian: str
    event: str
    since: Occurrence
    seals: tuple[str, ...] = ()
    deposit_no: str = ""
    signatures: int = 1
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """A chain.

    Attributes:
        heading: What is said of it.
        holds: Its links, oldest first.
        until: The day up to which it is told.
    """

    heading: Heading
    holds: Sequence[Hold]
    until: Occurrence


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a link is drawn.

    Attributes:
        doubt: From when it may have begun, Unix seconds.
        start: From when on it certainly had begun.
        end: When the next one may have begun.
    """

    doubt: float
    start: float
    end: float


def custody_timeline(custody: Custody, reader: Reader) -> Markup:
    """Give a chain of custody as a figure; where there is none, a sentence."""
    if not custody.holds:
        return empty_figure(custody.heading)
    table = _table(custody, reader)
    picture = Picture(lambda canvas: _draw(canvas, custody), table, _keys(custody, reader))
    return figure(custody.heading, picture, reader)


def stretches(custody: Custody) -> tuple[Stretch, ...]:
    """Give where each link is drawn: one whose time is not known lies between its neighbours."""
    if not custody.holds:
        return ()
    known = [each.since for each in custody.holds if each.since.precision != "unknown"]
    ends = [custody.until] if custody.until.precision != "unknown" else []
    times = [each.latest for each in (*known, *ends)]
    last = float(max(times, default=0))
    starts = list(_starts(custody.holds, float(min((e.earliest for e in known), default=last))))
    following = [*(doubt for doubt, _ in starts[1:]), last]
    return tuple(
        Stretch(doubt, start, max(start, end))
        for (doubt, start), end in zip(starts, following, strict=True)
    )


def _starts(holds: Sequence[Hold], first: float) -> Iterator[tuple[float, float]]:
    """Give between which times each link began."""
    before = first
    for at, each in enumerate(holds):
        if each.since.precision != "unknown":
            before = float(each.since.latest)
            yield float(each.since.earliest), before
            continue
        later = (e.since.earliest for e in holds[at + 1 :] if e.since.precision != "unknown")
        yield before, max(before, float(next(later, before)))


def _draw(canvas: Canvas, custody: Custody) -> None:
    custodians = list(dict.fromkeys([each.custodian for each in custody.holds]))
    laid = lay_rows(canvas, custodians, [ROW_HEIGHT] * len(custodians), top=AXIS_HEIGHT)
    drawn = stretches(custody)
    times = [time for each in drawn for time in (each.doubt, each.end)]
    scale = time_scale(times, laid.start, laid.length)
    draw_axis(canvas, scale, laid.rows)
    for row in laid.rows:
        base = row.top + row.height + 3
        canvas.line(Point(laid.start, base), Point(laid.start + laid.length, base), "chart-grid")
    for hold, stretch in zip(custody.holds, drawn, strict=True):
        _draw_hold(
            canvas, hold, stretch, place=(laid.rows[custodians.index(hold.custodian)], scale)
        )


def _draw_hold(
    canvas: Canvas, hold: Hold, stretch: Stretch, *, place: tuple[Row, TimeScale]
) -> None:
    row, scale = place
    doubt = scale.x(stretch.doubt)
    start = min(scale.x(stretch.start), scale.start + scale.length - LEAST)
    length = max(LEAST, scale.x(stretch.end) - start)
    top = row.middle - BAR_HEIGHT / 2 + SIGN / 2
    told = f"{hold.number}. {hold.custodian}: {canvas.reader.when(hold.since)}"
    if start - doubt > LEAST:
        draw_span(canvas, Point(doubt, top + BAR_HEIGHT / 2), start)
    canvas.box(Box(start, top, length, BAR_HEIGHT), "chart-hold", told=told)
    number = str(hold.number)
    sealed = Datum(" ".join([number, *(f"[{each}]" for each in hold.seals)]))
    number = sealed if width(sealed, SMALL) + 2 * PAD <= length else number
    inside = width(number, SMALL) + 2 * PAD <= length
    base = Point(start + PAD + (0 if inside else length), top + FONT * 0.95)
    if inside or base.x + width(number, SMALL) <= canvas.width:
        canvas.text(base, number, f"chart-small {'chart-on-hold' if inside else ''}")
    if hold.breaks:
        edges = scale.start + SIGN, scale.start + scale.length - SIGN
        draw_contradiction(canvas, Point(min(max(doubt, edges[0]), edges[1]), top))


def _keys(custody: Custody, reader: Reader) -> tuple[Key, ...]:
    broken = [f"{each.number}. {' '.join(each.breaks)}" for each in custody.holds if each.breaks]
    vague = any(each.since.precision in {"month", "year", "unknown"} for each in custody.holds)
    _ = reader.translate
    named = [key for words in broken[:NAMED_MAX] for key in sign_keys(contradiction=words)]
    return (*sign_keys(span=_("Handed over at some time within") if vague else ""), *named)


def _table(custody: Custody, reader: Reader) -> Table:
    _ = reader.translate
    heads = (_("Number"), _("In whose hands"), _("From"), _("How"), _("Seals"))
    more = (_("Deposit number"), _("Signatures"), _("Breaks"))
    rows = [
        (
            Quantity(str(each.number)),
            each.custodian,
            reader.when(each.since),
            each.event,
            written_list(each.seals, reader.locale),
            each.deposit_no,
            reader.number(each.signatures),
            " ".join(each.breaks),
        )
        for each in custody.holds
    ]
    return Table((*heads, *more), rows)
