# SPDX-License-Identifier: Apache-2.0
"""Every statistic, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from projections.statistics.apprehensions import (
    APPREHENSIONS,
    FLOWS,
    MARKS,
    SIGNIFICANT,
    TIME_TO_CRIME,
)
from projections.statistics.definition import Statistic
from projections.statistics.indicators import SDG_16_4_2
from projections.statistics.stocks import (
    AMMUNITION,
    DESTRUCTION,
    ISSUES,
    LOSSES,
    MARKING,
    PARTS,
    STOCK,
)
from projections.statistics.tracing import DIVERSIONS, OUTCOMES, REQUESTS, TIMES

STATISTICS: Final[Mapping[str, Statistic]] = MappingProxyType(
    {
        each.name: each
        for each in (
            *(SDG_16_4_2, APPREHENSIONS, SIGNIFICANT, MARKS, PARTS, AMMUNITION),
            *(REQUESTS, OUTCOMES, TIMES, DIVERSIONS, TIME_TO_CRIME, FLOWS),
            *(STOCK, ISSUES, LOSSES, MARKING, DESTRUCTION),
        )
    }
)
"""The statistics by name."""
