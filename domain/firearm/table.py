# SPDX-License-Identifier: Apache-2.0
"""The table of firearm events: one line a type, with its schema, roles, rules and effect.

Implements the catalogue of the domain facts, section 5, for the stream of a firearm. The lines
stand in groups in ``lines``; this module joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.lines.alerting import ALERTING
from domain.firearm.lines.altering import ALTERING
from domain.firearm.lines.correcting import CORRECTING
from domain.firearm.lines.disposing import DISPOSING
from domain.firearm.lines.holding import HOLDING
from domain.firearm.lines.identifying import IDENTIFYING
from domain.firearm.lines.losing import LOSING
from domain.firearm.lines.making import MAKING
from domain.firearm.lines.moving import MOVING
from domain.firearm.lines.seizing import SEIZING
from domain.firearm.lines.trading import TRADING
from domain.firearm.state import State

ORIGINS: Final = frozenset(
    {"firearm.manufactured", "firearm.production-planned", "firearm.registered"}
)
"""The types with which a firearm's stream begins; only a manufacture may also follow a plan."""

TABLE: Final[tuple[Line[State, Any], ...]] = (
    *MAKING,
    *ALTERING,
    *IDENTIFYING,
    *HOLDING,
    *TRADING,
    *MOVING,
    *LOSING,
    *ALERTING,
    *SEIZING,
    *DISPOSING,
    *CORRECTING,
)
"""Every event type of a firearm's stream, in the order of a firearm's life."""

LINES: Final[Mapping[tuple[str, int], Line[State, Any]]] = MappingProxyType(
    {(line.evt, line.ver): line for line in TABLE}
)
