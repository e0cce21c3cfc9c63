# SPDX-License-Identifier: Apache-2.0
"""How a firearm changes hands: government stock and transfers.

Implements StateStockIssued, StateStockReceived and Transferred of the domain facts,
section 5. Where a transfer names the licence of its receiver, that licence is checked.
"""

from __future__ import annotations

from typing import Literal

from domain.codes import Maybe
from domain.firearm.events.common import Fact, Observation
from domain.licence.entitlement import Supplied
from domain.schema import Code, HoldingId, Stated, Text


class StockIssued(Fact):
    """``firearm.stock-issued``: out of government stock to an agency, still State property.

    Attributes:
        agency: Agency that receives it.
        unit: Part of that agency.
        programme: Code of the programme under which it is issued.
        stock: Stock that it leaves.
        reference: Reference of the issue or requisition.
    """

    agency: Text
    unit: Maybe[Text] = None
    programme: Maybe[Code] = None
    stock: Maybe[Text] = None
    reference: Maybe[Text] = None


class StockReceived(Fact):
    """``firearm.stock-received``: into government stock.

    Attributes:
        stock: Stock that receives it.
        origin: Agency or unit that it comes from, unknown or none.
        reference: Reference of the receipt.
    """

    stock: Text
    origin: Maybe[Stated] = None
    reference: Maybe[Text] = None


class Transfer(Supplied):
    """What every transfer between holders states.

    Attributes:
        acq: How it was acquired, for example ``purchase``.
        hld: Opaque holding of the receiver; the person is a disclosure.
        permit_class: Class of the permit shown.
        from_hld: Opaque holding it leaves.
        holder: Class of the receiver; a civilian where absent.
    """

    acq: Code
    hld: HoldingId
    permit_class: Code
    from_hld: Maybe[HoldingId] = None
    holder: Maybe[Literal["dealer", "civilian", "estate", "museum"]] = None


class Transferred(Transfer):
    """``firearm.transferred``: to a holder entitled to it (Directive (EU) 2021/555, art. 4(5)(c)).

    Attributes:
        described: The firearm as the giver describes it.
        to_report: Whether the receiver has to report too, until which the hand-over is open; a
            dealer has where absent.
    """

    described: Maybe[Observation] = None
    to_report: Maybe[bool] = None
