# SPDX-License-Identifier: Apache-2.0
"""Effects of correcting and of keeping the record."""

from __future__ import annotations

from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.state import State


def corrected(state: State, _: Corrected) -> State:
    """Nothing of its own: the corrected event is read anew in its own place."""
    return state


def reversed_(state: State, _: Reversed) -> State:
    """Nothing of its own: the reversed event is left out in its own place."""
    return state
