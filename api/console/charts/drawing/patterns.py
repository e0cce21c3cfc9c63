# SPDX-License-Identifier: Apache-2.0
"""Patterns that tell series apart where colours do not: in print, on poor screens, to some eyes."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from markupsafe import Markup

from api.console.charts.drawing.element import Attributes, element, joined

SERIES_MAX: Final = 6
"""How many series a picture tells apart; what is more is one series of others."""

DOUBT: Final = SERIES_MAX
"""Number of the pattern of what is not known for certain."""

GAP: Final = SERIES_MAX + 1
"""Number of the pattern of a time of which nothing is known."""

TILE: Final = 8.0

_LINES: Final = (
    "",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M4 0V8",
    "M0 4H8",
    "M0 0L8 8M8 0L0 8",
    "M2 2h2v2h-2zM6 6h2v2h-2z",
)
_GAP: Final = "M0 8L8 0"
_DOUBT: Final = "M-2 6L2 10M0 0L8 8M6 -2L10 2"


@lru_cache(maxsize=64)
def patterns(name: str) -> Markup:
    """Give the patterns of a figure, on a sheet of their own that takes no room."""
    series = [
        _pattern(f"{name}-p{number}", f"chart-s{number}", lines)
        for number, lines in enumerate(_LINES)
    ]
    doubt = _pattern(f"{name}-p{DOUBT}", "chart-doubt-ground", _DOUBT, css="chart-doubt-lines")
    gap = _pattern(f"{name}-p{GAP}", "chart-doubt-ground", _GAP, css="chart-gap-lines")
    sheet: Attributes = {
        "class": "chart-patterns",
        "width": 0.0,
        "height": 0.0,
        "aria-hidden": "true",
    }
    return element("svg", sheet, element("defs", {}, *series, doubt, gap))


def _pattern(name: str, ground: str, lines: str, *, css: str = "chart-hatch") -> Markup:
    size = {"width": TILE, "height": TILE}
    under = element("rect", {"class": ground, **size})
    hatch = element("path", {"class": css, "d": lines}) if lines else Markup("")
    place: Attributes = {"id": name, "patternUnits": "userSpaceOnUse", **size}
    return element("pattern", place, joined(under, hatch))
