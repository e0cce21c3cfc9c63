# SPDX-License-Identifier: Apache-2.0
"""The table of shipment events, and the aggregate of a shipment's stream (kind ``shp``)."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.aggregate import record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.authorization.shipment.checks import (
    declared_as_drawn,
    drawn_before,
    exit_authorized,
    firearms_known,
    firearms_of_declared_kinds,
    further_draws_equal,
    route_authorized,
)
from domain.authorization.shipment.effects import closed, crossed, declared, extended, received
from domain.authorization.shipment.events import (
    Crossed,
    Declared,
    Extended,
    Received,
    ShipmentClosed,
    ShipmentCorrected,
)
from domain.authorization.shipment.rules import (
    every_line_counted,
    firearms_within_quantity,
    items_distinct,
    lines_of_shipment,
    lists_agree,
    outcome_true,
    status_in,
)
from domain.authorization.shipment.state import NOT_DECLARED, Shipment

ORIGINS: Final = frozenset({"shipment.declared"})
"""A shipment begins with its declaration."""

LIFE: Final[tuple[Line[Shipment, Any], ...]] = (
    Line(
        evt="shipment.declared",
        source="Firearms Protocol, articles 7(b) and 10(3)",
        dat=Declared,
        subject="shp",
        roles="IMX CUS",
        rules=(items_distinct, firearms_within_quantity),
        checks=(
            drawn_before,
            declared_as_drawn,
            further_draws_equal,
            exit_authorized,
            route_authorized,
            firearms_known,
            firearms_of_declared_kinds,
        ),
        links=("authorization", "further_authorizations", "firearms"),
        effect=declared,
    ),
    Line(
        evt="shipment.extended",
        source="Firearms Protocol, articles 7(b) and 10(3)",
        dat=Extended,
        subject="shp",
        roles="IMX CUS",
        rules=(status_in("declared", "in_transit"), firearms_within_quantity),
        checks=(firearms_known, firearms_of_declared_kinds),
        links=("firearms",),
        effect=extended,
    ),
    Line(
        evt="shipment.crossed",
        source="Firearms Protocol, articles 7(b) and 10(2)(b)",
        dat=Crossed,
        subject="shp",
        roles="IMX CUS",
        rules=(status_in("declared", "in_transit", "received"), lines_of_shipment),
        effect=crossed,
    ),
    Line(
        evt="shipment.received",
        source="Firearms Protocol, article 10(4)",
        dat=Received,
        subject="shp",
        roles="IMX CUS",
        rules=(status_in("declared", "in_transit"), every_line_counted, lists_agree),
        checks=(firearms_known,),
        links=("missing", "extra"),
        effect=received,
    ),
    Line(
        evt="shipment.closed",
        source="Firearms Protocol, article 10(4)",
        dat=ShipmentClosed,
        subject="shp",
        roles="IMX CUS LIC",
        rules=(status_in("declared", "in_transit", "received"), outcome_true),
        effect=closed,
    ),
)
"""What happens to a shipment, in the order of its way."""

TABLE: Final[tuple[Line[Shipment, Any], ...]] = (
    *LIFE,
    correction_line("shipment.corrected", ShipmentCorrected, LIFE),
)
"""Every event type of a shipment's stream."""

SHIPMENT: Final = record_aggregate("shp", TABLE, blank=NOT_DECLARED, origins=ORIGINS)
"""The aggregate of a shipment's stream."""
