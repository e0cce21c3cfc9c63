# SPDX-License-Identifier: Apache-2.0
"""The table of authorization events, and the aggregate of its stream (kind ``aut``)."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.aggregate import record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.authorization import applying, effects, using
from domain.authorization.checks import (
    broker_licensed,
    drawn_in_time,
    import_licence_known,
    last_day_passed,
    shipment_not_begun,
)
from domain.authorization.persons import BROKER, PARTIES
from domain.authorization.rules.applying import (
    as_applied_for,
    carriage_stated,
    dates_in_order,
    import_licence_stands,
    licence_named_once,
    licence_of_importing_state,
    objection_stands,
    purpose_stated,
    rests_on_a_licence,
    transit_state,
    transit_states_agree,
)
from domain.authorization.rules.common import (
    items_described,
    items_distinct,
    route_sensible,
    stage_in,
)
from domain.authorization.rules.using import (
    broker_registered,
    draw_stands,
    drawn_once,
    draws_covered,
    portions_distinct,
    quantity_left,
    route_clear,
    variation_says_something,
    varied_dates_in_order,
    varied_route_agreed,
)
from domain.authorization.state import NOT_BEGUN, Authorization
from domain.erasure.holds import hold_lines

ORIGINS: Final = frozenset({"authorization.applied"})
"""An authorization begins with its application."""

APPLYING: Final[tuple[Line[Authorization, Any], ...]] = (
    Line(
        evt="authorization.applied",
        source="Firearms Protocol, article 10(1)",
        dat=applying.Applied,
        subject="aut",
        roles="LIC IMX",
        rules=(purpose_stated, route_sensible, items_distinct, items_described),
        effect=effects.applied,
        claims=PARTIES,
        digests=8,
    ),
    Line(
        evt="authorization.import-licence-recorded",
        source="Firearms Protocol, article 10(2)(a)",
        dat=applying.ImportLicenceRecorded,
        subject="aut",
        roles="LIC",
        rules=(
            stage_in("applied", "issued"),
            rests_on_a_licence,
            licence_named_once,
            licence_of_importing_state,
            dates_in_order,
        ),
        checks=(import_licence_known,),
        links=("authorization",),
        effect=effects.import_licence_recorded,
    ),
    Line(
        evt="authorization.transit-no-objection-recorded",
        source="Firearms Protocol, article 10(2)(b)",
        dat=applying.TransitNoObjectionRecorded,
        subject="aut",
        roles="LIC",
        rules=(stage_in("applied", "issued"), transit_state),
        effect=effects.no_objection_recorded,
    ),
    Line(
        evt="authorization.transit-objection-recorded",
        source="Firearms Protocol, article 10(2)(b)",
        dat=applying.TransitObjectionRecorded,
        subject="aut",
        roles="LIC",
        rules=(stage_in("applied", "issued"), transit_state),
        effect=effects.objection_recorded,
    ),
    Line(
        evt="authorization.transit-objection-withdrawn",
        source="Firearms Protocol, article 10(2)(b)",
        dat=applying.TransitObjectionWithdrawn,
        subject="aut",
        roles="LIC",
        rules=(stage_in("applied", "issued"), objection_stands),
        effect=effects.objection_withdrawn,
    ),
    Line(
        evt="authorization.issued",
        source="Firearms Protocol, articles 7(b), 10(3); Delegated Regulation (EU) 2019/686",
        dat=applying.Issued,
        subject="aut",
        roles="LIC",
        rules=(
            stage_in("applied"),
            as_applied_for,
            route_sensible,
            dates_in_order,
            items_distinct,
            items_described,
            import_licence_stands,
            transit_states_agree,
            carriage_stated,
        ),
        effect=effects.issued,
        claims=PARTIES,
        digests=8,
    ),
    Line(
        evt="authorization.refused",
        source="Firearms Protocol, article 10(1)",
        dat=applying.Refused,
        subject="aut",
        roles="LIC",
        rules=(stage_in("applied"),),
        effect=effects.refused,
    ),
)
"""Until the decision."""

USING: Final[tuple[Line[Authorization, Any], ...]] = (
    Line(
        evt="authorization.drawn",
        source="Firearms Protocol, articles 7(b) and 10(3)",
        dat=using.Drawn,
        subject="aut",
        roles="LIC IMX CUS",
        rules=(stage_in("issued"), drawn_once, portions_distinct, quantity_left, route_clear),
        checks=(drawn_in_time, shipment_not_begun),
        links=("shipment",),
        effect=effects.drawn,
    ),
    Line(
        evt="authorization.draw-cancelled",
        source="Firearms Protocol, articles 7(b) and 10(3)",
        dat=using.DrawCancelled,
        subject="aut",
        roles="LIC IMX CUS",
        rules=(draw_stands,),
        checks=(shipment_not_begun,),
        links=("shipment",),
        effect=effects.draw_cancelled,
    ),
    Line(
        evt="authorization.varied",
        source="Firearms Protocol, article 10(1)",
        dat=using.Varied,
        subject="aut",
        roles="LIC",
        rules=(
            stage_in("issued"),
            variation_says_something,
            varied_dates_in_order,
            varied_route_agreed,
            items_distinct,
            items_described,
            draws_covered,
        ),
        effect=effects.varied,
    ),
    Line(
        evt="authorization.brokering-recorded",
        source="Firearms Protocol, article 15",
        dat=using.BrokeringRecorded,
        subject="aut",
        roles="BRK LIC",
        rules=(broker_registered,),
        checks=(broker_licensed,),
        links=("licence",),
        effect=effects.brokering_recorded,
        claims=BROKER,
    ),
    Line(
        evt="authorization.revoked",
        source="Firearms Protocol, article 10(1)",
        dat=using.Revoked,
        subject="aut",
        roles="LIC",
        rules=(stage_in("issued"),),
        effect=effects.revoked,
    ),
    Line(
        evt="authorization.expired",
        source="Firearms Protocol, article 10(1)",
        dat=using.Expired,
        subject="aut",
        roles="LIC",
        rules=(stage_in("issued"),),
        checks=(last_day_passed,),
        effect=effects.expired,
    ),
    *hold_lines("authorization", "aut"),
)
"""Once it is issued, and who holds its persons."""

CORRECTING: Final = correction_line(
    "authorization.corrected", using.AuthorizationCorrected, (*APPLYING, *USING)
)
"""At any time."""

AUTHORIZATION: Final = record_aggregate(
    "aut",
    (*APPLYING, *USING, CORRECTING),
    blank=NOT_BEGUN,
    origins=ORIGINS,
)
"""The aggregate of an authorization's stream."""
