# SPDX-License-Identifier: Apache-2.0
"""SDG indicator 16.4.2 as a flow: how firearms came to hand, and how far their way is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from api.console.charts.drawing.figure import Heading, Picture, Table, empty_figure, figure
from api.console.charts.drawing.reader import Reader
from api.console.charts.drawing.scale import shares
from api.console.charts.flows import Flows, Period, draw_flows
from api.console.charts.sankey import Flow

Apprehension = Literal["seized", "found", "surrendered"]
Level = Literal["traced", "established", "not_traced"]
APPREHENSIONS: Final[tuple[Apprehension, ...]] = ("seized", "found", "surrendered")
LEVELS: Final[tuple[Level, ...]] = ("traced", "established", "not_traced")


@dataclass(frozen=True, slots=True)
class Indicator:
    """The indicator of a period.

    Attributes:
        name: The figure's name on the page.
        period: The period as the reader's language writes it.
        counts: Firearms by how they came to hand and how far their way is known.
    """

    name: str
    period: str
    counts: Mapping[tuple[Apprehension, Level], int]

    def of(self, level: Level) -> int:
        """Give how many firearms are known so far."""
        return sum(count for (_, each), count in self.counts.items() if each == level)

    @property
    def total(self) -> int:
        """All firearms that came to hand: the denominator."""
        return sum(self.counts.values())


def indicator_diagram(indicator: Indicator, reader: Reader) -> Markup:
    """Give the indicator as a figure; where no firearm came to hand, a sentence."""
    heading = _heading(indicator, reader)
    if not indicator.total:
        return empty_figure(heading)
    flows = _flows(indicator, heading, reader)
    picture = Picture(lambda canvas: draw_flows(canvas, flows), _table(indicator, reader))
    return figure(heading, picture, reader)


def _heading(indicator: Indicator, reader: Reader) -> Heading:
    _, total = reader.translate, indicator.total
    title = _("SDG indicator 16.4.2, %(period)s") % {"period": indicator.period}
    if not total:
        nothing = _("No firearm was seized, found or surrendered that counts for this indicator.")
        return Heading(name=indicator.name, title=title, summary=nothing)
    traced, established = indicator.of("traced"), indicator.of("established")
    sentence = _(
        "%(percent)s = (%(traced)s traced + %(established)s established otherwise)"
        " / %(total)s seized, found or surrendered"
    )
    values = {
        "percent": reader.percent(100 * (traced + established) / total),
        "traced": reader.number(traced),
        "established": reader.number(established),
        "total": reader.number(total),
    }
    return Heading(name=indicator.name, title=title, summary=sentence % values)


def _flows(indicator: Indicator, heading: Heading, reader: Reader) -> Flows:
    _ = reader.translate
    ways = [
        Flow(_hands(reader)[hand], _levels(reader)[level], indicator.counts.get((hand, level), 0))
        for hand in APPREHENSIONS
        for level in LEVELS
    ]
    return Flows(
        heading=heading,
        source=_("How they came to hand"),
        target=_("Where they left the lawful circuit"),
        periods=(Period("", ways),),
        in_order=True,
    )


def _table(indicator: Indicator, reader: Reader) -> Table:
    _ = reader.translate
    levels = _levels(reader)
    heads = (_("How they came to hand"), *levels.values(), _("Together"))
    rows = []
    for hand, label in _hands(reader).items():
        counts = [indicator.counts.get((hand, level), 0) for level in LEVELS]
        rows.append((label, *map(reader.number, [*counts, sum(counts)])))
    whole = [indicator.of(level) for level in LEVELS]
    rows.append((_("Together"), *map(reader.number, [*whole, sum(whole)])))
    parts = [reader.percent(share) for share in shares(whole)]
    rows.append((_("Share"), *parts, reader.percent(100)))
    return Table(heads, rows)


def _hands(reader: Reader) -> dict[Apprehension, str]:
    _ = reader.translate
    return {"seized": _("Seized"), "found": _("Found"), "surrendered": _("Surrendered")}


def _levels(reader: Reader) -> dict[Level, str]:
    _ = reader.translate
    return {
        "traced": _("Traced"),
        "established": _("Established otherwise"),
        "not_traced": _("Not traced"),
    }
