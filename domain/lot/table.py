# SPDX-License-Identifier: Apache-2.0
"""The table of lot events, and the aggregate of a lot's stream.

Two families share the stream: lists of firearms to destroy, and quantities of ammunition. The
first event says which; the other family's events are then refused.
"""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.aggregate import record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.erasure.holds import hold_lines
from domain.firearm.lines.persons import PERSON, REPORTER
from domain.firearm.rules.losing import loss_dates
from domain.firearm.rules.moving import (
    carries,
    export_authorized,
    import_authorized,
    left_before_its_end,
)
from domain.lot import effects
from domain.lot.ammunition import (
    AmmunitionDestroyed,
    AmmunitionExported,
    AmmunitionImported,
    AmmunitionIssued,
    AmmunitionLost,
    AmmunitionRegistered,
    AmmunitionSeized,
    AmmunitionStolen,
)
from domain.lot.events import Cancelled, Extended, LotCorrected, LotDestroyed, Reconciled, Scheduled
from domain.lot.membership import firearms_known, seen_known, within_shipment, witnessed
from domain.lot.rules import (
    count_is_what_was_found,
    enough_left,
    enough_there,
    is_open,
    list_bounded,
    listed_once,
    on_the_list,
    purpose_is,
    reconciled_first,
    seen_or_not,
    seized_is_known,
    something_stated,
)
from domain.lot.state import Lot

ORIGINS: Final = frozenset({"lot.scheduled", "lot.ammunition-registered"})
"""The types with which a lot's stream begins, and which occur only there."""

LIFE: Final[tuple[Line[Lot, Any], ...]] = (
    Line(
        evt="lot.scheduled",
        source="MOSAIC 05.50",
        subject="lot",
        dat=Scheduled,
        roles="DST",
        checks=(firearms_known,),
        links=("firearms",),
        effect=effects.scheduled,
    ),
    Line(
        evt="lot.extended",
        source="MOSAIC 05.50",
        subject="lot",
        dat=Extended,
        roles="DST",
        rules=(purpose_is("destruction"), is_open, listed_once, list_bounded),
        checks=(firearms_known,),
        links=("firearms",),
        effect=effects.extended,
    ),
    Line(
        evt="lot.reconciled",
        source="MOSAIC 05.50",
        subject="lot",
        dat=Reconciled,
        roles="DST",
        rules=(purpose_is("destruction"), is_open, something_stated, seen_or_not, on_the_list),
        checks=(seen_known,),
        # What is not found is linked by the event that lists it, and touched by nobody here.
        links=("found", "extra"),
        effect=effects.reconciled,
    ),
    Line(
        evt="lot.destroyed",
        source="Directive (EU) 2021/555, article 4(5); MOSAIC 05.50",
        subject="lot",
        dat=LotDestroyed,
        roles="DST",
        rules=(purpose_is("destruction"), is_open, reconciled_first, count_is_what_was_found),
        checks=(witnessed,),
        effect=effects.destroyed,
    ),
    Line(
        evt="lot.cancelled",
        source="MOSAIC 05.50",
        subject="lot",
        dat=Cancelled,
        roles="DST CRT LIC",
        rules=(purpose_is("destruction"), is_open),
        effect=effects.cancelled,
    ),
    Line(
        evt="lot.ammunition-registered",
        source="Firearms Protocol, articles 3(c), 7; Directive (EU) 2021/555, article 4(2)",
        subject="lot",
        dat=AmmunitionRegistered,
        roles="MFR IMX DLR STK POL",
        effect=effects.ammunition_registered,
    ),
    Line(
        evt="lot.ammunition-issued",
        source="Firearms Protocol, articles 3(c) and 7",
        subject="lot",
        dat=AmmunitionIssued,
        roles="MFR IMX DLR STK POL",
        rules=(purpose_is("ammunition"), enough_left),
        effect=effects.ammunition_issued,
        claims=PERSON,
    ),
    Line(
        evt="lot.ammunition-destroyed",
        source="Firearms Protocol, article 6(2); MOSAIC 05.50",
        subject="lot",
        dat=AmmunitionDestroyed,
        roles="DST",
        rules=(purpose_is("ammunition"), enough_there),
        checks=(witnessed,),
        effect=effects.ammunition_destroyed,
    ),
    Line(
        evt="lot.ammunition-lost-reported",
        source="Firearms Protocol, article 11",
        subject="lot",
        dat=AmmunitionLost,
        roles="LIC POL DLR STK",
        rules=(purpose_is("ammunition"), loss_dates, enough_there),
        effect=effects.ammunition_missing,
        claims=REPORTER,
    ),
    Line(
        evt="lot.ammunition-stolen-reported",
        source="Firearms Protocol, article 11",
        subject="lot",
        dat=AmmunitionStolen,
        roles="LIC POL DLR STK",
        rules=(purpose_is("ammunition"), loss_dates, enough_there),
        effect=effects.ammunition_missing,
        claims=REPORTER,
    ),
    Line(
        evt="lot.ammunition-seized",
        source="Firearms Protocol, article 6",
        subject="lot",
        dat=AmmunitionSeized,
        roles="POL CUS",
        rules=(purpose_is("ammunition"), seized_is_known),
        effect=effects.ammunition_seized,
        claims=REPORTER,
    ),
    Line(
        evt="lot.ammunition-exported",
        source="Firearms Protocol, articles 7 and 10",
        subject="lot",
        dat=AmmunitionExported,
        roles="IMX CUS",
        rules=(purpose_is("ammunition"), enough_left),
        checks=(
            export_authorized,
            carries("ammunition"),
            within_shipment,
            left_before_its_end,
        ),
        links=("authorization", "shipment"),
        effect=effects.ammunition_exported,
    ),
    Line(
        evt="lot.ammunition-imported",
        source="Firearms Protocol, articles 7 and 10",
        subject="lot",
        dat=AmmunitionImported,
        roles="IMX CUS",
        rules=(purpose_is("ammunition"),),
        checks=(import_authorized, carries("ammunition"), within_shipment),
        links=("authorization", "shipment"),
        effect=effects.ammunition_imported,
        claims=PERSON,
    ),
    *hold_lines("lot", "lot"),
)
"""What happens to a lot, in the order of its life."""

TABLE: Final[tuple[Line[Lot, Any], ...]] = (
    *LIFE,
    correction_line("lot.corrected", LotCorrected, LIFE),
)
"""Every event type of a lot's stream."""

LOT: Final = record_aggregate("lot", TABLE, blank=Lot(), origins=ORIGINS)
"""The aggregate of a lot's stream."""
