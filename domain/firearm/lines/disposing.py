# SPDX-License-Identifier: Apache-2.0
"""Events of forfeiture, disposal, return, destruction and counts."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects import disposing as effects
from domain.firearm.events.disposing import (
    Destroyed,
    DestructionScheduled,
    DiscrepancyFound,
    DisposalAuthorised,
    Forfeited,
    PlacedInMuseum,
    ReleasedToTrade,
    RetainedForState,
    ReturnedToOwner,
    StockCounted,
)
from domain.firearm.lines.persons import PERSON
from domain.firearm.rules import disposing as rules
from domain.firearm.rules.common import counterparts_clear, not_destroyed
from domain.firearm.rules.holding import technically_lawful
from domain.firearm.state import State
from domain.licence.checking import receiver_entitled
from domain.licence.showing import category_agrees, entitlement_shown
from domain.lot.membership import (
    certificate_agrees,
    lot_admits,
    lot_destroyed,
    method_agrees,
    witnessed,
)
from domain.tracing.disposal import (
    no_trace_open,
    trace_named_again,
    trace_or_its_exception,
    traced_to_the_end,
)

_NO_CLAIM = (not_destroyed, rules.no_other_claim)
TRACED: Final = (("arm", "trace."),)
"""Before a firearm is gone for good, the requests that name it are asked for."""

_KEPT = (rules.marked_for_keeping, rules.confiscation_mark_present)

DISPOSING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.forfeited",
        source="Firearms Protocol, article 6(1); MOSAIC 05.30",
        dat=Forfeited,
        roles="CRT",
        rules=(
            not_destroyed,
            rules.in_official_hands,
            rules.appeal_end_stated,
            rules.not_forfeited_twice,
        ),
        effect=effects.forfeited,
    ),
    Line(
        evt="firearm.disposal-authorised",
        source="Firearms Protocol, article 6(2)",
        dat=DisposalAuthorised,
        roles="CRT LIC",
        rules=(
            *_NO_CLAIM,
            rules.return_has_an_owner,
            rules.basis_stands,
            rules.forfeiture_is_final,
            rules.traced_or_excepted,
            rules.outcome_rests_on_a_trace,
            rules.exception_fits_the_year,
        ),
        checks=(counterparts_clear, traced_to_the_end, no_trace_open),
        links=("trace",),
        named_by=TRACED,
        effect=effects.disposal_authorised,
    ),
    Line(
        evt="firearm.returned-to-owner",
        source="The State's own law; Firearms Protocol, article 6(2)",
        dat=ReturnedToOwner,
        roles="CRT POL",
        rules=(
            not_destroyed,
            rules.something_to_return,
            technically_lawful,
            rules.not_sought,
            rules.marks_for_return,
            rules.licence_stated,
            rules.return_agrees,
            category_agrees,
        ),
        checks=(receiver_entitled,),
        links=("licence",),
        effect=effects.returned_to_owner,
        claims=PERSON,
    ),
    Line(
        evt="firearm.retained-for-state",
        source="Firearms Protocol, article 6(2)",
        dat=RetainedForState,
        roles="CRT STK",
        rules=(*_NO_CLAIM, rules.disposal_is("retain"), *_KEPT),
        checks=(rules.mark_on_record,),
        effect=effects.retained_for_state,
    ),
    Line(
        evt="firearm.placed-in-museum",
        source="Firearms Protocol, article 6(2)",
        dat=PlacedInMuseum,
        roles="CRT LIC STK",
        rules=(*_NO_CLAIM, rules.disposal_is("museum"), *_KEPT),
        checks=(rules.mark_on_record,),
        effect=effects.placed_in_museum,
    ),
    Line(
        evt="firearm.released-to-trade",
        source="Firearms Protocol, article 6(2)",
        dat=ReleasedToTrade,
        roles="CRT LIC STK",
        rules=(
            *_NO_CLAIM,
            rules.disposal_is("release_to_trade"),
            technically_lawful,
            *_KEPT,
            category_agrees,
            entitlement_shown,
        ),
        checks=(rules.mark_on_record, receiver_entitled),
        links=("licence",),
        effect=effects.released_to_trade,
    ),
    Line(
        evt="firearm.destruction-scheduled",
        source="MOSAIC 05.50",
        dat=DestructionScheduled,
        roles="DST",
        rules=(
            *_NO_CLAIM,
            rules.destruction_entitled,
            trace_or_its_exception,
            trace_named_again,
        ),
        checks=(counterparts_clear, lot_admits, traced_to_the_end, no_trace_open),
        links=("lot", "trace"),
        named_by=TRACED,
        effect=effects.destruction_scheduled,
    ),
    Line(
        evt="firearm.destroyed",
        source="Directive (EU) 2021/555, article 4(5); Firearms Protocol, article 6(2)",
        dat=Destroyed,
        roles="DST",
        rules=(*_NO_CLAIM, rules.scheduled_in_its_lot),
        checks=(witnessed, lot_destroyed, certificate_agrees, method_agrees),
        links=("lot",),
        effect=effects.destroyed,
    ),
    Line(
        evt="firearm.stock-counted",
        source="Firearms Act 1968, Schedule 4(5); MOSAIC 05.20",
        dat=StockCounted,
        roles="DLR STK AUD",
        rules=(rules.nothing_seen_that_is_gone, rules.count_fits),
        effect=effects.stock_counted,
    ),
    Line(
        evt="firearm.discrepancy-found",
        source="Firearms Act 1968, Schedule 4(5); MOSAIC 05.20",
        dat=DiscrepancyFound,
        roles="DLR STK AUD",
        rules=(rules.nothing_seen_that_is_gone, rules.count_fits),
        effect=effects.discrepancy_found,
    ),
)
"""In the order in which a firearm leaves official hands; then the counts of a stock."""
