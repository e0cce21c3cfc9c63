# SPDX-License-Identifier: Apache-2.0
"""The events of a loose component, one line each."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.component.rules import is_loose, not_destroyed
from domain.component.state import Component
from domain.component.trade import effects, events, rules
from domain.component.whereabouts import NAMED_BY_FIREARMS
from domain.firearm.lines.persons import PERSON, REPORTER
from domain.firearm.rules.alerting import flag_is_open
from domain.firearm.rules.altering import serials_stay
from domain.firearm.rules.common import alerts_clear, release_recorded
from domain.firearm.rules.disposing import (
    appeal_end_stated,
    in_official_hands,
    licence_stated,
    not_forfeited_twice,
    something_to_return,
)
from domain.firearm.rules.losing import loss_dates, not_reported_twice
from domain.firearm.rules.moving import (
    alert_was_cleared,
    carries,
    export_authorized,
    import_authorized,
    left_before_its_end,
)
from domain.firearm.rules.seizing import not_already_seized
from domain.licence.checking import receiver_entitled, supplier_known
from domain.licence.showing import entitlement_shown

HOLDING: Final[tuple[Line[Component, Any], ...]] = (
    Line(
        evt="component.transferred",
        source="Directive (EU) 2021/555, articles 1(1)(2) and 4(5)(c)",
        subject="cmp",
        dat=events.Transferred,
        roles="LIC DLR",
        rules=(
            not_destroyed,
            alerts_clear,
            release_recorded,
            rules.holding_agrees,
            entitlement_shown,
        ),
        checks=(is_loose, receiver_entitled, supplier_known),
        links=("licence", "from_licence"),
        named_by=NAMED_BY_FIREARMS,
        effect=effects.transferred,
        claims=PERSON,
        digests=8,
    ),
    Line(
        evt="component.exported",
        source="Firearms Protocol, articles 7 and 10",
        subject="cmp",
        dat=events.Exported,
        roles="IMX CUS",
        rules=(not_destroyed, alerts_clear, release_recorded, rules.not_gone_already),
        checks=(is_loose, export_authorized, carries("component"), left_before_its_end),
        links=("authorization", "shipment"),
        named_by=NAMED_BY_FIREARMS,
        effect=effects.exported,
    ),
    Line(
        evt="component.imported",
        source="Firearms Protocol, articles 7 and 10",
        subject="cmp",
        dat=events.Imported,
        roles="IMX CUS",
        rules=(
            rules.destroyed_is_not_seen_again,
            rules.thought_installed,
            alert_was_cleared,
            release_recorded,
        ),
        checks=(import_authorized, carries("component")),
        links=("authorization", "shipment"),
        effect=effects.imported,
        claims=PERSON,
    ),
    Line(
        evt="component.deactivated",
        source="Firearms Protocol, article 9; Implementing Regulation (EU) 2015/2403",
        subject="cmp",
        dat=events.Deactivated,
        roles="VER",
        rules=(not_destroyed, alerts_clear, rules.can_be_deactivated, serials_stay),
        checks=(is_loose, rules.deactivator_endorses),
        named_by=NAMED_BY_FIREARMS,
        effect=effects.deactivated,
    ),
)
"""In lawful hands."""

LOSING: Final[tuple[Line[Component, Any], ...]] = (
    Line(
        evt="component.lost-reported",
        source="Firearms Protocol, article 11; WaffG 37b(3)",
        subject="cmp",
        dat=events.LostReported,
        roles="LIC POL DLR STK",
        rules=(not_destroyed, rules.thought_installed, loss_dates, not_reported_twice("lost")),
        effect=effects.lost_reported,
        claims=REPORTER,
    ),
    Line(
        evt="component.stolen-reported",
        source="Firearms Protocol, article 11; WaffG 37b(3)",
        subject="cmp",
        dat=events.StolenReported,
        roles="LIC POL DLR STK",
        rules=(not_destroyed, rules.thought_installed, loss_dates, not_reported_twice("stolen")),
        effect=effects.stolen_reported,
        claims=REPORTER,
    ),
    Line(
        evt="component.alert-cleared",
        source="INTERPOL iARMS; NCIC gun file",
        subject="cmp",
        dat=events.AlertCleared,
        roles="POL LIC",
        rules=(not_destroyed, flag_is_open, rules.clearing_follows_recovery),
        effect=effects.alert_cleared,
    ),
    Line(
        evt="component.found",
        source="SDG 16.4.2",
        subject="cmp",
        dat=events.Found,
        roles="POL",
        rules=(
            rules.destroyed_is_not_seen_again,
            rules.thought_installed,
            release_recorded,
            rules.described_as_registered,
        ),
        effect=effects.found,
        claims=REPORTER,
    ),
)
"""Lost and found."""

SEIZING: Final[tuple[Line[Component, Any], ...]] = (
    Line(
        evt="component.seized",
        source="Firearms Protocol, article 6",
        subject="cmp",
        dat=events.Seized,
        roles="POL CUS",
        rules=(
            rules.destroyed_is_not_seen_again,
            rules.thought_installed,
            not_already_seized,
            rules.described_as_registered,
        ),
        effect=effects.seized,
        claims=REPORTER,
    ),
    Line(
        evt="component.forfeited",
        source="Firearms Protocol, article 6(1)",
        subject="cmp",
        dat=events.Forfeited,
        roles="CRT",
        rules=(not_destroyed, in_official_hands, appeal_end_stated, not_forfeited_twice),
        effect=effects.forfeited,
    ),
    Line(
        evt="component.returned",
        source="The State's own law; Firearms Protocol, article 6(2)",
        subject="cmp",
        dat=events.Returned,
        roles="CRT POL",
        rules=(not_destroyed, something_to_return, licence_stated, rules.owner_agrees),
        checks=(receiver_entitled,),
        links=("licence",),
        effect=effects.returned,
        claims=PERSON,
    ),
)
"""In official hands."""

TRADE: Final[tuple[Line[Component, Any], ...]] = (*HOLDING, *LOSING, *SEIZING)
"""In the order of a component's life while it is loose."""
