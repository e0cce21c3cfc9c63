# SPDX-License-Identifier: Apache-2.0
"""Events of making, registering and marking."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.making import manufactured, marked, registered
from domain.firearm.events.making import Manufactured, Marked, Registered
from domain.firearm.lines.persons import PERSON
from domain.firearm.rules.common import not_destroyed
from domain.firearm.rules.making import (
    mark_complete,
    mark_identifies,
    nothing_before,
    serial_is_the_mark,
)
from domain.firearm.state import State

MAKING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.manufactured",
        dat=Manufactured,
        roles="MFR",
        rules=(mark_complete, serial_is_the_mark, nothing_before),
        effect=manufactured,
    ),
    Line(
        evt="firearm.registered",
        dat=Registered,
        roles="LIC STK DLR POL",
        rules=(serial_is_the_mark,),
        effect=registered,
        claims=PERSON,
    ),
    Line(
        evt="firearm.marked",
        dat=Marked,
        roles="MFR IMX STK POL VER LAB",
        rules=(not_destroyed, mark_identifies),
        effect=marked,
    ),
)
"""In the order of a firearm's life."""
