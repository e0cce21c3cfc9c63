# SPDX-License-Identifier: Apache-2.0
"""Rules of reporting a loss (rule 14 of the domain facts, section 9) and of handing over."""

from __future__ import annotations

from collections.abc import Callable

from domain.aggregate.objection import Objection, blocked, note
from domain.circulation.things import Circulating
from domain.firearm.events.losing import Diversion, LossReport, Surrendered
from domain.firearm.state import State
from domain.occurrence import parse_occurrence
from domain.schema import Closed


def not_reported_twice(alert: str) -> Callable[[Circulating, Closed], Objection | None]:
    """Make the rule that one alert is opened once."""

    def rule(state: Circulating, _: Closed) -> Objection | None:
        if alert not in state.alerts:
            return None
        return note(
            "alert_already_open",
            f"It is reported {alert} already.",
            axis="A",
            found=alert,
            legal=("firearm.alert-cleared",),
        )

    return rule


def loss_dates(_: object, dat: LossReport) -> Objection | None:
    """The window has an order, and nobody discovers a loss before it (rule 14)."""
    discovered = parse_occurrence(dat.discovered_on)
    start = parse_occurrence(dat.window_from)
    end = parse_occurrence(dat.window_to)
    if not (end.certainly_before(start) or discovered.certainly_before(start)):
        return None
    return blocked(
        "loss_dates",
        "The dates of the loss contradict each other.",
        axis="dates",
        found=f"from {start}, to {end}, discovered on {discovered}",
        legal=("window_from before window_to and discovered_on",),
    )


def established_once(state: State, dat: Diversion) -> Objection | None:
    """A second point of diversion of one firearm is told beside the first, not passed over."""
    known = state.diversion
    if known is None or (known.country, known.circumstance) == (dat.country, dat.circumstance):
        return None
    return note(
        "diversion_differs",
        "Another point of diversion was established before.",
        axis="diversion",
        found=f"{known.circumstance} in {known.country}",
        legal=("firearm.corrected",),
    )


def anonymous_names_nobody(_: State, dat: Surrendered) -> Objection | None:
    """An anonymous surrender names no holding, so that no person can be disclosed under it."""
    if not dat.anonymous or dat.hld is None:
        return None
    return blocked(
        "anonymous_names_holding",
        "An anonymous surrender names no holding.",
        axis="H",
        found="hld",
        legal=("leave hld out", "anonymous: false"),
    )
