# SPDX-License-Identifier: Apache-2.0
"""How a firearm crosses borders: exported, in transit, imported, and for a time.

Implements Exported, TransitCrossed, Imported, TemporaryImport, TemporaryExport and Returned of
the domain facts, section 5 (Firearms Protocol, articles 7(b), 8(1)(b) and 10). Authorizations
and shipments have streams of their own; these events say what became of one firearm.
"""

from __future__ import annotations

from typing import Literal

from domain.authorization.codes import MoveDocument, MovePurpose
from domain.authorization.terms import Day
from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.markings import Markings
from domain.schema import AuthorizationId, Country, HoldingId, ShipmentId, Text, Year


class Export(Fact):
    """What every export for good states.

    Attributes:
        authorization: Authorization under which it left.
        shipment: Shipment in which it left.
        destination: Country for which it left.
        exit_point: Place of exit.
    """

    authorization: AuthorizationId
    shipment: ShipmentId
    destination: Country
    exit_point: Maybe[Text] = None


class Exported(Export):
    """``firearm.exported``: it left a State for good, in a shipment that names it."""


class TransitCrossed(Fact):
    """``firearm.transit-crossed``: it entered a State on its way.

    Attributes:
        shipment: Shipment that names it.
        country: State that it entered.
        point: Place where it crossed.
        markings: Marks as then seen.
    """

    shipment: ShipmentId
    country: Country
    point: Maybe[Text] = None
    markings: Markings = ()


class Import(Fact):
    """What every import to stay states.

    Attributes:
        authorization: Authorization under which it came.
        shipment: Shipment in which it came.
        country: Country of import.
        entry_point: Place of entry.
        holder: Class of the holder who has it there.
        hld: Opaque holding of that holder; the person is a disclosure.
        markings: Marks as then seen; an import mark cut before the border counts.
    """

    authorization: AuthorizationId
    shipment: ShipmentId
    country: Country
    entry_point: Maybe[Text] = None
    holder: Maybe[Literal["dealer", "civilian", "state_stock", "museum"]] = None
    hld: Maybe[HoldingId] = None
    markings: Markings = ()


class Imported(Import):
    """``firearm.imported``: it came into a State to stay.

    Attributes:
        year: Year of import, as the import mark gives it.
    """

    year: Year


class TemporaryMove(Fact):
    """What every movement for a time states (Firearms Protocol 10(6)).

    Attributes:
        country: Country in which it stays.
        purpose: Lawful purpose.
        due_on: Last day of the stay.
        authorization: Authorization of a temporary movement.
        document: What it travels on instead.
        document_no: Number of that document.
        point: Place where it crossed.
    """

    country: Country
    purpose: MovePurpose
    due_on: Day
    authorization: Maybe[AuthorizationId] = None
    document: Maybe[MoveDocument] = None
    document_no: Maybe[Text] = None
    point: Maybe[Text] = None


class TemporarilyExported(TemporaryMove):
    """``firearm.temporarily-exported``: it left a State, to come back."""


class TemporarilyImported(TemporaryMove):
    """``firearm.temporarily-imported``: it came into a State, to leave again."""


class ReturnedFromAbroad(Fact):
    """``firearm.returned-from-abroad``: a stay abroad is over, and it is back.

    Attributes:
        country: Country to which it came back.
        point: Place where it crossed.
        markings: Marks as then seen.
    """

    country: Country
    point: Maybe[Text] = None
    markings: Markings = ()
