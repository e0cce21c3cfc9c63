# SPDX-License-Identifier: Apache-2.0
"""Events of correcting the record."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.correcting import corrected
from domain.firearm.events.correcting import Corrected
from domain.firearm.state import State

CORRECTING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.corrected",
        dat=Corrected,
        # "Original role or data steward": the role that fits the target is not known here.
        roles="STW MFR IMX STK POL VER LAB LIC DLR CUS EVC",
        rules=(),
        effect=corrected,
    ),
)
"""In the order of a firearm's life."""
