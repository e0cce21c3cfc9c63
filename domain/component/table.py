# SPDX-License-Identifier: Apache-2.0
"""The table of component events, and the aggregate of a component's stream.

Implements the part streams of the domain facts, section 5, one line an event type. A component
is known from its manufacture or from an older record.
"""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.component import effects, rules
from domain.component.events import (
    ComponentCorrected,
    Destroyed,
    Installed,
    Manufactured,
    Marked,
    Registered,
    Removed,
)
from domain.component.state import Component
from domain.component.trade.lines import TRADE
from domain.component.trade.rules import forfeiture_is_final
from domain.component.whereabouts import NAMED_BY_FIREARMS
from domain.erasure.holds import hold_lines
from domain.firearm.lines.persons import PERSON
from domain.firearm.rules.common import alerts_clear
from domain.firearm.rules.disposing import no_other_claim
from domain.firearm.rules.making import made_by_then
from domain.licence.checking import maker_licensed
from domain.licence.showing import entitlement_shown

LIFE: Final[tuple[Line[Component, Any], ...]] = (
    Line(
        evt="component.manufactured",
        source="Directive (EU) 2021/555, article 4(1)",
        subject="cmp",
        dat=Manufactured,
        roles="MFR",
        rules=(rules.bears_a_mark, entitlement_shown),
        checks=(made_by_then, maker_licensed),
        effect=effects.manufactured,
        links=("licence",),
    ),
    Line(
        evt="component.registered",
        source="NWR, stock notice",
        subject="cmp",
        dat=Registered,
        roles="LIC STK DLR POL",
        checks=(rules.firearm_known,),
        effect=effects.registered,
        links=("firearm",),
        claims=PERSON,
    ),
    Line(
        evt="component.marked",
        source="Directive (EU) 2021/555, article 4(2); MOSAIC 05.30",
        subject="cmp",
        dat=Marked,
        roles="MFR IMX STK POL VER LAB",
        rules=(rules.not_destroyed,),
        effect=effects.marked,
    ),
    Line(
        evt="component.installed",
        source="NWR 2.15",
        subject="cmp",
        dat=Installed,
        roles="MFR DLR",
        # An alert blocks it: a stolen part would vanish in a firearm that nobody seeks.
        rules=(rules.not_destroyed, alerts_clear),
        checks=(rules.is_loose, rules.firearm_takes_it),
        effect=effects.installed,
        links=("firearm",),
        named_by=NAMED_BY_FIREARMS,
    ),
    Line(
        evt="component.removed",
        source="NWR 2.14 and 2.15",
        subject="cmp",
        dat=Removed,
        roles="MFR DLR LAB DEA DST",
        rules=(rules.not_destroyed,),
        checks=(rules.is_in_it,),
        effect=effects.removed,
        links=("firearm",),
        named_by=NAMED_BY_FIREARMS,
    ),
    Line(
        evt="component.destroyed",
        source="Directive (EU) 2021/555, article 4(5); MOSAIC 05.50",
        subject="cmp",
        dat=Destroyed,
        roles="DST",
        rules=(rules.not_destroyed, no_other_claim),
        checks=(rules.is_loose, rules.witnessed, forfeiture_is_final),
        effect=effects.destroyed,
        named_by=NAMED_BY_FIREARMS,
    ),
    *TRADE,
    *hold_lines("component", "cmp"),
)
"""What happens to a component, in the order of its life, and then while it is loose."""

TABLE: Final[tuple[Line[Component, Any], ...]] = (
    *LIFE,
    correction_line("component.corrected", ComponentCorrected, LIFE),
)
"""Every event type of a component's stream."""

COMPONENT: Final[Aggregate[Component]] = record_aggregate(
    "cmp",
    TABLE,
    blank=Component(),
    origins=frozenset({"component.manufactured", "component.registered"}),
)
"""The aggregate of a component's stream."""
