# SPDX-License-Identifier: Apache-2.0
"""Events of correcting the record, and of keeping the persons in it."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.correcting import references_known
from domain.aggregate.line import Line
from domain.erasure.holds import hold_lines
from domain.firearm.effects.correcting import corrected, reversed_
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.rules.correcting import (
    corrector_answers_for_it,
    nothing_depends_on_it,
    reverser_answers_for_it,
)
from domain.firearm.state import State

EVERY_ROLE: Final = "STW LIC MFR PRF DLR IMX CUS POL LAB EVC CRT DEA VER DST STK TRC AUD"
"""The roles that record events of firearms; which of them fits the target, a check tells."""

CORRECTING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.corrected",
        source="ATF Ruling 2016-1; WaffRG 12",
        dat=Corrected,
        roles=EVERY_ROLE,
        effect=corrected,
        checks=(corrector_answers_for_it, references_known),
    ),
    Line(
        evt="firearm.reversed",
        source="NWR, reversal within 100 days",
        dat=Reversed,
        roles=EVERY_ROLE,
        effect=reversed_,
        checks=(reverser_answers_for_it, nothing_depends_on_it),
    ),
    *hold_lines("firearm", "arm"),
)
"""In the order of a firearm's life; a hold also comes after its destruction."""
