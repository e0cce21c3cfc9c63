# SPDX-License-Identifier: Apache-2.0
"""Events of seizure and evidence custody."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.seizing import custody_moved, examined, seized
from domain.firearm.events.seizing import CustodyMoved, Examined, Seized
from domain.firearm.lines.persons import REPORTER
from domain.firearm.rules.common import destroyed_is_not_seen_again
from domain.firearm.rules.seizing import (
    both_sign,
    custodian_agrees,
    custody_is_official,
    description_agrees,
    examined_in_custody,
    not_already_seized,
)
from domain.firearm.state import State

SEIZING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.seized",
        source="Firearms Protocol, article 6; SDG 16.4.2",
        dat=Seized,
        roles="POL CUS",
        rules=(
            destroyed_is_not_seen_again,
            not_already_seized,
            description_agrees,
        ),
        effect=seized,
        claims=REPORTER,
    ),
    Line(
        evt="firearm.custody-moved",
        source="ITI 9; the State's law of evidence",
        dat=CustodyMoved,
        roles="EVC",
        rules=(custody_is_official, custodian_agrees),
        checks=(both_sign,),
        effect=custody_moved,
    ),
    Line(
        evt="firearm.forensically-examined",
        source="MOSAIC 05.31",
        dat=Examined,
        roles="LAB",
        rules=(destroyed_is_not_seen_again, examined_in_custody, description_agrees),
        effect=examined,
    ),
)
"""In the order of a firearm's life."""
