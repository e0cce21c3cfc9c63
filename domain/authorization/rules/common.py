# SPDX-License-Identifier: Apache-2.0
"""Rules that events of authorizations share: the stage, the lines, the route."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from domain.aggregate.objection import Objection, blocked
from domain.authorization.applying import Applied, Issued
from domain.authorization.codes import Stage
from domain.authorization.state import Authorization
from domain.authorization.terms import Item, countries
from domain.authorization.using import Varied
from domain.schema import Closed


def stage_in(*legal: Stage) -> Callable[[Authorization, Closed], Objection | None]:
    """Make the rule that the last decision on it is one of some."""

    def rule(state: Authorization, _: Closed) -> Objection | None:
        """The last decision on the authorization allows the event."""
        if state.stage in legal:
            return None
        return blocked(
            "authorization_stage",
            "The last decision on this authorization does not allow that.",
            axis="status",
            found=state.status,
            legal=legal,
        )

    return rule


def items_distinct(_: Authorization, dat: Applied | Issued | Varied) -> Objection | None:
    """Every line of goods has a number of its own."""
    return lines_distinct(item.line for item in dat.items or ())


def items_described(_: Authorization, dat: Applied | Issued | Varied) -> Objection | None:
    """Every line describes its goods (Firearms Protocol 7(b) and 10(3); rule 6)."""
    bare = [str(item.line) for item in dat.items or () if not _describes(item)]
    if not bare:
        return None
    return blocked(
        "authorization_incomplete",
        "A line of goods has no description.",
        axis="description",
        found=f"line {', '.join(bare)}",
        legal=("state the kind, the calibre or the category",),
    )


def lines_distinct(lines: Iterable[int]) -> Objection | None:
    """Object to a line that is named twice."""
    twice = [str(line) for line, count in Counter(lines).items() if count > 1]
    if not twice:
        return None
    return blocked(
        "line_repeated",
        "A line is named more than once.",
        axis="lines",
        found=", ".join(twice),
        legal=("one entry for each line",),
    )


def route_sensible(_: Authorization, dat: Applied | Issued) -> Objection | None:
    """The goods leave one State for another, and pass each State on the way once."""
    return route_between(dat.export_country, dat.import_country, countries(dat.transit_countries))


def route_between(start: str, end: str, transit: tuple[str, ...]) -> Objection | None:
    """Object to a route on which a State occurs twice."""
    route = (start, *transit, end)
    if len(set(route)) == len(route):
        return None
    return blocked(
        "route_repeated",
        "A State occurs twice on the route.",
        axis="route",
        found=" ".join(route),
        legal=("different States of export, transit and import",),
    )


def _describes(item: Item) -> bool:
    kind = item.kind not in (None, "unknown")
    return kind or item.category is not None or not isinstance(item.calibre, str)
