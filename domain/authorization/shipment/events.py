# SPDX-License-Identifier: Apache-2.0
"""What is recorded of a shipment: declared, extended, crossed, received, closed.

Implements the Firearms Protocol, articles 7(b) and 10(4) (receipt confirmed), and the declared
and counted quantities and lists of serial numbers of the domain facts, section 5. Each firearm
named here has the movement in its own stream too.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from domain.authorization.codes import Outcome, StatedDiscrepancy
from domain.authorization.terms import Countries, Counts, Day, Firearms, Items
from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.firearm.events.correcting import Corrected
from domain.schema import AuthorizationId, Country, Text

AUTHORIZATIONS_MAX: Final = 8
DISCREPANCIES_MAX: Final = 8


class Declared(Fact):
    """``shipment.declared``: what leaves, under which authorization, where and when.

    Attributes:
        authorization: The authorization it leaves under, from which it drew these lines.
        items: Goods declared; lines are those of the authorization.
        exit_point: Place of exit.
        exit_on: Day of exit.
        transit_countries: States on its way, or ``none``.
        firearms: Firearms in it; more follow with ``shipment.extended``.
        further_authorizations: Authorizations of other States from which the same was drawn.
    """

    authorization: AuthorizationId
    items: Items
    exit_point: Text
    exit_on: Day
    transit_countries: Countries
    firearms: Firearms = ()
    further_authorizations: Annotated[
        tuple[AuthorizationId, ...],
        Field(strict=False, min_length=1, max_length=AUTHORIZATIONS_MAX),
    ] = ()


class Extended(Fact):
    """``shipment.extended``: more of the firearms in it are named.

    Attributes:
        firearms: Firearms not named before.
    """

    firearms: Firearms


class Crossed(Fact):
    """``shipment.crossed``: it passed a border on its way.

    Attributes:
        country: State that it entered.
        point: Place where it passed.
        counts: What was counted there.
    """

    country: Country
    point: Text
    counts: Maybe[Counts] = None


class Received(Fact):
    """``shipment.received``: the importer confirms what arrived (Firearms Protocol 10(4)).

    Attributes:
        counts: What was counted, every line once.
        missing: Firearms of the shipment that were not there.
        extra: Firearms that were there and are not of the shipment.
        discrepancies: What else does not agree.
    """

    counts: Counts
    missing: Firearms = ()
    extra: Firearms = ()
    discrepancies: Annotated[
        tuple[StatedDiscrepancy, ...],
        Field(strict=False, min_length=1, max_length=DISCREPANCIES_MAX),
    ] = ()


class ShipmentClosed(Fact):
    """``shipment.closed``: nothing more is expected of it.

    Attributes:
        outcome: How it ended; complete only where nothing is open.
    """

    outcome: Outcome


class ShipmentCorrected(Corrected):
    """``shipment.corrected``: an earlier event of this shipment was wrong."""
