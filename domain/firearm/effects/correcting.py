# SPDX-License-Identifier: Apache-2.0
"""Effects of correcting the record."""

from __future__ import annotations

from domain.firearm.events.correcting import Corrected
from domain.firearm.state import State


def corrected(state: State, _: Corrected) -> State:
    """Nothing of its own: the corrected event is read anew in its own place."""
    return state
