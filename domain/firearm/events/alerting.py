# SPDX-License-Identifier: Apache-2.0
"""How a firearm is listed and delisted: sought, alert published, withdrawn, cleared.

Implements AlertPublished and AlertWithdrawn of the domain facts, section 5, and rule 13 of
section 9: each flag has its own closing event, and a find or a seizure alone closes none. The
systems are those of section 4: iARMS of INTERPOL, the Schengen Information System (Regulation
2018/1862, article 38(2)(j)) and the NCIC gun file. What those systems answer is not kept here.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from domain.codes import Alert, Maybe
from domain.firearm.events.common import Fact
from domain.schema import Text

Listing = Literal["lost", "stolen", "sought"]
"""A flag that somebody waits to hear of (axis A; domain facts, section 5)."""

LISTED: Final[frozenset[Alert]] = frozenset(get_args(Listing))
"""All of them; each is closed by a clearing of its own."""

AlertSystem = Literal["iarms", "sis", "ncic", "national", "regional", "other"]
"""Where an alert is published (domain facts, section 4)."""

SoughtGround = Literal[
    "use_in_crime", "illicit_trafficking", "court_order", "licence_revoked", "other", "unknown"
]
"""Why the police seek a firearm (own list, version 1; the first is the NCIC felony file)."""

ClearingReason = Literal[
    "recovered_and_identified", "returned", "listed_in_error", "no_longer_sought", "other"
]
"""Why a flag is closed (own list, version 1)."""

WithdrawalReason = Literal["recovered", "listed_in_error", "no_longer_sought", "other"]
"""Why an alert is taken back (own list, version 1)."""


class Sought(Fact):
    """``firearm.sought``: listed by the police, wherever it is by the record.

    Attributes:
        ground: Why it is sought.
        agency: Agency that seeks it.
        case_no: Number of the case, as that agency counts.
    """

    ground: SoughtGround
    agency: Maybe[Text] = None
    case_no: Maybe[Text] = None


class Publication(Fact):
    """An entry in a system that other authorities search.

    Attributes:
        system: Which system.
        reference: Number of the entry there.
    """

    system: AlertSystem
    reference: Text


class AlertPublished(Publication):
    """``firearm.alert-published``: an open flag was entered in another system.

    Attributes:
        category: The flag that was entered.
    """

    category: Listing


class AlertWithdrawn(Publication):
    """``firearm.alert-withdrawn``: an entry in another system was taken back.

    Attributes:
        reason: Why.
    """

    reason: WithdrawalReason


class AlertCleared(Fact):
    """``firearm.alert-cleared``: one flag closed, and no other.

    Attributes:
        flag: The flag that is closed.
        reason: Why.
        agency: Agency that established it.
        case_no: Number of the case, as that agency counts.
    """

    flag: Listing
    reason: ClearingReason
    agency: Maybe[Text] = None
    case_no: Maybe[Text] = None
