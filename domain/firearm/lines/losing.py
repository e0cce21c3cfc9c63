# SPDX-License-Identifier: Apache-2.0
"""Events of losing, finding and surrendering."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.losing import (
    diverted,
    found,
    lost_reported,
    stolen_reported,
    surrendered,
)
from domain.firearm.events.losing import (
    Diversion,
    Found,
    LostReported,
    StolenReported,
    Surrendered,
)
from domain.firearm.lines.persons import REPORTER
from domain.firearm.rules.common import destroyed_is_not_seen_again, not_destroyed, release_recorded
from domain.firearm.rules.losing import (
    anonymous_names_nobody,
    established_once,
    loss_dates,
    not_reported_twice,
)
from domain.firearm.rules.seizing import description_agrees
from domain.firearm.state import State

LOSING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.lost-reported",
        source="27 CFR 478.39a; WaffG 37b(3); Firearms Protocol, article 11",
        dat=LostReported,
        roles="LIC POL DLR STK",
        rules=(not_destroyed, loss_dates, not_reported_twice("lost")),
        effect=lost_reported,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.stolen-reported",
        source="27 CFR 478.39a; WaffG 37b(3); Firearms Protocol, article 11",
        dat=StolenReported,
        roles="LIC POL DLR STK",
        rules=(not_destroyed, loss_dates, not_reported_twice("stolen")),
        effect=stolen_reported,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.point-of-diversion-established",
        source="SDG 16.4.2",
        dat=Diversion,
        roles="TRC POL",
        rules=(established_once,),
        effect=diverted,
    ),
    Line(
        evt="firearm.found",
        source="SDG 16.4.2",
        dat=Found,
        roles="POL",
        rules=(destroyed_is_not_seen_again, release_recorded, description_agrees),
        effect=found,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.surrendered",
        source="SDG 16.4.2",
        dat=Surrendered,
        roles="POL",
        rules=(
            destroyed_is_not_seen_again,
            anonymous_names_nobody,
            release_recorded,
            description_agrees,
        ),
        effect=surrendered,
        claims=REPORTER,
    ),
)
"""In the order of a firearm's life."""
