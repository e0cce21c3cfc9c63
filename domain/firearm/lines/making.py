# SPDX-License-Identifier: Apache-2.0
"""Events of making, registering and marking."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.component.whereabouts import NAMED_BY_FIREARMS
from domain.firearm.effects.making import (
    manufactured,
    marked,
    production_planned,
    proof_tested,
    registered,
)
from domain.firearm.events.making import (
    Manufactured,
    Marked,
    ProductionPlanned,
    ProofTested,
    Registered,
)
from domain.firearm.lines.persons import PERSON
from domain.firearm.rules.common import not_destroyed
from domain.firearm.rules.making import (
    antique_is_old,
    axes_agree,
    can_be_proved,
    leading_component_fits,
    made_by_then,
    mark_complete,
    mark_identifies,
    mark_is_there,
    nothing_before,
    predecessor_ended,
    proof_marks_agree,
    serial_is_the_mark,
)
from domain.firearm.state import State
from domain.licence.checking import licence_known, maker_licensed
from domain.licence.showing import entitlement_shown

MAKING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.production-planned",
        source="WaffG 37; NWR, production planning",
        dat=ProductionPlanned,
        roles="MFR",
        rules=(nothing_before, entitlement_shown),
        checks=(maker_licensed,),
        effect=production_planned,
        links=("licence",),
    ),
    Line(
        evt="firearm.manufactured",
        source="Firearms Protocol, article 8(1)(a); ITI 8",
        dat=Manufactured,
        roles="MFR",
        rules=(
            mark_complete,
            serial_is_the_mark,
            antique_is_old,
            nothing_before,
            entitlement_shown,
        ),
        checks=(made_by_then, leading_component_fits, predecessor_ended, maker_licensed),
        effect=manufactured,
        links=("leading_component", "predecessor", "licence"),
        named_by=NAMED_BY_FIREARMS,
    ),
    Line(
        evt="firearm.registered",
        source="NWR, stock notice",
        dat=Registered,
        roles="LIC STK DLR POL",
        rules=(axes_agree, serial_is_the_mark, antique_is_old),
        checks=(leading_component_fits, licence_known),
        effect=registered,
        links=("leading_component", "licence"),
        named_by=NAMED_BY_FIREARMS,
        claims=PERSON,
    ),
    Line(
        evt="firearm.marked",
        source="MOSAIC 05.30; Implementing Directive (EU) 2019/68; 27 CFR 478.92",
        dat=Marked,
        roles="MFR IMX STK POL VER LAB",
        rules=(not_destroyed, mark_is_there, mark_identifies),
        effect=marked,
    ),
    Line(
        evt="firearm.proof-tested",
        source="C.I.P.; WaffG Anlage 1, section 2, 8.1",
        dat=ProofTested,
        roles="PRF",
        rules=(not_destroyed, can_be_proved, proof_marks_agree),
        effect=proof_tested,
    ),
)
"""In the order of a firearm's life."""
