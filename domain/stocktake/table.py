# SPDX-License-Identifier: Apache-2.0
"""The table of stocktakes, and the aggregate of a stocktake's stream.

Dealers and stock authorities count their own stocks, and auditors other people's (domain facts,
section 5). A count stands by itself: the next one is another stream.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.aggregate.recorded import RecordState
from domain.licence.checking import licence_known
from domain.stocktake.events import Recorded, StocktakeCorrected
from domain.stocktake.rules import count_balances, firearms_known, listed_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocktake(RecordState):
    """One count of one stock.

    Attributes:
        stated: What was counted; nothing before it is recorded.
    """

    stated: Recorded | None = None


def recorded(stocktake: Stocktake, dat: Recorded) -> Stocktake:
    """Counted."""
    return replace(stocktake, stated=dat)


COUNTING: Final[tuple[Line[Stocktake, Any], ...]] = (
    Line(
        evt="stocktake.recorded",
        source="Firearms Act 1968, Schedule 4(5); MOSAIC 05.20",
        dat=Recorded,
        roles="DLR STK AUD",
        effect=recorded,
        rules=(listed_once, count_balances),
        checks=(firearms_known, licence_known),
        links=("missing", "surplus", "licence"),
        subject="stk",
    ),
)

TABLE: Final[tuple[Line[Stocktake, Any], ...]] = (
    *COUNTING,
    correction_line("stocktake.corrected", StocktakeCorrected, COUNTING),
)
"""Every event type of a stocktake's stream."""

STOCKTAKE: Final[Aggregate[Stocktake]] = record_aggregate(
    "stk", TABLE, blank=Stocktake(), origins=frozenset({"stocktake.recorded"})
)
"""The aggregate of a stocktake's stream."""
