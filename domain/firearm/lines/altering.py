# SPDX-License-Identifier: Apache-2.0
"""Events of altering, dismantling, deactivating and illicit reactivation."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.component.whereabouts import NAMED_BY_FIREARMS
from domain.firearm.effects import altering as effects
from domain.firearm.events.altering import (
    ComponentReplaced,
    Converted,
    ConvertedIllicitly,
    DeactivationPerformed,
    DeactivationVerified,
    Dismantled,
    LeadingComponentReplaced,
    ReactivatedIllicitly,
)
from domain.firearm.rules import altering as rules
from domain.firearm.rules.common import (
    alerts_clear,
    counterparts_clear,
    destroyed_is_not_seen_again,
    not_destroyed,
)
from domain.firearm.state import State
from domain.licence.checking import converter_licensed
from domain.licence.showing import entitlement_shown

ALTERING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.converted",
        source="Directive (EU) 2021/555, article 4(5)(d)",
        dat=Converted,
        roles="DLR MFR",
        rules=(
            not_destroyed,
            alerts_clear,
            rules.technical_in("complete"),
            rules.conversion_changes_something,
            rules.form_before_agrees,
            entitlement_shown,
        ),
        checks=(counterparts_clear, converter_licensed),
        links=("licence",),
        effect=effects.converted,
    ),
    Line(
        evt="firearm.component-replaced",
        source="NWR 2.15; WaffG Anlage 1",
        dat=ComponentReplaced,
        roles="DLR MFR",
        rules=(
            not_destroyed,
            rules.technical_in("complete", "unfinished"),
            rules.part_does_not_lead,
        ),
        checks=(rules.parts_fit,),
        effect=effects.component_replaced,
        links=("component_out", "component_in"),
        named_by=NAMED_BY_FIREARMS,
    ),
    Line(
        evt="firearm.leading-component-replaced",
        source="NWR 2.15; WaffG Anlage 1",
        dat=LeadingComponentReplaced,
        roles="MFR DLR",
        # An alert blocks it: whoever ends a stolen firearm's record would end the search for it.
        rules=(
            not_destroyed,
            alerts_clear,
            rules.technical_in("complete", "unfinished"),
            rules.part_leads,
            rules.successor_named,
            rules.no_successor_of_the_same,
        ),
        checks=(counterparts_clear, rules.leading_parts_fit, rules.successor_is_new),
        effect=effects.leading_component_replaced,
        links=("component_out", "component_in", "successor"),
        named_by=NAMED_BY_FIREARMS,
    ),
    Line(
        evt="firearm.dismantled",
        source="NWR 2.14",
        dat=Dismantled,
        roles="DLR MFR",
        rules=(not_destroyed, alerts_clear, rules.technical_in("complete", "unfinished")),
        checks=(counterparts_clear, rules.dismantled_parts_fit),
        effect=effects.dismantled,
        links=("components",),
        named_by=NAMED_BY_FIREARMS,
    ),
    Line(
        evt="firearm.deactivation-performed",
        source="Implementing Regulation (EU) 2015/2403, Annex I",
        dat=DeactivationPerformed,
        roles="DEA",
        rules=(
            not_destroyed,
            rules.alerts_let_deactivate,
            rules.technical_in("complete"),
            rules.essential_parts_treated,
        ),
        checks=(counterparts_clear,),
        effect=effects.deactivation_performed,
    ),
    Line(
        evt="firearm.deactivation-verified",
        source="Firearms Protocol, article 9; Implementing Regulation (EU) 2015/2403",
        dat=DeactivationVerified,
        roles="VER",
        rules=(
            not_destroyed,
            rules.alerts_let_deactivate,
            rules.deactivation_performed,
            rules.treated_parts_marked,
            rules.serials_stay,
        ),
        checks=(counterparts_clear, rules.another_person_performed),
        effect=effects.deactivation_verified,
    ),
    Line(
        evt="firearm.reactivated-illicitly",
        source="Firearms Protocol, article 9; SDG 16.4.2",
        dat=ReactivatedIllicitly,
        roles="LAB POL",
        rules=(destroyed_is_not_seen_again, rules.was_deactivated),
        effect=effects.reactivated_illicitly,
    ),
    Line(
        evt="firearm.converted-illicitly",
        source="Firearms Protocol, article 9; SDG 16.4.2",
        dat=ConvertedIllicitly,
        roles="LAB POL",
        rules=(destroyed_is_not_seen_again, rules.base_was_deactivated),
        effect=effects.converted_illicitly,
    ),
)
"""In the order of a firearm's life."""
