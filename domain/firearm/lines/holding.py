# SPDX-License-Identifier: Apache-2.0
"""Events of changing hands."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.holding import stock_issued, stock_received, transferred
from domain.firearm.events.holding import StockIssued, StockReceived, Transferred
from domain.firearm.lines.persons import PERSON
from domain.firearm.rules.common import (
    alerts_clear,
    counterparts_clear,
    holder_in,
    missing_was_cleared,
    not_destroyed,
    not_forfeited,
    not_missing,
    taken_was_released,
)
from domain.firearm.rules.holding import (
    holding_agrees,
    marks_adequate,
    technically_lawful,
    transfer_mark_present,
)
from domain.firearm.rules.trading import described_as_registered, handover_settled, sides_agree
from domain.firearm.state import State
from domain.licence.checking import receiver_entitled, supplier_known
from domain.licence.showing import category_agrees, entitlement_shown

HOLDING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.stock-issued",
        source="MOSAIC 05.20",
        dat=StockIssued,
        roles="STK",
        rules=(
            not_destroyed,
            not_missing,
            holder_in("state_stock", "unknown"),
            taken_was_released,
        ),
        effect=stock_issued,
    ),
    Line(
        evt="firearm.stock-received",
        source="MOSAIC 05.20",
        dat=StockReceived,
        roles="STK",
        rules=(
            not_destroyed,
            holder_in("maker", "dealer", "state_stock", "museum", "none", "unknown"),
            not_forfeited,
            missing_was_cleared,
            taken_was_released,
            sides_agree,
            handover_settled,
        ),
        effect=stock_received,
    ),
    Line(
        evt="firearm.transferred",
        source="Directive (EU) 2021/555, article 4(5)(c)",
        dat=Transferred,
        roles="LIC DLR",
        rules=(
            not_destroyed,
            technically_lawful,
            alerts_clear,
            transfer_mark_present,
            marks_adequate,
            holding_agrees,
            described_as_registered,
            sides_agree,
            handover_settled,
            category_agrees,
            entitlement_shown,
        ),
        checks=(counterparts_clear, receiver_entitled, supplier_known),
        links=("licence", "from_licence"),
        effect=transferred,
        claims=PERSON,
        digests=8,
    ),
)
"""In the order of a firearm's life."""
