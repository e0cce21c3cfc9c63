# SPDX-License-Identifier: Apache-2.0
"""The table of erasure events, and the aggregate of an erasure's stream (kind ``ers``).

A data steward proposes; another person approves; who destroyed the keys says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, record_aggregate
from domain.aggregate.line import Line
from domain.erasure import rules
from domain.erasure.events import Approved, Executed, Proposed
from domain.erasure.state import NOT_PROPOSED, ErasureState, placed


def proposed(state: ErasureState, dat: Proposed) -> ErasureState:
    """Proposed, and not decided."""
    return replace(state, status="proposed", proposal=dat)


def approved(state: ErasureState, _: Approved) -> ErasureState:
    """Decided by two persons."""
    return replace(state, status="approved")


def executed(state: ErasureState, _: Executed) -> ErasureState:
    """Done, for good."""
    return replace(state, status="executed")


HOLDINGS_NAMED: Final = (("hld", ""),)
"""Any record may name a holding whose data key is to be destroyed."""

TABLE: Final[tuple[Line[ErasureState, Any], ...]] = (
    Line(
        evt="erasure.proposed",
        source="Directive (EU) 2021/555, article 4(5); WaffRG 27",
        subject="ers",
        dat=Proposed,
        roles="STW",
        rules=(rules.clock_stated, rules.long_enough),
        checks=(
            rules.record_known,
            rules.of_this_record,
            rules.nothing_holds_it,
            rules.holdings_not_held,
            rules.retention_ended,
        ),
        links=("record",),
        named_by=HOLDINGS_NAMED,
        effect=proposed,
    ),
    Line(
        evt="erasure.approved",
        source="Envelope specification, section 6; WaffRG 27",
        subject="ers",
        dat=Approved,
        roles="STW LIC CRT AUD",
        rules=(rules.waits_for_approval, rules.target_is_the_proposal, rules.as_proposed),
        checks=(
            rules.record_known,
            rules.nothing_holds_it,
            rules.another_person,
            rules.approved_in_time,
            rules.still_out_of_service,
        ),
        links=("record",),
        effect=approved,
    ),
    Line(
        evt="erasure.executed",
        source="Directive (EU) 2021/555, article 4(5); WaffRG 27",
        subject="ers",
        dat=Executed,
        roles="STW service",
        rules=(rules.approved_before, rules.as_proposed),
        checks=(
            rules.record_known,
            rules.nothing_holds_it,
            rules.holdings_not_held,
            rules.still_out_of_service,
        ),
        links=("record",),
        named_by=HOLDINGS_NAMED,
        effect=executed,
    ),
)
"""In the order of an erasure's life; what was erased cannot be corrected."""

ERASURE: Final[Aggregate[ErasureState]] = record_aggregate(
    "ers", TABLE, blank=NOT_PROPOSED, origins=frozenset({"erasure.proposed"}), place=placed
)
"""The aggregate of an erasure's stream."""
