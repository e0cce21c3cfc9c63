# SPDX-License-Identifier: Apache-2.0
"""Events of listing and delisting."""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.line import Line
from domain.firearm.effects.alerting import (
    alert_cleared,
    alert_published,
    alert_withdrawn,
    sought,
)
from domain.firearm.events.alerting import AlertCleared, AlertPublished, AlertWithdrawn, Sought
from domain.firearm.rules.alerting import (
    clearing_follows_recovery,
    entry_is_published,
    flag_is_open,
    not_in_hand_already,
    published_once,
    withdrawal_follows_recovery,
)
from domain.firearm.rules.common import destroyed_is_not_seen_again, not_destroyed
from domain.firearm.rules.losing import not_reported_twice
from domain.firearm.state import State

ALERTING: Final[tuple[Line[State, Any], ...]] = (
    Line(
        evt="firearm.sought",
        source="Regulation (EU) 2018/1862, article 38(2)(j); NCIC gun file",
        dat=Sought,
        roles="POL",
        rules=(not_destroyed, not_reported_twice("sought"), not_in_hand_already),
        effect=sought,
    ),
    Line(
        evt="firearm.alert-published",
        source="INTERPOL iARMS; Regulation (EU) 2018/1862, article 38(2)(j); NCIC",
        dat=AlertPublished,
        roles="POL TRC",
        rules=(not_destroyed, flag_is_open, published_once),
        effect=alert_published,
    ),
    Line(
        evt="firearm.alert-withdrawn",
        source="INTERPOL iARMS; Regulation (EU) 2018/1862, article 38(2)(j); NCIC",
        dat=AlertWithdrawn,
        roles="POL TRC",
        # An entry that outlived its firearm has to be taken back all the same.
        rules=(destroyed_is_not_seen_again, entry_is_published, withdrawal_follows_recovery),
        effect=alert_withdrawn,
    ),
    Line(
        evt="firearm.alert-cleared",
        source="INTERPOL iARMS; Regulation (EU) 2018/1862, article 38(2)(j); NCIC",
        dat=AlertCleared,
        roles="POL LIC",
        rules=(not_destroyed, flag_is_open, clearing_follows_recovery),
        effect=alert_cleared,
    ),
)
"""In the order of an alert's life."""
