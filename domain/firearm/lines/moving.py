# SPDX-License-Identifier: Apache-2.0
"""Events of crossing borders."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.moving import (
    exported,
    imported,
    returned_from_abroad,
    temporarily_exported,
    temporarily_imported,
    transit_crossed,
)
from domain.firearm.events.moving import (
    Exported,
    Imported,
    ReturnedFromAbroad,
    TemporarilyExported,
    TemporarilyImported,
    TransitCrossed,
)
from domain.firearm.lines.persons import PERSON
from domain.firearm.rules.common import (
    alerts_clear,
    counterparts_clear,
    destroyed_is_not_seen_again,
    not_destroyed,
    release_recorded,
)
from domain.firearm.rules.holding import marks_adequate, technically_lawful
from domain.firearm.rules.moving import (
    alert_was_cleared,
    arrives_with_somebody,
    came_from_elsewhere,
    documented,
    export_authorized,
    import_authorized,
    import_year_agrees,
    in_shipment,
    left_before_its_end,
    not_gone_already,
    of_declared_kind,
    stay_authorized,
    stay_ends_later,
    stay_is_over,
    was_in_transit,
)
from domain.firearm.state import State

MOVING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.exported",
        source="Firearms Protocol, articles 7 and 10",
        dat=Exported,
        roles="IMX CUS",
        rules=(
            not_destroyed,
            technically_lawful,
            alerts_clear,
            marks_adequate,
            release_recorded,
            not_gone_already,
        ),
        checks=(
            counterparts_clear,
            export_authorized,
            in_shipment,
            of_declared_kind,
            left_before_its_end,
        ),
        links=("authorization", "shipment"),
        effect=exported,
    ),
    Line(
        evt="firearm.transit-crossed",
        source="Firearms Protocol, articles 7 and 10",
        dat=TransitCrossed,
        roles="IMX CUS",
        rules=(destroyed_is_not_seen_again, alert_was_cleared, was_in_transit),
        checks=(in_shipment,),
        links=("shipment",),
        effect=transit_crossed,
    ),
    Line(
        evt="firearm.imported",
        source="Firearms Protocol, articles 7, 8(1)(b) and 10",
        dat=Imported,
        roles="IMX CUS",
        rules=(
            destroyed_is_not_seen_again,
            alert_was_cleared,
            release_recorded,
            came_from_elsewhere,
            arrives_with_somebody,
        ),
        checks=(import_authorized, in_shipment, import_year_agrees),
        links=("authorization", "shipment"),
        effect=imported,
        claims=PERSON,
    ),
    Line(
        evt="firearm.temporarily-exported",
        source="Firearms Protocol, articles 8(1)(b) and 10(6)",
        dat=TemporarilyExported,
        roles="IMX CUS LIC",
        rules=(
            not_destroyed,
            technically_lawful,
            alerts_clear,
            marks_adequate,
            release_recorded,
            not_gone_already,
            documented,
        ),
        checks=(counterparts_clear, stay_authorized, stay_ends_later),
        links=("authorization",),
        effect=temporarily_exported,
    ),
    Line(
        evt="firearm.temporarily-imported",
        source="Firearms Protocol, articles 8(1)(b) and 10(6)",
        dat=TemporarilyImported,
        roles="IMX CUS LIC",
        rules=(
            destroyed_is_not_seen_again,
            alert_was_cleared,
            release_recorded,
            documented,
        ),
        checks=(stay_authorized, stay_ends_later),
        links=("authorization",),
        effect=temporarily_imported,
    ),
    Line(
        evt="firearm.returned-from-abroad",
        source="Firearms Protocol, articles 8(1)(b) and 10(6)",
        dat=ReturnedFromAbroad,
        roles="IMX CUS LIC",
        rules=(destroyed_is_not_seen_again, alert_was_cleared, stay_is_over),
        effect=returned_from_abroad,
    ),
)
"""In the order of a firearm's life."""
